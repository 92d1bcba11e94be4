"""Images that an endpoint takes or returns, and their sizes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Literal, Self, Union

from pydantic import BaseModel, ConfigDict, Field

from ..file.file import File
from ..file.repositories import DEFAULT_REPOSITORY, FALLBACK_REPOSITORY, Repository
from ..pydantic import ImageField as ImageField
from ..pydantic import ImageSizeField as ImageSizeField

if TYPE_CHECKING:
    from PIL import Image as PILImage
    from starlette.requests import Request

ImageSizePreset = Literal["square_hd", "square", "portrait_4_3", "portrait_16_9", "landscape_4_3", "landscape_16_9"]
ImageFormat = Literal["png", "jpeg", "jpg", "webp", "gif"]
LARGEST_SIDE = 14142

# Fast for PNG, without visible loss for JPEG.
_ENCODING: dict[str, dict[str, Any]] = {"png": {"compress_level": 1}, "jpeg": {"quality": 95}}


class ImageSize(BaseModel):
    width: int = Field(default=512, description="The width of the generated image.", gt=0, le=LARGEST_SIDE)
    height: int = Field(default=512, description="The height of the generated image.", gt=0, le=LARGEST_SIDE)


ImageSizeInput = Union[ImageSize, ImageSizePreset]  # noqa: UP007 - as an annotation it is shown like this

IMAGE_SIZE_PRESETS: dict[ImageSizePreset, ImageSize] = {
    "square_hd": ImageSize(width=1024, height=1024),
    "square": ImageSize(width=512, height=512),
    "portrait_4_3": ImageSize(width=768, height=1024),
    "portrait_16_9": ImageSize(width=576, height=1024),
    "landscape_4_3": ImageSize(width=1024, height=768),
    "landscape_16_9": ImageSize(width=1024, height=576),
}


def get_image_size(source: ImageSizeInput) -> ImageSize:
    """Return the size that an input means.

    Args:
        source: A size, or the name of a preset such as "square_hd".

    Raises:
        TypeError: It is neither.

    Example:
        >>> get_image_size("landscape_4_3")
        ImageSize(width=1024, height=768)
    """
    if isinstance(source, ImageSize):
        return source
    if isinstance(source, str) and source in IMAGE_SIZE_PRESETS:
        return IMAGE_SIZE_PRESETS[source].model_copy()
    known = ", ".join(map(repr, IMAGE_SIZE_PRESETS))
    raise TypeError(f"Invalid value for ImageSize: {source}; give an ImageSize or one of {known}")


class Image(File):
    __doc__ = "Represents an image file."  # the description in the schema, and docstrings do not travel

    model_config = ConfigDict(json_schema_extra={"ui": {"field": "image"}})

    width: int | None = Field(default=None, description="The width of the image in pixels.", examples=[1024])
    height: int | None = Field(default=None, description="The height of the image in pixels.", examples=[1024])

    @classmethod
    def from_bytes(  # type: ignore[override]  # an image has a format in place of a content type
        cls,
        data: bytes,
        format: ImageFormat,
        size: ImageSize | None = None,
        file_name: str | None = None,
        repository: Repository = DEFAULT_REPOSITORY,
        fallback_repository: Repository | list[Repository] | None = FALLBACK_REPOSITORY,
        request: Request | None = None,
        save_kwargs: dict[str, Any] | None = None,
        fallback_save_kwargs: dict[str, Any] | None = None,
    ) -> Self:
        """Store an encoded image and return it with its address.

        Args:
            data: The image, encoded.
            format: How: "png", "jpeg", "webp" or "gif".
            size: Its size, when it is known.
            file_name: Name; made up when left out.
            repository: As in `File.from_bytes`.
            fallback_repository: As in `File.from_bytes`.
            request: As in `File.from_bytes`.
            save_kwargs: As in `File.from_bytes`.
            fallback_save_kwargs: As in `File.from_bytes`.
        """
        image = super().from_bytes(
            data,
            content_type=f"image/{format}",
            file_name=file_name,
            repository=repository,
            fallback_repository=fallback_repository,
            request=request,
            save_kwargs=save_kwargs,
            fallback_save_kwargs=fallback_save_kwargs,
        )
        if size is not None:
            image.width, image.height = size.width, size.height
        return image

    @classmethod
    def from_pil(
        cls,
        pil_image: PILImage.Image,
        format: ImageFormat | None = None,
        file_name: str | None = None,
        repository: Repository = DEFAULT_REPOSITORY,
        fallback_repository: Repository | list[Repository] | None = FALLBACK_REPOSITORY,
        request: Request | None = None,
        save_kwargs: dict[str, Any] | None = None,
        fallback_save_kwargs: dict[str, Any] | None = None,
    ) -> Self:
        """Encode and store an image of Pillow, and return it with its address and size.

        Args:
            pil_image: The image.
            format: How to encode it; the format it was read in, or PNG.
            file_name: As in `File.from_bytes`.
            repository: As in `File.from_bytes`.
            fallback_repository: As in `File.from_bytes`.
            request: As in `File.from_bytes`.
            save_kwargs: As in `File.from_bytes`.
            fallback_save_kwargs: As in `File.from_bytes`.
        """
        kind = format or pil_image.format or "png"
        content = io.BytesIO()
        encoder = "jpeg" if kind.lower() == "jpg" else kind  # the name of the files, not of the encoding
        pil_image.save(content, format=encoder, **_ENCODING.get(encoder, {}))
        return cls.from_bytes(
            content.getvalue(),
            encoder,  # type: ignore[arg-type]  # Pillow knows more formats
            size=ImageSize(width=pil_image.width, height=pil_image.height),
            file_name=file_name,
            repository=repository,
            fallback_repository=fallback_repository,
            request=request,
            save_kwargs=save_kwargs,
            fallback_save_kwargs=fallback_save_kwargs,
        )

    def to_pil(self, mode: str = "RGB") -> PILImage.Image:
        """Return the image as one of Pillow, downloading it when needed.

        Args:
            mode: Pillow's colour mode; an image in another one is converted.

        Raises:
            DownloadError: It cannot be downloaded.
        """
        from .reading import opened

        return opened(self.url, self.file_data).convert(mode)
