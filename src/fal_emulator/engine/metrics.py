"""Count what runs, as the metrics page of an account shows it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .supervisor import Supervisor

_CPU_TYPES = frozenset({"XS", "S", "M", "L", "XL"})


def summarize(apps: Mapping[str, tuple[Supervisor, int]]) -> dict[str, Any]:
    """Return the metrics of apps.

    Args:
        apps: By `owner/alias`: its supervisor, and how many GPUs a runner of it has.
    """
    by_app: dict[str, Any] = {}
    gpus_in_all: Counter[str] = Counter()
    cpus_in_all: Counter[str] = Counter()
    for name, (supervisor, gpus_each) in apps.items():
        gpus: Counter[str] = Counter()
        cpus: Counter[str] = Counter()
        for runner in supervisor.runners.values():
            if runner.machine_type in _CPU_TYPES:
                cpus[runner.machine_type] += 1
            else:
                gpus[runner.machine_type] += gpus_each
        by_app[name] = {
            "runner_count": len(supervisor.runners),
            "gpu_count": gpus.total(),
            "queue_size": supervisor.waiting,
            "gpu_count_by_type": dict(gpus),
            "cpu_count": cpus.total(),
            "cpu_count_by_type": dict(cpus),
        }
        gpus_in_all += gpus
        cpus_in_all += cpus
    summary = {
        "total_runners": sum(app["runner_count"] for app in by_app.values()),
        "total_gpus": gpus_in_all.total(),
        "total_queue_size": sum(app["queue_size"] for app in by_app.values()),
        "total_gpu_by_type": dict(gpus_in_all),
        "total_cpus": cpus_in_all.total(),
        "total_cpu_by_type": dict(cpus_in_all),
    }
    return {"apps": by_app, "summary": summary}
