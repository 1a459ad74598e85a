"""Python hello as a coroutine, at once and after 10 ms of waiting."""
import asyncio
import platform

_VERSION = platform.python_version()


async def hello() -> dict:
    return {"message": "Hello from Python", "version": _VERSION}


async def nap() -> dict:
    await asyncio.sleep(0.01)
    return {"message": "Hello from Python", "version": _VERSION}
