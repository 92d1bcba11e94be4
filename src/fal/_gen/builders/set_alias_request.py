# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to `controller.SetAliasRequest` of the wire."""

from __future__ import annotations

from fal._gen import models
from fal._gen.proto import controller_pb2


def set_alias_request(
    *,
    alias: str,
    revision: str,
    auth_mode: models.AuthMode | None = None,
    environment_name: str | None = None,
    deployment_strategy: models.DeploymentStrategy | None = None,
) -> controller_pb2.SetAliasRequest:
    return controller_pb2.SetAliasRequest(
        alias=alias,
        revision=revision,
        auth_mode=None if auth_mode is None else auth_mode.number,
        environment_name=environment_name,
        deployment_strategy=None if deployment_strategy is None else deployment_strategy.number,
    )
