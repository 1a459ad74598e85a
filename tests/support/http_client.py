"""Two clients: whole requests through http.client, and raw bytes on a socket."""
import http.client
import json
import select
import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path

from support.waiting import DEADLINE


@dataclass
class Response:
    status: int
    headers: dict[str, str]  # names in lower case; equal names joined by ", "
    body: bytes
    reason: str = ""
    version: str = field(default="HTTP/1.1")
    trailers: dict[str, str] = field(default_factory=dict)

    def json(self):
        return json.loads(self.body)


def _fields(lines: list[str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        key = name.lower()
        fields[key] = f"{fields[key]}, {value.strip()}" if key in fields else value.strip()
    return fields


def request(port: int, method: str, path: str, body: bytes | str | None = None,
            headers: dict[str, str] | None = None) -> Response:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        fields: dict[str, str] = {}
        for name, value in answer.getheaders():
            key = name.lower()
            fields[key] = f"{fields[key]}, {value}" if key in fields else value
        return Response(answer.status, fields, answer.read(), answer.reason)
    finally:
        connection.close()


def get(port: int, path: str, **headers: str) -> Response:
    return request(port, "GET", path, headers=headers)


def post_json(port: int, path: str, value: object) -> Response:
    return request(port, "POST", path, json.dumps(value), {"Content-Type": "application/json"})


class RawConnection:
    """Bytes out, responses in, without a client library's opinion of either.

    With `tls` they go through TLS; `name` is the server's, asked for and checked. An end without a
    close_notify is then an ssl.SSLError.
    """

    def __init__(self, place: int | Path | tuple[str, int], tls: ssl.SSLContext | None = None,
                 name: str = "localhost", session: ssl.SSLSession | None = None):
        """place: a port of 127.0.0.1, the path of a Unix socket, or host and port."""
        if isinstance(place, Path):
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.socket.settimeout(DEADLINE)
            self.socket.connect(str(place))
        else:
            address = ("127.0.0.1", place) if isinstance(place, int) else place
            self.socket = socket.create_connection(address, DEADLINE)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            plain = self.socket
            try:
                self.socket = tls.wrap_socket(plain, server_hostname=name, session=session,
                                              suppress_ragged_eofs=False)
            except BaseException:
                plain.close()
                raise
        self._buffer = b""

    def __enter__(self) -> "RawConnection":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> "RawConnection":
        self.socket.sendall(data)
        return self

    def end_sending(self) -> "RawConnection":
        self.socket.shutdown(socket.SHUT_WR)
        return self

    def read_response(self, to_head: bool = False) -> Response:
        """The next final or interim response; to_head: the answer to HEAD has no body."""
        response = self.read_head()
        if to_head or response.status < 200 or response.status in (204, 304):
            return response
        if response.headers.get("transfer-encoding") == "chunked":
            while chunk := self.read_chunk():
                response.body += chunk
            response.trailers = self.read_trailers()
        else:
            response.body = self.read_exactly(int(response.headers["content-length"]))
        return response

    def read_head(self) -> Response:
        """The next response without its body."""
        lines = self._read_through(b"\r\n\r\n").decode("latin-1").split("\r\n")
        version, status, reason = (lines[0] + " ").split(" ", 2)
        return Response(int(status), _fields(lines[1:]), b"", reason.strip(), version)

    def read_chunk(self) -> bytes:
        """The data of the next chunk; empty: it was the last one, trailers follow."""
        size = int(self._read_through(b"\r\n"), 16)
        if size == 0:
            return b""
        data = self.read_exactly(size + 2)
        assert data.endswith(b"\r\n"), data[-20:]
        return data[:-2]

    def read_trailers(self) -> dict[str, str]:
        lines = []
        while line := self._read_through(b"\r\n").decode("latin-1"):
            lines.append(line)
        return _fields(lines)

    def read_until_closed(self) -> bytes:
        """All that is left until the peer closes; a reset counts as closed."""
        try:
            while data := self.socket.recv(65536):
                self._buffer += data
        except ConnectionResetError:
            pass
        data, self._buffer = self._buffer, b""
        return data

    def has_input(self) -> bool:
        """Something has arrived that was not read."""
        return bool(self._buffer or select.select([self.socket], [], [], 0)[0])

    def is_open_after_answer(self) -> bool:
        """Sends another request: true if it is answered too."""
        try:
            self.send(b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")
            self.read_response()
            return True
        except (AssertionError, OSError):
            return False

    def _read_through(self, end: bytes) -> bytes:
        """What comes before end, which is taken too."""
        while end not in self._buffer:
            self._receive()
        data, _, self._buffer = self._buffer.partition(end)
        return data

    def read_exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._receive()
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def _receive(self) -> None:
        data = self.socket.recv(65536)
        assert data, f"closed in the middle of a response: {self._buffer!r}"
        self._buffer += data


def exchange(place: int | Path | tuple[str, int], data: bytes) -> Response:
    """Sends bytes on a connection of its own and reads one response."""
    with RawConnection(place) as connection:
        return connection.send(data).read_response()
