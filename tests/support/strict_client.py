"""Raw bytes out, and responses in that are held to the grammar of RFC 9112."""
import re
import socket
from email.utils import parsedate_to_datetime

from support.http_client import RawConnection, Response

_STATUS_LINE = re.compile(rb"HTTP/1\.1 [1-5][0-9]{2} [\t\x20-\x7e\x80-\xff]*")
_FIELD_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)")


class StrictConnection(RawConnection):
    """A response that breaks a rule fails the test, whatever the test is about."""

    def send_what_is_taken(self, data: bytes, piece: int | None = None) -> None:
        """Sends data, in pieces if asked; a server that closed before the end is no failure."""
        step = piece or max(1, len(data))
        try:
            for at in range(0, len(data), step):
                self.socket.sendall(data[at:at + step])
        except (BrokenPipeError, ConnectionResetError):
            pass

    def read_strictly(self, to_head: bool = False) -> Response:
        answer = super().read_response(to_head)
        self.judge(answer, to_head)
        return answer

    def next_status(self) -> int:
        return int(self.read_response_head().split(b" ", 2)[1])

    def read_response_head(self) -> bytes:
        while b"\r\n\r\n" not in self._buffer:
            self._receive()
        return self._buffer.partition(b"\r\n\r\n")[0]

    def read_response(self, to_head: bool = False) -> Response:
        lines = self.read_response_head().split(b"\r\n")
        assert _STATUS_LINE.fullmatch(lines[0]), lines[0]
        names = []
        for line in lines[1:]:
            field = _FIELD_LINE.fullmatch(line)
            assert field, f"no header line: {line!r}"
            names.append(field[1].lower())
        for single in (b"date", b"content-length", b"connection", b"content-type", b"allow"):
            assert names.count(single) <= 1, f"{single!r} is there twice"
        return super().read_response(to_head)

    def judge(self, answer: Response, to_head: bool) -> None:
        """What every response must have (RFC 9110 sections 6.6.1, 8.6, 15.5.6)."""
        if answer.status < 200:
            assert answer.headers == {}, answer
            return
        assert parsedate_to_datetime(answer.headers["date"]), answer
        assert "transfer-encoding" not in answer.headers, answer
        if answer.status in (204, 304):
            assert "content-length" not in answer.headers, answer
        else:
            assert answer.headers["content-length"].isdigit(), answer
        if answer.status == 405:
            assert answer.headers["allow"], answer
        if answer.status >= 400 and not to_head:
            problem = answer.json()
            assert (problem["status"], problem["title"]) == (answer.status, answer.reason), answer
            assert problem["detail"], "a reason that a person can use"

    def expect_end(self) -> None:
        """The peer closes in order: no byte more, and no reset."""
        rest = self._buffer
        while data := self.socket.recv(65536):
            rest += data
        assert rest == b"", rest[:300]

    def expect_silence(self, seconds: float) -> None:
        """No byte and no close for that long."""
        self.socket.settimeout(seconds)
        try:
            data = self.socket.recv(1)
            raise AssertionError(f"the server said {data!r}" if data else "the server closed")
        except socket.timeout:
            pass
