"""The least that answers like examples/hello.py: FastAPI on uvicorn, on a free port, which is told on standard output."""

from __future__ import annotations

import asyncio
import socket
import sys

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Input(BaseModel):
    name: str


@app.post("/")
def greet(input: Input) -> dict[str, str]:
    return {"message": f"Hello, {input.name}!"}


async def serve() -> None:
    # With its protocol named, asyncio switches Nagle's algorithm off, as uvicorn does.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        # As a runner, it writes a line for each call.
        await uvicorn.Server(uvicorn.Config(app)).serve([listener])


if __name__ == "__main__":
    sys.exit(asyncio.run(serve()))
