"""An app that needs files."""

from pathlib import Path

import fal


class Reader(fal.App):
    machine_type = "XS"

    @fal.endpoint("/")
    def read(self) -> dict[str, str]:
        return {"text": Path("texts/greeting.txt").read_text(encoding="utf-8").strip()}
