"""GPU counts: which app is meant, and what the types are called."""

from __future__ import annotations

from typing import Any

import pytest

from fal import exceptions
from fal.api import SyncServerlessClient


def _app(**counts: int) -> dict[str, Any]:
    return {
        "runner_count": 1,
        "gpu_count": sum(counts.values()),
        "queue_size": 0,
        "gpu_count_by_type": {name.replace("_", " "): number for name, number in counts.items()},
    }


@pytest.fixture
def metrics(wire: Any) -> None:
    document = {
        "apps": {
            "acme/flux": _app(H100=2),
            "fal-ai/flux": _app(B200=21),
            "acme/only": _app(A100=1, XS=3, H100=0),
            "acme/only--staging": _app(H200=4),
            "bare": _app(L40S=5),
        },
        "summary": {
            "total_runners": 9,
            "total_gpus": 33,
            "total_queue_size": 0,
            "total_gpu_by_type": {"H100": 2, "B200": 21, "S": 7, "something-new": 1},
        },
    }
    wire.documents["/applications/metrics"] = (200, document)


@pytest.mark.usefixtures("metrics")
@pytest.mark.parametrize(
    ("name", "gpus"),
    [
        ("acme/flux", {"H100": 2}),
        ("fal-ai/flux", {"B200": 21}),
        ("only", {"A100": 1}),
        ("only--staging", {"H200": 4}),
        ("acme/only", {"A100": 1}),
        ("bare", {"L40": 5}),
    ],
)
def test_an_app_is_found_by_its_name_with_or_without_its_owner(
    client: SyncServerlessClient, name: str, gpus: dict[str, int]
) -> None:
    assert client.apps.gpus(name) == {"gpus": gpus, "total": sum(gpus.values())}


@pytest.mark.usefixtures("metrics")
def test_a_name_that_several_owners_use_is_ambiguous(client: SyncServerlessClient) -> None:
    with pytest.raises(exceptions.InvalidInput, match="one of acme/flux, fal-ai/flux"):
        client.apps.gpus("flux")


@pytest.mark.usefixtures("metrics")
@pytest.mark.parametrize("name", ["missing", "other/only"])
def test_an_unknown_app_is_not_found(client: SyncServerlessClient, name: str) -> None:
    with pytest.raises(exceptions.NotFound, match=name):
        client.apps.gpus(name)


@pytest.mark.usefixtures("metrics")
def test_all_runners_are_summed_up_without_cpu_machines(client: SyncServerlessClient) -> None:
    assert client.runners.gpus() == {"gpus": {"H100": 2, "B200": 21, "something-new": 1}, "total": 24}


@pytest.mark.parametrize(
    "document", [{}, {"apps": {}}, {"summary": {"total_runners": 0, "total_gpus": 0, "total_queue_size": 0}}]
)
def test_metrics_that_say_nothing_count_nothing(client: SyncServerlessClient, wire: Any, document: Any) -> None:
    wire.documents["/applications/metrics"] = (200, document)
    assert client.runners.gpus() == {"gpus": {}, "total": 0}


@pytest.mark.parametrize(
    ("status", "document"), [(200, ["nonsense"]), (200, {"apps": 7}), (401, {"detail": "no"}), (500, {})]
)
def test_an_answer_that_does_not_fit_is_an_error_of_the_one_tree(
    client: SyncServerlessClient, wire: Any, status: int, document: Any
) -> None:
    wire.documents["/applications/metrics"] = (status, document)
    with pytest.raises(exceptions.FalServerlessException):
        client.with_options(timeout=2).runners.gpus()


@pytest.mark.parametrize(
    ("full", "short"),
    [
        ("NVIDIA H100 80GB HBM3", "H100"),
        ("NVIDIA H100 80GB HBM3 MIG 3g.40gb", "H100"),
        ("GPU-H100", "H100"),
        ("NVIDIA A100-SXM4-80GB", "A100"),
        ("NVIDIA L40S", "L40"),
        ("NVIDIA GeForce RTX 5090", "5090"),
        ("GPU-RTX5090", "5090"),
        ("NVIDIA GeForce RTX 4090", "RTX 4090"),
        ("GPU-RTX4090", "RTX 4090"),
        ("NVIDIA RTX PRO 6000", "RTX 6000"),
        ("NVIDIA RTX A6000", "RTX A6000"),
        ("GPU-A6000", "A6000"),
        ("NVIDIA A30 MIG 1g.6gb", "A30"),
        ("NVIDIA B300 MIG 1g", "B300 MIG"),
        ("AMD Instinct MI300X", "MI300X"),
        ("T4", "T4"),
        ("Something entirely new", "Something entirely new"),
    ],
)
def test_a_gpu_is_called_by_its_model(client: SyncServerlessClient, wire: Any, full: str, short: str) -> None:
    summary = {"total_runners": 1, "total_gpus": 1, "total_queue_size": 0, "total_gpu_by_type": {full: 1}}
    wire.documents["/applications/metrics"] = (200, {"apps": {}, "summary": summary})
    assert client.runners.gpus()["gpus"] == {short: 1}


def test_variants_of_a_model_add_up(client: SyncServerlessClient, wire: Any) -> None:
    counts = {"NVIDIA H100 PCIe": 1, "NVIDIA H100 80GB HBM3": 2}
    summary = {"total_runners": 1, "total_gpus": 3, "total_queue_size": 0, "total_gpu_by_type": counts}
    wire.documents["/applications/metrics"] = (200, {"apps": {}, "summary": summary})
    assert client.runners.gpus() == {"gpus": {"H100": 3}, "total": 3}


def test_counts_are_read_from_an_answer_that_says_nothing_else(client: SyncServerlessClient, wire: Any) -> None:
    document = {
        "apps": {"acme/flux": {"gpu_count_by_type": {"H100": 2}}},
        "summary": {"total_gpu_by_type": {"H100": 2}},
    }
    wire.documents["/applications/metrics"] = (200, document)
    assert client.apps.gpus("flux") == client.runners.gpus() == {"gpus": {"H100": 2}, "total": 2}
