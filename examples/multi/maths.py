"""Two apps in one file; the pyproject.toml beside it gives each a name and its settings."""

import fal


class Adder(fal.App):
    machine_type = "XS"

    @fal.endpoint("/")
    def add(self, left: int, right: int) -> dict[str, int]:
        return {"sum": left + right}


class Doubler(fal.App):
    machine_type = "XS"

    @fal.endpoint("/")
    def double(self, number: int) -> dict[str, int]:
        return {"double": 2 * number}
