# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""From `controller.ServiceURLs` of the wire to ServiceURLs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fal._gen import models

if TYPE_CHECKING:
    from fal._gen.models import ServiceURLs
    from fal._gen.proto import controller_pb2

_MODEL = models.ServiceURLs


class _Draft:
    pass


_new: Callable[[], Any] = _Draft


def service_urls(m: controller_pb2.ServiceURLs) -> ServiceURLs:
    return _made(
        m.playground,
        m.run,
        m.queue,
        m.ws,
        m.log,
    )


def _made(
    playground: str,
    run: str,
    queue: str,
    ws: str,
    log: str,
) -> ServiceURLs:
    _draft = _new()
    _draft.playground = playground
    _draft.run = run
    _draft.queue = queue
    _draft.ws = ws
    _draft.log = log
    _draft.__class__ = _MODEL
    _result: ServiceURLs = _draft
    return _result
