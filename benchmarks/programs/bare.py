"""The same calls without any SDK: one stub, or one HTTP client, that is kept: python bare.py CASE COUNT [APP]."""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
from typing import Any

import timing

KEY_ID, _, KEY_SECRET = os.environ["FAL_KEY"].partition(":")
PLAIN = os.environ.get("ISOLATE_TEST_MODE") == "1"
METADATA = (("auth-key", KEY_SECRET), ("auth-key-id", KEY_ID))


def stub(module: Any, name: str, request: type[Any], answer: type[Any]) -> Any:
    """Return the stub of one method over a new channel of `grpc` or `grpc.aio`."""
    import grpc

    target, options = os.environ["FAL_GRPC_HOST"], [("grpc.max_receive_message_length", -1)]
    if PLAIN:
        channel = module.insecure_channel(target, options=options)
    else:
        channel = module.secure_channel(target, grpc.ssl_channel_credentials(), options=options)
    return channel.unary_unary(
        f"/controller.IsolateController/{name}",
        request_serializer=request.SerializeToString,
        response_deserializer=answer.FromString,
    )


def main(what: str, count: int) -> None:
    if what == "rest":
        import httpx

        scheme, verify = (
            ("http", False) if PLAIN else ("https", ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"]))
        )
        with httpx.Client(verify=verify, headers={"Authorization": f"Key {os.environ['FAL_KEY']}"}) as http:
            url = f"{scheme}://{os.environ['FAL_REST_HOST']}/applications/metrics"
            timing.calls(lambda: http.get(url).json(), count)
        return
    import grpc

    from fal._gen.proto import controller_pb2 as pb

    if what == "listing":
        read = stub(grpc, "ListAliasRunners", pb.ListAliasRunnersRequest, pb.ListAliasRunnersResponse)
        read(pb.ListAliasRunnersRequest(alias="few"), timeout=30, metadata=METADATA)
        request = pb.ListAliasRunnersRequest(alias=sys.argv[3], list_pending=True)
        timing.listing(lambda: read(request, timeout=60, metadata=METADATA), count)
        return
    names = ("ListAliases", pb.ListAliasesRequest, pb.ListAliasesResult)
    if what in ("task", "tasks"):

        async def run() -> None:
            call = stub(grpc.aio, *names)
            await timing.tasks(
                lambda: call(pb.ListAliasesRequest(), timeout=30, metadata=METADATA),
                count,
                16 if what == "tasks" else 1,
            )

        asyncio.run(run())
        return
    call = stub(grpc, *names)
    if what == "first":
        assert call(pb.ListAliasesRequest(), timeout=30, metadata=METADATA)
        timing.result()
        return
    measure = timing.threads if what == "threads" else timing.calls
    measure(lambda: call(pb.ListAliasesRequest(), timeout=30, metadata=METADATA), count)


main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1)
