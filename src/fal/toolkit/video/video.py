"""Video that an endpoint takes or returns."""

from __future__ import annotations

from pydantic import ConfigDict

from ..file import File
from ..pydantic import VideoField as VideoField


class Video(File):
    model_config = ConfigDict(json_schema_extra={"ui": {"field": "video"}})
