"""What callers get if an endpoint raises."""

from __future__ import annotations

from typing import Any

NOT_BILLED = {"x-fal-billable-units": "0"}
_GPU = ("cuda", "cudnn", "cublas", "nccl", "nvml")
_OUT_OF_MEMORY = ("out of memory", "cudnn_status_internal_error", "nvml_success == r internal assert failed")


class Answered(Exception):
    """An error that says what its answer is."""

    def answer(self) -> tuple[int, dict[str, Any], dict[str, str]]:
        """Return status, body and headers."""
        raise NotImplementedError


def answer_to(error: BaseException) -> tuple[int, dict[str, Any]]:
    """Return status and body for an error that nobody handled.

    A GPU that is full or lost answers 503: the platform then takes the runner away, and another one gets the request.
    """
    text = str(error).lower()
    if not any(name in text for name in _GPU):
        return 500, {"detail": "Internal Server Error"}
    if isinstance(error, RuntimeError) and any(sign in text for sign in _OUT_OF_MEMORY):
        return 503, {"detail": "CUDA error: out of memory"}
    return 503, {"detail": "GPU error"}
