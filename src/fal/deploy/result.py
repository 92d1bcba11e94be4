"""The result of a deploy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


class DeploymentURLs(dict[str, dict[str, str]]):
    """Addresses of an app by kind ("playground", "sync", "async") and endpoint.

    Example:
        >>> urls = DeploymentURLs.of("https://p/x", "https://run/x", "https://queue/x", ["/"])
        >>> urls["sync"]["/"], urls.sync["/"]
        ('https://run/x/', 'https://run/x/')
    """

    @classmethod
    def of(cls, playground: str, run: str, queue: str, endpoints: Iterable[str]) -> DeploymentURLs:
        """Return the addresses of every endpoint below the three base addresses."""
        paths = list(endpoints)
        bases = {"playground": playground, "sync": run, "async": queue}
        return cls({kind: {path: base + path for path in paths if base} for kind, base in bases.items()})

    @property
    def playground(self) -> Mapping[str, str]:
        """Playground pages of each endpoint."""
        return self.get("playground", {})

    @property
    def sync(self) -> Mapping[str, str]:
        """URLs of synchronous calls."""
        return self.get("sync", {})

    @property
    def queue(self) -> Mapping[str, str]:
        """URLs of queued calls; the same as ["async"]."""
        return self.get("async", {})

    def __reduce__(self) -> tuple[Any, ...]:
        return DeploymentURLs, (dict(self),)


@dataclass(frozen=True)
class DeploymentResult:
    """A deployed revision.

    Attributes:
        revision: The application id of the new revision.
        app_name: The app, without the environment's suffix.
        urls: Addresses by kind and endpoint.
        log_url: A page with the app's logs.
        auth_mode: Who may call the app: public, private or shared.
        env_id: The built environment, if the platform named it.
        warnings: What was not taken over as it was written, or is likely not meant.
    """

    revision: str
    app_name: str
    urls: DeploymentURLs
    log_url: str
    auth_mode: str
    env_id: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunResult:
    """What a run ended with.

    Attributes:
        run_id: The run.
        value: What the function returned; None for an app, and when it is of a type that is not read here.
        serialized: The pickle of what it returned. Unpickling runs what is in it: do so only when you trust the platform.
    """

    run_id: str
    value: Any
    serialized: bytes = b""
