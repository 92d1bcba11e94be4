"""Errors of GPUs, under the name that apps import them by."""

from __future__ import annotations

from .authoring import CUDAOutOfMemoryException as CUDAOutOfMemoryException
from .authoring import GPUException as GPUException
from .authoring import GPUOutOfMemoryException as GPUOutOfMemoryException
from .authoring import catch_gpu_exceptions as catch_gpu_exceptions
