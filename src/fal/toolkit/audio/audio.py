"""Audio that an endpoint takes or returns."""

from __future__ import annotations

from pydantic import ConfigDict

from ..file import File
from ..pydantic import AudioField as AudioField


class Audio(File):
    model_config = ConfigDict(json_schema_extra={"ui": {"field": "audio"}})
