"""Stands before every RPC: whose key is it, may it do this, and how is a fault told."""

# ruff: noqa: ARG001 - gRPC decides the signatures

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import grpc

from ..model.faults import Fault, unforeseen
from ..model.permissions import RPC_PERMISSION, require

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..state.keyring import Keyring


class AuthInterceptor(grpc.ServerInterceptor):  # type: ignore[misc,unused-ignore]
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
        try:
            require(self._keyring.from_metadata(handler_call_details.invocation_metadata), RPC_PERMISSION[name])
        except Fault as fault:
            # As a stream, whatever the RPC is: who may not come in is told before the message is read. A call whose
            # message never comes would otherwise hold a thread, which needs no key.
            return _handler(grpc.stream_stream_rpc_method_handler, _refusing(fault), handler)
        if handler.request_streaming:
            return _handler(grpc.stream_stream_rpc_method_handler, _streaming(handler.stream_stream), handler)
        if handler.response_streaming:
            return _handler(grpc.unary_stream_rpc_method_handler, _streaming(handler.unary_stream), handler)
        return _handler(grpc.unary_unary_rpc_method_handler, _unary(handler.unary_unary), handler)


def _handler(make: Any, behaviour: Callable[[Any, grpc.ServicerContext], Any], like: Any) -> Any:
    return make(behaviour, like.request_deserializer, like.response_serializer)


def _refusing(fault: Fault) -> Callable[[Any, grpc.ServicerContext], Iterator[Any]]:
    def answer(requests: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        _abort(context, fault)
        yield

    return answer


def _unary(behaviour: Callable[[Any, grpc.ServicerContext], Any]) -> Callable[[Any, grpc.ServicerContext], Any]:
    def answer(request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return behaviour(request, context)
        except Fault as fault:
            _abort(context, fault)
        except Exception as error:
            _fail(context, error)
            raise

    return answer


def _streaming(
    behaviour: Callable[[Any, grpc.ServicerContext], Any],
) -> Callable[[Any, grpc.ServicerContext], Iterator[Any]]:
    def answer(request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        try:
            yield from behaviour(request, context)
        except Fault as fault:
            _abort(context, fault)
        except Exception as error:
            _fail(context, error)
            raise

    return answer


def _fail(context: grpc.ServicerContext, error: Exception) -> None:
    """End a call that failed as nobody foresaw; gRPC itself would send the text of the error and log it."""
    if cast("Any", context).code() is None:  # else it was ended already, which gRPC does by raising
        _abort(context, unforeseen(error))


def _abort(context: grpc.ServicerContext, fault: Fault) -> None:
    context.abort(grpc.StatusCode[fault.code], str(fault))
