# Generated from spec/; do not edit. Regenerate with: just generate
"""Where a registered application answers."""

from __future__ import annotations

from dataclasses import dataclass

from fal._gen import reading


@dataclass(frozen=True)
class ServiceURLs(reading.Model):
    """Where a registered application answers."""

    playground: str
    """A page to try the application on."""
    run: str
    """Synchronous requests."""
    queue: str
    """Queued requests."""
    ws: str
    """Websockets."""
    log: str
    """A page with the logs."""
