"""Images by their addresses."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from ..utils.fetch import DownloadError, fetch

if TYPE_CHECKING:
    from PIL import Image as PILImage

LARGEST_IMAGE = 50 * 1024 * 1024


def read_image_from_url(
    url: str, convert_to_rgb: bool = True, fix_orientation: bool = True, max_size: int = LARGEST_IMAGE
) -> PILImage.Image:
    """Download an image.

    Args:
        url: Where it is: http, https or data.
        convert_to_rgb: Whether to convert it to RGB.
        fix_orientation: Whether to turn it as its EXIF data says.
        max_size: Most bytes that are taken.

    Raises:
        FieldException: It cannot be read; the caller gets it as an error of `image_url`.
    """
    from fal.exceptions.authoring import FieldException

    try:
        return preprocess_image(opened(url, max_size=max_size), convert_to_rgb, fix_orientation)
    except (DownloadError, OSError) as error:
        raise FieldException("image_url", f"Could not load the image: {error}") from error


def opened(url: str, content: bytes | None = None, *, max_size: int = LARGEST_IMAGE) -> PILImage.Image:
    """Return the image at an address, or the one that `content` holds.

    Raises:
        DownloadError: It cannot be downloaded, or is too big.
        OSError: It is not an image that Pillow knows.
    """
    from PIL import Image

    if content is None:
        with fetch(url) as answer:
            content = answer.body.read(max_size + 1)
        if len(content) > max_size:
            raise DownloadError(f"the image has more than {max_size} bytes")
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def preprocess_image(
    image_pil: PILImage.Image, convert_to_rgb: bool = True, fix_orientation: bool = True
) -> PILImage.Image:
    """Return an image upright and in RGB, as asked for."""
    from PIL import ImageOps

    image = ImageOps.exif_transpose(image_pil) if fix_orientation else image_pil
    return image.convert("RGB") if convert_to_rgb else image


def filter_by(has_nsfw_concepts: list[bool], images: list[PILImage.Image]) -> list[PILImage.Image]:
    """Return the images with those that are marked replaced by black ones."""
    from PIL import Image

    return [
        Image.new("RGB", image.size) if marked else image
        for marked, image in zip(has_nsfw_concepts, images, strict=True)
    ]
