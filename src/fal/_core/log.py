"""The logger `fal`. It says what was called and how it ended, never what was sent.

It has no handler: where the program configures no logging, Python prints warnings to stderr and drops the rest.
"""

from __future__ import annotations

import logging

logger = logging.getLogger("fal")
