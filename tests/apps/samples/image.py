"""An app in a container image: planned and registered everywhere, run where there is a container engine."""

import fal
from fal.container import ContainerImage

IMAGE = ContainerImage.from_dockerfile_str(
    """
    FROM python:3.11-slim
    RUN pip install pillow
    """
)


class Contained(fal.App, name="apps-contained", kind="container", image=IMAGE):
    machine_type = "S"

    @fal.endpoint("/")
    def run(self) -> dict:
        return {}
