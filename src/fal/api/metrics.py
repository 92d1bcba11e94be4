"""The current metrics of apps: `client.metrics`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fal.api._namespace import Namespace
from fal.exceptions import DataLoss

if TYPE_CHECKING:
    # Inside the class, `list` is the method.
    from builtins import list as List
    from collections.abc import Iterator

_LABEL = re.compile(r'\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)')
# Nothing here gives back what it took: a line of any length is read once.
_SAMPLE = re.compile(
    r"""(?P<name>[a-z_:][a-z0-9_:]*+)(?:\s*+\{(?P<labels>.*)\}\s*+|\s++)
        (?P<value>[+-]?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:e[+-]?[0-9]++)?|[+-]?(?:inf(?:inity)?|nan))
        (?:\s++-?[0-9]++)?""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL | re.ASCII,
)
_COMMENT = re.compile(r"#\s*(TYPE|HELP)\s+(\S+)\s*(.*)", re.DOTALL)
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
    for number, line in enumerate(text.split("\n"), 1):  # other ends of lines may be part of a label
        line = line.strip()
        if match := _COMMENT.match(line):
            what, name, rest = match.groups()
            if what == "TYPE":
                kinds[name] = rest.lower()
            else:
                helps[name] = _unescaped(rest)
        elif line and not line.startswith("#"):
            name, labels, value = _sample(line, number)
            family = name if name in kinds else next((s for s in _families(name) if s in kinds), name)
            metrics.append(Metric(name, labels, value, kinds.get(family, "untyped"), helps.get(family, "")))
    return metrics


def _families(name: str) -> Iterator[str]:
    """Yield what the metric may be called that a sample is a part of."""
    return (name.removesuffix(suffix) for suffix in _SUFFIXES if name.endswith(suffix))


def _sample(line: str, number: int) -> tuple[str, dict[str, str], float]:
    match = _SAMPLE.fullmatch(line)
    labels = None if match is None else _labels(match["labels"] or "")
    if match is None or labels is None:
        raise DataLoss(f"line {number} of the metrics is not in the format of Prometheus")
    return match["name"], labels, float(match["value"])


def _labels(text: str) -> dict[str, str] | None:
    labels: dict[str, str] = {}
    place = 0
    while place < len(text.rstrip()):
        match = _LABEL.match(text, place)
        if match is None or match[1] in labels:
            return None
        labels[match[1]] = _unescaped(match[2])
        place = match.end()
    return labels


def _unescaped(text: str) -> str:
    return re.sub(r"\\.", lambda escaped: _ESCAPED.get(escaped[0], escaped[0]), text)
