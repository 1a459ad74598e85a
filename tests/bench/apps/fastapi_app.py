"""Python hello as one writes it for FastAPI."""
import platform

from fastapi import FastAPI

_VERSION = platform.python_version()

app = FastAPI()


@app.get("/python/hello")
async def hello() -> dict:
    return {"message": "Hello from Python", "version": _VERSION}
