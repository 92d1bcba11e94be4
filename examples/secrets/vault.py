"""An app that sees one secret of the account, by name, and no other."""

import os

import fal


class Vault(fal.App):
    machine_type = "XS"
    secrets = ["EXAMPLE_TOKEN"]

    @fal.endpoint("/")
    def length(self) -> dict[str, object]:
        # The length proves that the secret arrived, without giving it away.
        return {"length": len(os.environ["EXAMPLE_TOKEN"]), "other": "EXAMPLE_OTHER" in os.environ}
