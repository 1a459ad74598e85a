"""ASGI applications that look at the task they run in."""
import asyncio
import contextvars
import inspect

from asgi_apps import answer

_seen = contextvars.ContextVar("seen", default=None)


async def show_task(scope, receive, send):
    task = asyncio.current_task()
    message = receive()
    is_coroutine = inspect.iscoroutine(message)
    await asyncio.gather(message, asyncio.sleep(0))
    coroutine = task.get_coro()
    await answer(send, {
        "stays": task is asyncio.current_task(), "is_listed": task in asyncio.all_tasks(),
        "is_coroutine": asyncio.iscoroutine(coroutine), "receives_by_coroutine": is_coroutine,
        "name": coroutine.__qualname__, "frame": task.get_stack(limit=1)[0].f_code.co_name,
        "repr": repr(task)})


async def times_out(scope, receive, send):
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(60)
    except TimeoutError:
        await answer(send, asyncio.current_task().cancelling())


async def remembers(scope, receive, send):
    before = _seen.get()
    _seen.set(scope["path"])
    await asyncio.sleep(0.01)
    await answer(send, [before, _seen.get()])


async def leaves(scope, receive, send):
    assert scope["type"] == "http"
    raise SystemExit(3)


async def cleans_up(scope, receive, send):
    assert scope["type"] == "http"
    try:
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(0)
        print("cleaned up", flush=True)


class Delayed:
    """What a server must await although it is no coroutine."""

    def __init__(self, send):
        self.send = send

    def __await__(self):
        yield from asyncio.sleep(0).__await__()
        yield from answer(self.send, "delayed").__await__()


def delayed(scope, receive, send):
    return Delayed(send)


def plain(scope, receive, send):
    """No coroutine function at all."""


def _step_refused(step):
    try:
        step()
    except ValueError as error:
        return str(error)


def steps_itself(scope, receive, send):
    """By hand, from inside the step that its task takes: while it is called, and later."""
    assert scope["type"] == "http"
    coroutine = asyncio.current_task().get_coro()
    steps = (lambda: coroutine.send(None), lambda: coroutine.throw(KeyError()), coroutine.close)
    refused = [_step_refused(step) for step in steps]

    async def running():
        await asyncio.sleep(0)
        await answer(send, refused + [_step_refused(step) for step in steps])

    return running()


_closes_next = False


def _python_task(loop, coroutine, **options):
    """A task that takes its steps by coroutine.send() and throw()."""
    global _closes_next
    if _closes_next:
        _closes_next = False
        coroutine.close()
        coroutine = asyncio.sleep(0)
    return asyncio.tasks._PyTask(coroutine, loop=loop, **options)


async def with_own_tasks(scope, receive, send):
    global _closes_next
    if scope["type"] == "lifespan":
        await receive()
        asyncio.get_running_loop().set_task_factory(_python_task)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        return await send({"type": "lifespan.shutdown.complete"})
    _closes_next = True
    await answer(send, type(asyncio.current_task()) is asyncio.tasks._PyTask)
