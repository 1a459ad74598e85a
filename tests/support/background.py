"""Calls that run beside the test, and are waited for."""
import threading
from typing import Callable, Generic, TypeVar

from support.waiting import DEADLINE

T = TypeVar("T")


class Background(Generic[T]):
    """Runs a call in a thread; result() waits for it and raises what it raised."""

    def __init__(self, call: Callable[..., T], *arguments: object, **named: object):
        self._result: list[T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(
            target=self._run, args=(call, arguments, named), daemon=True)
        self._thread.start()

    def result(self, deadline: float = DEADLINE) -> T:
        self._thread.join(deadline)
        assert not self._thread.is_alive(), f"not done within {deadline:g} s"
        if self._error:
            raise self._error
        return self._result[0]

    def done(self) -> bool:
        return not self._thread.is_alive()

    def _run(self, call, arguments, named) -> None:
        try:
            self._result.append(call(*arguments, **named))
        except BaseException as error:  # raised again by result()
            self._error = error
