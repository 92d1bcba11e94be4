"""Where the documentation imports `ContainerImage` from."""

from fal.app.authoring.image import ContainerImage as ContainerImage

__all__ = ["ContainerImage"]
