"""`main`, under the name of the module that released code imports it from."""

from fal._lazy import callable_module
from fal.cli import main as main

__all__ = ["main"]

callable_module(__name__, main)
