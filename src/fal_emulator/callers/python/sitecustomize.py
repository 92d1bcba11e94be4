"""Sends what `fal_client` has for the platform's storage to the local control plane; Python loads this when it starts.

It changes nothing but two addresses of that package, and only where FAL_REST_HOST names a host of this machine. Another
`sitecustomize` that is on the path is loaded, too.
"""

import importlib.abc
import importlib.machinery
import os
import sys

_MODULE = "fal_client.client"
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):  # type: ignore[no-untyped-def]
        """Find the one module, and have its addresses changed once it is loaded."""
        if name != _MODULE:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module):  # type: ignore[no-untyped-def]
                load(module)
                host = "https://" + os.environ["FAL_REST_HOST"]
                for constant in ("REST_URL", "CDN_URL"):
                    if hasattr(module, constant):
                        setattr(module, constant, host)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _load_the_next_one():  # type: ignore[no-untyped-def]
    here = os.path.dirname(os.path.abspath(__file__))
    others = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(sys.modules[__name__])


if os.environ.get("FAL_REST_HOST", "").rpartition(":")[0] in _LOOPBACK:
    sys.meta_path.insert(0, _Finder())
_load_the_next_one()  # type: ignore[no-untyped-call]
