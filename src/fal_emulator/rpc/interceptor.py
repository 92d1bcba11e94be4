"""The interceptor of every RPC: authentication, permissions, and faults as statuses."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any, cast

import grpc

from ..model import limits
from ..model.faults import Fault, unforeseen
from ..model.permissions import RPC_PERMISSION, require

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..server.injection import Faults
    from ..state.keyring import Keyring


class AuthInterceptor(grpc.ServerInterceptor):  # type: ignore[misc,unused-ignore]
    """Authenticates and authorizes calls, and turns faults into gRPC statuses.

    To gRPC every handler is one that streams: it is called at once, in a thread, and asks for the message itself. So a
    call that is refused is refused before its message is read, and one whose message does not come has an end.

    Args:
        keyring: Knows the keys.
        faults: The faults that a test injects.
    """

    def __init__(self, keyring: Keyring, faults: Faults) -> None:
        self._keyring = keyring
        self._faults = faults
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()
        self._calls = 0

    def start(self) -> None:
        """Use the running event loop for timeouts."""
        self._loop = asyncio.get_running_loop()

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Any],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        """Wrap the handler of one call."""
        handler = continuation(handler_call_details)
        if handler is None:
            return None
        name = handler_call_details.method.rpartition("/")[2]
        metadata = handler_call_details.invocation_metadata

        def answer(requests: Iterator[Any], context: grpc.ServicerContext) -> Iterator[Any]:
            try:
                with self._counted():
                    require(self._keyring.from_metadata(metadata), RPC_PERMISSION[name])
                    seconds, fault = self._faults.strike(name)
                    if seconds:
                        time.sleep(seconds)
                    if fault is not None:
                        raise fault
                    given = requests if handler.request_streaming else self._only(requests, context)
                    if handler.response_streaming:
                        behaviour = handler.stream_stream if handler.request_streaming else handler.unary_stream
                        yield from behaviour(given, context)
                    else:
                        yield handler.unary_unary(given, context)
            except Fault as fault:
                _abort(context, fault)
            except grpc.RpcError:
                raise  # the caller closed the connection
            except Exception as error:
                _fail(context, error)
                raise

        return grpc.stream_stream_rpc_method_handler(answer, handler.request_deserializer, handler.response_serializer)

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        with self._lock:
            if self._calls >= limits.MOST_CALLS:
                raise Fault("RESOURCE_EXHAUSTED", f"{limits.MOST_CALLS} calls are in progress: try again later")
            self._calls += 1
        try:
            yield
        finally:
            with self._lock:
                self._calls -= 1

    def _only(self, requests: Iterator[Any], context: grpc.ServicerContext) -> Any:
        """Return the one message of a call."""
        assert self._loop is not None
        arrived = threading.Event()

        def give_up() -> None:
            if not arrived.is_set():
                context.cancel()

        self._loop.call_soon_threadsafe(self._loop.call_later, limits.SLOWEST_MESSAGE, give_up)
        try:
            for request in requests:
                return request
        finally:
            arrived.set()
        raise Fault("INVALID_ARGUMENT", "the call ended without the message that it needs")


def _fail(context: grpc.ServicerContext, error: Exception) -> None:
    """End a call that failed unexpectedly; gRPC itself would send and log the text of the error."""
    if cast("Any", context).code() is None:  # else it was ended already, which gRPC does by raising
        _abort(context, unforeseen(error))


def _abort(context: grpc.ServicerContext, fault: Fault) -> None:
    context.abort(grpc.StatusCode[fault.code], str(fault))
