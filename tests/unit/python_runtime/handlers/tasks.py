"""Async handlers that the tests of the plugin bind."""
import asyncio
import time

kept = []


async def hello():
    return {"message": "hello"}


async def nap():
    await asyncio.sleep(0.01)
    return {"slept": True}


async def hang():
    await asyncio.sleep(600)


async def leave_things_behind():
    async def numbers():
        try:
            yield 1
            yield 2
        finally:
            await asyncio.sleep(0)

    kept.append(asyncio.create_task(asyncio.sleep(600)))
    kept.append(numbers())
    await anext(kept[-1])
    await asyncio.to_thread(time.sleep, 0)
    return {"kept": len(kept)}


async def block(request):
    request.cancelled  # tells the test that the call has begun
    time.sleep(600)
