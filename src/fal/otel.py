"""OpenTelemetry: a span for each call and deploy, and metrics of calls. It needs the extra `otel`.

Example:
    from fal.api import SyncServerlessClient
    from fal.otel import instrument

    client = SyncServerlessClient()
    instrument(client)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import signature
from typing import TYPE_CHECKING, Any

from fal._core.hooks import add_watcher
from fal._version import __version__
from fal.exceptions import InvalidType, MissingExtra

try:
    from opentelemetry import context as otel_context
    from opentelemetry import metrics, trace
    from opentelemetry.context import _SUPPRESS_HTTP_INSTRUMENTATION_KEY, _SUPPRESS_INSTRUMENTATION_KEY
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    signature(metrics.Meter.create_histogram).parameters["explicit_bucket_boundaries_advisory"]
except (ImportError, KeyError) as error:
    raise MissingExtra(
        f"opentelemetry-api is {'not installed' if isinstance(error, ImportError) else 'older than 1.30'}",
        hint="Install it with: python -m pip install 'opentelemetry-api>=1.30'",
    ) from None

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import Span, Tracer, TracerProvider

    from fal._aio.client import AsyncServerlessClient
    from fal._core.call import CallEvent, Target
    from fal.api.client import SyncServerlessClient

__all__ = ["instrument"]

_NAME = "fal-management-sdk"
_ARGUMENTS = "Pass a client of fal.api, and providers of opentelemetry."
_PROPAGATOR = TraceContextTextMapPropagator()
_DURATIONS = {"grpc": "rpc.client.call.duration", "http": "http.client.request.duration"}
_RETRIES = "fal.client.retries"
_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)  # seconds, of the conventions


def instrument(
    client: SyncServerlessClient | AsyncServerlessClient,
    *,
    tracer_provider: TracerProvider | None = None,
    meter_provider: MeterProvider | None = None,
) -> Callable[[], None]:
    """Trace the calls and deploys of a client and of clients that are derived from it afterwards.

    A call is a client span with an event for each attempt; it is sent with `traceparent` on both wires, and is not traced a
    second time by instrumentations of grpc and httpx. A deploy is a span with a span for each of its phases.

    Args:
        client: The client.
        tracer_provider: Where spans go; the global one when left out. None is ever set.
        meter_provider: Where metrics go; the global one when left out.

    Returns:
        A function that ends it, for this client and for those that were derived from it.

    Raises:
        InvalidType: The client or a provider is of another type. A TypeError.

    Example:
        stop = instrument(client)
        client.apps.list()
        stop()
    """
    for argument, value, needed in (
        ("client", client, "with_options"),
        ("tracer_provider", tracer_provider, "get_tracer"),
        ("meter_provider", meter_provider, "get_meter"),
    ):
        if not hasattr(value, needed) and (value is not None or argument == "client"):
            raise InvalidType(f"{argument}: a {type(value).__name__} has no {needed}", hint=_ARGUMENTS)
    tracer = trace.get_tracer(_NAME, __version__, tracer_provider)
    meter = metrics.get_meter(_NAME, __version__, meter_provider)
    return add_watcher(client._caller, Tracing(tracer, Meters(meter)))


def _of_target(target: Target) -> dict[str, str | int]:
    """Return what the semantic conventions say of a call before it is sent."""
    about: dict[str, str | int] = {
        "fal.method": target.method,
        "server.address": target.host,
        "server.port": target.port,
    }
    if target.wire == "grpc":
        return {**about, "rpc.system.name": "grpc", "rpc.method": target.verb}
    return {**about, "http.request.method": target.verb}


def _of_event(event: CallEvent) -> dict[str, str | int]:
    """Return what the semantic conventions say of how a call or an attempt ended."""
    about: dict[str, str | int] = {}
    if event.code is not None:
        if event.wire == "grpc":
            about["rpc.response.status_code"] = event.code
        elif event.code.isdecimal():
            about["http.response.status_code"] = int(event.code)
    if event.error is not None:
        about["error.type"] = event.code or event.error
    return about


class Meters:
    """How long calls take, and how often they are repeated."""

    def __init__(self, meter: metrics.Meter) -> None:
        self._durations = {
            wire: meter.create_histogram(
                name,
                unit="s",
                description="How long a call takes, all attempts included.",
                explicit_bucket_boundaries_advisory=_BOUNDS,
            )
            for wire, name in _DURATIONS.items()
        }
        self._retries = meter.create_counter(_RETRIES, unit="{retry}", description="How often calls are repeated.")

    def count(self, target: Target, event: CallEvent) -> None:
        if event.kind == "retry":
            self._retries.add(1, {**_of_target(target), **_of_event(event)})
        elif event.kind != "request":
            self._durations[event.wire].record(event.elapsed, {**_of_target(target), **_of_event(event)})


class Tracing:
    """Makes the spans of calls and deploys."""

    def __init__(self, tracer: Tracer, meters: Meters, parent: Callable[[], Context | None] = lambda: None) -> None:
        self.ended = False
        self._tracer = tracer
        self._meters = meters
        self._parent = parent

    def begin(self, target: Target, request_id: str) -> CallSpan:
        span = self._tracer.start_span(
            target.method,
            context=self._parent(),
            kind=trace.SpanKind.CLIENT,
            attributes={**_of_target(target), "fal.request_id": request_id},
        )
        return CallSpan(span, target, self._meters)

    def begin_deploy(self) -> tuple[Tracing, Callable[[Any], None]]:
        """Return the observer of the calls of a deploy, and the function that receives its events, and None at its end."""
        deploy = DeploySpans(self._tracer)
        return Tracing(self._tracer, self._meters, deploy.context), deploy.notify


class CallSpan:
    """The span of one call. While it is sent, it is the current one, and other instrumentations skip it."""

    def __init__(self, span: Span, target: Target, meters: Meters) -> None:
        self._span = span
        self._target = target
        self._meters = meters
        self._token: Any = None

    def headers(self) -> Sequence[tuple[str, str]]:
        carrier: dict[str, str] = {}
        _PROPAGATOR.inject(carrier, trace.set_span_in_context(self._span))
        return tuple(carrier.items())

    def opened(self) -> None:
        self._leave()

    def notify(self, event: CallEvent) -> None:
        self._meters.count(self._target, event)
        if event.kind == "request":
            self._span.add_event("attempt", {"fal.attempt": event.attempt})
            self._enter()
            return
        self._leave()
        about = _of_event(event)
        if event.kind == "retry":
            self._span.add_event("retry", {"fal.attempt": event.attempt, **about})
            return
        if event.kind == "error":
            self._span.set_status(trace.StatusCode.ERROR, event.error)
        self._span.set_attributes({**about, "fal.attempts": event.attempt})
        self._span.end()

    def _enter(self) -> None:
        around = trace.set_span_in_context(self._span)
        for key in (_SUPPRESS_INSTRUMENTATION_KEY, _SUPPRESS_HTTP_INSTRUMENTATION_KEY):
            around = otel_context.set_value(key, True, around)
        self._token = otel_context.attach(around)

    def _leave(self) -> None:
        if self._token is not None:
            otel_context.detach(self._token)
            self._token = None


class DeploySpans:
    """The span of a deploy, and one below it for the phase that it is in."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._deploy = tracer.start_span("deploy")
        self._phase: Span | None = None
        self._begin("prepare")

    def context(self) -> Context:
        return trace.set_span_in_context(self._phase or self._deploy)

    def notify(self, event: Any) -> None:
        name = type(event).__name__
        if event is None or name in ("RolledOut", "Failed"):
            self._end(event, name)
        elif name in _PHASES:
            self._begin(_PHASES[name])

    def _begin(self, name: str) -> None:
        if self._phase is not None:
            self._phase.end()
        self._phase = self._tracer.start_span(name, context=trace.set_span_in_context(self._deploy))

    def _end(self, event: Any, name: str) -> None:
        if self._phase is None:
            return
        for span in (self._phase, self._deploy):
            if event is None or name == "Failed":
                failed = "cancelled" if event is None else type(event.error).__name__
                span.set_attribute("error.type", failed)
                span.set_status(trace.StatusCode.ERROR)
        if event is not None:
            self._deploy.set_attribute("fal.app", event.app_name)
        self._phase.end()
        self._deploy.end()
        self._phase = None


_PHASES = {
    "Packaged": "upload",
    "EnvironmentBuilding": "build",
    "Probing": "probe",
    "Registering": "register",
}
