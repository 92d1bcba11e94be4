"""The arguments of a deploy, checked before anything is read or sent."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypedDict

from fal.exceptions import InvalidInput, InvalidType

from .paths import expand

if TYPE_CHECKING:
    from typing import Literal

    from fal._gen import models

AppRef: TypeAlias = "str | os.PathLike[str] | tuple[str | os.PathLike[str] | None, str | None] | None"
AuthMode: TypeAlias = "Literal['public', 'private', 'shared'] | models.AuthMode"
Strategy: TypeAlias = "Literal['rolling', 'recreate'] | models.DeploymentStrategy"

AUTH_MODES = ("public", "private", "shared")
STRATEGIES = ("rolling", "recreate")

# What the platform stores beside a revision is limited.
MAX_MESSAGE_CHARACTERS = 2048
MAX_ANNOTATIONS = 32
MAX_ANNOTATION_KEY_CHARACTERS = 64
MAX_ANNOTATIONS_BYTES = 16384
RESERVED_ANNOTATIONS = frozenset({"openapi", "message", "annotations"})


class DeployArguments(TypedDict, total=False):
    """What all three operations take; what is left out, or None, is decided by pyproject.toml and the app."""

    app_name: str | None
    """Deploy under this name."""
    auth: AuthMode | None
    """Who may call the app."""
    strategy: Strategy | None
    """rolling (start the new revision, then stop the old) or recreate (the other way round)."""
    reset_scale: bool | None
    """True replaces live scale settings by the app's own."""
    message: str | None
    """A text to keep with the revision, up to 2048 characters."""
    annotations: Mapping[str, str] | None
    """Up to 32 texts by name to keep with the revision."""
    environment_name: str | None
    """Deploy into this environment."""
    attach_to_deployment: bool | None
    """True follows a rolling deploy until it has ended."""
    force_env_build: bool
    """Build the environment even when an equal one exists."""
    root: str | os.PathLike[str] | None
    """The project folder, instead of the nearest one above the working directory."""
    timeout: float | None
    """Seconds for the whole deploy."""


@dataclass(frozen=True, slots=True)
class DeployOptions:
    """What the caller of a deploy said; None means that it was not said."""

    app_name: str | None = None
    auth: str | None = None
    strategy: str | None = None
    reset_scale: bool | None = None
    message: str | None = None
    annotations: dict[str, str] = field(default_factory=dict)
    environment_name: str | None = None
    attach_to_deployment: bool | None = None
    force_env_build: bool = False
    root: Path | None = None
    timeout: float | None = None


def check_options(
    *,
    app_name: str | None = None,
    auth: str | None = None,
    strategy: str | None = None,
    reset_scale: bool | None = None,
    message: str | None = None,
    annotations: Mapping[str, str] | None = None,
    environment_name: str | None = None,
    attach_to_deployment: bool | None = None,
    force_env_build: bool = False,
    root: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
) -> DeployOptions:
    """Check the arguments of a deploy.

    Raises:
        InvalidInput: A value is not allowed.
        InvalidType: A value has the wrong type.
    """
    for name, text in (("app_name", app_name), ("environment_name", environment_name)):
        if text is not None and not isinstance(text, str):
            raise InvalidType(f"{name} must be a str, not {type(text).__name__}")
        if text is not None and not text.strip():
            raise InvalidInput(f"{name} is empty; leave it out or give a name")
    for name, flag in (("reset_scale", reset_scale), ("attach_to_deployment", attach_to_deployment)):
        if flag is not None and not isinstance(flag, bool):
            raise InvalidType(f"{name} must be True, False or None, not {type(flag).__name__}")
    if not isinstance(force_env_build, bool):
        raise InvalidType(f"force_env_build must be a bool, not {type(force_env_build).__name__}")
    if timeout is not None:
        if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
            raise InvalidType(f"timeout must be a number of seconds, not {type(timeout).__name__}")
        if not timeout > 0:
            raise InvalidInput(f"timeout must be more than 0 seconds, not {timeout}")
    if root is not None and not isinstance(root, (str, os.PathLike)):
        raise InvalidType(f"root must be a path, not {type(root).__name__}")
    if strategy is not None:
        strategy = choice("strategy", strategy, STRATEGIES)
        check_attach(attach_to_deployment, strategy)
    return DeployOptions(
        app_name=app_name,
        auth=None if auth is None else choice("auth", auth, AUTH_MODES),
        strategy=strategy,
        reset_scale=reset_scale,
        message=_check_message(message),
        annotations=_check_annotations(annotations),
        environment_name=environment_name,
        attach_to_deployment=attach_to_deployment,
        force_env_build=force_env_build,
        root=None if root is None else expand(root, Path.cwd()),
        timeout=None if timeout is None else float(timeout),
    )


def choice(argument: str, value: object, allowed: tuple[str, ...]) -> str:
    """Return `value` in lower case when it is one of `allowed`."""
    text = getattr(value, "value", value)  # an enum member stands for its value
    if not isinstance(text, str):
        raise InvalidType(f"{argument} must be one of {', '.join(allowed)}, not {type(value).__name__}")
    if text.strip().lower() not in allowed:
        raise InvalidInput(f"{argument}={text!r} is not known; use one of {', '.join(allowed)}")
    return text.strip().lower()


def check_attach(attach_to_deployment: bool | None, strategy: str) -> None:
    """Refuse to follow a rollout that a strategy does not have."""
    if attach_to_deployment is not None and strategy != "rolling":
        raise InvalidInput(
            f"attach_to_deployment only applies to the rolling strategy, and this deploy uses {strategy!r}; "
            "leave attach_to_deployment out or use strategy='rolling'"
        )


def _check_message(message: str | None) -> str | None:
    if message is None:
        return None
    if not isinstance(message, str):
        raise InvalidType(f"message must be a str, not {type(message).__name__}")
    if len(message) > MAX_MESSAGE_CHARACTERS:
        raise InvalidInput(f"message has {len(message)} characters; at most {MAX_MESSAGE_CHARACTERS} are stored")
    return message


def _check_annotations(annotations: Mapping[str, str] | None) -> dict[str, str]:
    if annotations is None:
        return {}
    if not isinstance(annotations, Mapping):
        raise InvalidType(f"annotations must map str to str, not be a {type(annotations).__name__}")
    if len(annotations) > MAX_ANNOTATIONS:
        raise InvalidInput(f"annotations has {len(annotations)} entries; at most {MAX_ANNOTATIONS} are stored")
    for key, value in annotations.items():
        if not isinstance(key, str):
            raise InvalidType(f"annotations has a key of type {type(key).__name__}; keys must be str")
        if not key:
            raise InvalidInput("annotations has an empty key")
        if len(key) > MAX_ANNOTATION_KEY_CHARACTERS:
            raise InvalidInput(
                f"annotations key {key[:20]!r}... has {len(key)} characters; "
                f"at most {MAX_ANNOTATION_KEY_CHARACTERS} are allowed"
            )
        if key in RESERVED_ANNOTATIONS:
            raise InvalidInput(f"annotations key {key!r} is reserved; choose another name")
        if not isinstance(value, str):
            raise InvalidType(f"annotations[{key!r}] must be a str, not {type(value).__name__}")
    size = len(json.dumps(dict(annotations), ensure_ascii=False).encode("utf-8", "surrogatepass"))
    if size > MAX_ANNOTATIONS_BYTES:
        raise InvalidInput(f"annotations take {size} bytes as JSON; at most {MAX_ANNOTATIONS_BYTES} are stored")
    return dict(annotations)
