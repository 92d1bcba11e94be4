"""Where the documentation imports `ContainerImage` from."""

from fal.app.image import ContainerImage as ContainerImage

__all__ = ["ContainerImage"]
