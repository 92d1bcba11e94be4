"""A control plane in a process of its own: python control_plane.py first|reset FILE."""

from __future__ import annotations

import sys
import time

import timing

import fal_emulator

what, file = sys.argv[1:]
with fal_emulator.start(isolation="inline") as plane, plane.client() as client:

    def answered() -> None:
        client.deploy(file)
        assert client.apps.run("hello", {"name": "x"}) == {"message": "Hello, x!"}

    answered()
    if what == "first":
        timing.result()
    else:
        taken = []
        for _ in range(5):
            began = time.perf_counter()
            plane.reset()
            taken.append(time.perf_counter() - began)
            answered()
        timing.say("time", max(taken))
