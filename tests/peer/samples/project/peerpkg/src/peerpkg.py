"""An app in a package: it is named by an entry point, and installed where it runs."""

import fal


class Counter(fal.App):
    machine_type = "XS"

    @fal.endpoint("/")
    def count(self, upto: int = 3) -> dict[str, list[int]]:
        return {"numbers": list(range(upto))}
