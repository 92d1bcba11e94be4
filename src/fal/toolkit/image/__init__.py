"""Images: what endpoints take and return, sizes, and what must not be shown."""

from __future__ import annotations

from .image import IMAGE_SIZE_PRESETS as IMAGE_SIZE_PRESETS
from .image import Image as Image
from .image import ImageField as ImageField
from .image import ImageFormat as ImageFormat
from .image import ImageSize as ImageSize
from .image import ImageSizeField as ImageSizeField
from .image import ImageSizeInput as ImageSizeInput
from .image import ImageSizePreset as ImageSizePreset
from .image import get_image_size as get_image_size
from .reading import filter_by as filter_by
from .reading import preprocess_image as preprocess_image
from .reading import read_image_from_url as read_image_from_url
