"""Models and fields that say how playgrounds show them."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any, ClassVar

from pydantic import BaseModel, Field, GetJsonSchemaHandler
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticUndefined

from .constraints import ImageSizeConstraints, VideoNormalizationConfig, VideoValidationConfig, to_xfal

__all__ = [
    "AudioField",
    "FalBaseModel",
    "Field",
    "FileField",
    "Hidden",
    "ImageField",
    "ImageSizeField",
    "VideoField",
]


class FalBaseModel(BaseModel):
    """A model whose fields can be reordered and hidden in the schema.

    Attributes:
        FIELD_ORDERS: Names of the fields that come first in the schema.
        SCHEMA_IGNORES: Names of fields to hide; deprecated, use `Hidden`.

    Example:
        >>> class Input(FalBaseModel):
        ...     FIELD_ORDERS = ["prompt"]
        ...     seed: int = 0
        ...     prompt: str
        ...
        >>> list(Input.model_json_schema()["properties"])
        ['prompt', 'seed']
    """

    FIELD_ORDERS: ClassVar[list[str]] = []
    SCHEMA_IGNORES: ClassVar[set[str]] = set()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "SCHEMA_IGNORES" in vars(cls):
            warnings.warn(
                f"{cls.__name__}: SCHEMA_IGNORES is deprecated; write Hidden(Field(...)) for such a field",
                DeprecationWarning,
                stacklevel=3,
            )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        json_schema = handler(schema)
        shown = handler.resolve_ref_schema(json_schema)
        properties = shown.get("properties", {})
        for name in cls.SCHEMA_IGNORES & properties.keys():
            properties[name].setdefault("ui", {})["hidden"] = True
        first = {name: properties[name] for name in cls.FIELD_ORDERS if name in properties}
        if first:
            shown["properties"] = {**first, **properties}
        return json_schema


def Hidden(field: Any) -> Any:
    """Hide a field in playgrounds; callers may still send it.

    Args:
        field: What `Field(...)` returned; it needs a default, since nobody is asked for a value.

    Raises:
        TypeError: It is not a field.
        ValueError: It has no default.

    Example:
        >>> class Input(FalBaseModel):
        ...     debug: bool = Hidden(Field(default=False))
    """
    if not isinstance(field, FieldInfo):
        raise TypeError(
            f"Hidden: must be given a Field(...), not {type(field).__name__}; write Hidden(Field(default=...))"
        )
    if field.default is PydanticUndefined and field.default_factory is None:
        raise ValueError("Hidden: the field has no default; give it default or default_factory")
    field.json_schema_extra = _with_ui(field.json_schema_extra, hidden=True)
    field._attributes_set["json_schema_extra"] = field.json_schema_extra
    return field


def _with_ui(extra: Any, **marks: Any) -> Any:
    """Return `json_schema_extra` with marks for playgrounds; what the author says there stays."""

    def add(schema: dict[str, Any]) -> None:
        if callable(extra):
            extra(schema)
        ui = schema.setdefault("ui", {})
        for name, value in marks.items():
            ui.setdefault(name, value)

    if callable(extra):
        return add
    schema = dict(extra or {})
    schema["ui"] = dict(schema.get("ui", {}))
    add(schema)
    return schema


def _media_field(kind: str) -> Callable[..., Any]:
    @functools.wraps(Field)
    def field(*args: Any, **kwargs: Any) -> Any:
        return Field(*args, **{**kwargs, "json_schema_extra": _with_ui(kwargs.get("json_schema_extra"), field=kind)})

    return field


FileField = _media_field("file")
ImageField = _media_field("image")
AudioField = _media_field("audio")
_video_field = _media_field("video")


@functools.wraps(Field)
def VideoField(
    *args: Any,
    constraints: VideoValidationConfig | VideoNormalizationConfig | None = None,
    normalization: VideoNormalizationConfig | None = None,
    **kwargs: Any,
) -> Any:
    limits = {} if constraints is None else to_xfal(constraints)
    if normalization is not None:
        limits["normalization"] = to_xfal(normalization)
    return _video_field(*args, **_with_limits(kwargs, limits))


@functools.wraps(Field)
def ImageSizeField(*args: Any, constraints: ImageSizeConstraints | None = None, **kwargs: Any) -> Any:
    limits = {} if constraints is None else to_xfal(constraints)
    return Field(*args, **_with_limits(kwargs, limits))


def _with_limits(kwargs: dict[str, Any], limits: dict[str, Any]) -> dict[str, Any]:
    if not limits:
        return kwargs
    return {**kwargs, "json_schema_extra": {**(kwargs.get("json_schema_extra") or {}), "x-fal": limits}}
