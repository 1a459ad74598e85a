"""What a Python handler of plughost needs: the request, and ways to answer.

A handler is a plain function whose parameters are filled from the path, the query and the JSON
body; most handlers need nothing from here. The package works without the host, so handlers can be
tested as the functions they are.
"""

from ._declare import route
from ._pools import pool, pools
from .body import BodyStream, IncompleteBody
from .errors import (
    CallTimeout,
    DeadlineExceeded,
    HTTPError,
    PoolError,
    PoolUnavailable,
    WorkerLost,
)
from .events import Event, EventStream
from .form import Form, UploadFile
from .multidict import Headers, MultiDict
from .request import Request
from .response import Response

__all__ = [
    "BodyStream",
    "CallTimeout",
    "DeadlineExceeded",
    "Event",
    "EventStream",
    "Form",
    "HTTPError",
    "Headers",
    "IncompleteBody",
    "MultiDict",
    "PoolError",
    "PoolUnavailable",
    "Request",
    "Response",
    "UploadFile",
    "WorkerLost",
    "pool",
    "pools",
    "route",
]
