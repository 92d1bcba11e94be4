"""Container images of pyproject.toml as the wire describes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from .environment import Image


def image_from_table(table: Mapping[str, Any], root: Path, *, use_isolate: bool | None) -> Image:
    """Return the image that a checked `image` table describes; its context is the project folder."""
    if "dockerfile" in table:
        from fal.app import ContainerImage

        options = {
            key: table[key] for key in ("build_args", "registries", "secrets", "entrypoint", "cmd") if key in table
        }
        text = (root / table["dockerfile"]).read_text(encoding="utf-8-sig")
        return cast("Image", ContainerImage(text, context_dir=root, use_isolate=use_isolate, **options).to_dict())
    image: Image = {"image": table["image"]}
    if "registries" in table:
        image["registries"] = {host: dict(login) for host, login in table["registries"].items()}
    if "entrypoint" in table:
        image["entrypoint"] = table["entrypoint"]
    if "cmd" in table:
        image["cmd"] = table["cmd"]
    if use_isolate is not None:
        image["use_isolate"] = use_isolate
    return image
