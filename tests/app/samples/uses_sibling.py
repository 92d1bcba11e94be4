"""An app that imports modules beside its file, at the top and inside a function."""

from typing import Any

from tests_sibling import BaseApp, shout

import fal


class Sibling(BaseApp, keep_alive=5):
    @fal.endpoint("/")
    def run(self, word: str) -> dict[str, Any]:
        from tests_package.inner import count

        return {"word": shout(word), "count": count(word), "inherited": self.inherited(), "setup": self.ready}
