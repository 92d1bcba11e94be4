"""Print what the toolkit's models do with many inputs, as JSON. Runs with any distribution of `fal`, ours or the peer.

Names that are made up and times are left out; of validation errors, place and kind count.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from typing import Annotated, Any, Literal

import pydantic
from PIL import Image as Pillow

from fal.toolkit import (
    Audio,
    AudioField,
    CompressedFile,
    FalBaseModel,
    Field,
    File,
    FileField,
    Hidden,
    Image,
    ImageField,
    ImageSizeConstraints,
    ImageSizeField,
    ImageSizeInput,
    ImageValidationConfig,
    KVStore,
    Video,
    VideoField,
    VideoNormalizationConfig,
    VideoValidationConfig,
    get_image_size,
    to_xfal,
)
from fal.toolkit.image import IMAGE_SIZE_PRESETS, ImageSize
from fal.toolkit.image.nsfw_filter import NSFWImageDetectionInput, NSFWImageDetectionOutput
from fal.toolkit.types import FileInput, ImageInput

warnings.simplefilter("ignore")


class Addresses(pydantic.BaseModel):
    url: FileInput
    mask: ImageInput | None = None


class Labelled(File):
    label: str | None = pydantic.Field(default=None, description="A word.")


class Scored(Image):
    score: float = pydantic.Field(default=0.5, ge=0)


class Described(Image):
    """An image of ours."""


class Still(pydantic.BaseModel):
    kind: Literal["still"] = "still"
    image: Image


class Moving(pydantic.BaseModel):
    kind: Literal["moving"]
    frames: list[list[Image]] = []


class Many(pydantic.RootModel[list[Image]]):
    pass


MODELS: list[Any] = [
    Labelled,
    Scored,
    Described,
    Many,
    File,
    Image,
    Video,
    Audio,
    CompressedFile,
    ImageSize,
    NSFWImageDetectionInput,
    NSFWImageDetectionOutput,
    Addresses,
]
INPUTS: list[Any] = [
    "https://example.com/a.png",
    "http://example.com/a b.png",
    "HTTPS://EXAMPLE.COM",
    "data:image/png;base64,iVBORw0KGgo=",
    "data:,x",
    "data:",
    "DATA:,x",
    "data:;base64,!",
    "data:text/html;charset=utf-8,<b>",
    "data:image/svg+xml;utf8,<svg/>",
    "https://a/b.png?x=1&y=2.jpg#f.gif",
    "https://me:pw@a/b",
    "https://[::1]/x",
    "https://a:99999/x",
    "https://é.example/ü.png",
    "https://a\n",
    "blob:https://a/b",
    "s3://a/b",
    "ftp://example.com/a",
    "file:///etc/passwd",
    "//example.com/a",
    "example.com/a",
    "",
    " https://example.com",
    {"url": "https://example.com/a.png"},
    {"url": "anything at all"},
    {"url": "https://example.com", "content_type": "image/png", "file_name": "a.png", "file_size": 5},
    {"url": "https://example.com", "file_size": "5"},
    {"url": "https://example.com", "file_size": 5.5},
    {"url": "https://example.com", "file_data": "eA=="},
    {"url": "https://example.com", "width": 3, "height": "4"},
    {"url": "https://example.com", "width": "wide"},
    {"url": "https://example.com", "extract_dir": "somewhere"},
    {"url": "https://example.com", "unknown": 1},
    {"url": " data:,x", "mask": "https://example.com:8080/a.png"},
    {"url": "https://example", "mask": "data:image/png;base64,iVBORw0KGgo="},
    {"url": None},
    {"url": 3},
    {"content_type": "image/png"},
    {"width": 100, "height": 14142},
    {"width": 0},
    {"height": 14143},
    {"image_url": "https://example.com"},
    {"nsfw_probability": 0.5},
    {"url": "https://a", "label": "x"},
    {"url": "https://a", "score": -1},
    ["https://a", {"url": "x"}],
    {},
    [],
    ["https://example.com"],
    None,
    3,
    True,
]
SIZES: list[Any] = [
    *IMAGE_SIZE_PRESETS,
    ImageSize(width=3, height=4),
    {"width": 3, "height": 4},
    "auto",
    "SQUARE",
    5,
    None,
]


class Ordered(FalBaseModel):
    """Fields in another order."""

    FIELD_ORDERS = ["prompt", "seed"]
    steps: int = Field(default=4, ge=1, le=50, description="How many steps.")
    seed: int | None = None
    prompt: str
    debug: bool = Hidden(Field(default=False, description="For developers."))
    tuned: int = Hidden(Field(default=3, json_schema_extra={"ui": {"important": True}, "more": 1}))


class Further(Ordered):
    FIELD_ORDERS = ["size"]
    size: ImageSizeInput = Field(default="square_hd")


class Ignoring(FalBaseModel):
    SCHEMA_IGNORES = {"seed"}
    seed: int
    prompt: str = "a"


class Fields(FalBaseModel):
    file_url: str = FileField(description="A file.")
    image_url: str = ImageField(description="An image.", examples=["https://example.com/a.png"])
    video_url: str = VideoField()
    audio_url: str | None = AudioField(default=None, title="Sound")
    important: str = ImageField(default="", json_schema_extra={"ui": {"important": True}, "x": 1})
    called: str = FileField(default="", json_schema_extra=lambda schema: schema.update(called=True))
    named: str = ImageField(default="", json_schema_extra={"ui": {"field": "mask"}})
    size: ImageSizeInput = ImageSizeField(
        default="square", constraints=ImageSizeConstraints(min_width=8, multiple_of=8)
    )
    clip: str = VideoField(default="", constraints=VideoValidationConfig(max_fps=60, max_duration=5.0))
    clean: str = VideoField(default="", normalization=VideoNormalizationConfig(fps=24.0))
    hidden: str = Hidden(ImageField(default=""))


class Nested(FalBaseModel):
    images: list[Image]
    mask: Image | None = None
    video: Video
    files: dict[str, File] = Field(default_factory=dict)
    shown: Annotated[Still | Moving, pydantic.Field(discriminator="kind")] | None = None
    made: Image = pydantic.Field(default_factory=lambda: Image(url="https://q/z", width=3))
    text_or_file: str | File = ""
    file_or_text: File | str = ""
    listed: list[File | None] = []
    pair: tuple[File, int] | None = None
    size: ImageSizeInput | None = None
    renamed: File | None = pydantic.Field(default=None, alias="myFile")


NESTED: list[dict[str, Any]] = [
    {"images": ["https://a"], "mask": "data:,x", "video": {"url": "v"}, "files": {"a": "http://b"}},
    {"images": ["https://a", None], "video": "https://v"},
    {"images": [], "video": None},
    *(
        {"images": [], "video": "https://v", **more}
        for more in (
            {"shown": {"kind": "still", "image": "https://a"}},
            {"shown": {"kind": "moving", "frames": [["https://a", {"url": "x"}], []]}},
            {"shown": {"kind": "other"}},
            {"shown": {"image": "https://a"}},
            {"made": "https://r"},
            {"made": None},
            {"text_or_file": "https://a"},
            {"text_or_file": {"url": "x"}},
            {"file_or_text": "https://a"},
            {"file_or_text": "no address"},
            {"listed": [None, "https://a", {"url": "x"}]},
            {"listed": [3]},
            {"pair": ["https://a", "2"]},
            {"pair": ["https://a"]},
            {"size": {"width": 1}},
            {"size": "square"},
            {"size": "custom"},
            {"myFile": "https://a"},
            {"renamed": "https://a"},
        )
    ),
]


def observed(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return what a call gives, or the kind of its error."""
    try:
        return call(*args, **kwargs)
    except pydantic.ValidationError as error:
        return {"invalid": [[list(item["loc"]), item["type"]] for item in error.errors()]}
    except Exception as error:
        return {"raised": type(error).__name__}


def validated(model: Any, value: Any) -> Any:
    made = model.model_validate(value)
    return {
        "python": made.model_dump(),
        "json": made.model_dump_json(),
        "set": sorted(made.model_fields_set),
        "repr": repr(made),
    }


def stored(model: Any, *args: Any, **kwargs: Any) -> Any:
    made = model.from_bytes(*args, repository="in_memory", **kwargs)
    _, dot, ending = made.file_name.rpartition(".")
    return {**made.model_dump(), "file_name": made.file_name if kwargs.get("file_name") else f"...{dot}{ending}"}


def encoded(mode: str, encoding: Any) -> Any:
    made = Image.from_pil(Pillow.new(mode, (2, 3)), encoding, repository="in_memory")
    name = str(made.file_name)
    return [made.content_type, name.rpartition(".")[2], made.width, made.height, made.url.partition(",")[0]]


def sized(value: Any) -> Any:
    return get_image_size(value).model_dump()


def adapted(value: Any) -> Any:
    return repr(pydantic.TypeAdapter(ImageSizeInput).validate_python(value))


def observations() -> dict[str, Any]:
    """Return everything that is observed, by name."""
    collected: dict[str, Any] = {}
    for model in [*MODELS, Ordered, Further, Ignoring, Fields, Nested]:
        for mode in ("validation", "serialization"):
            schema = model.model_json_schema(mode=mode)
            collected[f"schema {model.__name__} {mode}"] = schema
            collected[f"order {model.__name__} {mode}"] = list(schema.get("properties", {}))
    collected["schema ImageSizeInput"] = pydantic.TypeAdapter(ImageSizeInput).json_schema()
    for model in MODELS:
        for value in INPUTS:
            collected[f"validate {model.__name__} {json.dumps(value)}"] = observed(validated, model, value)
    for value in SIZES:
        collected[f"size {value!r}"] = observed(sized, value)
        collected[f"input {value!r}"] = observed(adapted, value)
    content: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = [
        (File, (b"hello",), {}),
        (File, (b"hello", "text/plain"), {}),
        (File, (b"",), {"file_name": "empty"}),
        (File, (b"hello",), {"file_name": "a.png"}),
        (File, (b"hello",), {"file_name": "a.unknown-ending"}),
        (File, (b"hello", "image/jpeg"), {}),
        (File, (b"hello", "not/known"), {}),
        (File, (b"hello", "text/plain"), {"file_name": "b.png"}),
        (Image, (b"hello", "png"), {}),
        (Image, (b"hello", "jpeg"), {"size": ImageSize(width=1, height=2), "file_name": "x.jpg"}),
        (Video, (b"hello", "video/mp4"), {}),
        (Audio, (b"hello",), {"file_name": "a.wav"}),
        (CompressedFile, (b"hello", "application/zip"), {}),
    ]
    for model, args, kwargs in content:
        collected[f"store {model.__name__} {args!r} {kwargs!r}"] = observed(stored, model, *args, **kwargs)
    for limits in (
        ImageSizeConstraints(min_width=1, min_aspect_ratio=0.5, max_aspect_ratio=2.0),
        ImageValidationConfig(max_file_size=3, timeout=5.0),
        VideoValidationConfig(min_frames=1, max_fps=60),
        VideoNormalizationConfig(max_duration=3.0, fps=24.0),
    ):
        collected[f"limits {limits!r}"] = to_xfal(limits)
    for kind in (ImageSizeConstraints, ImageValidationConfig, VideoValidationConfig, VideoNormalizationConfig):
        for given in ({"min_width": 5, "max_width": 3}, {"min_aspect_ratio": 1.0}, {"unknown": 1}):
            collected[f"limits {kind.__name__} {given}"] = observed(kind, **given)
    collected["hidden without a default"] = observed(lambda: repr(Hidden(Field())))
    collected["hidden without a field"] = observed(lambda: repr(Hidden(3)))
    for nested in NESTED:
        collected[f"nested {json.dumps(nested)}"] = observed(validated, Nested, nested)
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I", "I;16", "F"):
        for encoding in (None, "png", "jpeg", "webp", "gif", "PNG"):
            collected[f"encode {mode} {encoding}"] = observed(encoded, mode, encoding)
    collected["store"] = observed(lambda: KVStore("db").db_name)
    return collected


if __name__ == "__main__":
    json.dump(observations(), sys.stdout, indent=1, sort_keys=True, default=repr)
    sys.stdout.write("\n")
