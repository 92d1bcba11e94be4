"""An app that reads files which were uploaded with it."""

from pathlib import Path

import fal


class Poems(fal.App):
    machine_type = "XS"
    app_files = ["poems"]

    @fal.endpoint("/")
    def read(self, title: str) -> dict[str, str]:
        return {"text": Path("poems", f"{title}.txt").read_text()}
