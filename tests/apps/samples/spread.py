"""Workers on several devices, in every way short of starting them: PyTorch is not among what this suite installs."""

from pydantic import BaseModel

import fal
from fal.distributed import DistributedRunner, DistributedWorker


class Input(BaseModel):
    number: int = 1


class Doubling(DistributedWorker):
    def setup(self, **kwargs) -> None:
        self.factor = 2

    def __call__(self, number: int = 1, **kwargs) -> dict:
        return {"number": number * self.factor}


class Spread(fal.App, name="apps-spread"):
    machine_type = "GPU-H100"
    num_gpus = 2

    async def setup(self) -> None:
        self.runner = DistributedRunner(worker_cls=Doubling, world_size=self.num_gpus)

    @fal.endpoint("/")
    async def run(self, input: Input) -> dict:
        return {"workers": self.runner.world_size, "alive": self.runner.is_alive()}
