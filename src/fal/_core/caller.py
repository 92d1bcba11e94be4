"""What namespaces and deploys call through: one per client, over two lazy transports."""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from fal._core import team
from fal._core.log import logger
from fal._core.retry import Attempt, Failure, Schedule, schedule
from fal.exceptions import ClientClosed, ConfigurationError, DataLoss, FalServerlessException, InvalidInput, InvalidType

if TYPE_CHECKING:
    from fal._core.grpc import GrpcTransport
    from fal._core.http import HttpTransport
    from fal._core.settings import Settings
    from fal._gen.method import Method, Operation

Req = TypeVar("Req")
Res = TypeVar("Res")
T = TypeVar("T")

REQUEST_ID = "x-request-id"


class _Shared:
    """What the callers of one client have in common."""

    def __init__(self, settings: Settings, ca_file: str | None, proxy: str | None) -> None:
        self.settings = settings
        self.ca_file = ca_file
        self.proxy = proxy
        self.closed = False
        self.lock = threading.Lock()
        self._grpc: GrpcTransport | None = None
        self._http: HttpTransport | None = None

    @property
    def grpc(self) -> GrpcTransport:
        if self._grpc is None:
            from fal._core.grpc import GrpcTransport
            from fal._core.hosts import is_loopback

            with self.lock:
                if self._grpc is None:
                    host = urlsplit(f"//{self.settings.grpc_target}").hostname or ""
                    self._grpc = GrpcTransport(
                        self.settings.grpc_target,
                        secure=self.settings.grpc_secure,
                        loopback=is_loopback(host),
                        ca_cert=Path(self.ca_file).read_bytes() if self.ca_file else None,
                        proxy=self.proxy,
                    )
        return self._grpc

    @property
    def http(self) -> HttpTransport:
        if self._http is None:
            from fal._core.http import HttpTransport

            with self.lock:
                if self._http is None:
                    self._http = HttpTransport(self.settings.rest_url, ca_file=self.ca_file, proxy=self.proxy)
        return self._http

    def close(self) -> None:
        self.closed = True
        for transport in (self._grpc, self._http):
            if transport is not None:
                transport.close()


class Caller:
    """Sends calls with their credentials, deadlines and retries. Safe to share between threads.

    Args:
        settings: The resolved settings.
        timeout: How long a call may take, in seconds, instead of what its policy says.
        proxy: The URL of a proxy for both wires.
        ca_cert: A PEM file with the certificates to trust on both wires, instead of the system's.
        clock, sleep: Time, for tests.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        timeout: float | None = None,
        proxy: str | None = None,
        ca_cert: str | os.PathLike[str] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self._timeout = check_timeout(timeout)
        self._clock = clock
        self._sleep = sleep
        self._shared = _Shared(settings, _ca_file(ca_cert), _check_proxy(proxy))
        self._team_lock = threading.Lock()
        self._team: Sequence[tuple[str, str]] | None = None if settings.team else ()

    def with_options(self, *, timeout: float | None = None, team: str | None = None) -> Caller:
        """Return a caller with other options over the same connections; None keeps what this one has."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        if timeout is not None:
            other._timeout = check_timeout(timeout)
        if team is not None and team != self.settings.team:
            sources = {**self.settings.sources, "team": "argument team"}
            other.settings = replace(self.settings, team=team, sources=sources)
            other._team_lock = threading.Lock()
            other._team = None
        return other

    def close(self) -> None:
        """Close the connections of this caller and of all that were made from it. A second call does nothing."""
        self._shared.close()

    # ------------------------------------------------------------------------------------------------------- gRPC

    def call(
        self, method: Method[Req, Res], request: Req, decode: Callable[[Res], T], *, timeout: float | None = None
    ) -> T:
        """Send one request and return its decoded answer.

        Raises:
            FalServerlessException: The call failed; nothing else is raised.
        """
        from fal._core import grpc as wire

        transport = self._ready().grpc
        request_id = uuid.uuid4().hex
        plan = self._schedule(method.policy, timeout)
        step = next(plan)
        while True:
            if isinstance(step, Attempt):
                started = self._clock()
                try:
                    answer = transport.unary(method, request, step.timeout, self._metadata(request_id))
                except wire.RpcError as error:
                    failed = wire.failure(error, method.name, request_id)
                    self._tell(method.name, request_id, step.number, failed.status, started)
                    step = self._next(plan, failed)
                except ValueError as error:
                    self._closed_meanwhile(error, method.name)
                else:
                    self._tell(method.name, request_id, step.number, "OK", started)
                    return _decoded(decode, answer, method.name, request_id)
            else:
                self._sleep(step.seconds)
                step = next(plan)

    def stream(self, method: Method[Req, Res], request: Req, *, timeout: float | None = None) -> Iterator[Res]:
        """Send one request and yield its answers. Closing the iterator cancels the call.

        The deadline spans the whole stream. It is begun anew only while no answer has come.
        """
        from fal._core import grpc as wire

        transport = self._ready().grpc
        request_id = uuid.uuid4().hex
        plan = self._schedule(method.policy, timeout)
        step = next(plan)
        while True:
            if not isinstance(step, Attempt):
                self._sleep(step.seconds)
                step = next(plan)
                continue
            started, came = self._clock(), False
            call = None
            try:
                call = transport.open(method, request, step.timeout, self._metadata(request_id))
                for answer in call:
                    came = True
                    yield answer
            except wire.RpcError as error:
                failed = wire.failure(error, method.name, request_id, started=came)
                self._tell(method.name, request_id, step.number, failed.status, started)
                step = self._next(plan, failed)
            except ValueError as error:
                if call is not None:
                    raise
                self._closed_meanwhile(error, method.name)
            else:
                self._tell(method.name, request_id, step.number, "OK", started)
                return
            finally:
                if call is not None:
                    call.cancel()

    # ------------------------------------------------------------------------------------------------------- REST

    def send(self, operation: Operation[T], *, timeout: float | None = None) -> T:
        """Send one REST request and return its parsed answer.

        Raises:
            FalServerlessException: The call failed; nothing else is raised.
        """
        return self._send(operation, timeout, as_team=True)

    def _send(self, operation: Operation[T], timeout: float | None, *, as_team: bool) -> T:
        request_id = uuid.uuid4().hex
        headers = self._headers(request_id, as_team=as_team)

        def exchange(transport: HttpTransport, limit: float | None) -> T | Failure:
            from fal._core import http as wire

            status, answer, body = transport.send(operation, limit, headers)
            if status not in operation.success:
                return wire.refusal(status, answer, body, operation.name, request_id)
            return _decoded(partial(operation.parse, status, answer), body, operation.name, request_id)

        found: T = self._over_http(operation, request_id, timeout, exchange)
        return found

    def send_stream(self, operation: Operation[T], *, timeout: float | None = None) -> Iterator[T]:
        """Send one REST request and yield its server-sent events, parsed. Closing the iterator ends the request."""
        request_id = uuid.uuid4().hex
        headers = self._headers(request_id, as_team=True)

        def exchange(transport: HttpTransport, limit: float | None) -> tuple[Any, Iterator[bytes]] | Failure:
            from fal._core import http as wire

            response, found = transport.open(operation, limit, headers)
            if response.status_code not in operation.success:
                body = response.read()
                response.close()
                return wire.refusal(response.status_code, response.headers, body, operation.name, request_id)
            return response, found

        response, found = self._over_http(operation, request_id, timeout, exchange)
        parse = partial(operation.parse, response.status_code, response.headers)
        try:
            while True:
                try:
                    data = next(found, None)
                except Exception as error:
                    raise self._http_failure(error, operation.name, request_id).error from None
                if data is None:
                    return
                yield _decoded(parse, data, operation.name, request_id)
        finally:
            response.close()

    def put_url(
        self,
        url: str,
        content: bytes | Iterable[bytes],
        *,
        headers: Sequence[tuple[str, str]] = (),
        timeout: float | None = None,
    ) -> tuple[int, dict[str, str]]:
        """Put `content` at an address that is its own permission, e.g. a presigned one; no credentials go there.

        Returns:
            Status and headers of a success.
        """
        from fal._core import http as wire

        request_id = uuid.uuid4().hex
        transport = self._ready().http
        name = "upload"
        try:
            answer = transport.put(url, content, headers, timeout if timeout is not None else self._timeout)
        except Exception as error:
            failed = self._http_failure(error, name, request_id)
            failed.error.attempts = 1
            raise failed.error from None
        if not 200 <= answer.status_code < 300:
            failed = wire.refusal(answer.status_code, answer.headers, answer.content, name, request_id)
            failed.error.attempts = 1
            raise failed.error
        return answer.status_code, dict(answer.headers)

    def _over_http(
        self,
        operation: Operation[Any],
        request_id: str,
        timeout: float | None,
        exchange: Callable[[HttpTransport, float | None], Any],
    ) -> Any:
        transport = self._ready().http
        plan = self._schedule(operation.policy, timeout)
        step = next(plan)
        while True:
            if not isinstance(step, Attempt):
                self._sleep(step.seconds)
                step = next(plan)
                continue
            started = self._clock()
            try:
                found = exchange(transport, step.timeout)
            except FalServerlessException:
                raise
            except Exception as error:
                found = self._http_failure(error, operation.name, request_id)
            if not isinstance(found, Failure):
                self._tell(operation.name, request_id, step.number, "OK", started)
                return found
            self._tell(operation.name, request_id, step.number, found.status, started)
            step = self._next(plan, found)

    # ---------------------------------------------------------------------------------------------------- helpers

    def _ready(self) -> _Shared:
        if self._shared.closed:
            raise ClientClosed("the client is closed", hint="Make a new one.")
        return self._shared

    def _schedule(self, policy: Any, timeout: float | None) -> Schedule:
        limit = self._timeout if timeout is None else check_timeout(timeout)
        return schedule(policy, clock=self._clock, timeout=limit)

    def _next(self, plan: Schedule, failed: Failure) -> Any:
        try:
            return plan.send(failed)
        except FalServerlessException as error:
            # The frames of the schedule are of no use to anybody.
            raise error.with_traceback(None) from None

    def _identity(self) -> Sequence[tuple[str, str]]:
        """Return what tells the team; it is asked for once per client."""
        if self._team is None:
            with self._team_lock:
                if self._team is None:
                    answer = self._send(team.question(self.settings), None, as_team=False)
                    self._team = team.headers(self.settings, answer)
        return self._team

    def _metadata(self, request_id: str) -> list[tuple[str, str]]:
        found = self._team if self._team is not None else self._identity()
        own = [*self.settings.credentials.grpc(), (REQUEST_ID, request_id)]
        return [*own, *(("fal-user-id", value) for _, value in found)] if found else own

    def _headers(self, request_id: str, *, as_team: bool) -> list[tuple[str, str]]:
        own = [*self.settings.credentials.rest(), (REQUEST_ID, request_id)]
        return [*own, *self._identity()] if as_team else own

    def _closed_meanwhile(self, error: ValueError, name: str) -> NoReturn:
        """Tell a channel that was closed during the call from a request that cannot be written."""
        if self._shared.closed or "closed" in str(error):
            raise ClientClosed("the client was closed during the call", method=name, hint="Make a new one.") from None
        raise InvalidInput(f"the request cannot be written: {error}", method=name) from None

    def _http_failure(self, error: Exception, name: str, request_id: str) -> Failure:
        from fal._core import http as wire

        if isinstance(error, RuntimeError) and "closed" in str(error):
            raise ClientClosed("the client was closed during the call", method=name, hint="Make a new one.") from None
        return wire.failure(error, name, request_id)

    def _tell(self, name: str, request_id: str, number: int, status: str, started: float) -> None:
        if logger.isEnabledFor(10):
            took = (self._clock() - started) * 1000
            logger.debug("%s %s: attempt %d, %s, %.1f ms", name, request_id, number, status, took)


def _decoded(decode: Callable[[Res], T], answer: Res, name: str, request_id: str) -> T:
    try:
        return decode(answer)
    except FalServerlessException:
        raise
    except Exception as error:
        raise DataLoss(
            f"the answer does not fit: {type(error).__name__}: {error}", method=name, request_id=request_id, attempts=1
        ) from None


def check_timeout(timeout: float | None) -> float | None:
    """Return `timeout`, in seconds, when it is one."""
    if timeout is None:
        return None
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise InvalidType(f"timeout: {timeout!r} is a {type(timeout).__name__}, not a number of seconds")
    if not 0 < timeout < float("inf"):
        raise InvalidInput(f"timeout: {timeout!r} is not a positive number of seconds", hint="Give e.g. timeout=30.")
    return float(timeout)


def _check_proxy(proxy: str | None) -> str | None:
    if proxy is None:
        return None
    if not isinstance(proxy, str) or urlsplit(proxy).scheme not in ("http", "https") or not urlsplit(proxy).hostname:
        raise ConfigurationError(
            "proxy: it is not the URL of an HTTP proxy", hint="Give e.g. proxy='http://host:3128'."
        )
    return proxy


def _ca_file(ca_cert: str | os.PathLike[str] | None) -> str | None:
    """Return the file of certificates to trust on both wires: the argument, else what the environment says."""
    source, path = "argument ca_cert", ca_cert
    if path is None:
        source, path = "variable SSL_CERT_FILE", os.environ.get("SSL_CERT_FILE") or None
    if path is None:
        return None
    if not Path(path).is_file():
        raise ConfigurationError(f"{source}: there is no file {os.fspath(path)!r}", hint="Give a PEM file.")
    return os.fspath(path)
