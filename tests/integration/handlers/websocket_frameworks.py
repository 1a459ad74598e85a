"""WebSocket endpoints as users of FastAPI and Starlette write them."""
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, HTTPException, WebSocket, WebSocketDisconnect
from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.responses import PlainTextResponse
from starlette.routing import WebSocketRoute

left: list[str] = []


@asynccontextmanager
async def lifespan(_):
    yield {"greeting": "Hello"}


fastapi = FastAPI(lifespan=lifespan)


def user(websocket: WebSocket) -> str:
    name = websocket.query_params.get("user")
    if name is None:
        raise HTTPException(401, "who are you?")
    return name


@fastapi.websocket("/rooms/{room}")
async def chat(websocket: WebSocket, room: str, name: str = Depends(user)):
    await websocket.accept()
    await websocket.send_text(f"{websocket.state.greeting} {name} in {room}: {websocket.url}")
    try:
        while True:
            await websocket.send_json({"room": room, "said": await websocket.receive_json()})
    except WebSocketDisconnect as end:
        left.append(f"{name} {end.code} {end.reason}")


@fastapi.get("/left")
async def who_left():
    return left


class Echo(WebSocketEndpoint):
    encoding = "bytes"

    async def on_connect(self, websocket):
        offered = websocket.scope["subprotocols"]
        await websocket.accept(subprotocol=offered[-1] if offered else None)

    async def on_receive(self, websocket, data):
        await websocket.send_bytes(data)


async def denied(websocket):
    await websocket.send_denial_response(PlainTextResponse("not today", 402))


async def iterated(websocket):
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text.upper())


starlette = Starlette(routes=[WebSocketRoute("/echo", Echo), WebSocketRoute("/denied", denied),
                              WebSocketRoute("/iterated", iterated)])
