"""Handlers that call functions in a pool, and the functions."""
import asyncio
import math
import os
import signal
from concurrent.futures import BrokenExecutor, wait
from pathlib import Path

import waiting
from plughost import HTTPError, PoolUnavailable, pool, pools


def square(number: int) -> int:
    return number * number


def squares(numbers: list[int], chunksize: int = 1) -> dict:
    return {"squares": list(pool.map(square, numbers, chunksize=chunksize))}


async def squares_async(numbers: list[int]) -> dict:
    loop = asyncio.get_running_loop()
    in_executor = (loop.run_in_executor(pool, square, number) for number in numbers)
    wrapped = asyncio.wrap_future(pool.submit(square, 9))
    return {"squares": await asyncio.gather(*in_executor, wrapped)}


def pids(name: str) -> dict:
    return {"here": os.getpid(), "default": pool.submit(os.getpid).result(),
            "named": pools[name].submit(os.getpid).result()}


def until(mark: str, go: str) -> dict:
    return pool.submit(waiting.until, mark, go).result()


def hang(mark: str) -> dict:
    return pool.submit(waiting.hang, mark).result()


async def hang_async(mark: str) -> dict:
    try:
        return await asyncio.wrap_future(pool.submit(waiting.hang, mark))
    finally:
        Path(mark + "-left").touch()


def forget(mark: str, go: str, times: int = 1) -> dict:
    """Waits for none of them; the file `mark` says how many were cancelled."""
    futures = [pool.submit(waiting.until, f"{mark}{number}", go) for number in range(times)]

    def note(_: object) -> None:
        Path(mark).write_text(str(sum(future.cancelled() for future in futures)))

    for future in futures:
        future.add_done_callback(note)
    return {}


def kill_worker() -> dict:
    try:
        pool.submit(die).result()
    except BrokenExecutor as error:
        return {"told": str(error)}
    return {"told": "nothing"}


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def lose_worker() -> None:
    pool.submit(die).result()


def cancel_one(mark: str, go: str) -> dict:
    """Cancels one that waits behind another, which it cannot cancel."""
    first = pool.submit(waiting.until, mark, go)
    while not Path(mark).exists():
        wait([first], 0.005)
    second = pool.submit(Path(mark + "2").touch)
    cancelled = [second.cancel(), first.cancel()]
    Path(go).touch()
    return {"cancelled": cancelled, "went": first.result()["went"]}


def root_of(number: float) -> dict:
    return {"root": pool.submit(math.sqrt, number).result()}


def refuse() -> None:
    raise HTTPError(410, "it is gone")


def refused() -> None:
    pool.submit(refuse).result()


def unpicklable() -> None:
    pool.submit(lambda: 1)


def nested() -> int:
    return pool.submit(square, 2).result()


def nest() -> dict:
    try:
        return {"nested": pool.submit(nested).result()}
    except RuntimeError as error:
        return {"refused": str(error)}


def fill(mark: str, go: str) -> dict:
    futures = []
    try:
        while len(futures) < 100:
            futures.append(pool.submit(waiting.until, mark, go))
    except PoolUnavailable as error:
        Path(go).touch()
        return {"full": str(error), "done": [future.result()["went"] for future in futures]}
    return {"full": "never"}


def overfill(mark: str, go: str) -> None:
    for _ in range(100):
        pool.submit(waiting.until, mark, go)


def large(size: int) -> dict:
    return {"size": len(pool.submit(bytes.upper, b"x" * size).result())}


def hang_in_ml(mark: str) -> dict:
    return pools["ml"].submit(waiting.hang, mark).result()
