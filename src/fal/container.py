"""`ContainerImage`, under the name that the documentation imports it by."""

from fal.app.authoring.image import ContainerImage as ContainerImage

__all__ = ["ContainerImage"]
