"""How many runners an app should have."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from fal.app.settings import PLATFORM_DEFAULTS, SCALE


@dataclass(frozen=True)
class Scaling:
    """The scaling of one app; times in seconds. What nobody says is the platform's default."""

    keep_alive: float = PLATFORM_DEFAULTS["keep_alive"]
    min_concurrency: int = PLATFORM_DEFAULTS["min_concurrency"]
    max_concurrency: int = PLATFORM_DEFAULTS["max_concurrency"]
    max_multiplexing: int = PLATFORM_DEFAULTS["max_multiplexing"]
    concurrency_buffer: int = PLATFORM_DEFAULTS["concurrency_buffer"]
    concurrency_buffer_perc: int = PLATFORM_DEFAULTS["concurrency_buffer_perc"]
    scaling_delay: float = PLATFORM_DEFAULTS["scaling_delay"]
    request_timeout: float = PLATFORM_DEFAULTS["request_timeout"]
    request_start_timeout: float | None = PLATFORM_DEFAULTS["request_start_timeout"]
    startup_timeout: float = PLATFORM_DEFAULTS["startup_timeout"]

    @classmethod
    def of(cls, *sources: Mapping[str, Any] | Scaling) -> Scaling:
        """Read the scaling of an alias or of machine requirements: the first source that sets a value gives it."""
        values: dict[str, Any] = {}
        for field in fields(cls):
            row = SCALE[field.name]
            for source in sources:
                given = vars(source) if isinstance(source, Scaling) else source
                value = given.get(row.result, given.get(row.wire))
                if value is not None:
                    values[field.name] = value
                    break
        return cls(**values)

    def desired(self, requests: int) -> int:
        """Return how many runners that many requests, running and waiting, call for."""
        needed = math.ceil(requests / max(1, self.max_multiplexing))
        buffer = max(self.concurrency_buffer, math.ceil(needed * self.concurrency_buffer_perc / 100))
        return min(max(self.min_concurrency, needed + buffer), max(1, self.max_concurrency))
