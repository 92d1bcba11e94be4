"""The current metrics of apps: `client.metrics`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fal.api._namespace import Namespace
from fal.exceptions import DataLoss

if TYPE_CHECKING:
    # Inside the class, `list` is the method.
    from builtins import list as List

_LABEL = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)')
_SAMPLE = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?\s*")
_ESCAPED = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}
_SUFFIXES = ("_bucket", "_count", "_sum", "_total", "_created")


@dataclass(frozen=True)
class Metric:
    """One measured value.

    Attributes:
        name: Its name, e.g. "fal_app_runner_count".
        labels: Its labels, e.g. {"app": "me/my-app"}.
        value: The value, in the unit that the name or the help says.
        kind: "gauge", "counter", "histogram", "summary" or "untyped".
        help: Its description.
    """

    name: str
    labels: Mapping[str, str]
    value: float
    kind: str = "untyped"
    help: str = ""


class MetricsNamespace(Namespace):
    """Read the current metrics of apps, as text for Prometheus or parsed.

    Example:
        from fal.api import SyncServerlessClient

        client = SyncServerlessClient()
        for metric in client.metrics.list():
            print(metric.name, metric.labels, metric.value)
    """

    def text(self) -> str:
        """Return the current metrics in the exposition format of Prometheus.

        Returns:
            The text.

        Raises:
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            print(client.metrics.text())
        """
        from fal._gen import rest

        return self._send(rest.serverless_get_metrics())

    def list(self) -> List[Metric]:
        """Return the current metrics.

        Returns:
            One entry for each measured value, in the order of the platform.

        Raises:
            DataLoss: The response is not in the format of Prometheus.
            FalServerlessException: The platform refused the call or could not be reached.

        Example:
            running = sum(metric.value for metric in client.metrics.list() if metric.name == "fal_app_runner_count")
        """
        return parse(self.text())


def parse(text: str) -> List[Metric]:
    """Read the exposition format of Prometheus.

    Raises:
        DataLoss: A line is not of this format.
    """
    kinds: dict[str, str] = {}
    helps: dict[str, str] = {}
    metrics: List[Metric] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split(maxsplit=3)
        if line.startswith("#"):
            if len(words) >= 3 and words[1] in ("TYPE", "HELP"):
                (kinds if words[1] == "TYPE" else helps)[words[2]] = words[3] if len(words) > 3 else ""
            continue
        if not words:
            continue
        match = _SAMPLE.fullmatch(line)
        value = None if match is None else _number(match[3])
        labels = None if match is None else _labels(match[2] or "")
        if match is None or value is None or labels is None:
            raise DataLoss(f"line {number} of the metrics is not in the format of Prometheus")
        family = next((match[1].removesuffix(s) for s in _SUFFIXES if match[1].removesuffix(s) in kinds), match[1])
        family = match[1] if match[1] in kinds else family
        metrics.append(Metric(match[1], labels, value, kinds.get(family, "untyped"), helps.get(family, "")))
    return metrics


def _number(text: str) -> float | None:
    if text.lstrip("+-").casefold() in ("inf", "nan"):
        return (
            math.nan if text.lstrip("+-").casefold() == "nan" else math.copysign(math.inf, -1 if text[0] == "-" else 1)
        )
    try:
        return float(text)
    except ValueError:
        return None


def _labels(text: str) -> dict[str, str] | None:
    labels: dict[str, str] = {}
    place = 0
    while place < len(text.rstrip()):
        match = _LABEL.match(text, place)
        if match is None:
            return None
        labels[match[1]] = re.sub(r"\\.", lambda escaped: _ESCAPED.get(escaped[0], escaped[0]), match[2])
        place = match.end()
    return labels
