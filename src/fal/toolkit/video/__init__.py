"""Video files."""

from __future__ import annotations

from .video import Video as Video
from .video import VideoField as VideoField
