"""A control plane as a raw gRPC client sees it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
import httpx
import pytest

from fal._gen import rpc
from fal._gen.proto import common_pb2, server_pb2
from fal._gen.proto import controller_pb2 as pb
from fal._gen.wellknown import to_struct
from tests.support.engine import pickled, server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fal._gen.method import Method
    from fal_emulator import Plane

TIMEOUT = 30
VIRTUALENV = server_pb2.EnvironmentDefinition(kind="virtualenv")


class Wire:
    """Calls RPCs by their method; no code of the SDK's layers is in between."""

    def __init__(self, address: str, key: str | None) -> None:
        self.channel = grpc.insecure_channel(
            address, options=[("grpc.use_local_subchannel_pool", 1), ("grpc.max_receive_message_length", -1)]
        )
        self.use(key)

    def use(self, key: str | None) -> None:
        """Send another key from now on."""
        key_id, _, secret = (key or "").partition(":")
        self.metadata: tuple[tuple[str, str | bytes], ...] = (
            (("auth-key", secret), ("auth-key-id", key_id)) if key else ()
        )

    def call(self, method: Method[Any, Any], **fields: Any) -> Any:
        """Call a unary RPC."""
        return self.send(method, method.request(**fields))

    def send(self, method: Method[Any, Any], request: Any) -> Any:
        """Call a unary RPC with a message."""
        ask = self.channel.unary_unary(
            method.path,
            request_serializer=method.request.SerializeToString,
            response_deserializer=method.response.FromString,
        )
        return ask(request, metadata=self.metadata, timeout=TIMEOUT)

    def stream(self, method: Method[Any, Any], request: Any, timeout: float = TIMEOUT) -> Any:
        """Call an RPC that streams; return the call, to iterate or cancel."""
        ask = self.channel.unary_stream(
            method.path,
            request_serializer=method.request.SerializeToString,
            response_deserializer=method.response.FromString,
        )
        return ask(request, metadata=self.metadata, timeout=timeout)

    def deploy(self, name: str = "app", code: bytes | None = None, **fields: Any) -> str:
        """Register an app; return its revision."""
        *_, last = self.stream(rpc.REGISTER_APPLICATION, registration(name, code, **fields))
        return str(last.result.application_id)

    def aliases(self, **fields: Any) -> dict[str, Any]:
        """Return the deployed apps by name."""
        return {item.alias: item for item in self.call(rpc.LIST_ALIASES, **fields).aliases}

    def scale(self, name: str = "app", **fields: Any) -> Any:
        """Change the scaling of an app."""
        return self.call(rpc.UPDATE_APPLICATION, application_name=name, **fields).alias_info

    def close(self) -> None:
        """Close the channel."""
        self.channel.close()


def registration(name: str = "app", code: bytes | None = None, **fields: Any) -> pb.RegisterApplicationRequest:
    """Return a request that deploys an app of the standard library alone."""
    machine = {"exposed_port": 8080, **fields.pop("machine", {})}
    return pb.RegisterApplicationRequest(
        **{
            "application_name": name,
            "environments": [VIRTUALENV],
            "machine_requirements": pb.MachineRequirements(**machine),
            "function": function(code or server()),
            "deployment_strategy": "ROLLING",
            "auth_mode": "PUBLIC",
            "build_environment": False,
            **fields,
        }
    )


def function(code: bytes) -> common_pb2.SerializedObject:
    """Return a pickled function as a message."""
    return common_pb2.SerializedObject(method="cloudpickle", definition=code)


def source(text: str, name: str) -> common_pb2.SerializedObject:
    """Return a function of some source text as a message."""
    return function(pickled(text, name))


def environment(kind: str = "virtualenv", **configuration: Any) -> server_pb2.EnvironmentDefinition:
    """Return the definition of an environment."""
    return server_pb2.EnvironmentDefinition(kind=kind, configuration=to_struct(configuration))


@contextmanager
def refused(code: str, *texts: str) -> Iterator[None]:
    """Expect a status whose details hold some texts."""
    with pytest.raises(grpc.RpcError) as caught:
        yield
    error: Any = caught.value
    assert error.code() is grpc.StatusCode[code], error
    for text in texts:
        assert text in error.details()


def wire_to(plane: Plane, key: str | None = None) -> Wire:
    """Return a client of a plane."""
    return Wire(plane.host.removeprefix("http://"), key or plane.key)


def http_to(plane: Plane, key: str | None = None) -> httpx.Client:
    """Return an HTTP client of a plane."""
    return httpx.Client(
        base_url=plane.host, headers={"authorization": f"Key {key or plane.key}"}, timeout=TIMEOUT, trust_env=False
    )
