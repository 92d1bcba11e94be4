"""Container images as the wire describes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .dockerfile import copied_sources, ignore_patterns, ignore_regexes


def image_from_table(table: Mapping[str, Any], root: Path, *, use_isolate: bool | None) -> dict[str, Any]:
    """Return the image that a checked `image` table of pyproject.toml describes."""
    if "dockerfile" in table:
        image: dict[str, Any] = {
            "dockerfile_str": (root / table["dockerfile"]).read_text(encoding="utf-8"),
            "build_args": dict(table.get("build_args", {})),
            "registries": dict(table.get("registries", {})),
            "builder": None,
            "compression": "gzip",
            "force_compression": False,
            "secrets": dict(table.get("secrets", {})),
            "docker_context_dir": str(root),
        }
    else:
        image = {"image": table["image"]}
        if "registries" in table:
            image["registries"] = dict(table["registries"])
    for key in ("entrypoint", "cmd"):
        if key in table:
            image[key] = table[key]
    if use_isolate is not None:
        image["use_isolate"] = use_isolate
    return container_image(image, root)


def container_image(image: Any, folder: Path) -> dict[str, Any]:
    """Return an image as a plain dict, with the sources that its Dockerfile copies filled in.

    The entry `local_ignore` keeps ignore rules with their negations; it is for this machine and never sent.
    """
    found = dict(image.to_dict() if hasattr(image, "to_dict") else image or {})
    text = found.get("dockerfile_str")
    if not text:
        return found
    context = Path(found.get("docker_context_dir") or folder)
    context = context if context.is_absolute() else folder / context
    found["docker_context_dir"] = str(context)
    if "docker_files_list" not in found:
        found["docker_files_list"] = copied_sources(text)
    if "docker_ignore" not in found:
        rules = ignore_regexes(ignore_patterns(context))
        found["local_ignore"] = rules
        # The wire has no negation. The files are chosen here, so saying less there loses nothing.
        found["docker_ignore"] = [] if any(rule.startswith("!") for rule in rules) else rules
    return found
