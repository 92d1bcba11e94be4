"""The app that the documented examples deploy: its class name makes it `my-app`."""

import fal


class MyApp(fal.App):
    machine_type = "XS"

    @fal.endpoint("/")
    def run(self) -> dict[str, str]:
        return {"hello": "world"}
