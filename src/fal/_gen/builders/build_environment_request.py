# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.BuildEnvironmentRequest` of the wire."""

from __future__ import annotations

from collections.abc import Iterable

from fal._gen.proto import controller_pb2, server_pb2


def build_environment_request(
    *,
    environments: Iterable[server_pb2.EnvironmentDefinition] | None = None,
    machine_requirements: controller_pb2.MachineRequirements | None = None,
    files: Iterable[controller_pb2.File] | None = None,
    environment_name: str | None = None,
    application_name: str | None = None,
    secrets: controller_pb2.SecretsConfig | None = None,
) -> controller_pb2.BuildEnvironmentRequest:
    return controller_pb2.BuildEnvironmentRequest(
        environments=environments,
        machine_requirements=machine_requirements,
        files=files,
        environment_name=environment_name,
        application_name=application_name,
        secrets=secrets,
    )
