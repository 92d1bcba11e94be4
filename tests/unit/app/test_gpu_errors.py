"""Errors of GPUs answer 503, so that another runner gets the request."""

from __future__ import annotations

import pytest

from fal.app.runtime.error_responses import response_for
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
