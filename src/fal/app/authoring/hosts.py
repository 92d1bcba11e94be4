"""Where a function runs when it is called: `fal.function(host=...)`."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..runtime.service import SERVE_PORT
from ..settings import SETTINGS, Group


class Host:
    """Where a function runs when it is called."""


@dataclass(frozen=True)
class LocalHost(Host):
    """In place, in this process: `host=LocalHost()` is `local=True`.

    Example:
        @fal.function(host=fal.LocalHost())
        def double(number: int) -> int:
            return 2 * number
    """


@dataclass(frozen=True)
class FalServerlessHost(Host):
    """The platform, as it is reached from here. What is deployed goes to the host of the client that deploys it.

    Args:
        url: Its gRPC host; that of the settings when left out.
        credentials: A key of it; those of the settings when left out. They do not travel.

    Example:
        staging = FalServerlessHost("api.staging.example.com", FalServerlessKeyCredentials("key-id", "key-secret"))

        @fal.function(host=staging)
        def double(number: int) -> int:
            return 2 * number
    """

    url: str | None = None
    credentials: Any = field(default=None, repr=False)


local = LocalHost()  # fal.function(host=fal.local)
serverless = cloud = FalServerlessHost()


@dataclass
class Options:
    """The settings of a function, by what they are about.

    Attributes:
        host: Where it runs, how it scales and behaves.
        environment: What it runs in.
        gateway: How it is reached: `serve` and `exposed_port`.
    """

    host: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)
    gateway: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Mapping[str, Any], *, serve: bool) -> Options:
        """Sort the settings of a function by what they are about."""
        options = cls(gateway={"serve": serve})
        for name, value in settings.items():
            in_environment = SETTINGS[name].group is Group.ENVIRONMENT
            where = (
                options.gateway if name == "exposed_port" else options.environment if in_environment else options.host
            )
            where[name] = copy.copy(value)
        return options

    def add_requirements(self, requirements: list[str]) -> None:
        """Add requirements to the environment, as a layer of their own where those that are there are layered."""
        own = self.environment.setdefault("requirements", [])
        own.extend([requirements] if any(isinstance(layer, list) for layer in own) else requirements)

    def get_exposed_port(self) -> int | None:
        """Return the port that requests go to; None where nothing is served."""
        port: int | None = self.gateway.get("exposed_port")
        return SERVE_PORT if port is None and self.gateway.get("serve") else port
