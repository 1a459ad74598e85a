"""Handlers that the tests of the plugin bind."""
import atexit
import functools
import os
import queue
import sys
import threading
import time

calls = []
value = 3


def hello():
    return {"message": "hello"}


def sleep_100ms():
    time.sleep(0.1)
    return {"slept": True}


_things = queue.SimpleQueue()
wait_in_c = functools.partial(_things.get, True, 20)


def release_in_1500ms():
    threading.Timer(1.5, _things.put, ["a thing"]).start()


def spin_20ms():
    end = time.thread_time() + 0.02
    while time.thread_time() < end:
        pass
    return {"done": True}


def wait_until_cancelled(request):
    while not request.cancelled:
        time.sleep(0.001)
    return {"cancelled": True}


def loop_for_ever(request):
    request.cancelled  # tells the test that the call has begun
    try:
        while True:
            pass
    finally:
        calls.append("left the loop")


def ignore_interrupts(request):
    while not request.cancelled:
        try:
            time.sleep(0.001)
        except BaseException:
            pass
    return {"cancelled": True}


def never_return(request):
    request.cancelled  # tells the test that the call has begun
    threading.Event().wait()


def count():
    calls.append(1)
    return len(calls)


def call_count():
    return {"calls": len(calls)}


def fail():
    raise ValueError("on purpose")


def leave():
    sys.exit(3)


def user(user_id: int):
    return {"user": user_id}


def extension_modules():
    import _asyncio
    import _ctypes
    import _multiprocessing
    import _ssl
    return [_asyncio.__name__, _ctypes.__name__, _multiprocessing.__name__, _ssl.__name__]


def process_id():
    return os.getpid()


def environment():
    return {"executable": sys.executable, "argv": sys.argv,
            "main": threading.main_thread() is threading.current_thread(),
            "cwd_in_path": "" in sys.path}


def write_at_exit(path: str):
    def write():
        with open(path, "w") as file:
            file.write("exited")
    atexit.register(write)


def write_released_references(path: str):
    from plughost import _bind
    before = sys.getrefcount(_bind.load_target)

    def write():
        with open(path, "w") as file:
            file.write(str(before - sys.getrefcount(_bind.load_target)))
    atexit.register(write)


def write_in_thread(path: str):
    def write():
        threading.main_thread().join()  # ends when the interpreter does
        with open(path, "w") as file:
            file.write("finished")
    # A thread started in a handler is a daemon unless it says otherwise.
    threading.Thread(target=write, daemon=False).start()


def odd_annotation(size: complex):
    return size


async def coroutine():
    return {}


def generator():
    yield b"piece"


class Group:
    @staticmethod
    def member():
        return {"group": True}
