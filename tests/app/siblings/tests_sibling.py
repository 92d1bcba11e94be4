"""A module beside an app's file."""

from tests_second import MARK

import fal

IMAGE = fal.ContainerImage.from_dockerfile_str(
    "FROM python:3.11", registries={"r": {"username": "u", "password": "hidden"}}
)


class BaseApp(fal.App):
    machine_type = "M"

    def setup(self) -> None:
        self.ready = True

    def inherited(self) -> str:
        return "yes"

    @fal.endpoint("/base")
    def base(self) -> dict[str, str]:
        return {"from": "base"}


@fal.cached
def shout(word: str) -> str:
    return word.upper() + MARK
