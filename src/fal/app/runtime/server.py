"""Serve a service until the process is asked to stop."""

from __future__ import annotations

import asyncio
import inspect
import os
import socket
import sys
import threading
import time
from collections.abc import Awaitable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import FrameType
from typing import Any, cast

import uvicorn

from .context import served
from .errors import AppDefinitionError
from .metrics import Metrics
from .middleware import print_exception
from .service import METRICS_PORT, SERVE_PORT, Service
from .web import application_of

STATE = "FAL_RUNNER_STATE"
BIND_HOST = "FAL_APP_BIND_HOST"
STARTUP_TIMEOUT = 600.0  # what the platform allows when the app says nothing


def serve(
    service: Service,
    *,
    exposed_port: int | None = None,
    exposed_metrics_port: int | None = None,
    host: str | None = None,
    limit_max_requests: int | None = None,
) -> Awaitable[None] | None:
    """Serve on two ports: the endpoints, and /metrics.

    Args:
        service: What to serve.
        exposed_port: Port of the endpoints; 8080 when left out.
        exposed_metrics_port: Port of /metrics; 9090 when left out.
        host: Address to listen on; when left out, FAL_APP_BIND_HOST, all of them on a runner, and elsewhere the loopback.
        limit_max_requests: How many requests are answered before it ends; None sets no limit.

    Returns:
        An awaitable on the main thread, where signals arrive; on another thread None, once it has stopped.

    Raises:
        Exception: What `setup` raised.
    """
    served.app = service.app
    on_a_runner = "0.0.0.0" if os.getenv("IS_ISOLATE_AGENT") else "127.0.0.1"
    address = host or os.getenv(BIND_HOST) or on_a_runner
    metrics_port = exposed_metrics_port or service.metrics_port or METRICS_PORT
    running = _serve(service, address, exposed_port or SERVE_PORT, metrics_port, limit_max_requests)
    if threading.current_thread() is threading.main_thread():
        return running
    asyncio.run(running)
    return None


async def _serve(service: Service, host: str, port: int, metrics_port: int, limit_max_requests: int | None) -> None:
    metrics = Metrics(service.version)
    application = application_of(service, metrics)
    root_path = os.getenv("FAL_APP_ROOT_PATH", "")
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        root_path=root_path,
        timeout_keep_alive=300,
        limit_max_requests=limit_max_requests,
    )
    server = _Server(config, service, _context(service.lifespan(application)))
    scrapes = await _serve_metrics(metrics, host, metrics_port)
    try:
        await server.serve()
    finally:
        if scrapes is not None:
            scrapes.close()
    if server.failure is not None:
        raise server.failure


async def _serve_metrics(metrics: Metrics, host: str, port: int) -> asyncio.Server | None:
    """Answer GET /metrics, one request per connection; a web server of its own would be too much for that."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), timeout=10)
            target = request.split(b" ", 2)[1].partition(b"?")[0]
            status, body = (b"200 OK", metrics.text()) if target == b"/metrics" else (b"404 Not Found", b"")
            head = b"HTTP/1.1 %b\r\ncontent-type: text/plain; version=0.0.4; charset=utf-8\r\n" % status
            writer.write(head + b"content-length: %d\r\nconnection: close\r\n\r\n" % len(body) + body)
            await writer.drain()
        except (OSError, EOFError, TimeoutError, IndexError, asyncio.LimitOverrunError):
            pass  # not a request anybody waits for
        finally:
            writer.close()

    try:
        return await asyncio.start_server(answer, host, port)
    except OSError as error:
        # An app without metrics serves better than none at all.
        print(f"metrics are not served: {error}", file=sys.stderr, flush=True)
        return None


class _Server(uvicorn.Server):
    """Runs the author's setup before the port opens, and the teardown after the last answer."""

    def __init__(self, config: uvicorn.Config, service: Service, lifespan: AbstractAsyncContextManager[object]) -> None:
        super().__init__(config)
        self.lifespan_of_app = lifespan
        self.service = service
        self.failure: BaseException | None = None
        self._set_up = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        os.environ[STATE] = "SETUP"
        began = time.monotonic()
        try:
            await self.lifespan_of_app.__aenter__()
        except BaseException as error:
            self.failure = error
            self.should_exit = True
            return
        self._set_up = True
        took, allowed = time.monotonic() - began, self.service.startup_timeout or STARTUP_TIMEOUT
        if took > allowed:
            print(f"setup took {took:.0f} s, more than startup_timeout={allowed:.0f} s", file=sys.stderr, flush=True)
        if self.should_exit:  # asked to stop while setting up
            await self._tear_down()
            return
        try:
            await super().startup(sockets)
        except SystemExit as error:  # the port is taken
            self.should_exit = True
            self.failure = error
            await self._tear_down()
            return
        if not self.should_exit:
            os.environ[STATE] = "RUNNING"

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        os.environ[STATE] = "TERMINATING"
        await super().shutdown(sockets)
        await self._tear_down()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        first = not self.should_exit
        super().handle_exit(sig, frame)
        if not first:
            return
        os.environ[STATE] = "TERMINATING"
        try:
            self.service.handle_exit()
        except Exception as error:
            print_exception(error)

    async def _tear_down(self) -> None:
        if not self._set_up:
            return
        self._set_up = False
        os.environ[STATE] = "TERMINATING"
        try:
            await self.lifespan_of_app.__aexit__(None, None, None)
        except Exception as error:
            print_exception(error)


def _context(lifespan: Any) -> AbstractAsyncContextManager[object]:
    """Return what an override of `lifespan` gives: a context manager, or the generator that it is without its decorator."""
    if inspect.isasyncgen(lifespan):
        return asynccontextmanager(lambda: lifespan)()
    if not hasattr(lifespan, "__aenter__"):
        raise AppDefinitionError(
            f"lifespan must be an asynccontextmanager that yields once, not a {type(lifespan).__name__}"
        )
    return cast("AbstractAsyncContextManager[object]", lifespan)
