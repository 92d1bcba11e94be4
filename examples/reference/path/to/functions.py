"""A function that is run, and not deployed."""

import fal


@fal.function(machine_type="XS")
def add(a: int = 1, b: int = 2) -> int:
    return a + b
