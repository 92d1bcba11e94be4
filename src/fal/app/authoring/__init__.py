"""The classes and decorators that apps are written with."""
