"""Errors that endpoints raise, with the HTTP responses that they become."""

from __future__ import annotations

from contextlib import ContextDecorator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from fal.app.runtime.error_responses import CANCELLED, ErrorResponse, response_for

from . import FalServerlessException


class _Fields(FalServerlessException):
    """The base of errors whose arguments are fields of a dataclass: subclasses add more."""

    def __post_init__(self) -> None:
        FalServerlessException.__init__(self, self.message)


@dataclass(eq=False, repr=False)
class AppException(_Fields, FalServerlessException, ErrorResponse):
    """Responds with a status and a message.

    Args:
        message: What the caller reads.
        status_code: The HTTP status.

    Example:
        raise AppException(message="the model is being updated", status_code=503)
    """

    message: str
    status_code: int


@dataclass(eq=False, repr=False)
class FieldException(_Fields, FalServerlessException, ErrorResponse):
    """Reports that a field of the input is invalid, as validation does.

    Args:
        field: Its name.
        message: What is wrong with it.
        status_code: The HTTP status.
        type: The kind of error, for programs.
        billable_units: What the request costs nevertheless; None charges nothing.

    Example:
        raise FieldException(field="steps", message="must be at most 50")
    """

    field: str
    message: str
    status_code: int = 422
    type: str = "value_error"
    billable_units: float | str | None = 0

    def to_pydantic_format(self) -> dict[str, list[dict[str, Any]]]:
        """Return the body of the response."""
        return {"detail": [{"loc": ["body", self.field], "msg": self.message, "type": self.type}]}


@dataclass(eq=False, repr=False)
class RequestCancelledException(_Fields, FalServerlessException, ErrorResponse):
    """Responds with 499: the caller cancelled the request.

    Args:
        message: Why, for the caller; None says nothing.
    """

    message: str = CANCELLED


@dataclass(eq=False, repr=False)
class FileTooLargeError(_Fields, FalServerlessException):
    """A file is larger than the limit."""

    message: str = "File is too large."


@dataclass(eq=False, repr=False)
class AppFileUploadException(_Fields, FalServerlessException):
    """A file of an app could not be uploaded.

    Args:
        message: Why.
        relative_path: Which one.
    """

    message: str
    relative_path: str


@dataclass(eq=False, repr=False)
class GPUException(AppException):
    """Responds with 503: the GPU failed, and another runner should get the request."""

    message: str = "GPU error"
    status_code: int = 503


class GPUOutOfMemoryException(GPUException):
    """Responds with 503: the GPU's memory is full."""


@dataclass(eq=False, repr=False)
class CUDAOutOfMemoryException(GPUOutOfMemoryException):
    """Responds with 503: the memory of a CUDA device is full."""

    message: str = "CUDA error: out of memory"


class catch_gpu_exceptions(ContextDecorator):  # named like a function, as it is used like one
    """Turn errors of GPU libraries into a `GPUException`; also a decorator.

    Raises:
        CUDAOutOfMemoryException: The memory of a CUDA device is full.
        GPUException: The GPU failed otherwise.
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, GPUException):
            return
        status, body = response_for(error)
        if status == 503:
            of = CUDAOutOfMemoryException if body["detail"] == CUDAOutOfMemoryException().message else GPUException
            raise of() from error
