"""Turn the bytes of a listing into objects, without any wire: python decode.py HOW COUNT FILE.

`parse` is protobuf's parser alone, `read` reads each field of the parsed messages once and keeps nothing, `models` makes what
users hold, and `looked` looks at each field of that once.
"""

from __future__ import annotations

import sys
from pathlib import Path

import timing

from fal._gen import rpc
from fal._gen.proto import controller_pb2 as pb

how, count, data = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]).read_bytes()


def parse() -> object:
    return pb.ListAliasRunnersResponse.FromString(data)


def read() -> object:
    answer = pb.ListAliasRunnersResponse.FromString(data)
    for m in answer.runners:
        _ = m.runner_id, m.in_flight_requests, m.uptime, m.revision, m.alias, m.state, m.machine_type, m.replacement
        if m.HasField("expiration_countdown"):
            _ = m.expiration_countdown
        fields = m.external_metadata.fields
        for key in fields:
            _ = fields[key].string_value
    return answer


def models() -> object:
    return rpc.LIST_ALIAS_RUNNERS.parse(data)


def looked() -> object:
    rows = rpc.LIST_ALIAS_RUNNERS.parse(data)
    for r in rows:
        _ = r.runner_id, r.in_flight_requests, r.uptime, r.revision, r.alias, r.state, r.machine_type, r.replacement
        _ = r.expiration_countdown, r.external_metadata
    return rows


call = {"parse": parse, "read": read, "models": models, "looked": looked}[how]
call()
timing.listing(call, count)
