"""The native part of a pool worker: takes requests from shared memory and calls their handlers.

Only plughost._pool_worker uses it, in the main thread of the worker's process.
"""

def attach(feeder: int, session: int, boxes: list[int]) -> None:
    """Maps what this process shares with its parent, by descriptors that it inherited.

    Raises RuntimeError when one of them cannot be mapped.
    """

def load_target(spec: str, params: list[str]) -> str:
    """Imports the next of the targets, which the parent counts as they come.

    spec is module:function, params are the names of the path's parameters. Returns what went wrong,
    or an empty string; a target that could not be imported is tried again with its next request.
    """

def log_prefix() -> str:
    """How a line of the log begins that the running request causes; empty between requests."""

def serve() -> None:
    """Runs the parent's batches until it closes the session. After attach()."""
