"""Audio files."""

from __future__ import annotations

from .audio import Audio as Audio
from .audio import AudioField as AudioField
