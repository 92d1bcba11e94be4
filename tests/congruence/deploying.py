"""What the cases of deploys have in common: an app, a server that takes every deploy, and what is asked of the app."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.congruence.case import Case

HELLO = '''
import fal
from pydantic import BaseModel, Field


class Input(BaseModel):
    name: str = Field(description="who", examples=["you"])
    times: int = Field(default=1, ge=1, le=3)


class Output(BaseModel):
    text: str


class HelloWorld(fal.App{keywords}):
{settings}
    def setup(self):
        self.greeting = "hello"

    @fal.endpoint("/")
    def hello(self, given: Input) -> Output:
        """Say hello."""
        return Output(text=" ".join([self.greeting, given.name] * given.times))

    @fal.endpoint("/wave")
    def wave(self) -> dict:
        return {"waves": 3}
'''


def hello(settings: str = "    pass", keywords: str = "") -> str:
    """Return the source of an app, with settings in the class or as its keywords."""
    return HELLO.replace("{settings}", settings).replace("{keywords}", keywords)


URLS = {
    "playground": "https://play/me/app",
    "run": "https://run/me/app",
    "queue": "https://queue/me/app",
    "ws": "wss://ws/me/app",
    "log": "https://log/me/app",
}
# A tuple is a stream.
BUILT = ({"logs": [{"message": "installing", "level": "INFO"}]}, {"status": {"state": "SUCCESS"}})
DONE = {"result": {"application_id": "11111111-2222-4333-8444-555555555555"}, "service_urls": URLS}
REGISTERED = ({"logs": [{"message": "registering", "level": "INFO"}]}, DONE)
ANSWERS: Mapping[str, Any] = {
    "BuildEnvironment": BUILT,
    "RegisterApplication": REGISTERED,
    "POST /files/missing_hashes": [(200, lambda call: call["body"]["hashes"]), (200, [])],
    "POST /files/app/multipart/*/initiate": (200, {"upload_id": "upload-1"}),
    "PUT /files/app/multipart/*": (200, {"part_number": 1, "etag": "part"}),
    "POST /files/app/multipart/*/complete": (200, {}),
}
Requests = Sequence[tuple[str, str, Any]]
SERVED: Requests = (
    ("GET", "/health", None),
    ("GET", "/openapi.json", None),
    ("POST", "/", {"name": "you", "times": 2}),
    ("POST", "/", {"times": 9}),
    ("POST", "/wave", {}),
    ("GET", "/nowhere", None),
)


def deploy(
    name: str,
    files: Mapping[str, str],
    call: Callable[[Any], Any] = lambda c: c.deploy("app.py::HelloWorld"),
    answers: Mapping[str, Any] | None = None,
    *,
    requests: Requests = (),
    arguments: Mapping[str, Any] | None = None,
    unordered: bool = False,
) -> Case:
    """Return a case that deploys a project."""
    return Case(
        f"deploy: {name}",
        call,
        {**ANSWERS, **(answers or {})},
        unordered=unordered,
        project=files,
        requests=requests,
        arguments=arguments,
    )
