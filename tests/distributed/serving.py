"""An app whose workers are in its own file."""

from pydantic import BaseModel

import fal
from fal.distributed import DistributedRunner, DistributedWorker

SCALE = 10


class Input(BaseModel):
    number: int


class Scaling(DistributedWorker):
    def __call__(self, number: int = 0, streaming: bool = False, **_: object) -> dict:
        import torch
        import torch.distributed as dist

        total = torch.tensor([number * SCALE])
        dist.all_reduce(total)
        if streaming and self.rank == 0:
            self.add_streaming_result({"so_far": number})
        return {"total": int(total.item())}


class Spread(fal.App):
    machine_type = "GPU-H100"
    num_gpus = 2

    async def setup(self) -> None:
        self.runner = DistributedRunner(worker_cls=Scaling, world_size=2)
        await self.runner.start()

    async def teardown(self) -> None:
        await self.runner.stop()

    @fal.endpoint("/")
    async def run(self, input: Input) -> dict:
        return await self.runner.invoke(input.model_dump())

    @fal.endpoint("/stream")
    async def stream(self, input: Input):
        async for piece in self.runner.stream(input.model_dump(), as_text_events=True):
            yield piece
