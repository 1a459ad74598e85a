"""Handlers that show what goes in and what comes out."""
import os

from plughost import HTTPError, Request, Response


def number(value: int) -> dict:
    return {"value": value, "type": type(value).__name__}


def typed(value: float = 0.5, flag: bool = False, names: list[str] = []) -> dict:
    return {"value": value, "flag": flag, "names": names}


def ratio(value: float) -> dict:
    return {"value": value}


def switch(flag: bool) -> dict:
    return {"flag": flag}


def whole(body) -> dict:
    return {"body": body}


def seen(request: Request) -> dict:
    return {"method": request.method, "path": request.path, "query": request.query_params.get("q"),
            "header": request.headers.get("x-given"), "text": request.text}


def text() -> str:
    return "grüße"


def raw() -> bytes:
    return b"\x00\xff"


def nothing() -> None:
    return None


def accepted() -> tuple:
    return {"queued": True}, 202, {"X-Place": "7"}


def made() -> Response:
    return Response("made by hand", 201, {"X-Made": "yes", "Content-Type": "text/x-note"})


def refused() -> dict:
    raise HTTPError(404, "no such thing")


def broken() -> dict:
    raise RuntimeError("a secret detail")


def unsayable() -> dict:
    return {"outer": {"inner": float("nan")}}


def split_header() -> Response:
    return Response("x", 200, {"X-Split": "a\r\nX-Injected: yes"})


def printed() -> dict:
    print("from a print")
    return {}


def process_id() -> dict:
    return {"pid": os.getpid()}
