"""Behind a proxy: who the client is, and by which URL it came."""
import pytest

from routes import python_routes
from support.certificates import client_context, make_certificate
from support.http_client import RawConnection, exchange
from support.server import Server
from support.waiting import wait_until

HANDLER = """
def who(request):
    client = request.client and list(request.client)
    return {"client": client, "url": request.url}
"""
SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
TCP4 = bytes([192, 0, 2, 9, 10, 0, 0, 1, 0x12, 0x67, 0, 80])
V1 = b"PROXY TCP4 192.0.2.9 10.0.0.1 4711 80\r\n"
V2 = SIGNATURE + bytes([0x21, 0x11, 0, len(TCP4)]) + TCP4
LOCAL = SIGNATURE + bytes([0x20, 0, 0, 0])
GET = b"GET /who HTTP/1.1\r\nHost: inner:8000\r\n\r\n"


def serving(settings: str) -> Server:
    routes = python_routes("""
        GET /who: python mine:who
        GET outer.example/who: native hello
    """, settings)
    return Server(routes.replace("import_paths: [", "import_paths: [., "), {"mine.py": HANDLER},
                  listen=None)


def get(**headers: str) -> bytes:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET /who HTTP/1.1\r\nHost: inner\r\n{lines}\r\n".encode()


@pytest.fixture(scope="module")
def trusting():
    with serving("listen: [127.0.0.1:0, unix:x.sock]\n"
                 "proxies: { trusted: [127.0.0.1, 10.0.0.0/8, unix] }") as server:
        yield server


def test_headers_of_a_trusted_proxy_name_client_and_url(trusting):
    request = get(X_Forwarded_For="6.6.6.6, 192.0.2.7, 10.1.1.1", X_Forwarded_Proto="https",
                  X_Forwarded_Host="shop.example")

    for place in (trusting.port, trusting.path / "x.sock"):
        answer = exchange(place, request).json()
        assert answer["client"][0] == "192.0.2.7"
        assert answer["url"] == "https://shop.example/who"


def test_host_of_the_proxy_decides_the_route(trusting):
    assert exchange(trusting.port, get(X_Forwarded_Host="outer.example")).json()["message"]


def test_malformed_headers_are_ignored(trusting):
    answer = exchange(trusting.port, get(X_Forwarded_For="nonsense", X_Forwarded_Proto="gopher",
                                         X_Forwarded_Host="a b")).json()

    assert answer["client"][0] == "127.0.0.1" and answer["url"] == "http://inner/who"
    # The other kind of header is not looked at.
    answer = exchange(trusting.port, get(Forwarded="for=192.0.2.7;proto=https")).json()
    assert answer["client"][0] == "127.0.0.1" and answer["url"] == "http://inner/who"


def test_each_request_of_a_connection_has_its_own_client(trusting):
    with RawConnection(trusting.port) as connection:
        connection.send(get(X_Forwarded_For="192.0.2.1") + get() + get(X_Forwarded_For="192.0.2.3"))

        clients = [connection.read_response().json()["client"][0] for _ in range(3)]

    assert clients == ["192.0.2.1", "127.0.0.1", "192.0.2.3"]


@pytest.mark.parametrize("settings", ["", "proxies: { trusted: [10.0.0.0/8, unix] }"])
def test_headers_of_others_are_not_believed(settings):
    with serving(f"listen: 127.0.0.1:0\n{settings}") as server:
        answer = exchange(server.port, get(X_Forwarded_For="192.0.2.7", X_Forwarded_Proto="https",
                                           X_Forwarded_Host="outer.example")).json()

    assert answer["client"][0] == "127.0.0.1" and answer["url"] == "http://inner/who"


def test_standard_header_is_read_where_it_is_asked_for():
    with serving("listen: 127.0.0.1:0\n"
                 "proxies: { trusted: 127.0.0.1, headers: forwarded }") as server:
        answer = exchange(server.port, get(
            Forwarded='for=6.6.6.6, for="[2001:db8::7]:4711";proto=https;host=shop.example',
            X_Forwarded_For="192.0.2.7")).json()

    assert answer["client"] == ["2001:db8::7", 4711]
    assert answer["url"] == "https://shop.example/who"


@pytest.fixture(scope="module")
def proxied():
    with serving("listen: [{ address: 127.0.0.1:0, proxy_protocol: true }, "
                 "{ address: unix:x.sock, proxy_protocol: true }, 127.0.0.1:0]\n"
                 "limits: { header_timeout: 300ms }") as server:
        yield server


@pytest.mark.parametrize("header", [V1, V2], ids=["v1", "v2"])
def test_proxy_protocol_names_the_client(proxied, header):
    for place in (proxied.port, proxied.path / "x.sock"):
        with RawConnection(place) as connection:
            for data in (header + GET, GET):  # the header holds for the whole connection
                answer = connection.send(data).read_response().json()
                assert answer["client"] == ["192.0.2.9", 4711]


@pytest.mark.parametrize("header", [b"PROXY UNKNOWN\r\n", LOCAL], ids=["v1", "v2"])
def test_connection_of_the_proxy_itself_keeps_its_address(proxied, header):
    assert exchange(proxied.port, header + GET).json()["client"][0] == "127.0.0.1"


@pytest.mark.parametrize("header", [V1, V2], ids=["v1", "v2"])
def test_proxy_protocol_may_arrive_cut_anywhere(proxied, header):
    for size in range(1, len(header) + 1):
        with RawConnection(proxied.port) as connection:
            connection.send(header[:size]).send((header + GET)[size:])
            assert connection.read_response().json()["client"][0] == "192.0.2.9", size


@pytest.mark.parametrize("data", [
    pytest.param(GET, id="no_header"),
    pytest.param(b"PROXY TCP4 nonsense\r\n" + GET, id="malformed"),
    pytest.param(V2[:12] + b"\x99" + V2[13:] + GET, id="malformed_v2"),
])
def test_connection_without_a_good_header_is_closed(proxied, data):
    with RawConnection(proxied.port) as connection:
        assert connection.send(data).read_until_closed() == b""


@pytest.mark.parametrize("data", [b"", V1[:10], V2[:20]], ids=["nothing", "v1", "v2"])
def test_header_that_does_not_come_is_not_waited_for(proxied, data):
    with RawConnection(proxied.port) as connection:
        connection.send(data)
        assert connection.read_until_closed() == b""


def test_other_addresses_take_no_header(proxied):
    other = int(proxied.urls[2].rpartition(":")[2])

    assert exchange(other, V1 + GET).status == 400
    assert exchange(other, GET).status == 200


def test_header_byte_by_byte_and_an_early_end(proxied):
    with RawConnection(proxied.port) as connection:
        for byte in V2 + GET:
            connection.send(bytes([byte]))
        assert connection.read_response().json()["client"][0] == "192.0.2.9"
    with RawConnection(proxied.port) as connection:
        assert connection.send(V1[:5]).end_sending().read_until_closed() == b""
    wait_until(lambda: exchange(proxied.port, V1 + GET).status == 200, "others are served")


def test_tls_begins_behind_the_header(tmp_path):
    make_certificate(tmp_path, "server")
    files = f"tls: {{ cert: {tmp_path}/server.crt, key: {tmp_path}/server.key }}"
    with serving(f"listen: {{ address: 127.0.0.1:0, proxy_protocol: true }}\n{files}") as server, \
         RawConnection(server.port) as connection:
        connection.send(V2)
        connection.socket = client_context(tmp_path).wrap_socket(connection.socket,
                                                                 server_hostname="localhost")
        for _ in range(2):
            answer = connection.send(GET).read_response().json()
            assert answer["client"] == ["192.0.2.9", 4711]
            assert answer["url"].startswith("https://")
