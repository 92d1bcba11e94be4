"""Functions that the peer deploys and runs."""

import os

import fal


@fal.function(serve=True, keep_alive=300, machine_type="S")
def add(a: int, b: int) -> dict[str, int]:
    return {"sum": a + b}


@fal.function(keep_alive=0)
def plain() -> int:
    print("plain is at work")
    return 6 * 7


@fal.function(keep_alive=0)
def broken() -> None:
    try:
        os.environ["NOT SET"]
    except KeyError as error:
        raise ValueError("it is broken") from error
