"""`static`: what a client gets of a file that is there. Sections are those of RFC 9110."""
import gzip
import os
import re
import subprocess
from email.utils import formatdate

import pytest

from support.http_client import RawConnection, get, request
from support.server import Server
from support.waiting import DEADLINE, wait_until
from test_slow_clients import wait_until_blocked

TEXT = b"0123456789" * 10
LARGE = os.urandom(1000) * 100
MODIFIED = 784111777  # Sun, 06 Nov 1994 08:49:37 GMT
SAME, EARLIER, LATER = (formatdate(MODIFIED + change, usegmt=True) for change in (0, -1, 1))
ROUTES = """
routes:
  GET /files/{rest:path}: { static: ./public }
  GET /plain/{rest:path}: { static: { path: public, precompressed: false, max_age: 1h } }
  GET /kept/{name}: { static: { path: public } }
  GET /one: { static: public/a.txt }
"""


def write(path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (MODIFIED, MODIFIED))


@pytest.fixture(scope="module")
def server():
    with Server(ROUTES, {"public/index.html": "<p>home</p>", "public/a.txt": ""}) as running:
        public = running.path / "public"
        write(public / "a.txt", TEXT)
        write(public / "empty.css", b"")
        write(public / "large.bin", LARGE)
        write(public / "sub/index.html", b"<p>sub</p>")
        yield running


@pytest.fixture(scope="module")
def tag(server) -> str:
    return get(server.port, "/files/a.txt").headers["etag"]


def ask(server, path: str = "/files/a.txt", method: str = "GET", **fields: str):
    headers = {name.replace("_", "-"): value for name, value in fields.items()}
    return request(server.port, method, path, headers=headers)


def test_file_comes_with_its_fields(server):
    answer = ask(server)

    assert (answer.status, answer.body) == (200, TEXT)
    assert re.fullmatch(r'"[0-9a-f]+-64"', answer.headers.pop("etag"))
    del answer.headers["date"]
    assert answer.headers == {
        "content-length": "100", "content-type": "text/plain; charset=utf-8",
        "last-modified": SAME, "accept-ranges": "bytes", "vary": "accept-encoding",
        "x-content-type-options": "nosniff"}


def test_max_age_is_told_of_versions_and_not_of_failures(server, tag):
    kept = {"cache-control": "max-age=3600"}

    assert ask(server, "/plain/a.txt").headers.items() >= kept.items()
    assert ask(server, "/plain/a.txt", if_none_match=tag).headers.items() >= kept.items()
    assert "cache-control" not in ask(server, "/plain/nothing").headers
    assert "cache-control" not in ask(server, "/plain/a.txt", range="bytes=900-").headers
    assert "vary" not in ask(server, "/plain/a.txt").headers
    assert "vary" not in ask(server, "/one").headers


@pytest.mark.parametrize("path, content", [
    ("/files/a.txt", TEXT), ("/files/large.bin", LARGE), ("/files/empty.css", b""),
    ("/files/", b"<p>home</p>"), ("/files/sub/", b"<p>sub</p>"), ("/kept/a.txt", TEXT),
    ("/files/sub%2Findex.html", b"<p>sub</p>"), ("/one", TEXT), ("/files/%61.txt?x", TEXT)])
def test_names_of_files(server, path, content):
    answer = ask(server, path)

    assert (answer.status, answer.body) == (200, content)


@pytest.mark.parametrize("path, location", [
    ("/files", "./files/"), ("/files/sub", "./sub/"), ("/files/sub?a=1&b", "./sub/?a=1&b"),
    ("/files/%73ub", "./%73ub/")])
def test_folder_without_its_slash_is_a_redirect(server, path, location):
    answer = ask(server, path)

    assert (answer.status, answer.headers["location"], answer.body) == (308, location, b"")


def test_curl_follows_it_to_the_index(server):
    done = subprocess.run(["curl", "-sSL", f"http://127.0.0.1:{server.port}/files/sub"],
                          capture_output=True, text=True, timeout=DEADLINE)

    assert done.stdout == "<p>sub</p>", done


def test_head_is_the_head_of_get(server):  # 9.3.2
    for path in ("/files/a.txt", "/files/large.bin", "/files/empty.css"):
        expected = ask(server, path).headers
        with RawConnection(server.port) as connection:
            connection.send(f"HEAD {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            answer = connection.read_response(to_head=True)

            assert connection.is_open_after_answer()
        assert {**answer.headers, "date": ""} == {**expected, "date": ""}
    assert ask(server, "/files/a.txt", "HEAD", range="bytes=0-1").status == 200


def test_other_methods_are_not_allowed(server):
    answer = ask(server, method="POST")

    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


CONDITIONS = {
    "13.1.2 If-None-Match, the tag": ({"if_none_match": "TAG"}, 304),
    "13.1.2 If-None-Match, weak": ({"if_none_match": "W/TAG"}, 304),
    "13.1.2 If-None-Match, in a list": ({"if_none_match": '"x", TAG'}, 304),
    "13.1.2 If-None-Match, any": ({"if_none_match": "*"}, 304),
    "13.1.2 If-None-Match, another": ({"if_none_match": '"x"'}, 200),
    "13.1.2 If-None-Match goes before the date":
        ({"if_none_match": '"x"', "if_modified_since": SAME}, 200),
    "13.1.3 If-Modified-Since, same": ({"if_modified_since": SAME}, 304),
    "13.1.3 If-Modified-Since, later": ({"if_modified_since": LATER}, 304),
    "13.1.3 If-Modified-Since, earlier": ({"if_modified_since": EARLIER}, 200),
    "13.1.3 If-Modified-Since, no date": ({"if_modified_since": "soon"}, 200),
    "13.1.1 If-Match, the tag": ({"if_match": "TAG"}, 200),
    "13.1.1 If-Match, any": ({"if_match": "*"}, 200),
    "13.1.1 If-Match, weak": ({"if_match": "W/TAG"}, 412),
    "13.1.1 If-Match, another": ({"if_match": '"x"'}, 412),
    "13.1.4 If-Unmodified-Since, same": ({"if_unmodified_since": SAME}, 200),
    "13.1.4 If-Unmodified-Since, earlier": ({"if_unmodified_since": EARLIER}, 412),
    "13.2.2 If-Match before the rest": ({"if_match": '"x"', "if_none_match": "TAG"}, 412),
    "13.2.2 conditions before the range": ({"if_none_match": "TAG", "range": "bytes=0-1"}, 304),
}


@pytest.mark.parametrize("fields, status", CONDITIONS.values(), ids=CONDITIONS)
def test_conditional_request(server, tag, fields, status):
    fields = {name: value.replace("TAG", tag) for name, value in fields.items()}

    answer = ask(server, **fields)

    assert answer.status == status
    if status == 304:  # 15.4.5
        assert answer.headers["etag"] == tag and "vary" in answer.headers
        assert answer.body == b"" and "content-length" not in answer.headers
    if status == 412:
        assert answer.headers["content-type"] == "application/problem+json"


RANGES = {
    "14.1.2 first and last": ("bytes=10-19", 206, TEXT[10:20], "bytes 10-19/100"),
    "14.1.2 one byte": ("bytes=0-0", 206, TEXT[:1], "bytes 0-0/100"),
    "14.1.2 from": ("bytes=95-", 206, TEXT[95:], "bytes 95-99/100"),
    "14.1.2 the last ones": ("bytes=-3", 206, TEXT[-3:], "bytes 97-99/100"),
    "14.1.2 more than there are": ("bytes=-999", 206, TEXT, "bytes 0-99/100"),
    "14.1.2 beyond the end": ("bytes=90-999", 206, TEXT[90:], "bytes 90-99/100"),
    "14.1.1 unit in any case": ("BYTES=1-2", 206, TEXT[1:3], "bytes 1-2/100"),
    "15.5.17 behind the end": ("bytes=100-", 416, None, "bytes */100"),
    "15.5.17 nothing of the end": ("bytes=-0", 416, None, "bytes */100"),
    "14.2 several are ignored": ("bytes=0-1,5-6", 200, TEXT, None),
    "14.2 other units are ignored": ("lines=0-1", 200, TEXT, None),
    "14.1.2 backwards is ignored": ("bytes=2-1", 200, TEXT, None),
    "14.1.2 malformed is ignored": ("bytes=x-", 200, TEXT, None),
}


@pytest.mark.parametrize("field, status, body, content_range", RANGES.values(), ids=RANGES)
def test_range(server, field, status, body, content_range):
    answer = ask(server, range=field)

    assert answer.status == status
    assert answer.headers.get("content-range") == content_range
    if body is None:
        assert answer.json()["status"] == 416
    else:
        assert answer.body == body


def test_range_of_a_large_file(server):
    answer = ask(server, "/files/large.bin", range="bytes=1000-89999")

    assert (answer.status, answer.body) == (206, LARGE[1000:90000])
    assert ask(server, "/files/empty.css", range="bytes=0-").status == 416


@pytest.mark.parametrize("field, status", [
    ("TAG", 206), ('"x"', 200), ("W/TAG", 200), (SAME, 206), (LATER, 200), (EARLIER, 200)])
def test_if_range_tells_whether_the_part_still_fits(server, tag, field, status):  # 13.1.5
    answer = ask(server, range="bytes=0-1", if_range=field.replace("TAG", tag))

    assert answer.status == status


def test_tag_changes_with_the_file(server):
    path = server.path / "public/changing.txt"
    write(path, b"one")
    before = ask(server, "/files/changing.txt").headers["etag"]
    os.utime(path, ns=(0, MODIFIED * 10**9 + 1))

    assert ask(server, "/files/changing.txt").headers["etag"] != before


def test_time_of_the_future_is_not_told(server):  # 8.8.2.1
    path = server.path / "public/future.txt"
    path.write_bytes(b"x")
    os.utime(path, (9_999_999_999, 9_999_999_999))

    answer = ask(server, "/files/future.txt")

    assert answer.headers["last-modified"] == answer.headers["date"]


@pytest.fixture(scope="module")
def variants(server):
    public = server.path / "public"
    write(public / "app.js", b"plain")
    write(public / "app.js.br", b"as br")
    write(public / "app.js.gz", gzip.compress(b"plain"))
    write(public / "zipped.js", b"plain")
    write(public / "zipped.js.zst", b"as zst")
    write(public / "old.js", b"new")
    write(public / "old.js.gz", b"old")
    os.utime(public / "old.js", (MODIFIED + 1, MODIFIED + 1))
    write(public / "folder.js", b"plain")
    (public / "folder.js.gz").mkdir()
    return server


VARIANTS = {
    "br before gzip": ("app.js", "gzip, br", "br"),
    "the client's favourite": ("app.js", "br;q=0.5, gzip", "gzip"),
    "the one there is": ("zipped.js", "gzip, br, zstd", "zstd"),
    "12.5.3 not wanted": ("app.js", "br;q=0, gzip;q=0", None),
    "12.5.3 identity preferred": ("app.js", "identity, br;q=0.5", None),
    "12.5.3 anything": ("app.js", "*", "br"),
    "12.5.3 nothing said": ("app.js", None, None),
    "older than its file": ("old.js", "gzip", None),
    "a folder of that name": ("folder.js", "gzip", None),
    "not there": ("a.txt", "gzip, br, zstd", None),
}


@pytest.mark.parametrize("name, accepted, coding", VARIANTS.values(), ids=VARIANTS)
def test_precompressed_variant(variants, name, accepted, coding):
    fields = {"accept_encoding": accepted} if accepted else {}
    with RawConnection(variants.port) as connection:  # http.client adds a field of its own
        lines = f"Accept-Encoding: {accepted}\r\n" if accepted else ""
        answer = connection.send(f"GET /files/{name} HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode()) \
            .read_response()

    suffix = {"br": ".br", "zstd": ".zst", "gzip": ".gz", None: ""}[coding]
    assert answer.body == (variants.path / "public" / (name + suffix)).read_bytes()
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "accept-encoding"
    assert not answer.headers["content-type"].startswith("application/gzip")
    assert ask(variants, f"/plain/{name}", **fields).headers.get("content-encoding") is None


def test_variants_have_tags_of_their_own(variants):  # 8.8.3.3
    tags = {ask(variants, "/files/app.js", accept_encoding=coding).headers["etag"]
            for coding in ("gzip", "br", "identity")}

    assert len(tags) == 3
    of_gzip = ask(variants, "/files/app.js", accept_encoding="gzip").headers["etag"]
    assert ask(variants, "/files/app.js", accept_encoding="gzip", if_none_match=of_gzip).status == 304
    assert ask(variants, "/files/app.js", accept_encoding="br", if_none_match=of_gzip).status == 200


def test_browser_unpacks_the_variant(variants):
    done = subprocess.run(
        ["curl", "-sS", "-H", "Accept-Encoding: gzip", "--compressed",
         f"http://127.0.0.1:{variants.port}/files/app.js"],
        capture_output=True, text=True, timeout=DEADLINE)

    assert done.stdout == "plain", done


def test_file_that_shrinks_is_a_truncated_answer(server):
    path = server.path / "public/shrinking"
    write(path, bytes(20_000_000))
    with RawConnection(server.port) as client:
        client.send(b"GET /files/shrinking HTTP/1.1\r\nHost: x\r\n\r\n")
        wait_until_blocked(client)
        os.truncate(path, 1000)

        assert client.read_head().headers["content-length"] == "20000000"
        assert len(client.read_until_closed()) < 20_000_000
    wait_until(lambda: "bytes before the length it had; the client sees" in server.log(), "a line")


def test_files_are_closed_again(server):
    def open_files() -> list[str]:
        links = [f"/proc/{server.pid}/fd/{name}" for name in os.listdir(f"/proc/{server.pid}/fd")]
        targets = [os.readlink(link) for link in links if os.path.lexists(link)]
        return [target for target in targets if str(server.path / "public") in target]

    for path in ("/files/a.txt", "/files/large.bin", "/files/sub/", "/files/sub", "/files/nothing"):
        ask(server, path)
        ask(server, path, "HEAD", if_none_match="*")
    with RawConnection(server.port) as client:
        client.send(b"GET /files/large.bin HTTP/1.1\r\nHost: x\r\n\r\n" * 5)

    wait_until(lambda: open_files() == [], "no file of the folder is open")
