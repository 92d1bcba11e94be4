# Generated from fal._core.caller; do not edit. Regenerate with: just generate
"""What namespaces and deploys call through: one per client, over two lazy transports."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from fal._core import arguments, team
from fal._core.caller import REQUEST_ID, UPLOAD_TIMEOUT, Req, Res, T
from fal._core.log import logger
from fal._core.options import check_ca_cert, check_proxy, decoded, grpc_ca_file, new_request_id
from fal._core.retry import Attempt, Failure, Schedule, schedule
from fal._core.transport.connections_async import AsyncConnections
from fal._core.transport.sse import MESSAGE
from fal.exceptions import (
    ClientClosed,
    DataLoss,
    FalServerlessException,
    InvalidInput,
    PermissionDenied,
    Unauthenticated,
)

if TYPE_CHECKING:
    from fal._core.settings import Settings
    from fal._core.transport.http_async import AsyncEventStream, AsyncHttpTransport
    from fal._gen.method import Method, Operation


class AsyncCaller:
    """Sends calls with their credentials, deadlines and retries. Safe to share between tasks, and between event loops.

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
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.settings = settings
        self._timeout = arguments.optional_seconds("timeout", timeout)
        self._clock = clock
        self._sleep = sleep
        tls = settings.grpc_secure or settings.rest_url.startswith("https:")
        ca_file, proxy = check_ca_cert(ca_cert, tls=tls), check_proxy(proxy)
        settings.credentials.through(proxy=proxy, ca_file=ca_file)
        self._connections = AsyncConnections(settings, ca_file, proxy, grpc_ca_file=grpc_ca_file(ca_cert, ca_file))
        self._team: Sequence[tuple[str, str]] | None = None if settings.team else ()

    def with_options(self, *, timeout: float | None = None, team: str | None = None) -> AsyncCaller:
        """Return a caller with other options over the same connections; None keeps what this one has."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        if timeout is not None:
            other._timeout = arguments.optional_seconds("timeout", timeout)
        if team is not None and team != self.settings.team:
            sources = {**self.settings.sources, "team": "argument team"}
            other.settings = replace(self.settings, team=team, sources=sources)
            other._team = None
        return other

    async def close(self) -> None:
        """Close the connections of this caller and of all that were made from it. A second call does nothing."""
        await self._connections.close()

    # ------------------------------------------------------------------------------------------------------- gRPC

    async def call(
        self, method: Method[Req, Res], request: Req, decode: Callable[[Res], T], *, timeout: float | None = None
    ) -> T:
        """Send one request and return its decoded answer.

        Raises:
            FalServerlessException: The call failed; nothing else is raised.
        """
        from fal._core.transport import grpc_errors as wire

        transport = self._connections.grpc()
        request_id = new_request_id()
        plan = self._schedule(method.policy, timeout)
        step = next(plan)
        while True:
            if isinstance(step, Attempt):
                started = self._clock()
                try:
                    metadata = await self._metadata(request_id, step.timeout)
                    answer = await transport.unary(method, request, self._left(step.timeout, started), metadata)
                except wire.RpcError as error:
                    failed = wire.failure(error, method.name, request_id, down=transport.is_down())
                    self._tell(method.name, request_id, step.number, failed.status, started)
                    step = self._next(plan, failed)
                except ValueError as error:
                    self._closed_meanwhile(error, method.name)
                else:
                    self._tell(method.name, request_id, step.number, "OK", started)
                    message = decoded(partial(wire.parse, method), answer, method.name, request_id, step.number)
                    return decoded(decode, message, method.name, request_id, step.number)
            else:
                await self._sleep(step.seconds)
                step = self._next(plan)

    async def stream(
        self, method: Method[Req, Res], request: Req, *, timeout: float | None = None
    ) -> AsyncIterator[Res]:
        """Send one request and yield its answers. Closing the iterator cancels the call.

        The deadline spans the whole stream. It is begun anew only while no answer has come.
        """
        from fal._core.transport import grpc_errors as wire

        transport = self._connections.grpc()
        request_id = new_request_id()
        plan = self._schedule(method.policy, timeout)
        step = next(plan)
        while True:
            if not isinstance(step, Attempt):
                await self._sleep(step.seconds)
                step = self._next(plan)
                continue
            started, came = self._clock(), False
            call = None
            try:
                metadata = await self._metadata(request_id, step.timeout)
                call = await transport.open(method, request, self._left(step.timeout, started), metadata)
                async for answer in call:
                    came = True
                    yield decoded(partial(wire.parse, method), answer, method.name, request_id, step.number)
            except wire.RpcError as error:
                failed = wire.failure(error, method.name, request_id, down=transport.is_down(), started=came)
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

    async def send(self, operation: Operation[T], *, timeout: float | None = None) -> T:
        """Send one REST request and return its parsed answer.

        Raises:
            FalServerlessException: The call failed; nothing else is raised.
        """
        return await self._send(operation, timeout, as_team=True)

    async def _send(self, operation: Operation[T], timeout: float | None, *, as_team: bool) -> T:
        request_id = new_request_id()

        async def exchange(transport: AsyncHttpTransport, limit: float | None) -> T | Failure:
            from fal._core.transport import http_errors as wire

            started = self._clock()
            headers = await self._headers(request_id, limit, as_team=as_team)
            status, answer, body = await transport.send(operation, self._left(limit, started), headers)
            if status not in operation.success:
                return wire.refusal(status, answer, body, operation.name, request_id)
            return decoded(partial(operation.parse, status, answer), body, operation.name, request_id)

        found: T = (await self._over_http(operation, request_id, timeout, exchange))[0]
        return found

    async def send_stream(self, operation: Operation[T], *, timeout: float | None = None) -> AsyncGenerator[T, None]:
        """Send one REST request and yield its server-sent events, parsed. Closing the iterator ends the request.

        Of an operation that has none, the body is yielded as it comes.
        """
        request_id = new_request_id()

        async def exchange(transport: AsyncHttpTransport, limit: float | None) -> AsyncEventStream | Failure:
            from fal._core.transport import http_errors as wire

            started = self._clock()
            headers = await self._headers(request_id, limit, as_team=True)
            stream = await transport.open(operation, self._left(limit, started), headers)
            if stream.status in operation.success:
                return stream
            return wire.refusal(stream.status, stream.headers, await stream.rest(), operation.name, request_id)

        stream, attempts = await self._over_http(operation, request_id, timeout, exchange)
        parse = partial(operation.parse, stream.status, stream.headers)
        try:
            while True:
                try:
                    event = await stream.next_event()
                except Exception as error:
                    failed = self._http_failure(error, operation.name, request_id)
                    failed.error.attempts = attempts
                    raise self._shown(failed.error) from None
                if event is None:
                    return
                try:
                    found = decoded(parse, event.data, operation.name, request_id, attempts)
                except DataLoss:
                    if event.type == MESSAGE:
                        raise
                    continue  # an event of a kind that this version does not know may hold anything
                yield found
        finally:
            await stream.end()

    async def put_url(
        self,
        url: str,
        content: bytes | Iterable[bytes],
        *,
        headers: Sequence[tuple[str, str]] = (),
        timeout: float | None = None,
    ) -> tuple[int, dict[str, str]]:
        """Put `content` at an address that is its own permission, e.g. a presigned one; no credentials go there.

        Args:
            url: The address, https or on this machine.
            content: What to put there.
            headers: Headers to send.
            timeout: How long it may take, in seconds; five minutes when neither the caller nor the client says.

        Returns:
            Status and headers of a success.
        """
        from fal._core.transport import http_errors as wire

        request_id = new_request_id()
        transport = self._connections.http()
        name = "upload"
        try:
            limit = arguments.optional_seconds("timeout", timeout) or self._timeout or UPLOAD_TIMEOUT
            answer = await transport.put(url, content, headers, limit)
        except Exception as error:
            failed = self._http_failure(error, name, request_id)
            failed.error.attempts = 1
            raise failed.error from None
        if not 200 <= answer.status_code < 300:
            failed = wire.refusal(answer.status_code, answer.headers, answer.content, name, request_id)
            failed.error.attempts = 1
            raise failed.error
        return answer.status_code, dict(answer.headers)

    async def post_form(self, url: str, form: Mapping[str, str], *, timeout: float) -> tuple[int, dict[str, Any]]:
        """Post a form to the login service and return status and JSON answer, empty when it is none; no credentials go there.

        Args:
            url: The address.
            form: What to post.
            timeout: How long it may take, in seconds.

        Raises:
            Unavailable: No answer came.
        """
        from fal._core.transport.http_sync import post_form

        proxy, ca_file = self._connections.way_out
        return await asyncio.to_thread(post_form, url, form, timeout=timeout, proxy=proxy, ca_file=ca_file)

    async def _over_http(
        self,
        operation: Operation[Any],
        request_id: str,
        timeout: float | None,
        exchange: Callable[[AsyncHttpTransport, float | None], Any],
    ) -> tuple[Any, int]:
        """Return what an exchange gives that does not fail, and how many attempts it took."""
        transport = self._connections.http()
        plan = self._schedule(operation.policy, timeout)
        step = next(plan)
        while True:
            if not isinstance(step, Attempt):
                await self._sleep(step.seconds)
                step = self._next(plan)
                continue
            started = self._clock()
            try:
                found = await exchange(transport, step.timeout)
            except FalServerlessException as error:
                error.attempts = error.attempts and step.number
                raise
            except Exception as error:
                found = self._http_failure(error, operation.name, request_id)
            if not isinstance(found, Failure):
                self._tell(operation.name, request_id, step.number, "OK", started)
                return found, step.number
            self._tell(operation.name, request_id, step.number, found.status, started)
            step = self._next(plan, found)

    # ---------------------------------------------------------------------------------------------------- helpers

    def _schedule(self, policy: Any, timeout: float | None) -> Schedule:
        limit = self._timeout if timeout is None else arguments.optional_seconds("timeout", timeout)
        return schedule(policy, clock=self._clock, timeout=limit)

    def _next(self, plan: Schedule, failed: Failure | None = None) -> Any:
        """Return what to do next, after an attempt that failed or after a pause."""
        try:
            return next(plan) if failed is None else plan.send(failed)
        except FalServerlessException as error:
            # The frames of the schedule are of no use to anybody.
            raise self._shown(error).with_traceback(None) from None

    def _shown(self, error: FalServerlessException) -> FalServerlessException:
        """Return an error as the user sees it: without the key, which a server may have repeated, and with advice."""
        error.message = self.settings.credentials.hide(error.message)
        error.args = (error.message,)
        if isinstance(error, Unauthenticated | PermissionDenied):
            error.hint = f"The credentials came from: {self.settings.sources['credentials']}. {error.hint}"
        return error

    def _left(self, timeout: float | None, started: float) -> float | None:
        """Return what an attempt has left after its credentials and team were found out."""
        return None if timeout is None else max(0.0, timeout - (self._clock() - started))

    async def _identity(self, timeout: float | None) -> Sequence[tuple[str, str]]:
        """Return what tells the team; it is asked for once per client, within the time of the call that asks first."""
        if self._team is None:
            async with self._connections.team_lock:
                if self._team is None:
                    answer = await self._send(team.question(self.settings), timeout, as_team=False)
                    self._team = team.headers(self.settings, answer)
        return self._team

    async def _metadata(self, request_id: str, timeout: float | None) -> list[tuple[str, str]]:
        found = self._team if self._team is not None else await self._identity(timeout)
        own = [*await self._connections.ask(self.settings.credentials.grpc), (REQUEST_ID, request_id)]
        return [*own, *(("fal-user-id", value) for _, value in found)] if found else own

    async def _headers(self, request_id: str, timeout: float | None, *, as_team: bool) -> list[tuple[str, str]]:
        own = [*await self._connections.ask(self.settings.credentials.rest), (REQUEST_ID, request_id)]
        return [*own, *await self._identity(timeout)] if as_team else own

    def _closed_meanwhile(self, error: ValueError, name: str) -> NoReturn:
        """Tell a channel that was closed during the call from a request that cannot be written."""
        if self._connections.closed or "closed" in str(error):
            raise ClientClosed("the client was closed during the call", method=name, hint="Make a new one.") from None
        raise InvalidInput(f"the request cannot be written: {error}", method=name) from None

    def _http_failure(self, error: Exception, name: str, request_id: str) -> Failure:
        from fal._core.transport import http_errors as wire

        if isinstance(error, RuntimeError) and "closed" in str(error):
            raise ClientClosed("the client was closed during the call", method=name, hint="Make a new one.") from None
        return wire.failure(error, name, request_id)

    def _tell(self, name: str, request_id: str, number: int, status: str, started: float) -> None:
        if logger.isEnabledFor(10):
            took = (self._clock() - started) * 1000
            logger.debug("%s %s: attempt %d, %s, %.1f ms", name, request_id, number, status, took)
