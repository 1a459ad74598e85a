"""WSGI applications that answer in their own ways, by the book or against it."""
import gzip
import io
import sys
import tempfile
import threading
from pathlib import Path

TEXT = [("Content-Type", "text/plain")]
_released = threading.Event()
_kept = []


def _mark(environ, text):
    Path(environ["QUERY_STRING"].removeprefix("mark=")).write_text(text)


def release(environ, start_response):
    _released.set()
    start_response("200 OK", TEXT)
    return [b"released"]


def writes_early(environ, start_response):
    """What is written has to arrive before the application returns."""
    _released.clear()
    write = start_response("200 OK", TEXT)
    write(b"first")
    _released.wait(30)
    return [b"second"]


def fails_after_writing(environ, start_response):
    write = start_response("200 OK", TEXT)
    write(b"first")
    try:
        raise ValueError("after the head")
    except ValueError:
        start_response("500 Sorry", TEXT, exc_info=sys.exc_info())
    return [b"never"]


def writes_without_end(environ, start_response):
    write = start_response("200 OK", TEXT)
    sent = 0
    try:
        while True:
            write(b"x" * 65536)
            sent += 1
    except OSError as error:
        _mark(environ, f"{type(error).__name__} {sent}")
        raise


def one_piece(environ, start_response):
    """As frameworks do: an iterator whose length is known."""
    start_response("200 OK", [*TEXT, ("Content-Length", "5")])
    try:
        yield b"whole"
        _mark(environ, "went on")
    finally:
        if "fail" in environ["PATH_INFO"]:
            raise ValueError("at the end")


def too_long(environ, start_response):
    start_response("200 OK", [*TEXT, ("Content-Length", "5")])
    yield b"whole"
    yield b"more"


def many_pieces(environ, start_response):
    start_response("200 OK", TEXT)
    return (b"a", b"", b"b")


def no_pieces(environ, start_response):
    start_response("200 OK", TEXT)
    return iter(())


def head_says_a_length(environ, start_response):
    start_response("200 OK", [*TEXT, ("Content-Length", "1000")])
    return []


def bare(environ, start_response):
    """Names no type, and the connection's own fields."""
    start_response("200 OK", [("Connection", "keep-alive"), ("Transfer-Encoding", "chunked"),
                              ("X-Own", "caf\xe9")])
    return [b"bare"]


def keeps(environ, start_response):
    """Calls what the last request left."""
    said = []
    for call in _kept:
        try:
            call("200 OK", TEXT)
        except RuntimeError as error:
            said.append(str(error))
    _kept[:] = [start_response]
    start_response("200 OK", TEXT)
    return ["; ".join(said).encode()]


def elsewhere(environ, start_response):
    """Calls start_response in another thread."""
    said = []

    def call():
        try:
            start_response("200 OK", TEXT)
        except RuntimeError as error:
            said.append(str(error))

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    start_response("200 OK", TEXT)
    return [said[0].encode()]


def loops(environ, start_response):
    try:
        while True:
            pass
    except BaseException as error:
        _mark(environ, type(error).__name__)
        raise


def logs(environ, start_response):
    print("for the errors", file=environ["wsgi.errors"], flush=True)
    start_response("200 OK", TEXT)
    return [b""]


_MISTAKES = {
    "text": (("200 OK", TEXT), ["text"]),
    "text_piece": (("200 OK", TEXT), iter(["text"])),
    "nothing": (("200 OK", TEXT), None),
    "status": (("OK", TEXT), [b""]),
    "interim": (("100 Continue", TEXT), [b""]),
    "number": ((200, TEXT), [b""]),
    "pair": (("200 OK", ["x"]), [b""]),
    "value": (("200 OK", [("X-A", 1)]), [b""]),
    "line_feed": (("200 OK", [("X-A", "a\nb")]), [b""]),
    "one_argument": (("200 OK",), [b""]),
    "length": (("200 OK", [("Content-Length", "1")]), [b"ab"]),
}


def mistake(environ, start_response):
    arguments, result = _MISTAKES[environ["QUERY_STRING"]]
    start_response(*arguments)
    return result


def twice(environ, start_response):
    start_response("200 OK", TEXT)
    start_response("200 OK", TEXT)
    return [b""]


def _file(environ, start_response, file, headers=()):
    """Marks how far the file had been read when it was closed."""
    close = file.close

    def mark():
        _mark(environ, str(file.tell()))
        close()

    file.close = mark
    start_response("200 OK", [*TEXT, *headers])
    return environ["wsgi.file_wrapper"](file)


def file(environ, start_response):
    return _file(environ, start_response, open(__file__, "rb"))


def rest_of_file(environ, start_response):
    file = open(__file__, "rb")
    file.seek(3)
    return _file(environ, start_response, file, [("Content-Length", "10")])


def packed_file(environ, start_response):
    """Its descriptor has other bytes than it."""
    packed = tempfile.TemporaryFile()
    packed.write(gzip.compress(b"unpacked"))
    packed.seek(0)
    return _file(environ, start_response, gzip.GzipFile(fileobj=packed))


def file_in_memory(environ, start_response):
    return _file(environ, start_response, _Memory(b"in memory"))


class _Memory(io.BytesIO):
    """Takes attributes."""


def _wrong_exc_info(exc_info):
    def application(environ, start_response):
        start_response("200 OK", TEXT)(b"first")
        start_response("500 Sorry", TEXT, exc_info)
        return [b"never"]

    return application


no_error = _wrong_exc_info((None, None, None))
no_exception = _wrong_exc_info((1, 2, 3))
no_traceback = _wrong_exc_info((ValueError, ValueError("by hand"), None))


def hop_by_hop(environ, start_response):
    start_response("200 OK", [*TEXT, ("Keep-Alive", "5"), ("Connection", environ["QUERY_STRING"])])
    return [b"whole"]
