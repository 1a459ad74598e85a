"""A FastAPI application as its users write it."""
import asyncio
from contextlib import asynccontextmanager

from fastapi import BackgroundTasks, FastAPI, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

done: list[str] = []


@asynccontextmanager
async def lifespan(app: FastAPI):
    yield {"greeting": "Hello"}


app = FastAPI(lifespan=lifespan)


class Item(BaseModel):
    name: str
    price: float


@app.get("/greet/{name}")
async def greet(name: str, request: Request):
    return {"greeting": f"{request.state.greeting} {name}", "url": str(request.url)}


@app.get("/in_a_thread")
def in_a_thread():
    return {"thread": True}


@app.post("/items")
async def create(item: Item, tasks: BackgroundTasks):
    tasks.add_task(done.append, item.name)
    return item


@app.get("/done")
async def what_is_done():
    return done


@app.get("/stream")
async def stream():
    async def pieces():
        for number in range(5):
            await asyncio.sleep(0)
            yield f"{number}\n"

    return StreamingResponse(pieces(), media_type="text/plain")
