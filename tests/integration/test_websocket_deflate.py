"""RFC 7692: the cases of the Autobahn suite's sections 12 and 13, smaller."""
import random
import zlib

import pytest

from routes import websocket_routes
from support.server import Server
from support.websocket_client import BINARY, CLOSE, CONTINUATION, PING, TEXT, WebSocketClient

OFFERS = [
    "permessage-deflate",
    "permessage-deflate; client_max_window_bits",
    "permessage-deflate; server_no_context_takeover",
    "permessage-deflate; client_no_context_takeover",
    "permessage-deflate; server_max_window_bits=9",
    "permessage-deflate; server_max_window_bits=15",
    "permessage-deflate; client_max_window_bits=9",
    "permessage-deflate; client_max_window_bits=15; server_max_window_bits=15",
    "permessage-deflate; server_no_context_takeover; server_max_window_bits=9",
    "permessage-deflate; client_no_context_takeover; client_max_window_bits=9",
    "permessage-deflate; unknown=1, permessage-deflate; server_no_context_takeover",
]


@pytest.fixture(scope="module")
def server():
    with Server(websocket_routes()) as running:
        yield running


@pytest.fixture
def port(server) -> int:
    return server.port


def words(size: int) -> bytes:
    """Text that compresses as text does."""
    source = random.Random(size)
    some = [bytes(source.choices(b"etaoinshrdlu", k=source.randint(2, 9))) for _ in range(300)]
    text = b" ".join(source.choices(some, k=size // 3 + 1))
    return text[:size]


def send_compressed(client: WebSocketClient, payload: bytes, opcode: int = TEXT) -> None:
    client.send_frame(opcode, client.deflate(payload), rsv=4)


@pytest.mark.parametrize("path", ["/echo", "/echo_fast"])
@pytest.mark.parametrize("offer", OFFERS)
def test_messages_come_back_under_any_terms(port, path, offer):
    with WebSocketClient(port, path, offer=offer) as client:
        assert client.extensions.startswith("permessage-deflate")
        for size in (16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072, 1024, 1024):
            payload = words(size)
            send_compressed(client, payload)
            assert client.read_message() == payload.decode()
        assert client.close() == 1000


def test_large_answers_are_compressed_and_small_ones_are_not(port):
    with WebSocketClient(port, "/echo", offer=OFFERS[0]) as client:
        client.send_text("x" * 1000)
        large = client.read_frame()
        assert large.compressed and len(large.payload) < 50
        assert client.inflate(large.payload) == b"x" * 1000
        assert not client.send_text("short").read_frame().compressed


def test_repeated_answers_refer_to_earlier_ones(port):
    noise = bytes(random.Random(1).choices(range(256), k=500))
    with WebSocketClient(port, "/echo", offer=OFFERS[0]) as client:
        first = client.send_frame(BINARY, noise).read_frame()
        second = client.send_frame(BINARY, noise).read_frame()
        assert len(second.payload) < 50 < len(first.payload)
        assert [client.inflate(each.payload) for each in (first, second)] == [noise, noise]


def test_window_of_the_answers_is_as_narrow_as_the_client_asked(port):
    noise = bytes(random.Random(2).choices(range(256), k=3000))
    offer = "permessage-deflate; server_max_window_bits=9"
    with WebSocketClient(port, "/echo", offer=offer) as client:
        client.send_frame(BINARY, noise + noise)
        payload = client.read_frame().payload
        narrow = zlib.decompressobj(-9)
        assert narrow.decompress(payload + b"\x00\x00\xff\xff") == noise + noise
        assert len(payload) > 6000  # nothing in reach to refer to


@pytest.mark.parametrize("offer", ["", "x-webkit-deflate-frame", "permessage-deflate; unknown",
                                   "permessage-deflate; server_max_window_bits=8",
                                   "permessage-deflate; client_no_context_takeover=1"])
def test_no_compression_without_an_offer_that_suits(port, offer):
    with WebSocketClient(port, "/echo", offer=offer) as client:
        assert client.extensions == ""
        assert not client.send_text("x" * 1000).read_frame().compressed
        client.send_frame(TEXT, b"\xf2\x48\xcd\xc9\xc9\x07\x00", rsv=4)
        assert client.read_close().code == 1002


def test_compressed_message_in_fragments_with_a_ping_between(port):
    with WebSocketClient(port, "/echo", offer=OFFERS[0]) as client:
        payload = words(5000)
        data = client.deflate(payload)
        client.send_frame(TEXT, data[:100], rsv=4, final=False).send_frame(PING, b"p")
        client.send_frame(CONTINUATION, data[100:200], final=False)
        client.send_frame(CONTINUATION, data[200:])

        assert client.read_message() == payload.decode()


@pytest.mark.parametrize("send", [
    lambda c: c.send_frame(TEXT, b"x", rsv=4, final=False).send_frame(CONTINUATION, b"x", rsv=4),
    lambda c: c.send_frame(PING, rsv=4),
    lambda c: c.send_frame(CLOSE, rsv=4),
    lambda c: c.send_frame(TEXT, b"x", rsv=6),
], ids=["continuation", "ping", "close", "rsv2"])
def test_compression_bit_where_it_may_not_be_is_refused(port, send):
    with WebSocketClient(port, "/echo", offer=OFFERS[0]) as client:
        send(client)
        assert client.read_close().code == 1002
        assert client.is_closed()


@pytest.mark.parametrize("payload", [b"\xff\xff\xff", b"\xf2\x48\xcd"], ids=["damaged", "cut"])
def test_damaged_compression_is_refused(port, payload):
    with WebSocketClient(port, "/echo", offer=OFFERS[0]) as client:
        client.send_frame(TEXT, payload, rsv=4)
        assert client.read_close().code == 1007


def test_bad_text_behind_the_compression_is_refused(port):
    with WebSocketClient(port, "/echo", offer=OFFERS[0]) as client:
        send_compressed(client, b"good until \xf5")
        assert client.read_close().code == 1007


def test_bomb_is_refused_at_the_size_of_a_message(port):
    with WebSocketClient(port, "/echo", offer=OFFERS[0]) as client:
        bomb = client.deflate(b"\0" * 50_000_000)
        assert len(bomb) < 100_000
        client.send_frame(BINARY, bomb, rsv=4)
        assert client.read_close().code == 1009
        assert client.is_closed()
