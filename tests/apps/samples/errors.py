"""Everything that an endpoint may raise."""

from dataclasses import dataclass

from fastapi import HTTPException
from pydantic import BaseModel

import fal
from fal.exceptions import (
    AppException,
    CUDAOutOfMemoryException,
    FieldException,
    RequestCancelledException,
)
from fal.exceptions.gpu import GPUException


class Input(BaseModel):
    kind: str


@dataclass
class StepsException(FieldException):
    field: str = "steps"
    message: str = "are too many"
    most: int = 4


class BusyException(AppException):
    def __init__(self, seconds: int) -> None:
        self.message = f"come back in {seconds} s"
        self.status_code = 429


class Failing(fal.App, name="apps-failing"):
    @fal.endpoint("/")
    def run(self, input: Input) -> dict:
        kinds = {
            "field": lambda: FieldException("kind", "is wrong"),
            "field-paid": lambda: FieldException("kind", "is wrong", status_code=400, type="my.kind", billable_units=3),
            "field-half": lambda: FieldException("kind", "is wrong", billable_units=0.5),
            "field-text": lambda: FieldException("kind", "is wrong", billable_units="2"),
            "app": lambda: AppException(message="not now", status_code=418),
            "field-own": lambda: StepsException(most=2, status_code=400),
            "app-own": lambda: BusyException(3),
            "cancelled": lambda: RequestCancelledException(),
            "cancelled-why": lambda: RequestCancelledException("gone"),
            "cuda": lambda: CUDAOutOfMemoryException(),
            "gpu": lambda: GPUException("lost"),
            "torch": lambda: RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"),
            "cuda-lower": lambda: RuntimeError("cuda out of memory"),
            "cuda-other": lambda: ValueError("CUDA out of memory"),
            "cuda-two": lambda: RuntimeError("CUDA out of memory", 2),
            "cudnn": lambda: RuntimeError("cuDNN error: CUDNN_STATUS_NOT_SUPPORTED. Non-contiguous input"),
            "cufft": lambda: RuntimeError("cuFFT error: CUFFT_INTERNAL_ERROR"),
            "triton": lambda: OSError("Triton Error: an illegal memory access was encountered"),
            "nvml": lambda: RuntimeError("NVML: GPU is lost"),
            "http": lambda: HTTPException(409, "conflict", headers={"x-note": "1"}),
            "value": lambda: ValueError("never shown"),
        }
        if input.kind in kinds:
            raise kinds[input.kind]()
        return {"kind": input.kind}
