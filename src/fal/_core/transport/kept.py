"""Objects of gRPC that must not be freed: their end would wait in its core for a thread that is not there."""

from __future__ import annotations


def keep_forever(item: object) -> None:
    """Keep an object, and what it refers to, from being freed, at the end of the process, too."""
    from ctypes import py_object, pythonapi

    pythonapi.Py_IncRef(py_object(item))
