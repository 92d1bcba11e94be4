"""Request metrics in the Prometheus text format."""

from __future__ import annotations

import sys
import threading
from collections import defaultdict

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
Labels = tuple[str, str, str]  # method, path, status code


class Metrics:
    """Counts of requests, by method, path of the route and status code."""

    def __init__(self, version: str) -> None:
        self.version = version
        self._lock = threading.Lock()
        self._in_progress: dict[tuple[str, str], int] = defaultdict(int)
        self._seconds: dict[Labels, float] = defaultdict(float)
        self._buckets: dict[Labels, list[int]] = defaultdict(lambda: [0] * (len(BUCKETS) + 1))

    def started(self, method: str, path: str) -> None:
        """Note that a request has begun."""
        with self._lock:
            self._in_progress[method, path] += 1

    def finished(self, method: str, path: str, status: int, seconds: float) -> None:
        """Note that a request has ended."""
        labels = (method, path, str(status))
        with self._lock:
            self._in_progress[method, path] -= 1
            self._seconds[labels] += seconds
            self._buckets[labels][sum(seconds > bound for bound in BUCKETS)] += 1

    def text(self) -> bytes:
        """Return all metrics, and those of prometheus_client when the app uses it."""
        with self._lock:
            lines = ["# TYPE fal_app_info gauge", f"fal_app_info{_labels(version=self.version)} 1.0"]
            lines.append("# TYPE http_requests_in_progress gauge")
            for (method, path), count in self._in_progress.items():
                lines.append(f"http_requests_in_progress{_labels(method=method, path=path, app_name='fal')} {count}")
            lines.append("# TYPE http_requests_total counter")
            for labels, buckets in self._buckets.items():
                lines.append(f"http_requests_total{_named(labels)} {sum(buckets)}")
            lines.append("# TYPE http_request_duration_seconds histogram")
            for labels, buckets in self._buckets.items():
                total = 0
                for bound, count in zip((*map(str, BUCKETS), "+Inf"), buckets, strict=True):
                    total += count
                    lines.append(f"http_request_duration_seconds_bucket{_named(labels, le=bound)} {total}")
                lines.append(f"http_request_duration_seconds_sum{_named(labels)} {self._seconds[labels]}")
                lines.append(f"http_request_duration_seconds_count{_named(labels)} {total}")
        text = ("\n".join(lines) + "\n").encode()
        client = sys.modules.get("prometheus_client")
        return text + client.generate_latest() if client is not None else text


def _named(labels: Labels, **more: str) -> str:
    method, path, status = labels
    return _labels(method=method, path=path, status_code=status, app_name="fal", **more)


def _labels(**labels: str) -> str:
    def escaped(value: str) -> str:
        return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")

    return "{" + ",".join(f'{name}="{escaped(value)}"' for name, value in labels.items()) + "}"
