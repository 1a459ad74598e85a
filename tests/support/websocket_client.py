"""A WebSocket client that does what it is told, right or wrong: bytes and frames, no opinions."""
import base64
import hashlib
import os
import socket
import ssl
import struct
import zlib
from dataclasses import dataclass

from support.http_client import RawConnection, Response

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
KEY = "dGhlIHNhbXBsZSBub25jZQ=="


@dataclass(frozen=True)
class Frame:
    opcode: int
    payload: bytes
    final: bool = True
    compressed: bool = False

    @property
    def code(self) -> int:
        """Of a Close frame; 1005: it has none."""
        assert self.opcode == CLOSE, self
        return struct.unpack("!H", self.payload[:2])[0] if self.payload else 1005


def handshake(path: str, *fields: str, key: str = KEY, version: str = "13") -> bytes:
    """The opening handshake as bytes; more header lines in `fields`."""
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", "Upgrade: websocket",
             "Connection: Upgrade", f"Sec-WebSocket-Key: {key}",
             f"Sec-WebSocket-Version: {version}", *fields, "", ""]
    return "\r\n".join(lines).encode()


def frame(opcode: int, payload: bytes = b"", *, final: bool = True, rsv: int = 0,
          masked: bool = True, length: int | None = None) -> bytes:
    """One frame. `rsv` is 4, 2 or 1 for RSV1 to RSV3; `length`: what its head says."""
    size = len(payload) if length is None else length
    mark = 0x80 if masked else 0
    head = bytes([(0x80 if final else 0) | rsv << 4 | opcode])
    if size < 126:
        head += bytes([mark | size])
    elif size < 65536:
        head += struct.pack("!BH", mark | 126, size)
    else:
        head += struct.pack("!BQ", mark | 127, size)
    if not masked:
        return head + payload
    key = os.urandom(4)
    return head + key + mask(payload, key)


def mask(payload: bytes, key: bytes) -> bytes:
    if not payload:
        return b""
    repeated = (key * (len(payload) // 4 + 1))[:len(payload)]
    mixed = int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")
    return mixed.to_bytes(len(payload), "big")


def close_payload(code: int, reason: bytes = b"") -> bytes:
    return struct.pack("!H", code) + reason


class WebSocketClient:
    """A connection whose handshake has succeeded.

    `offer` is a Sec-WebSocket-Extensions value, `send` goes right behind the handshake.
    """

    def __init__(self, port: int, path: str, *fields: str, offer: str = "", send: bytes = b"",
                 tls: ssl.SSLContext | None = None):
        self.raw = RawConnection(port, tls)
        if offer:
            fields = (*fields, f"Sec-WebSocket-Extensions: {offer}")
        self.raw.send(handshake(path, *fields) + send)
        self.response = self.raw.read_response()
        assert self.response.status == 101, self.response
        self._check_response(self.response)
        self.extensions = self.response.headers.get("sec-websocket-extensions", "")
        self._inflater = zlib.decompressobj(-15)
        self._deflater = zlib.compressobj(wbits=-self._client_bits())

    def __enter__(self) -> "WebSocketClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.raw.socket.close()

    def send(self, data: bytes) -> "WebSocketClient":
        self.raw.send(data)
        return self

    def send_frame(self, opcode: int, payload: bytes = b"", **how) -> "WebSocketClient":
        return self.send(frame(opcode, payload, **how))

    def send_text(self, text: str) -> "WebSocketClient":
        return self.send_frame(TEXT, text.encode())

    def send_close(self, code: int = 1000, reason: bytes = b"") -> "WebSocketClient":
        return self.send_frame(CLOSE, close_payload(code, reason))

    def read_frame(self) -> Frame:
        """The next frame as it is on the wire."""
        first, second = self.raw.read_exactly(2)
        assert second & 0x80 == 0, "a server does not mask"
        assert first & 0x30 == 0, "a reserved bit"
        size = second & 0x7F
        if size == 126:
            size = struct.unpack("!H", self.raw.read_exactly(2))[0]
            assert size >= 126, "a length in more bytes than it needs"
        elif size == 127:
            size = struct.unpack("!Q", self.raw.read_exactly(8))[0]
            assert size >= 65536, "a length in more bytes than it needs"
        payload = self.raw.read_exactly(size)
        return Frame(first & 0x0F, payload, bool(first & 0x80), bool(first & 0x40))

    def read_message(self) -> bytes | str:
        """The next message, whatever control frames come before it."""
        found = self.read_frame()
        while found.opcode in (PING, PONG):
            found = self.read_frame()
        assert found.opcode in (TEXT, BINARY) and found.final, found
        payload = self.inflate(found.payload) if found.compressed else found.payload
        return payload.decode() if found.opcode == TEXT else payload

    def read_close(self) -> Frame:
        """The Close frame, behind any messages; then the connection must end."""
        found = self.read_frame()
        while found.opcode != CLOSE:
            found = self.read_frame()
        return found

    def is_closed(self) -> bool:
        """Waits for the end of the stream: nothing may come before it."""
        return self.raw.read_until_closed() == b""

    def close(self, code: int = 1000) -> int:
        """The closing handshake; the code that came back."""
        self.send_close(code)
        answer = self.read_close().code
        assert self.is_closed()
        return answer

    def reset(self) -> None:
        """Leaves as a crash does: with RST."""
        self.raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.raw.socket.close()

    def deflate(self, payload: bytes) -> bytes:
        """As a compressed message; `client_no_context_takeover` of the answer is heeded."""
        data = self._deflater.compress(payload) + self._deflater.flush(zlib.Z_SYNC_FLUSH)
        if "client_no_context_takeover" in self.extensions:
            self._deflater = zlib.compressobj(wbits=-self._client_bits())
        return data[:-4]

    def inflate(self, payload: bytes) -> bytes:
        if "server_no_context_takeover" in self.extensions:
            self._inflater = zlib.decompressobj(-15)
        return self._inflater.decompress(payload + b"\x00\x00\xff\xff")

    def _client_bits(self) -> int:
        _, _, bits = self.extensions.partition("client_max_window_bits=")
        return max(9, int(bits.partition(";")[0])) if bits else 15

    @staticmethod
    def _check_response(response: Response) -> None:
        expected = base64.b64encode(
            hashlib.sha1(f"{KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest()).decode()
        assert response.headers["upgrade"].lower() == "websocket", response
        assert response.headers["connection"].lower() == "upgrade", response
        assert response.headers["sec-websocket-accept"] == expected, response
