"""Two workers on the CPU, in every way that they can be used; prints what came of it as JSON."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from typing import Any

import torch
import torch.distributed as dist

from fal.distributed import DistributedError, DistributedRunner, DistributedWorker


class Adding(DistributedWorker):
    """Adds up what all workers have."""

    async def setup(self, factor: int = 1, broken: bool = False, **_: Any) -> None:
        if broken and self.rank == 1:
            raise RuntimeError("no model")
        self.factor = factor
        self.done = 0

    def __call__(self, number: int = 0, streaming: bool = False, do: str = "", **_: Any) -> Any:
        if do == "raise" and self.rank == 1:
            raise ValueError("a bad number")
        if do == "die" and self.rank == 1:
            os._exit(3)
        if do == "sleep":
            time.sleep(3600)
        self.done += 1
        total = torch.tensor([float(number * self.factor + self.rank)])
        dist.all_reduce(total)
        if streaming and self.rank == 0:
            for piece in range(3):
                self.add_streaming_result({"piece": piece}, as_text_event=piece == 2)
        return {"total": total, "rank": self.rank, "device": str(self.device), "done": self.done}


async def raised(call: Any) -> list[str]:
    try:
        await call
    except (DistributedError, TimeoutError) as error:
        return [type(error).__name__, str(error)]
    return []


async def main() -> dict[str, Any]:
    collected: dict[str, Any] = {}
    runner = DistributedRunner(Adding, world_size=2, keepalive_payload={"number": 0}, keepalive_interval=3600)
    collected["not started"] = await raised(runner.invoke({}))
    await runner.start(factor=2)
    result = await runner.invoke({"number": 3})
    collected["result"] = {**result, "total": result["total"].tolist()}
    collected["both"] = [
        one["total"].item() for one in await asyncio.gather(*(runner.invoke({"number": n}) for n in (1, 2)))
    ]
    pieces = [piece async for piece in runner.stream({"number": 1})]
    collected["pieces"] = [*pieces[:2], pieces[2].decode(), pieces[3]["total"].item()]
    collected["events"] = [event.decode() async for event in runner.stream({"number": 1}, as_text_events=True)]
    collected["raised"] = await raised(runner.invoke({"do": "raise"}))
    collected["ended"] = runner.is_alive()
    await runner.start(factor=1)
    collected["again"] = (await runner.invoke({"number": 5}))["total"].item()
    collected["late"] = await raised(runner.invoke({"do": "sleep"}, timeout=1))
    await runner.start()
    collected["died"] = await raised(runner.invoke({"do": "die"}))
    collected["broken"] = await raised(runner.start(broken=True))
    await runner.stop()
    collected["stopped"] = runner.is_alive()
    return collected


if __name__ == "__main__":
    json.dump(asyncio.run(main()), sys.stdout)
