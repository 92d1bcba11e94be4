"""Calls of the async client: python aio.py CASE COUNT. The peer has no such client."""

from __future__ import annotations

import asyncio
import sys

import timing

from fal.api import AsyncServerlessClient


async def main(what: str, count: int) -> None:
    async with AsyncServerlessClient() as client:
        assert len(await client.apps.list()) == 3
        await timing.tasks(client.apps.list, count, 16 if what == "tasks" else 1)


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
