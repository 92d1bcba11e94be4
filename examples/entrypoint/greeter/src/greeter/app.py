"""The app of the package."""

import fal
from greeter.words import greeting


class Greeter(fal.App):
    @fal.endpoint("/")
    def greet(self, name: str = "world") -> dict[str, str]:
        return {"message": greeting(name)}
