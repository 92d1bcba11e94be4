"""The HTTP responses to errors that endpoints raise."""

from __future__ import annotations

from typing import Any

NOT_BILLED = {"x-fal-billable-units": "0"}
_GPU = ("cuda", "cudnn", "cublas", "cufft", "cusolver", "cusparse", "nccl", "nvml", "triton")
# The messages with which PyTorch reports full memory: one of them with all of its parts.
_OUT_OF_MEMORY = (
    ("CUDA", "out of memory"),
    ("NVML_SUCCESS == r INTERNAL ASSERT FAILED",),
    ("CUDNN_STATUS_INTERNAL_ERROR",),
    ("cuDNN error: CUDNN_STATUS_NOT_SUPPORTED.",),
)


Answer = tuple[int, dict[str, Any], dict[str, str]]  # status, body and headers
CANCELLED = "Request cancelled by the client."


class ErrorResponse(Exception):
    """An error that brings its own HTTP response."""

    def http_response(self) -> Answer:
        """Return status, body and headers."""
        answer = own_response(self)
        if answer is None:
            raise NotImplementedError
        return answer


def _of_app(error: Any) -> Answer:
    return error.status_code, {"detail": error.message}, {}


def _of_field(error: Any) -> Answer:
    units = error.billable_units
    if not units:
        return error.status_code, error.to_pydantic_format(), {}
    shown = f"{units:d}" if isinstance(units, int) else f"{float(units):.8f}"
    return error.status_code, error.to_pydantic_format(), {"x-fal-billable-units": shown}


def _of_cancelled(error: Any) -> Answer:
    return 499, {"detail": "" if error.message == CANCELLED else error.message}, {}


_ANSWERS = {
    "AppException": _of_app,
    "FieldException": _of_field,
    "RequestCancelledException": _of_cancelled,
}


def own_response(error: BaseException) -> Answer | None:
    """Return the response of an error of `fal.exceptions`, by its name: a `fal` that is installed has classes of its own."""
    for cls in type(error).__mro__:
        if cls.__name__ in _ANSWERS and "fal" in cls.__module__.split("."):
            return _ANSWERS[cls.__name__](error)
    return None


def response_for(error: BaseException) -> tuple[int, dict[str, Any]]:
    """Return status and body of the response to an error that nobody handled.

    A GPU that is full or lost answers 503: the platform then takes the runner away, and another one gets the request.
    """
    text = str(error)
    if isinstance(error, RuntimeError) and len(error.args) == 1 and _means_full(text):
        return 503, {"detail": "CUDA error: out of memory"}
    if any(name in text.lower() for name in _GPU):
        return 503, {"detail": "GPU error"}
    return 500, {"detail": "Internal Server Error"}


def _means_full(text: str) -> bool:
    return any(all(part in text for part in parts) for parts in _OUT_OF_MEMORY)
