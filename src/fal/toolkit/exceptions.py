"""Errors of the toolkit."""

from __future__ import annotations


class FalTookitException(Exception):  # the spelling is the documented one
    """The root of the toolkit's errors."""


class FileUploadException(FalTookitException):
    """A file could not be stored."""


class FileUploadFallbackException(FileUploadException):
    """A file could not be stored in any of the repositories."""


class KVStoreException(FalTookitException):
    """The key-value store refused or failed."""
