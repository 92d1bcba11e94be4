"""How many runners an app should have."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

_ON_THE_WIRE = {"scaling_delay": "scaling_delay_seconds"}


@dataclass(frozen=True)
class Scaling:
    """The scaling of one app; times in seconds. The defaults are the platform's."""

    keep_alive: float = 10
    min_concurrency: int = 0
    max_concurrency: int = 2
    max_multiplexing: int = 1
    concurrency_buffer: int = 0
    concurrency_buffer_perc: int = 0
    scaling_delay: float = 0
    request_timeout: float = 3600
    request_start_timeout: float | None = None
    startup_timeout: float = 600

    @classmethod
    def of(cls, *sources: Any) -> Scaling:
        """Read the scaling from records, or from machine requirements: the first one that sets a value gives it."""
        found: dict[str, Any] = {}
        for field in fields(cls):
            for source in sources:
                if isinstance(source, dict):
                    value = source.get(_ON_THE_WIRE.get(field.name, field.name))
                else:
                    value = getattr(source, field.name, None)
                if value is not None:
                    found[field.name] = value
                    break
        return cls(**found)

    def desired(self, requests: int) -> int:
        """Return how many runners that many requests, running and waiting, call for."""
        needed = math.ceil(requests / max(1, self.max_multiplexing))
        buffer = max(self.concurrency_buffer, math.ceil(needed * self.concurrency_buffer_perc / 100))
        return min(max(self.min_concurrency, needed + buffer), max(1, self.max_concurrency))
