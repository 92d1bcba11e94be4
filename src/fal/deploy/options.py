"""The arguments of a deploy, checked before anything is read or sent."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

from fal._core import arguments
from fal._core.known import check_known
from fal.app.checks import AUTH_MODES, STRATEGIES
from fal.exceptions import InvalidInput, InvalidType

from .paths import expand

if TYPE_CHECKING:
    from typing import Literal, Self

    from fal._gen import models

AppRef: TypeAlias = "str | os.PathLike[str] | tuple[str | os.PathLike[str] | None, str | None] | None"
AuthMode: TypeAlias = "Literal['public', 'private', 'shared'] | models.AuthMode"
Strategy: TypeAlias = "Literal['rolling', 'recreate'] | models.DeploymentStrategy"

ResultHandler: TypeAlias = Callable[[Any], object]

# What the platform stores beside a revision is limited.
MAX_MESSAGE_CHARACTERS = 2048
MAX_ANNOTATIONS = 32
MAX_ANNOTATION_KEY_CHARACTERS = 64
MAX_ANNOTATIONS_BYTES = 16384
RESERVED_ANNOTATIONS = frozenset({"openapi", "message", "annotations"})


class DeployArguments(TypedDict, total=False):
    """The arguments of all three operations; those left out come from pyproject.toml and the app."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployOptions:
    """The checked arguments of a deploy; None means not given.

    Raises:
        InvalidInput: A value is not allowed.
        InvalidType: A value has the wrong type.
    """

    app_name: str | None = None
    auth: str | None = None
    strategy: str | None = None
    reset_scale: bool | None = None
    message: str | None = None
    annotations: Mapping[str, str] | None = None
    environment_name: str | None = None
    attach_to_deployment: bool | None = None
    force_env_build: bool = False
    root: str | os.PathLike[str] | None = None
    timeout: float | None = None

    @classmethod
    def of(cls, place: str, given: DeployArguments) -> Self:
        """Check and return the arguments of the method `place`.

        Raises:
            InvalidInput: A value is not allowed.
            InvalidType: A value has the wrong type, or there is no such argument.
        """
        check_known(place, given, cls.__slots__)
        return cls(**given)

    def __post_init__(self) -> None:
        if self.app_name is not None:
            arguments.identifier("app_name", self.app_name, 'the name to deploy under, e.g. "my-app"')
        arguments.optional_environment(self.environment_name)
        arguments.optional_flag("reset_scale", self.reset_scale)
        arguments.optional_flag("attach_to_deployment", self.attach_to_deployment)
        arguments.flag("force_env_build", self.force_env_build)
        arguments.optional_seconds("timeout", self.timeout)
        if self.root is not None and not isinstance(self.root, str | os.PathLike):
            raise InvalidType(f"root must be a path, not {type(self.root).__name__}")
        if self.auth is not None:
            object.__setattr__(self, "auth", arguments.one_of("auth", self.auth, AUTH_MODES))
        if self.strategy is not None:
            strategy = arguments.one_of("strategy", self.strategy, STRATEGIES)
            object.__setattr__(self, "strategy", strategy)
            check_attach(self.attach_to_deployment, strategy)
        _check_message(self.message)
        _check_annotations(self.annotations)

    @property
    def folder(self) -> Path | None:
        """The project folder, if one was given."""
        return None if self.root is None else expand(self.root, Path.cwd())


def check_attach(attach_to_deployment: bool | None, strategy: str) -> None:
    """Refuse attach_to_deployment for a strategy without a rollout to follow."""
    if attach_to_deployment is not None and strategy != "rolling":
        raise InvalidInput(
            f"attach_to_deployment only applies to the rolling strategy, and this deploy uses {strategy!r}; "
            "leave attach_to_deployment out or use strategy='rolling'"
        )


def _check_message(message: str | None) -> None:
    if len(arguments.optional_text("message", message) or "") > MAX_MESSAGE_CHARACTERS:
        raise InvalidInput(f"message has {len(message or '')} characters; at most {MAX_MESSAGE_CHARACTERS} are stored")


def _check_annotations(annotations: Mapping[str, str] | None) -> None:
    if annotations is None:
        return
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
