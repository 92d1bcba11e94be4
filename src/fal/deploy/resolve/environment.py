"""What an app runs in, as EnvironmentDefinition describes it: a kind, and a configuration that is JSON on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Required, TypeAlias, TypedDict

Requirements: TypeAlias = "list[str] | list[list[str]]"
"""Requirements of pip, flat or in layers."""


class Image(TypedDict, total=False):
    """A container image: one that exists, or a Dockerfile with what building it needs."""

    image: str
    dockerfile_str: str
    build_args: dict[str, str]
    registries: dict[str, dict[str, str]]
    secrets: dict[str, str]
    builder: str | None
    compression: str
    force_compression: bool
    docker_context_dir: str
    docker_files_list: list[str]
    docker_ignore: list[str]
    local_ignore: list[str]
    """Rules that only this machine understands; not sent."""
    entrypoint: list[str]
    cmd: list[str]
    use_isolate: bool


class Configuration(TypedDict, total=False):
    """What the three kinds of environment take; `ENVIRONMENT_KEYS` of fal.app.settings says which takes what."""

    python_version: Required[str]
    requirements: Requirements
    resolver: str
    compile_bytecode: bool
    image: Image
    env_dict: dict[str, Any]
    env_yml_str: str
    packages: list[str]
    pip: Requirements
    channels: list[str]


@dataclass(slots=True)
class Environment:
    """One environment. Its repr leaves the configuration out, which may hold logins."""

    kind: str
    configuration: Configuration = field(repr=False)

    @property
    def image(self) -> Image | None:
        """The container image, if it is one."""
        return self.configuration.get("image") if self.kind == "container" else None

    @property
    def requirements(self) -> Requirements:
        """What pip installs, under the key that this kind of environment has for it."""
        configuration = self.configuration
        return (configuration.get("pip") if self.kind == "conda" else configuration.get("requirements")) or []

    @requirements.setter
    def requirements(self, requirements: Requirements) -> None:
        if self.kind == "conda":
            self.configuration["pip"] = requirements
        else:
            self.configuration["requirements"] = requirements


def is_layered(requirements: Requirements) -> bool:
    """Return whether the requirements are installed in several steps."""
    return any(isinstance(item, list) for item in requirements)


def layers(requirements: Requirements) -> list[list[str]]:
    """Return the requirements in layers; flat ones are a single layer."""
    nested = [item for item in requirements if isinstance(item, list)]
    return nested or [[item for item in requirements if isinstance(item, str)]]


def flat(requirements: Requirements) -> list[str]:
    """Return the requirements of all layers in one list."""
    return [text for layer in layers(requirements) for text in layer]
