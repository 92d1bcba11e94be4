"""The span of a call, where OpenTelemetry collects spans in this process."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from fal._version import __version__

if TYPE_CHECKING:
    from opentelemetry.trace import Span

_NAME = "fal_emulator"


class CallSpan:
    """A server span, from the arrival of a call to the end of its answer; what a runner traces belongs to it.

    Args:
        span: The span.
    """

    def __init__(self, span: Span) -> None:
        self._span = span
        context = span.get_span_context()
        self.traceparent = f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}".encode()

    @classmethod
    def begin(cls, name: str, traceparent: str | None, attributes: dict[str, str]) -> CallSpan | None:
        """Begin the span of a call; return None when nobody collects it.

        Args:
            name: What is called.
            traceparent: The header of the caller.
            attributes: What is known of the call.
        """
        # Whoever collects spans has loaded it; for all others, it costs nothing.
        trace: Any = sys.modules.get("opentelemetry.trace")
        if trace is None:
            return None
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        parent = TraceContextTextMapPropagator().extract({"traceparent": traceparent or ""})
        tracer = trace.get_tracer(_NAME, __version__)
        span = tracer.start_span(name, context=parent, kind=trace.SpanKind.SERVER, attributes=attributes)
        return cls(span) if span.is_recording() else None

    def set(self, name: str, value: str | int) -> None:
        """Add what has become known."""
        self._span.set_attribute(name, value)

    def end(self, status: int, error: str | None) -> None:
        """End it.

        Args:
            status: That of the answer; 0 when there was none.
            error: What went wrong.
        """
        from opentelemetry.trace import Status, StatusCode

        if status:
            self._span.set_attribute("http.response.status_code", status)
        if status >= 500 or not status:
            self._span.set_attribute("error.type", str(status or "cancelled"))
            self._span.set_status(Status(StatusCode.ERROR, error))
        self._span.end()
