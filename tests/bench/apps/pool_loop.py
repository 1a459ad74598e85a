"""The pool without a server: how many squares ProcessPoolExecutor.submit moves in a second.

As many are under way as the load generator has connections.
usage: pool_loop.py SECONDS WORKERS DEPTH
"""
import collections
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor


def squares(numbers: list[int]) -> dict:
    return {"squares": [number * number for number in numbers]}


def rate(executor: ProcessPoolExecutor, seconds: float, depth: int) -> float:
    running: collections.deque = collections.deque()
    count = 0
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        while len(running) < depth:
            running.append(executor.submit(squares, [1, 2, 3]))
        assert running.popleft().result() == {"squares": [1, 4, 9]}
        count += 1
    return count / (time.perf_counter() - start)


def main() -> None:
    seconds, workers, depth = float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(workers, mp_context=context) as executor:
        rate(executor, 0.5, depth)  # the workers are up
        print(rate(executor, seconds, depth))


if __name__ == "__main__":
    main()
