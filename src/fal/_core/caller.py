"""The caller of a client: namespaces and deploys make their calls through it, over two lazy transports."""

from __future__ import annotations

import operator
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from urllib.parse import urlsplit

from fal._core import arguments, team
from fal._core.call import Call, Target, Watch
from fal._core.content import check_answer, check_events
from fal._core.options import CallOptions, TransportOptions, decoded, new_request_id
from fal._core.retry import Failure, Sleep
from fal._core.transport.connections import Connections
from fal._core.transport.sse import MESSAGE
from fal._gen.method import Method, Policy
from fal.exceptions import (
    ClientClosed,
    DataLoss,
    FalServerlessException,
    PermissionDenied,
    Unauthenticated,
)

if TYPE_CHECKING:
    from fal._core.outbox import Outbox
    from fal._core.settings import Settings
    from fal._core.transport.http_sync import EventStream, HttpTransport
    from fal._gen.method import Operation

Req = TypeVar("Req")
Res = TypeVar("Res")
T = TypeVar("T")

REQUEST_ID = "x-request-id"
UPLOAD_TIMEOUT = 300.0  # seconds
_UPLOAD = "upload"
_CANCELLED = "CANCELLED"  # of a stream whose reader closed it before its end
_ONCE = Policy(deadline=None, attempt_timeout=None, idempotent=False, retry_on=frozenset(), max_attempts=1)


class Caller:
    """Sends calls with their credentials, deadlines and retries. Safe to share between threads.

    Args:
        settings: The resolved settings.
        options: How calls are made.
        transport: How the hosts are reached.
        clock, sleep: Time, for tests.
    """

    def __init__(
        self,
        settings: Settings,
        options: CallOptions = CallOptions(),  # noqa: B008 - it is frozen
        transport: TransportOptions = TransportOptions(),  # noqa: B008 - it is frozen
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self.options = options
        self._clock = clock
        self._sleep = sleep
        settings.credentials.through(proxy=transport.proxy.value, ca_file=transport.ca_file)
        self._connections = Connections(settings, transport)
        self._team: Sequence[tuple[str, str]] | None = None if settings.team else ()

    def with_options(
        self, options: CallOptions | None = None, *, team: str | None = None, team_source: str = "argument team"
    ) -> Caller:
        """Return a caller with other options over the same connections; None keeps what this one has."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        if options is not None:
            other.options = options
        if team is not None and team != self.settings.team:
            sources = {**self.settings.sources, "team": team_source}
            other.settings = replace(self.settings, team=team, sources=sources)
            other._team = None
        return other

    def close(self) -> None:
        """Close the connections of this caller and of all that were made from it. A second call does nothing."""
        self._connections.close()

    # ------------------------------------------------------------------------------------------------------- gRPC

    def call(
        self, method: Method[Req, Res], request: Req, decode: Callable[[Res], T], *, timeout: float | None = None
    ) -> T:
        """Send one request and return its decoded answer.

        Raises:
            FalServerlessException: The call failed; nothing else is raised.
        """
        transport = self._connections.grpc()
        from fal._core.transport import grpc_errors as wire

        call = self._begin(method.name, "grpc", method.policy, timeout, method)
        while True:
            self._wait(call)
            try:
                metadata = self._metadata(call)
                answer, trailing = transport.unary(
                    method, request, call.time_left(), metadata, trailing=self.options.record is not None
                )
                message = decoded(partial(wire.parse, method), answer)
                result = decoded(decode, message)
            except wire.RpcError as error:
                call.failed(wire.failure(error, method.name, call.request_id))
            except DataLoss as error:
                raise call.reject(error) from None
            except FalServerlessException as error:
                raise call.abort(error) from None
            except BaseException:
                call.abandon()
                raise
            else:
                self._answered(call, "OK", trailing)
                call.succeeded("OK")
                return result

    def stream(
        self,
        method: Method[Req, Res],
        request: Req | Outbox[Req],
        *,
        timeout: float | None = None,
        is_last: Callable[[Res], bool] = lambda _: False,
    ) -> Generator[Res, None, None]:
        """Send one request, or all that is put into an outbox, and yield the answers. Closing the iterator cancels the call.

        The deadline spans the whole stream. It is restarted only while no response has arrived. With an answer that `is_last`
        accepts, the call has worked and ends, whether or not its reader asks for another.
        """
        transport = self._connections.grpc()
        from fal._core.transport import grpc_errors as wire

        call = self._begin(method.name, "grpc", method.policy, timeout, method)
        while True:
            self._wait(call)
            came, last, responses = False, False, None
            try:
                metadata = self._metadata(call)
                responses = transport.open(method, request, call.time_left(), metadata)
                call.opened()
                for answer in responses:
                    came = True
                    message = decoded(partial(wire.parse, method), answer)
                    last = is_last(message)
                    yield message
                    if last:
                        break  # it may go on, and nobody waits for it
                trailing = () if self.options.record is None or last else responses.metadata()
            except wire.RpcError as error:
                call.failed(wire.failure(error, method.name, call.request_id, started=came))
            except DataLoss as error:
                raise call.reject(error) from None
            except FalServerlessException as error:
                raise call.abort(error) from None
            except GeneratorExit:
                code = "OK" if last else _CANCELLED  # the reader has read enough
                self._answered(call, code, ())
                call.succeeded(code)
                raise
            except BaseException:
                call.abandon()
                raise
            else:
                self._answered(call, "OK", trailing)
                call.succeeded("OK")
                return
            finally:
                if responses is not None:
                    responses.cancel()

    # ------------------------------------------------------------------------------------------------------- REST

    def send(self, operation: Operation[T], *, timeout: float | None = None) -> T:
        """Send one REST request and return its parsed answer.

        Raises:
            FalServerlessException: The call failed; nothing else is raised.
        """
        return self._send(operation, timeout, as_team=True)

    def _send(self, operation: Operation[T], timeout: float | None, *, as_team: bool) -> T:
        def exchange(transport: HttpTransport, call: Call) -> tuple[int, Mapping[str, str], T] | Failure:
            headers = self._headers(call, as_team=as_team)
            status, answer, body = transport.send(operation, call.time_left(), headers)
            if status not in operation.success:
                return self._refusal(call, status, answer, body)
            check_answer(answer, body)
            return status, answer, decoded(partial(operation.parse, status, answer), body)

        transport = self._connections.http()
        call = self._begin(operation.name, "http", operation.policy, timeout, operation)
        status, answer, value = self._over_http(transport, call, exchange)
        self._answered(call, status, answer)
        call.succeeded(str(status))
        result: T = value
        return result

    def send_stream(
        self,
        operation: Operation[T],
        *,
        timeout: float | None = None,
        before: Callable[[], object] | None = None,
        check: Callable[[Mapping[str, str]], None] | None = None,
    ) -> Generator[T, None, None]:
        """Send one REST request and yield its server-sent events, parsed. Closing the iterator ends the request.

        Of an operation that has none, the body is yielded as it comes. `before` is called first, and `check` with the
        headers of the answer; both may refuse.
        """
        if before is not None:
            before()
        refuse = check_events if operation.stream else check

        def exchange(transport: HttpTransport, call: Call) -> EventStream | Failure:
            headers = self._headers(call, as_team=True)
            stream = transport.open(operation, call.time_left(), headers)
            if stream.status in operation.success:
                try:
                    if refuse is not None:
                        refuse(stream.headers)
                except BaseException:
                    stream.end()
                    raise
                call.opened()
                return stream
            return self._refusal(call, stream.status, stream.headers, stream.read_error())

        transport = self._connections.http()
        call = self._begin(operation.name, "http", operation.policy, timeout, operation)
        stream = self._over_http(transport, call, exchange)
        parse = partial(operation.parse, stream.status, stream.headers)
        try:
            while True:
                try:
                    event = stream.next_event()
                except Exception as error:
                    raise call.reject(self._http_failure(error, call).error) from None
                if event is None:
                    break
                try:
                    item = decoded(parse, event.data)
                except DataLoss as error:
                    if event.type == MESSAGE:
                        raise call.reject(error) from None
                    continue  # an event of a kind that this version does not know may hold anything
                yield item
        except GeneratorExit:
            self._answered(call, stream.status, stream.headers)
            call.succeeded(_CANCELLED)  # the reader has read enough
            raise
        except FalServerlessException:
            raise  # its end was reported
        except BaseException:
            call.abandon()
            raise
        else:
            self._answered(call, stream.status, stream.headers)
            call.succeeded(str(stream.status))
        finally:
            stream.end()

    def put_url(
        self,
        url: str,
        content: bytes | Iterable[bytes],
        *,
        headers: Sequence[tuple[str, str]] = (),
        timeout: float | None = None,
    ) -> tuple[int, dict[str, str]]:
        """Upload `content` to a URL that grants access by itself, such as a presigned one; no credentials are sent.

        Args:
            url: The address, https or on this machine.
            content: What to put there.
            headers: Headers to send.
            timeout: How long it may take, in seconds; five minutes when neither the caller nor the client says.

        Returns:
            Status and headers of a success.

        Raises:
            DataLoss: The response is a web page, so it is not from the store.
        """

        def exchange(transport: HttpTransport, call: Call) -> tuple[int, dict[str, str]] | Failure:
            status, answer, body = transport.put(url, content, headers, call.time_left())
            if not 200 <= status < 300:
                return self._refusal(call, status, answer, body)
            check_answer(answer, body)
            return status, dict(answer)

        limit = arguments.optional_seconds("timeout", timeout) or self.options.timeout or UPLOAD_TIMEOUT
        transport = self._connections.http()
        call = self._begin(_UPLOAD, "http", _ONCE, limit, url)
        response: tuple[int, dict[str, str]] = self._over_http(transport, call, exchange)
        call.succeeded(str(response[0]))
        return response

    def post_form(self, url: str, form: Mapping[str, str], *, timeout: float) -> tuple[int, dict[str, Any]]:
        """Post a form to the login service, without credentials; return the status and the JSON response, empty when not JSON.

        Args:
            url: The address.
            form: What to post.
            timeout: How long it may take, in seconds.

        Raises:
            Unavailable: There was no response.
        """
        from fal._core.transport.http_sync import post_form

        proxy, ca_file = self._connections.way_out
        return operator.call(post_form, url, form, timeout=timeout, proxy=proxy, ca_file=ca_file)

    def _over_http(self, transport: HttpTransport, call: Call, exchange: Callable[[HttpTransport, Call], Any]) -> Any:
        """Return the response of an exchange that does not fail."""
        while True:
            self._wait(call)
            try:
                outcome = exchange(transport, call)
            except DataLoss as error:
                raise call.reject(error) from None
            except FalServerlessException as error:
                raise call.abort(error) from None
            except Exception as error:
                outcome = self._http_failure(error, call)
            except BaseException:
                call.abandon()
                raise
            if not isinstance(outcome, Failure):
                return outcome
            call.failed(outcome)

    # ---------------------------------------------------------------------------------------------------- helpers

    def _wait(self, call: Call) -> None:
        """Wait until the next attempt of a call."""
        while isinstance(call.step, Sleep):
            try:
                self._sleep(call.step.seconds)
            except BaseException:
                call.abandon()
                raise
            call.resume()

    def _begin(
        self,
        name: str,
        wire: Literal["grpc", "http"],
        policy: Policy,
        timeout: float | None,
        about: Method[Any, Any] | Operation[Any] | str,
    ) -> Call:
        """Begin a call; `about` is what is called, or the whole address."""
        options = self.options
        request_id = options.request_id or new_request_id()
        return Call(
            name,
            wire,
            policy,
            request_id,
            timeout=options.timeout if timeout is None else arguments.optional_seconds("timeout", timeout),
            max_retries=options.max_retries,
            clock=self._clock,
            shown=self._shown,
            watches=self._watches(name, wire, about, request_id) if options.watchers else (),
        )

    def _watches(
        self,
        name: str,
        wire: Literal["grpc", "http"],
        about: Method[Any, Any] | Operation[Any] | str,
        request_id: str,
    ) -> Sequence[Watch]:
        """Return the observers of a call."""
        if isinstance(about, str):
            verb, address = "PUT", about
        elif isinstance(about, Method):
            verb, address = about.path.removeprefix("/"), f"//{self.settings.grpc_target}"
        else:
            # The path of an operation of an app is a whole address.
            whole = about.path.startswith(("https://", "http://"))
            verb, address = about.method, about.path if whole else self.settings.rest_hosts.get(about.host, "")
        url = urlsplit(address)
        target = Target(name, wire, verb, url.hostname or "", url.port or (80 if url.scheme == "http" else 443))
        return [each.begin(target, request_id) for each in self.options.watchers if not each.ended]

    def _answered(
        self, call: Call, status: str | int, headers: Mapping[str, str] | Iterable[tuple[str, str | bytes]]
    ) -> None:
        """Keep how a call ended, for the user who asked for raw responses."""
        if self.options.record is not None:
            self.options.record.answered(call, status, headers)

    def _shown(self, error: FalServerlessException) -> FalServerlessException:
        """Return an error as the user sees it: without the key, which a server may have repeated, and with advice."""
        hide = self.settings.credentials.hide
        error.message = hide(error.message)
        error.args = (error.message,)
        if error.request_id is not None:
            error.request_id = hide(error.request_id)
        advice = self.settings.hints.get(str(error.code))
        if advice is not None and error.hint == type(error).hint:
            error.hint = advice
        elif isinstance(error, Unauthenticated | PermissionDenied) and "credentials" in self.settings.sources:
            error.hint = f"The credentials came from: {self.settings.sources['credentials']}. {error.hint}"
        return error

    def _identity(self, timeout: float | None) -> Sequence[tuple[str, str]]:
        """Return the headers that name the team; looked up once per client, within the deadline of the first call."""
        if self._team is None:
            with self._connections.team_lock:
                if self._team is None:
                    self._team = self._fetch_team(timeout)
        return self._team

    def _fetch_team(self, timeout: float | None) -> Sequence[tuple[str, str]]:
        try:
            answer = self._send(team.lookup(self.settings), timeout, as_team=False)
        except PermissionDenied:
            if self.settings.credentials.kind == "login":
                raise
            team.warn_unverified(self.settings)
            return ()
        return team.headers(self.settings, answer)

    def _metadata(self, call: Call) -> list[tuple[str, str]]:
        headers = self._team if self._team is not None else self._identity(call.time_left())
        own = self._own(self._connections.blocking(self.settings.credentials.grpc_metadata), call)
        return [*own, *(("fal-user-id", value) for _, value in headers)] if headers else own

    def _headers(self, call: Call, *, as_team: bool) -> list[tuple[str, str]]:
        own = self._own(self._connections.blocking(self.settings.credentials.http_headers), call)
        return [*own, *self._identity(call.time_left())] if as_team else own

    def _own(self, credentials: Sequence[tuple[str, str]], call: Call) -> list[tuple[str, str]]:
        return [*credentials, (REQUEST_ID, call.request_id), *self.options.headers.value, *call.headers()]

    def _refusal(self, call: Call, status: int, headers: Mapping[str, str], body: bytes) -> Failure:
        from fal._core.transport import http_errors as wire

        return wire.refusal(status, headers, body, call.name, call.request_id)

    def _http_failure(self, error: Exception, call: Call) -> Failure:
        from fal._core.transport import http_errors as wire

        if isinstance(error, RuntimeError) and "closed" in str(error):
            raise call.abort(ClientClosed("the client was closed during the call", hint="Create a new one."))
        return wire.failure(error, call.name, call.request_id)
