"""`static`: what is not served, whatever a client asks for, and what is served in its place."""
import os
import socket

import pytest

from support.http_client import exchange, get
from support.server import Server, run_to_end

ROUTES = """
routes:
  GET /s/{rest:path}: { static: public }
  GET /links/{rest:path}: { static: { path: public, symlinks: true } }
  GET /bare/{rest:path}: { static: { path: public, index: none } }
  GET /spa/{rest:path}: { static: { path: public, fallback: app.html } }
  GET /home/{rest:path}: { static: { path: public, index: home.html } }
  GET /current/{rest:path}: { static: current }
  GET /one/{rest:path}: { static: link.txt }
"""


@pytest.fixture(scope="module")
def server():
    with Server(ROUTES, {
            "secret.txt": "secret", "public/a.txt": "a", "public/app.html": "app",
            "public/sub/b.txt": "b", "public/sub/home.html": "home", "public/.hidden": "secret",
            "public/.git/config": "secret", "public/.well-known/x": "known",
            "public/sub/.env": "secret", "releases/1/v.txt": "1", "releases/2/v.txt": "2",
            "public/index.html/x": "x", "current/v.txt": "0", "link.txt": ""}) as running:
        public = running.path / "public"
        (public / "out.txt").symlink_to("../secret.txt")
        (public / "absolute.txt").symlink_to(public / "a.txt")
        (public / "parent").symlink_to("..")
        (public / "up").symlink_to("sub/../../secret.txt")
        (public / "inside.txt").symlink_to("sub/../a.txt")
        (public / "folder").symlink_to("./sub/")
        (public / "chain.txt").symlink_to("folder/../inside.txt")
        (public / "loop").symlink_to("loop")
        (public / "broken").symlink_to("nothing")
        (public / "sub/back.txt").symlink_to("../a.txt")
        (public / "linked").mkdir()
        (public / "linked/home.html").symlink_to("../../secret.txt")
        (public / "zero").symlink_to("/dev/zero")
        os.mkfifo(public / "pipe")
        unix = socket.socket(socket.AF_UNIX)
        unix.bind(str(public / "socket"))
        (running.path / "current").rename(running.path / "releases/0")
        (running.path / "current").symlink_to("releases/1")
        (running.path / "link.txt").unlink()
        (running.path / "link.txt").symlink_to("secret.txt")
        yield running
        unix.close()


def raw(server, path: str):
    """The path as it is; clients would tidy it up."""
    return exchange(server.port, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode("latin-1"))


NOWHERE = {
    "dots": ("/s/../secret.txt", 400),
    "escaped dots": ("/s/%2e%2e/secret.txt", 400),
    "half escaped": ("/s/.%2E/secret.txt", 400),
    "escaped slash": ("/s/..%2fsecret.txt", 400),
    "all escaped": ("/s/%2e%2e%2fsecret.txt", 400),
    "dots behind a folder": ("/s/sub%2f..%2f..%2fsecret.txt", 400),
    "dot": ("/s/./a.txt", 400),
    "NUL": ("/s/a.txt%00.png", 400),
    "escaped twice": ("/s/%252e%252e/secret.txt", 404),
    "backslashes": ("/s/..\\secret.txt", 404),
    "three dots": ("/s/.../secret.txt", 404),
    "absolute": ("/s//etc/passwd", 404),
    "absolute, escaped": ("/s/%2fetc/passwd", 404),
    "two slashes": ("/s/sub//b.txt", 404),
    "file as a folder": ("/s/a.txt/", 404),
    "below a file": ("/s/a.txt/x", 404),
    "hidden file": ("/s/.hidden", 404),
    "hidden, escaped": ("/s/%2ehidden", 404),
    "hidden folder": ("/s/.git/config", 404),
    "hidden below": ("/s/sub/.env", 404),
    "hidden folder itself": ("/s/.git", 404),
    "link out": ("/s/out.txt", 404),
    "link out by another way": ("/s/up", 404),
    "absolute link": ("/s/absolute.txt", 404),
    "through a link out": ("/s/parent/secret.txt", 404),
    "link to a folder outside": ("/s/parent/", 404),
    "link in a circle": ("/s/loop", 404),
    "link to nothing": ("/s/broken", 404),
    "pipe": ("/s/pipe", 404),
    "socket": ("/s/socket", 404),
    "long name": ("/s/" + "a" * 300, 404),
    "many parts": ("/s/" + "sub/" * 2000, 404),
    "no bytes of UTF-8": ("/s/%ff%fe", 404),
    "folder without an index": ("/s/sub/", 404),
    "no index wanted": ("/bare/sub/", 404),
    "index that is a folder": ("/s/", 404),
    "index that leads out": ("/home/linked/", 404),
    "device": ("/links/zero", 404),
    "hidden where links are followed": ("/links/.hidden", 404),
    "dots where links are followed": ("/links/..%2fsecret.txt", 400),
}


@pytest.mark.parametrize("path, status", NOWHERE.values(), ids=NOWHERE)
def test_leads_nowhere(server, path, status):
    answer = raw(server, path)

    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert b"secret" not in answer.body.replace(b"secret.txt", b"")


@pytest.mark.parametrize("path, content", [
    ("/s/.well-known/x", b"known"), ("/s/inside.txt", b"a"), ("/s/folder/b.txt", b"b"),
    ("/s/chain.txt", b"a"), ("/s/sub/back.txt", b"a"), ("/s/folder/back.txt", b"a"),
    ("/links/out.txt", b"secret"), ("/links/absolute.txt", b"a"),
    ("/links/parent/secret.txt", b"secret"), ("/home/sub/", b"home"), ("/one/any", b"secret"),
    ("/spa/a.txt", b"a"), ("/spa/some/page", b"app"), ("/spa/", b"app"), ("/spa/out.txt", b"app"),
    ("/spa/.hidden", b"app")])
def test_leads_to_a_file(server, path, content):
    answer = get(server.port, path)

    assert (answer.status, answer.body) == (200, content)


def test_fallback_is_a_page_of_its_own(server):
    answer = get(server.port, "/spa/some/page.json")

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "etag" in answer.headers


def test_link_that_is_turned_to_the_next_release_is_followed(server):
    assert get(server.port, "/current/v.txt").body == b"1"

    draft = server.path / "draft"
    draft.symlink_to("releases/2")
    os.replace(draft, server.path / "current")

    assert get(server.port, "/current/v.txt").body == b"2"


def test_mistakes_are_told_when_the_server_starts():
    done = run_to_end("""
routes:
  GET /a/{rest:path}: { static: ./publik }
  GET /b: { static: public }
  ANY /c/{rest:path}: { static: { path: public, fallback: ../routes.yaml } }
""", {"public/a.txt": "a"})

    assert (done.returncode, done.stdout) == (3, "")
    lines = done.stderr.splitlines()
    assert len(lines) == 4, lines
    assert lines[0].startswith("routes.yaml:3:33: error: '/")
    assert lines[0].endswith("/publik' cannot be served: No such file or directory; correct the "
                             "path, or make the folder")
    assert lines[1] == (
        "routes.yaml:4:21: error: 'public' is a folder, and the path '/b' leaves nothing to look "
        "for in it; write '/b/{rest:path}', or name one file")
    assert lines[2] == ("routes.yaml:5:3: error: files are for GET and HEAD alone; write "
                        "'GET /c/{rest:path}'")
    assert lines[3].startswith("routes.yaml:5:59: error: '../routes.yaml' is not a file in '/")
