"""What images and videos an input takes, in a form that callers and playgrounds can read."""

from __future__ import annotations

import dataclasses
from typing import Any, TypedDict


class ImageValidationOptions(TypedDict, total=False):
    """The limits of `ImageValidationConfig`, as a dictionary."""

    max_file_size: int | None
    min_width: int | None
    min_height: int | None
    max_width: int | None
    max_height: int | None
    min_aspect_ratio: float | None
    max_aspect_ratio: float | None
    timeout: float | None


class VideoValidationOptions(TypedDict, total=False):
    """The limits of `VideoValidationConfig`, as a dictionary."""

    max_file_size: int | None
    min_width: int | None
    min_height: int | None
    max_width: int | None
    max_height: int | None
    min_area: int | None
    max_area: int | None
    min_aspect_ratio: float | None
    max_aspect_ratio: float | None
    min_frames: int | None
    max_frames: int | None
    min_duration: float | None
    max_duration: float | None
    min_fps: float | None
    max_fps: float | None


class _Limits:
    """Checks that no lower limit is above its upper one."""

    def __post_init__(self) -> None:
        given = vars(self)
        if (given.get("min_aspect_ratio") is None) != (given.get("max_aspect_ratio") is None):
            raise ValueError("min_aspect_ratio and max_aspect_ratio belong together: give both or neither")
        for name, low in given.items():
            high = given.get(f"max_{name[4:]}") if name.startswith("min_") else None
            if low is not None and high is not None and low > high:
                raise ValueError(f"{name}={low} is above max_{name[4:]}={high}")


@dataclasses.dataclass(frozen=True)
class ImageSizeConstraints(_Limits):
    """Which sizes of images an app makes, in pixels."""

    min_width: int | None = None
    min_height: int | None = None
    max_width: int | None = None
    max_height: int | None = None
    min_area: int | None = None
    max_area: int | None = None
    multiple_of: int | None = None
    min_aspect_ratio: float | None = None
    max_aspect_ratio: float | None = None


@dataclasses.dataclass(frozen=True)
class ImageValidationConfig(_Limits):
    """Which images an input takes: sizes in pixels, the file in bytes, the time to fetch it in seconds."""

    max_file_size: int | None = None
    min_width: int | None = None
    min_height: int | None = None
    max_width: int | None = None
    max_height: int | None = None
    min_aspect_ratio: float | None = None
    max_aspect_ratio: float | None = None
    timeout: float = 20.0


@dataclasses.dataclass(frozen=True)
class VideoValidationConfig(_Limits):
    """Which videos an input takes: sizes in pixels, the file in bytes, durations in seconds."""

    max_file_size: int | None = None
    min_width: int | None = None
    min_height: int | None = None
    max_width: int | None = None
    max_height: int | None = None
    min_area: int | None = None
    max_area: int | None = None
    min_aspect_ratio: float | None = None
    max_aspect_ratio: float | None = None
    min_frames: int | None = None
    max_frames: int | None = None
    min_duration: float | None = None
    max_duration: float | None = None
    min_fps: float | None = None
    max_fps: float | None = None


@dataclasses.dataclass(frozen=True)
class VideoNormalizationConfig(_Limits):
    """The target of normalizing a video before the app sees it: sizes in pixels, the duration in seconds."""

    min_width: int | None = None
    min_height: int | None = None
    max_width: int | None = None
    max_height: int | None = None
    min_area: int | None = None
    max_area: int | None = None
    max_duration: float | None = None
    fps: float | None = None


def to_xfal(
    config: ImageSizeConstraints | ImageValidationConfig | VideoValidationConfig | VideoNormalizationConfig,
) -> dict[str, Any]:
    """Return the limits that are set, as the schema shows them below `x-fal`."""
    limits = dataclasses.asdict(config)
    limits.pop("timeout", None)  # how long the app waits, no property of the image
    return {name: value for name, value in limits.items() if value is not None}
