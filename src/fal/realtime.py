"""`realtime`, under the name of the module that released code imports it from."""

from fal._lazy import callable_module
from fal.app.authoring.endpoints import realtime as realtime

__all__ = ["realtime"]

callable_module(__name__, realtime)
