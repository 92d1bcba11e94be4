"""The smallest app: one class, one endpoint."""

import fal


class Hello(fal.App):
    machine_type = "XS"
    keep_alive = 60

    def setup(self) -> None:
        self.greeting = "Hello"

    @fal.endpoint("/")
    def greet(self, name: str = "world") -> dict[str, str]:
        return {"message": f"{self.greeting}, {name}!"}
