"""The addresses of the control plane, and the ready file that announces them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fal._gen.proto import controller_pb2 as pb


@dataclass(frozen=True)
class Addresses:
    """The addresses of one control plane.

    Args:
        port: The one port, on the loopback interface.
        authority_file: What a client has to trust to reach it over TLS.
        bundle_file: That, and what this machine trusts anyway.
    """

    port: int
    authority_file: Path | None = None
    bundle_file: Path | None = None

    @property
    def authority(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    @property
    def host(self) -> str:
        """The base of gRPC, REST, and requests to apps."""
        return f"http://{self.authority}"

    @property
    def queue(self) -> str:
        """The base of queued requests to apps."""
        return f"{self.host}/queue"

    def service_urls(self, owner: str, app: str) -> pb.ServiceURLs:
        """Return where an app answers."""
        path = f"{owner}/{app}"
        return pb.ServiceURLs(
            playground=f"{self.host}/-/playground/{app}",
            run=f"{self.host}/{path}",
            queue=f"{self.queue}/{path}",
            ws=f"ws://{self.authority}/{path}",
            log=f"{self.host}/-/logs/{app}",
        )

    def env(self, key: str) -> dict[str, str]:
        """Return the environment variables that point any fal client here.

        Args:
            key: `<id>:<secret>`.
        """
        variables = {
            "FAL_GRPC_HOST": self.authority,
            "FAL_REST_HOST": self.authority,
            "FAL_RUN_HOST": self.authority,
            "FAL_QUEUE_RUN_HOST": f"{self.authority}/queue",
            "FAL_WS_RUN_HOST": f"{self.authority}/ws",
            "FAL_KV_HOST": f"{self.host}/storage/texts",
            "FAL_PLATFORM_HOST": f"{self.authority}/v1",
            "FAL_KEY": key,
            # Plain HTTP and plain HTTP/2: nothing leaves this machine.
            "ISOLATE_TEST_MODE": "1",
        }
        if self.bundle_file is not None:
            variables["SSL_CERT_FILE"] = str(self.bundle_file)
        if self.authority_file is not None:
            variables["NODE_EXTRA_CA_CERTS"] = str(self.authority_file)
        return variables
