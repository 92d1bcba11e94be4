"""Calls of a client, ours or the peer's, which are written alike: python client.py CASE COUNT [APP]."""

from __future__ import annotations

import sys

import timing

from fal.api import SyncServerlessClient

what = sys.argv[1]
count = int(sys.argv[2])
client = SyncServerlessClient()
if what == "warm":
    assert len(client.apps.list()) == 3
    timing.calls(client.apps.list, count)
elif what == "threads":
    timing.threads(client.apps.list, count)
elif what == "rest":
    assert client.runners.gpus()["total"] == 6
    timing.calls(client.runners.gpus, count)
elif what == "listing":
    assert len(client.apps.runners("few")) == 10
    timing.listing(lambda: client.apps.runners(sys.argv[3]), count)
