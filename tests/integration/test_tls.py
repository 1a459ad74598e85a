"""TLS as clients meet it: versions, names, certificates, sessions, and what goes through it."""
import re
import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from routes import native_routes, python_routes
from support.certificates import client_context, make_certificate, make_expired_certificate
from support.http_client import RawConnection, exchange
from support.server import Server, run_to_end
from support.waiting import DEADLINE, wait_until

TLS = "tls: { cert: server.crt, key: server.key }\nlog: { level: debug }"
GET_HELLO = b"GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"


def files_of(folder: Path) -> dict[str, str | Path]:
    return {file.name: file for file in folder.iterdir()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("certificates")
    make_certificate(path, "server")
    make_certificate(path, "other", "DNS:other.example,DNS:*.other.example")
    make_certificate(path, "authority", "DNS:authority")
    make_certificate(path, "client", "DNS:client", issuer="authority")
    return path


@pytest.fixture(scope="module")
def server(folder):
    with Server(native_routes(TLS), files_of(folder)) as running:
        yield running


@pytest.fixture
def tls(folder) -> ssl.SSLContext:
    return client_context(folder)


def only(version: ssl.TLSVersion, context: ssl.SSLContext) -> ssl.SSLContext:
    context.minimum_version = context.maximum_version = version
    return context


def refusal(port: int, context: ssl.SSLContext) -> str:
    """What a client is told that the server does not want; TLS 1.3 says so behind the handshake."""
    with pytest.raises(ssl.SSLError) as error:
        with RawConnection(port, context) as connection:
            connection.send(GET_HELLO).read_response()
    return str(error.value)


def test_line_on_stdout_says_https(server):
    assert server.stdout == f"listening on https://127.0.0.1:{server.port}\n"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_request_is_answered(server, tls, version):
    with RawConnection(server.port, only(version, tls)) as connection:
        for _ in range(3):
            answer = connection.send(GET_HELLO).read_response()
            assert (answer.status, answer.json()["message"]) == (200, "Hello from C++")

        suite = connection.socket.cipher()[0]
        assert connection.socket.selected_alpn_protocol() == "http/1.1"
        assert re.search("GCM|CHACHA20", suite), suite


def test_curl_is_answered(server, folder):
    done = subprocess.run(
        ["curl", "-sS", "--cacert", folder / "server.crt", "--max-time", "30",
         f"https://localhost:{server.port}/hello"], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert '"message":"Hello from C++"' in done.stdout


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_version_is_refused(server, tls):
    tls.set_ciphers("DEFAULT:@SECLEVEL=0")

    assert "alert protocol version" in refusal(server.port, only(ssl.TLSVersion.TLSv1_1, tls)).lower()


def test_suite_without_forward_secrecy_is_refused(server, tls):
    tls.set_ciphers("AES128-GCM-SHA256:ECDHE-ECDSA-AES128-SHA256")

    assert "handshake failure" in refusal(server.port, only(ssl.TLSVersion.TLSv1_2, tls)).lower()


def test_least_version_can_be_raised(folder, tls):
    settings = 'tls: { cert: server.crt, key: server.key, min_version: "1.3" }'
    with Server(native_routes(settings), files_of(folder)) as server:
        with RawConnection(server.port, tls) as connection:
            assert connection.send(GET_HELLO).read_response().status == 200

        assert "protocol version" in refusal(server.port, only(ssl.TLSVersion.TLSv1_2, tls)).lower()


def test_client_that_wants_another_protocol_is_told(server, tls):
    tls.set_alpn_protocols(["h2"])

    assert "no application protocol" in refusal(server.port, tls).lower()


def test_client_that_names_no_protocol_is_answered(server, folder):
    tls = ssl.create_default_context(cafile=str(folder / "server.crt"))
    with RawConnection(server.port, tls) as connection:
        assert connection.send(GET_HELLO).read_response().status == 200
        assert connection.socket.selected_alpn_protocol() is None


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_session_is_resumed(server, tls, version):
    context = only(version, tls)
    with RawConnection(server.port, context) as first:
        first.send(GET_HELLO).read_response()
        session = first.socket.session

    with RawConnection(server.port, context, session=session) as second:
        assert second.send(GET_HELLO).read_response().status == 200
        assert second.socket.session_reused


def test_plain_http_is_told_to_use_https(server):
    answer = exchange(server.port, GET_HELLO)

    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert "https://" in answer.json()["detail"]
    wait_until(lambda: "speaks plain HTTP" in server.log(), "a line in the log")


def test_handler_sees_https(folder, tls):
    see = "def see(request):\n    return {'url': request.url, 'path': request.path}\n"
    routes = python_routes("GET /see: python see:see", TLS).replace(
        "import_paths: [", "import_paths: [., ")
    with Server(routes, {**files_of(folder), "see.py": see}) as server, \
         RawConnection(server.port, tls) as connection:
        answer = connection.send(b"GET /see HTTP/1.1\r\nHost: x.example\r\n\r\n").read_response()

        assert answer.json()["url"] == "https://x.example/see"


def test_large_bodies_go_through_both_ways(server, tls):
    body = b'{"x":"' + b"y" * 9_000_000 + b'"}'
    with RawConnection(server.port, tls) as connection:
        connection.send(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body))
        answer = connection.send(body).read_response()

        assert answer.json()["echo"]["x"] == "y" * 9_000_000
        assert connection.is_open_after_answer()


def test_pipelined_requests_are_answered(server, tls):
    with RawConnection(server.port, tls) as connection:
        connection.send(GET_HELLO * 200)

        assert [connection.read_response().status for _ in range(200)] == [200] * 200


def test_requests_that_wait_inside_tls_are_answered(folder, tls):
    """Several records arrive at once, and reading pauses in their midst: no event tells of the rest."""
    settings = TLS + "\nlimits: { pipeline_depth: 1 }"
    with Server(native_routes(settings), files_of(folder)) as server, \
         RawConnection(server.port, tls) as connection:
        body = b'{"x":"' + b"y" * 15_000 + b'"}'
        post = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body

        for _ in range(20):
            connection.send(post * 7)
            assert [connection.read_response().status for _ in range(7)] == [200] * 7


def test_end_is_announced(server, tls):
    with RawConnection(server.port, tls) as connection:
        connection.send(b"GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

        assert connection.read_response().status == 200
        assert connection.read_until_closed() == b""  # an end unannounced would be an error


def test_refused_request_is_answered_and_the_end_is_announced(server, tls):
    with RawConnection(server.port, tls) as connection:
        assert connection.send(b"GET /\r\n\r\n" + b"x" * 50_000).read_response().status == 400
        assert connection.read_until_closed() == b""


def test_goodbye_of_a_client_is_answered(server, tls):
    with RawConnection(server.port, tls) as connection:
        connection.send(GET_HELLO).read_response()

        connection.socket.unwrap()  # an end unannounced would be an error


def test_client_that_leaves_without_goodbye_harms_nobody(server, tls):
    for _ in range(20):
        with RawConnection(server.port, tls) as connection:
            connection.send(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with RawConnection(server.port, tls) as connection:
        assert connection.send(GET_HELLO).read_response().status == 200


def with_certificate(context: ssl.SSLContext, folder: Path, stem: str) -> ssl.SSLContext:
    context.load_cert_chain(folder / f"{stem}.crt", folder / f"{stem}.key")
    return context


def test_client_certificate_can_be_required(folder, tls):
    settings = "tls: { cert: server.crt, key: server.key, client_ca: authority.crt }"
    with Server(native_routes(settings), files_of(folder)) as server:
        assert "certificate required" in refusal(server.port, tls).lower()
        stranger = with_certificate(client_context(folder), folder, "other")
        assert "alert" in refusal(server.port, stranger).lower()

        known = with_certificate(client_context(folder), folder, "client")
        with RawConnection(server.port, known) as first:
            assert first.send(GET_HELLO).read_response().status == 200
            session = first.socket.session
        with RawConnection(server.port, known, session=session) as second:
            assert second.send(GET_HELLO).read_response().status == 200
            assert second.socket.session_reused


def test_client_certificate_can_be_optional(folder, tls):
    settings = ("tls: { cert: server.crt, key: server.key, client_ca: authority.crt, "
                "client_auth: optional }")
    with Server(native_routes(settings), files_of(folder)) as server:
        for context in (tls, with_certificate(client_context(folder), folder, "client")):
            with RawConnection(server.port, context) as connection:
                assert connection.send(GET_HELLO).read_response().status == 200

        stranger = with_certificate(client_context(folder), folder, "other")
        assert "alert" in refusal(server.port, stranger).lower()


def test_client_gets_the_certificate_of_the_name_it_asks_for(folder):
    settings = ("tls:\n  cert: server.crt\n  key: server.key\n"
                "  certificates:\n    - { cert: other.crt, key: other.key }\n")
    with Server(native_routes(settings), files_of(folder)) as server:
        for authority, name in (("server", "localhost"), ("other", "other.example"),
                                ("other", "a.other.example")):
            context = client_context(folder, authority)
            with RawConnection(server.port, context, name) as connection:
                assert connection.send(GET_HELLO).read_response().status == 200

        with pytest.raises(ssl.SSLCertVerificationError):
            RawConnection(server.port, client_context(folder, "other"), "localhost")


class TestReload:
    """SIGHUP reads the certificates again."""

    @pytest.fixture
    def running(self, folder):
        with Server(native_routes(TLS), files_of(folder)) as server:
            yield server

    def test_new_connections_get_the_new_certificate(self, running, folder, tls):
        with RawConnection(running.port, tls) as old:
            assert old.send(GET_HELLO).read_response().status == 200
            make_certificate(running.path, "server")  # another one of the same name

            said = running.reload()

            assert "certificates" in said and "error" not in said, said
            assert old.send(GET_HELLO).read_response().status == 200
        with pytest.raises(ssl.SSLCertVerificationError):
            RawConnection(running.port, tls)
        with RawConnection(running.port, client_context(running.path)) as new:
            assert new.send(GET_HELLO).read_response().status == 200

    def test_wrong_files_leave_the_old_ones_in_use(self, running, folder, tls):
        (running.path / "server.key").write_text("nonsense")

        said = running.reload()

        assert re.search(r"error routes\.yaml:1:31: error: '.*server\.key' holds no private key", said)
        assert said.count("SIGHUP") == 1
        with RawConnection(running.port, tls) as connection:
            assert connection.send(GET_HELLO).read_response().status == 200


def test_certificate_that_expired_is_a_warning(tmp_path):
    make_expired_certificate(tmp_path, "server")

    with Server(native_routes(TLS), files_of(tmp_path)) as server:
        assert re.search(r"warning routes\.yaml:1:14: warning: the certificate in '.*server\.crt' "
                         r"expired at 2020-01-02 00:00:00 UTC", server.log()), server.log()


def test_wrong_files_are_told_with_their_places(folder):
    settings = ("tls:\n  cert: nowhere.crt\n  key: server.crt\n"
                "  certificates:\n    - { cert: server.crt, key: other.key }\n"
                "  client_ca: .\n")

    done = run_to_end(native_routes(settings), files_of(folder))

    lines = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (3, ""), done
    assert [line.split(": ")[0] for line in lines] == [
        "routes.yaml:2:9", "routes.yaml:3:8", "routes.yaml:5:32", "routes.yaml:6:14"], done.stderr
    for line, words in zip(lines, ("No such file", "are the two files swapped?",
                                   "does not belong to", "is a directory")):
        assert words in line


def handshake_messages(port: int, context: ssl.SSLContext, send) -> ssl.SSLObject:
    """A handshake and one request whose bytes go out through send(socket, bytes)."""
    with socket.create_connection(("127.0.0.1", port), DEADLINE) as plain:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
        steps = [tls.do_handshake, lambda: tls.write(GET_HELLO), lambda: tls.read(65536)]
        while steps:
            try:
                result = steps[0]()
                steps.pop(0)
            except ssl.SSLWantReadError:
                send(plain, outgoing.read())
                incoming.write(plain.recv(65536))
        assert result.startswith(b"HTTP/1.1 200 OK\r\n")
        return tls


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_bytes_may_come_one_by_one(server, tls, version):
    def send_slowly(plain: socket.socket, data: bytes) -> None:
        for byte in data:
            plain.send(bytes([byte]))

    handshake_messages(server.port, only(version, tls), send_slowly)
