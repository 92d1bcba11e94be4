"""A logger for apps and tools: the standard library's, which takes further facts by name."""

from __future__ import annotations

import logging
from typing import Any

_OPTIONS = ("exc_info", "stack_info", "stacklevel", "extra")


class Logger(logging.LoggerAdapter[logging.Logger]):
    """Adds fields to log messages: `logger.info("loaded", model="sd", seconds=3)` says `loaded model='sd' seconds=3`."""

    def bind(self, **values: Any) -> Logger:
        """Return a logger that adds these facts to every line."""
        return Logger(self.logger, {**(self.extra or {}), **values})

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:
        """Log a message with its facts behind it."""
        if not self.isEnabledFor(level):
            return
        options = {name: kwargs.pop(name) for name in _OPTIONS if name in kwargs}
        options["stacklevel"] = options.get("stacklevel", 1) + 1  # the caller's line, not this one
        text = str(msg) % args if args else str(msg)
        facts = {**(self.extra or {}), **kwargs}
        self.logger.log(level, " ".join([text, *(f"{name}={value!r}" for name, value in facts.items())]), **options)


def get_logger(name: str = "fal", **initial_values: Any) -> Logger:
    """Return a logger of the standard library that takes facts by name.

    Args:
        name: Its name among the loggers of the process.
        initial_values: Facts of every line.

    Example:
        logger = get_logger(__name__, app="images")
        logger.info("loaded", seconds=3)
    """
    return Logger(logging.getLogger(name), initial_values)


def set_debug_logging(debug: bool) -> None:
    """Set whether loggers of `fal` log details.

    Args:
        debug: True for all, False for warnings and errors only.
    """
    logging.getLogger("fal").setLevel(logging.DEBUG if debug else logging.WARNING)
