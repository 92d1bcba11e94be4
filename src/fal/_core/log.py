"""The `fal` logger. It says what was called and how it ended, never what was sent."""

from __future__ import annotations

import logging

logger = logging.getLogger("fal")
logger.addHandler(logging.NullHandler())
