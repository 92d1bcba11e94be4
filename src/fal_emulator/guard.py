"""Stands before every RPC: whose key is it, may it do this, and how is a fault told."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, cast

import grpc

from .auth import RPC_PERMISSION, require
from .faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .auth import Keyring

_log = logging.getLogger("fal_emulator")


class Guard(grpc.ServerInterceptor):  # type: ignore[misc,unused-ignore]
    """Lets in who may come in, and turns faults into gRPC statuses.

    Args:
        keyring: Knows the keys.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

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
        if handler.response_streaming:
            make = (
                grpc.stream_stream_rpc_method_handler
                if handler.request_streaming
                else grpc.unary_stream_rpc_method_handler
            )
            behaviour = self._streaming(
                name, handler.stream_stream if handler.request_streaming else handler.unary_stream
            )
        else:
            make = grpc.unary_unary_rpc_method_handler
            behaviour = self._unary(name, handler.unary_unary)
        return cast("Any", make)(behaviour, handler.request_deserializer, handler.response_serializer)

    def _unary(self, name: str, behaviour: Callable[[Any, grpc.ServicerContext], Any]) -> Callable[..., Any]:
        def answer(request: Any, context: grpc.ServicerContext) -> Any:
            try:
                self._let_in(name, context)
                return behaviour(request, context)
            except Fault as fault:
                _abort(context, fault)

        return answer

    def _streaming(self, name: str, behaviour: Callable[[Any, grpc.ServicerContext], Any]) -> Callable[..., Any]:
        def answer(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
            try:
                self._let_in(name, context)
                yield from behaviour(request, context)
            except Fault as fault:
                _abort(context, fault)

        return answer

    def _let_in(self, name: str, context: grpc.ServicerContext) -> None:
        require(self._keyring.from_metadata(context.invocation_metadata()), RPC_PERMISSION[name])


def _abort(context: grpc.ServicerContext, fault: Fault) -> None:
    context.abort(grpc.StatusCode[fault.code], str(fault))
