"""RFC 6455 as a client sees it: the cases of the Autobahn suite's sections 1 to 7 and 10."""
import pytest

from routes import websocket_routes
from support.server import Server
from support.websocket_client import (
    BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, WebSocketClient, close_payload, frame)


@pytest.fixture(scope="module")
def server():
    with Server(websocket_routes()) as running:
        yield running


@pytest.fixture(params=["/echo", "/echo_fast"])
def client(server, request):
    with WebSocketClient(server.port, request.param) as connected:
        yield connected


def assert_fails(client: WebSocketClient, code: int) -> None:
    """A Close frame with that code, nothing of the bad message, then the end."""
    found = client.read_frame()
    assert found.opcode == CLOSE, found
    assert found.code == code, found
    assert client.is_closed()


def send_in_pieces(client: WebSocketClient, data: bytes, size: int) -> None:
    for at in range(0, len(data), size):
        client.send(data[at:at + size])


# Section 1: framing.

@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 128, 65535, 65536])
@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_message_of_any_size_comes_back(client, opcode, size):
    payload = b"*" * size

    client.send_frame(opcode, payload)

    found = client.read_frame()
    assert (found.opcode, found.payload, found.final) == (opcode, payload, True)
    assert client.close() == 1000


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_message_in_pieces_of_997_bytes_comes_back(client, opcode):
    send_in_pieces(client, frame(opcode, b"x" * 65536), 997)

    assert client.read_frame().payload == b"x" * 65536


# Section 2: pings and pongs.

@pytest.mark.parametrize("payload", [b"", b"Hello, world!", b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff",
                                     b"\xfe" * 125])
@pytest.mark.parametrize("piece", [1000, 1])
def test_ping_is_answered_with_its_payload(client, payload, piece):
    send_in_pieces(client, frame(PING, payload), piece)

    found = client.read_frame()
    assert (found.opcode, found.payload) == (PONG, payload)


def test_ping_of_126_bytes_is_refused(client):
    client.send_frame(PING, b"\xfe" * 126)

    assert_fails(client, 1002)


def test_unasked_pongs_are_ignored(client):
    client.send_frame(PONG).send_frame(PONG, b"unsolicited").send_frame(PING, b"mine")

    assert client.read_frame().payload == b"mine"


@pytest.mark.parametrize("piece", [4096, 1])
def test_ten_pings_are_answered_in_order(client, piece):
    send_in_pieces(client, b"".join(frame(PING, b"payload-%d" % i) for i in range(10)), piece)

    for i in range(10):
        found = client.read_frame()
        assert (found.opcode, found.payload) == (PONG, b"payload-%d" % i)


# Section 3: reserved bits.

@pytest.mark.parametrize("rsv", range(1, 8))
@pytest.mark.parametrize("opcode", [TEXT, BINARY, PING, CLOSE])
def test_reserved_bits_are_refused(client, rsv, opcode):
    client.send_frame(opcode, rsv=rsv)

    assert_fails(client, 1002)


@pytest.mark.parametrize("piece", [4096, 1])
def test_what_came_before_a_reserved_bit_is_answered(client, piece):
    send_in_pieces(client, frame(TEXT, b"good") + frame(TEXT, b"bad", rsv=4) + frame(PING), piece)

    assert client.read_message() == "good"
    assert_fails(client, 1002)


# Section 4: opcodes.

@pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
def test_reserved_opcodes_are_refused(client, opcode):
    client.send_text("good").send_frame(opcode, b"bad").send_frame(PING)

    assert client.read_message() == "good"
    assert_fails(client, 1002)


def test_frame_without_mask_is_refused(client):
    client.send_frame(TEXT, b"naked", masked=False)

    assert_fails(client, 1002)


# Section 5: fragments.

@pytest.mark.parametrize("opcode", [PING, PONG])
def test_fragmented_control_frames_are_refused(client, opcode):
    client.send_frame(opcode, b"half", final=False).send_frame(CONTINUATION, b"rest")

    assert_fails(client, 1002)


@pytest.mark.parametrize("piece", [4096, 1])
def test_text_in_two_fragments_is_one_message(client, piece):
    send_in_pieces(client, frame(TEXT, b"fragment1", final=False)
                   + frame(CONTINUATION, b"fragment2"), piece)

    assert client.read_message() == "fragment1fragment2"


@pytest.mark.parametrize("piece", [4096, 1])
def test_ping_between_fragments_is_answered_at_once(client, piece):
    send_in_pieces(client, frame(TEXT, b"fragment1", final=False) + frame(PING, b"now")
                   + frame(CONTINUATION, b"fragment2"), piece)

    found = client.read_frame()
    assert (found.opcode, found.payload) == (PONG, b"now")
    assert client.read_message() == "fragment1fragment2"


@pytest.mark.parametrize("final", [True, False])
@pytest.mark.parametrize("piece", [4096, 1])
def test_continuation_of_nothing_is_refused(client, final, piece):
    send_in_pieces(client, frame(CONTINUATION, b"non-continuation payload", final=final)
                   + frame(TEXT, b"Hello, world!"), piece)

    assert_fails(client, 1002)


def test_continuation_behind_a_whole_message_is_refused(client):
    client.send_text("whole").send_frame(CONTINUATION, b"more")

    assert client.read_message() == "whole"
    assert_fails(client, 1002)


def test_text_inside_a_fragmented_message_is_refused(client):
    client.send_frame(TEXT, b"fragment1", final=False).send_text("fragment2")

    assert_fails(client, 1002)


def test_fragments_with_pings_between_all_of_them(client):
    client.send_frame(TEXT, b"fragment1", final=False)
    client.send_frame(CONTINUATION, b"fragment2", final=False).send_frame(PING, b"pongme 1!")
    client.send_frame(CONTINUATION, b"fragment3", final=False)
    client.send_frame(CONTINUATION, b"fragment4", final=False).send_frame(PING, b"pongme 2!")
    client.send_frame(CONTINUATION, b"fragment5")

    assert [client.read_frame().payload for _ in range(2)] == [b"pongme 1!", b"pongme 2!"]
    assert client.read_message() == "".join(f"fragment{i}" for i in range(1, 6))


# Section 6: UTF-8.

@pytest.mark.parametrize("pieces", [[b""], [b"", b"", b""], [b"", b"middle", b""]])
def test_empty_text_and_empty_fragments(client, pieces):
    for i, piece in enumerate(pieces):
        client.send_frame(TEXT if i == 0 else CONTINUATION, piece, final=i == len(pieces) - 1)

    assert client.read_message() == b"".join(pieces).decode()


GOOD_TEXT = "Hello-µ@ßöäüàá-UTF-8!! κόσμε \U0001F600 \u0000\ud7ff\ue000\uffff\U0010ffff"


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_good_text_in_fragments_of_any_size(client, size):
    data = GOOD_TEXT.encode()
    for at in range(0, len(data), size):
        client.send_frame(TEXT if at == 0 else CONTINUATION, data[at:at + size],
                          final=at + size >= len(data))

    assert client.read_message() == GOOD_TEXT


BAD_TEXTS = [
    bytes.fromhex("cebae1bdb9cf83cebcceb5eda080656469746564"),  # a surrogate in the middle
    b"\x80", b"\xbf", b"\x80\xbf" * 3,                     # continuation bytes alone
    *[bytes([lead, 0x20]) for lead in (0xC2, 0xDF, 0xE0, 0xEF, 0xF0, 0xF4)],
    b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf",     # overlong
    b"\xc1\xbf", b"\xe0\x9f\xbf", b"\xf0\x8f\xbf\xbf",
    b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80",  # five and six bytes
    b"\xf4\x90\x80\x80", b"\xfe", b"\xff", b"\xfe\xfe\xff\xff",
    b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xed\xa0\x80\xed\xb0\x80",  # surrogates
    b"cut short \xe2\x82", b"\xc3", b"\xf0\x9f\x98",
]


@pytest.mark.parametrize("text", BAD_TEXTS, ids=lambda text: text.hex())
def test_bad_text_is_refused(client, text):
    client.send_frame(TEXT, text)

    assert_fails(client, 1007)


def test_bad_text_in_fragments_is_refused(client):
    for i, byte in enumerate(b"\xce\xba\xe1\xbd\xb9\xed\xa0\x80"):
        client.send_frame(TEXT if i == 0 else CONTINUATION, bytes([byte]), final=False)

    assert_fails(client, 1007)


def test_bad_text_is_refused_before_the_message_ends(client):
    client.send_frame(TEXT, b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", final=False)
    client.send_frame(CONTINUATION, b"\xf4\x90\x80\x80", final=False)

    assert_fails(client, 1007)


def test_bad_text_is_refused_before_its_frame_ends(client):
    client.send(frame(TEXT, b"\xce\xba\xf4\x90" + b"x" * 1000)[:8 + 4])

    assert_fails(client, 1007)


def test_bytes_need_not_be_text(client):
    client.send_frame(BINARY, b"\xff\xfe\xc0")

    assert client.read_message() == b"\xff\xfe\xc0"


# Section 7: closing.

def test_message_before_the_close_is_answered(client):
    client.send_text("last").send_close(1000)

    assert client.read_message() == "last"
    assert client.read_close().code == 1000
    assert client.is_closed()


@pytest.mark.parametrize("late", [frame(PING), frame(TEXT, b"late"),
                                  frame(CLOSE, close_payload(1000))], ids=["ping", "text", "close"])
def test_nothing_behind_the_close_is_answered(client, late):
    client.send(frame(CLOSE, close_payload(1000)) + late)

    assert_fails(client, 1000)


def test_close_inside_a_fragmented_message(client):
    client.send_frame(TEXT, b"fragment", final=False).send_close(1000)
    client.send_frame(CONTINUATION, b"late")

    assert_fails(client, 1000)


@pytest.mark.parametrize("payload, code", [
    (b"", 1005),
    (close_payload(1000), 1000),
    (close_payload(1000, b"Hello, World!"), 1000),
    (close_payload(1000, b"*" * 123), 1000),
    *[(close_payload(code), code) for code in
      (1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)],
])
def test_close_is_answered_with_its_code(client, payload, code):
    client.send_frame(CLOSE, payload)

    assert_fails(client, code)


@pytest.mark.parametrize("payload, code", [
    (b"x", 1002),
    (b"\x03\xe8" + b"*" * 124, 1002),
    (close_payload(1000, BAD_TEXTS[0]), 1007),
    *[(close_payload(code), 1002) for code in
      (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)],
])
def test_bad_close_is_refused(client, payload, code):
    client.send_frame(CLOSE, payload)

    assert_fails(client, code)


# Section 10: fragments of a size of the client's own.

def test_message_in_fragments_of_1300_bytes(client):
    payload = b"x" * 65536
    for at in range(0, len(payload), 1300):
        client.send_frame(TEXT if at == 0 else CONTINUATION, payload[at:at + 1300],
                          final=at + 1300 >= len(payload))

    assert client.read_message() == payload.decode()
