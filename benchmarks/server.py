"""A server that answers with prepared bytes, in plaintext and over TLS: python -m benchmarks.server FOLDER.

It writes the certificate of its private CA to FOLDER, prints its ports as one line of JSON, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
import trustme

from benchmarks import answers
from benchmarks.http2 import Http2
from fal._gen.proto import controller_pb2 as pb

_SERVICE = "/controller.IsolateController/"


class _Prepared(grpc.GenericRpcHandler):
    """Knows the methods that the benchmarks call; their messages stay bytes, but for the app whose runners are listed."""

    def __init__(self) -> None:
        apps, built, registered = answers.apps(), answers.built(), answers.registered()
        runners = {name: answers.runners(*listing) for name, listing in answers.LISTINGS.items()}

        def listing(request: bytes, _: Any) -> bytes:
            return runners[pb.ListAliasRunnersRequest.FromString(request).alias]

        def only(answer: bytes) -> Any:
            def stream(_request: bytes, _context: Any) -> Iterator[bytes]:
                yield answer

            return grpc.unary_stream_rpc_method_handler(stream)

        self._handlers = {
            _SERVICE + "ListAliases": grpc.unary_unary_rpc_method_handler(lambda _request, _context: apps),
            _SERVICE + "ListAliasRunners": grpc.unary_unary_rpc_method_handler(listing),
            _SERVICE + "BuildEnvironment": only(built),
            _SERVICE + "RegisterApplication": only(registered),
        }

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        return self._handlers.get(handler_call_details.method)


class _Http(asyncio.Protocol):
    """Answers every request with the same bytes, and keeps the connection."""

    body = answers.metrics()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._unread = b""

    def data_received(self, data: bytes) -> None:
        *requests, self._unread = (self._unread + data).split(b"\r\n\r\n")
        for _ in requests:
            self._transport.write(self.answer)


async def _serve(folder: Path) -> None:
    authority = trustme.CA()
    here = authority.issue_cert("localhost", "127.0.0.1")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    key, chain = here.private_key_pem.bytes(), b"".join(item.bytes() for item in here.cert_chain_pems)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    here.configure_cert(tls)

    grpc_server = grpc.server(
        futures.ThreadPoolExecutor(16), handlers=[_Prepared()], options=[("grpc.max_send_message_length", -1)]
    )
    ports = {
        "grpc": grpc_server.add_insecure_port("127.0.0.1:0"),
        "grpc_tls": grpc_server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(key, chain)])),
    }
    grpc_server.start()
    tls2 = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    here.configure_cert(tls2)
    tls2.set_alpn_protocols(["h2"])
    apps = answers.apps()
    loop = asyncio.get_running_loop()
    for name, protocol, context in (
        ("rest", _Http, None),
        ("rest_tls", _Http, tls),
        ("apps", lambda: Http2(apps), None),
        ("apps_tls", lambda: Http2(apps), tls2),
    ):
        server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=context)
        ports[name] = server.sockets[0].getsockname()[1]
    print(json.dumps(ports), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    grpc_server.stop(0)


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
