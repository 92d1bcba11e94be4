"""Calls of an app over HTTP: python calling.py COUNT NAME, where the variable NAME holds the address."""

from __future__ import annotations

import os
import statistics
import sys
import time

import httpx
import timing

count, address = int(sys.argv[1]), os.environ[sys.argv[2]]
key = {"Authorization": f"Key {os.environ['FAL_KEY']}"}
times = []
with httpx.Client(headers=key, verify=os.environ["SSL_CERT_FILE"], trust_env=False, timeout=60) as client:
    for number in range(count + 50):
        began = time.perf_counter()
        answer = client.post(address, json={"name": "x"})
        if number >= 50:
            times.append(time.perf_counter() - began)
        assert answer.json() == {"message": "Hello, x!"}, answer.text
timing.say("time", statistics.median(times))
timing.say("p99", statistics.quantiles(times, n=100)[-1])
