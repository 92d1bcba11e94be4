"""The responses to errors: of `fal.exceptions`, whichever `fal` has it, and of GPUs, which let another runner try."""

from __future__ import annotations

from typing import Any

import pytest

from fal.app.runtime.error_responses import own_response, response_for
from fal.exceptions import CUDAOutOfMemoryException, GPUException, catch_gpu_exceptions

FULL = (503, {"detail": "CUDA error: out of memory"})
LOST = (503, {"detail": "GPU error"})
OTHER = (500, {"detail": "Internal Server Error"})


class OutOfMemoryError(RuntimeError):
    """As PyTorch has one."""


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"), FULL),
        (OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 79.15 GiB total)"), FULL),
        (RuntimeError("NVML_SUCCESS == r INTERNAL ASSERT FAILED at CUDACachingAllocator.cpp"), FULL),
        (RuntimeError("cuDNN error: CUDNN_STATUS_INTERNAL_ERROR"), FULL),
        (RuntimeError("cuDNN error: CUDNN_STATUS_NOT_SUPPORTED. This error may appear"), FULL),
        (RuntimeError("CUDA error: device-side assert triggered"), LOST),
        (RuntimeError("CUDA out of memory", "and more"), LOST),
        (ValueError("CUDA out of memory"), LOST),
        (RuntimeError("cuBLAS error"), LOST),
        (OSError("Triton compilation failed"), LOST),
        (RuntimeError("NCCL timeout"), LOST),
        (RuntimeError("out of memory"), OTHER),
        (MemoryError(), OTHER),
        (ValueError("a barracuda"), LOST),  # a word of a GPU anywhere is enough, as in the released runtime
    ],
)
def test_an_error_is_told_by_its_text(error: Exception, answer: tuple[int, dict[str, str]]) -> None:
    assert response_for(error) == answer


def test_an_error_of_a_gpu_becomes_one_of_the_tree() -> None:
    with pytest.raises(CUDAOutOfMemoryException, match="out of memory") as full, catch_gpu_exceptions():
        raise RuntimeError("CUDA out of memory")
    assert isinstance(full.value.__cause__, RuntimeError)
    with pytest.raises(GPUException, match="GPU error") as lost, catch_gpu_exceptions():
        raise RuntimeError("cuBLAS error")
    assert not isinstance(lost.value, CUDAOutOfMemoryException)
    with pytest.raises(LookupError), catch_gpu_exceptions():
        raise LookupError

    @catch_gpu_exceptions()
    def failing() -> None:
        raise RuntimeError("CUDA out of memory")

    with pytest.raises(CUDAOutOfMemoryException):
        failing()


def installed(name: str, **fields: Any) -> Exception:
    """Return an error of a class below one that another `fal` has under this name."""
    base = type(name, (Exception,), {"__module__": "fal.exceptions._base"})
    error: Exception = type("Mine", (base,), {"to_pydantic_format": lambda _: {"detail": "of the field"}})()
    vars(error).update(fields)
    return error


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (installed("AppException", message="busy", status_code=418), (418, {"detail": "busy"}, {})),
        (
            installed("FieldException", status_code=422, billable_units=2.5),
            (422, {"detail": "of the field"}, {"x-fal-billable-units": "2.50000000"}),
        ),
        (installed("RequestCancelledException", message="gone"), (499, {"detail": "gone"}, {})),
        (installed("SomethingElse", message="?"), None),
        (ValueError("busy"), None),
    ],
)
def test_an_error_of_an_installed_fal_brings_its_response(error: Exception, answer: Any) -> None:
    assert own_response(error) == answer
