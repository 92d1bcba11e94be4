"""The answers of the minimal server, as bytes that are made once: what a server would compute is not measured."""

from __future__ import annotations

import json

from fal._gen.proto import controller_pb2 as pb

APPS = 3
# The listings that can be asked for, by the names of their apps: how many runners, and whether with words of the provider.
LISTINGS = {
    "few": (10, False),
    "10k": (10_000, False),
    "100k": (100_000, False),
    "10k-described": (10_000, True),
    "100k-described": (100_000, True),
}
REVISION = "22222222-2222-4222-8222-222222222222"


def apps() -> bytes:
    """Return a listing of three apps."""
    answer = pb.ListAliasesResult()
    for number in range(APPS):
        answer.aliases.add(
            alias=f"app-{number}",
            revision=REVISION,
            auth_mode=1,
            keep_alive=60,
            max_concurrency=2,
            max_multiplexing=1,
            active_runners=1,
            machine_types=["GPU-H100"],
            request_timeout=3600,
            startup_timeout=600,
        )
    return answer.SerializeToString()


def runners(count: int, described: bool) -> bytes:
    """Return a listing of `count` runners; the provider of a machine may say two words about it."""
    answer = pb.ListAliasRunnersResponse()
    for number in range(count):
        runner = answer.runners.add(
            runner_id=f"{number:08x}-1111-4111-8111-111111111111",
            in_flight_requests=number % 3,
            uptime=100 + number,
            revision=REVISION,
            alias="app-0",
            state=1,
            machine_type="GPU-H100",
            replacement=0,
        )
        if number % 2:
            runner.expiration_countdown = 10
        if described:
            runner.external_metadata.update({"region": "us-east", "node": f"n-{number % 1000}"})
    return answer.SerializeToString()


def built() -> bytes:
    """Return the only step of a build that is done at once."""
    return pb.BuildEnvironmentResult(
        status=pb.HostedRunStatus(state=pb.HostedRunStatus.State.SUCCESS)
    ).SerializeToString()


def registered() -> bytes:
    """Return the only step of a registration that is done at once."""
    place = "http://127.0.0.1/local/bench"
    return pb.RegisterApplicationResult(
        result=pb.RegisterApplicationResultType(application_id=REVISION),
        service_urls=pb.ServiceURLs(playground=place, run=place, queue=place, ws=place, log=place),
    ).SerializeToString()


def metrics() -> bytes:
    """Return what the REST wire says about the GPUs in use."""
    gpus = {"GPU-H100": 4, "GPU-A100": 2}
    summary = {"total_gpus": 6, "total_gpu_by_type": gpus, "total_runners": 6, "total_queue_size": 0}
    return json.dumps({"apps": {}, "summary": summary}).encode()
