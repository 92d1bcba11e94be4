# Generated from spec/; do not edit. Regenerate with: just generate
"""From `controller.ServiceURLs` of the wire to ServiceURLs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fal._gen import models, reading

if TYPE_CHECKING:
    from fal._gen.models import ServiceURLs
    from fal._gen.proto import controller_pb2

_MODEL = models.ServiceURLs


def service_urls(m: controller_pb2.ServiceURLs) -> ServiceURLs:
    return reading.made(_MODEL, _values(m))


def _values(m: controller_pb2.ServiceURLs) -> dict[str, Any]:
    return {
        "playground": m.playground,
        "run": m.run,
        "queue": m.queue,
        "ws": m.ws,
        "log": m.log,
    }
