"""A served function: no class, one route."""

import fal


@fal.function(serve=True, machine_type="XS", keep_alive=30)
def shout(text: str) -> dict[str, str]:
    return {"text": text.upper()}
