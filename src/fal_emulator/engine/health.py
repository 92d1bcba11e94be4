"""Whether a runner can take requests."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import httpx

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

CHECKER = "fal-health-check"  # the user agent of checks
_CONNECT_TIMEOUT = 1.0
_FIRST_POLL = 0.02
_SLOWEST_POLL = 0.5
# Of the time that a start took, what may be lost to looking too late.
_LOST = 0.05


class Unhealthy(Exception):
    """The runner answers, and keeps saying that it is not healthy."""


@dataclass(frozen=True)
class HealthCheck:
    """The health check of a revision; durations in seconds. `interval` is the time between regular checks.

    Args:
        path: What to ask for; None asks only whether the port is open.
        method: GET or POST.
        start_period: After the port opens, failures during this time do not count.
        timeout: How long one check may take.
        threshold: How many failures in a row make a runner unhealthy.
        regularly: Check again while the runner serves.
        on_busy: Check also while it handles requests.
    """

    path: str | None = None
    method: str = "GET"
    start_period: float = 30
    timeout: float = 5
    threshold: int = 3
    regularly: bool = False
    on_busy: bool = False
    interval: ClassVar[float] = 15

    @classmethod
    def of(cls, config: Mapping[str, Any] | None) -> HealthCheck:
        """Read the health check of a revision, with the platform's defaults for what it leaves out."""
        if not config or not config.get("path"):
            return cls()
        path = str(config["path"])

        def number(name: str, default: float) -> float:
            value = config.get(name)
            return default if value is None else float(value)

        return cls(
            path=path if path.startswith("/") else f"/{path}",
            method=str(config.get("method") or "GET").upper(),
            start_period=number("start_period_seconds", cls.start_period),
            timeout=number("timeout_seconds", cls.timeout),
            threshold=int(number("failure_threshold", cls.threshold)),
            regularly=bool(config.get("call_regularly")),
            on_busy=bool(config.get("allow_on_busy")),
        )

    async def wait_ready(self, find_port: Callable[[], Awaitable[int | None]], client: httpx.AsyncClient) -> int:
        """Wait until a runner that is starting is ready, and return its port; the caller bounds the whole time.

        Args:
            find_port: Returns its port once that is open; 0 when it will never have one.
            client: Asks for its health.

        Raises:
            Unhealthy: The checks after the start period kept failing.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        while (port := await find_port()) is None:
            await asyncio.sleep(min(max(_FIRST_POLL, _LOST * (loop.time() - began)), _SLOWEST_POLL))
        if self.path is None or not port:
            return port
        counted_from = loop.time() + self.start_period
        failures = 0
        pause = _FIRST_POLL
        while (fault := await self.check(port, client)) is not None:
            if loop.time() >= counted_from:
                failures += 1
                if failures >= self.threshold:
                    raise Unhealthy(fault)
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _SLOWEST_POLL)
        return port

    async def check(self, port: int, client: httpx.AsyncClient) -> str | None:
        """Check once; return what is wrong, or None."""
        if self.path is None:
            return None if await port_open(port) else "its port is closed"
        try:
            response = await client.request(
                self.method,
                f"http://127.0.0.1:{port}{self.path}",
                headers={"user-agent": CHECKER},
                timeout=self.timeout,
                follow_redirects=False,
            )
        except httpx.HTTPError as error:
            return f"{self.method} {self.path} failed: {type(error).__name__}"
        if response.is_success:
            return None
        return f"{self.method} {self.path} answered {response.status_code}"


async def port_open(port: int) -> bool:
    """Return whether something listens on a port of this machine."""
    try:
        async with asyncio.timeout(_CONNECT_TIMEOUT):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


def new_client() -> httpx.AsyncClient:
    """Return a client for health checks.

    Connections are not kept: a check is to tell whether the runner takes new ones.
    """
    return httpx.AsyncClient(
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        timeout=httpx.Timeout(None, connect=5),
        follow_redirects=False,
        trust_env=False,
        # Runners speak plain HTTP: it trusts nobody, and loads no roots.
        verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
    )
