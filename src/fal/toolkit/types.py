"""Addresses as input fields: strings that are checked. Made from one, as in `HttpsUrl(input.url)`, they can be fetched."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Union

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from .image.reading import read_image_from_url
from .utils.download_utils import download_file

if TYPE_CHECKING:
    from PIL import Image as PILImage

MAX_DATA_URI_LENGTH = 10 * 1024 * 1024
MAX_HTTPS_URL_LENGTH = 2048
HTTP_URL_REGEX = r"^https:\/\/(?:[a-zA-Z0-9-]+\.)+[a-zA-Z]{2,}(?::\d{1,5})?(?:\/[^\s]*)?$"


class _Address(str):
    _pattern: ClassVar[str]
    _longest: ClassVar[int]
    _format: ClassVar[str]

    @contextmanager
    def as_temp_file(self) -> Iterator[Path]:
        """Download what is there into a file that exists while the block runs.

        Raises:
            DownloadError: It cannot be fetched.
        """
        with tempfile.TemporaryDirectory() as folder:
            yield download_file(self, folder)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        # A plain string comes out, as of the released types: one that makes the class would show in the places of errors.
        return core_schema.str_schema(pattern=cls._pattern, max_length=cls._longest, strip_whitespace=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "format": cls._format}


class _Image(_Address):
    def to_pil(self) -> PILImage.Image:
        """Return the image that is there.

        Raises:
            FieldException: There is none, or it cannot be read.
        """
        return read_image_from_url(self)


class DataUri(_Address):
    """A `data:` address of at most 10 MiB.

    Example:
        class Input(BaseModel):
            mask: DataUri
    """

    _pattern = "^data:"
    _longest = MAX_DATA_URI_LENGTH
    _format = "data-uri"


class HttpsUrl(_Address):
    """An `https:` address with a host name.

    Example:
        class Input(BaseModel):
            archive: HttpsUrl
    """

    _pattern = HTTP_URL_REGEX
    _longest = MAX_HTTPS_URL_LENGTH
    _format = "https-url"


class ImageHttpsUrl(_Image, HttpsUrl):
    """The same, of an image."""


class ImageDataUri(_Image, DataUri):
    """The same, of an image."""


FileInput = Union[HttpsUrl, DataUri]  # noqa: UP007 - as `|` it would have no name in a schema
ImageInput = Union[ImageHttpsUrl, ImageDataUri]  # noqa: UP007
