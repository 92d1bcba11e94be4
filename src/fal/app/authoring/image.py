"""The container image an app runs in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

from .. import checks as c
from ..errors import AppDefinitionError
from .dockerfile import DEFAULT_IGNORE, copy_sources, ignore_regex

BUILDERS = ("depot", "service", "worker")
MASK = "********"

V = TypeVar("V")


class _Sealed(Generic[V]):
    """Holds the parts of an image that `vars`, `json` or a debugger must not show. It is pickled empty."""

    __slots__ = ("value",)

    def __init__(self, value: V) -> None:
        self.value = value

    def __repr__(self) -> str:
        return repr(MASK)

    def __reduce__(self) -> tuple[Any, ...]:
        return _Sealed, ({},)


class _Private(Generic[V]):
    """An attribute of an image whose value is not among the image's variables."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = f"_{name}"

    @overload
    def __get__(self, image: None, owner: type) -> _Private[V]: ...

    @overload
    def __get__(self, image: ContainerImage, owner: type) -> V: ...

    def __get__(self, image: ContainerImage | None, owner: type) -> Any:
        return self if image is None else vars(image)[self._name].value

    def __set__(self, image: ContainerImage, value: V) -> None:
        vars(image)[self._name] = _Sealed(value)


class ContainerImage:
    """An image built from a Dockerfile.

    Passwords and build secrets never appear in its repr, and are left out when it is pickled.

    Args:
        dockerfile_str: The Dockerfile's text.
        build_args: Build arguments by name.
        registries: Credentials per registry host: {"ghcr.io": {"username": ..., "password": ...}}.
        builder: The builder; usually left out.
        compression: Compression of the layers.
        force_compression: Recompress layers that use another compression.
        secrets: Build secrets by name.
        entrypoint: Overrides the image's entrypoint.
        cmd: Overrides the image's command.
        use_isolate: False runs the image as it is, without the app's Python code.
        context_dir: Folder that COPY and ADD read from; by default the current folder.
        dockerignore: Gitignore-style patterns of files to leave out of the context.
        dockerignore_path: File to read such lines from, instead of .dockerignore in `context_dir`.

    Raises:
        AppDefinitionError: A value is invalid.
        FileNotFoundError: `dockerignore_path` does not exist.

    Example:
        >>> ContainerImage.from_dockerfile_str("FROM python:3.11").to_dict()["dockerfile_str"]
        'FROM python:3.11'
    """

    build_args = _Private[dict[str, str]]()
    registries = _Private[dict[str, dict[str, str]]]()
    secrets = _Private[dict[str, str]]()

    def __init__(
        self,
        dockerfile_str: str,
        build_args: Mapping[str, str] | None = None,
        registries: Mapping[str, Mapping[str, str]] | None = None,
        builder: str | None = None,
        compression: str = "gzip",
        force_compression: bool = False,
        secrets: Mapping[str, str] | None = None,
        entrypoint: str | list[str] | None = None,
        cmd: str | list[str] | None = None,
        use_isolate: bool | None = None,
        context_dir: str | os.PathLike[str] | None = None,
        dockerignore: list[str] | None = None,
        dockerignore_path: str | os.PathLike[str] | None = None,
    ) -> None:
        if not isinstance(dockerfile_str, str):
            raise c.fail("ContainerImage: dockerfile_str", dockerfile_str, "a str")
        if not dockerfile_str.strip():
            raise AppDefinitionError(
                "ContainerImage: the Dockerfile is empty; give its text to from_dockerfile_str() "
                "or its path to from_dockerfile()"
            )
        if builder is not None:
            c.choice(*BUILDERS)("ContainerImage: builder", builder)
        c.text("ContainerImage: compression", compression)
        c.flag("ContainerImage: force_compression", force_compression)
        if use_isolate is not None:
            c.flag("ContainerImage: use_isolate", use_isolate)
        for name, command in (("entrypoint", entrypoint), ("cmd", cmd)):
            if command is not None and not isinstance(command, str):
                c.texts(f"ContainerImage: {name}", command)
        if dockerignore is not None and dockerignore_path is not None:
            raise AppDefinitionError("ContainerImage: dockerignore and dockerignore_path are both set; keep one")
        self.dockerfile_str = dockerfile_str
        self.build_args = _strings("build_args", build_args)
        self.registries = _registries(registries)
        self.builder = builder
        self.compression = compression
        self.force_compression = force_compression
        self.secrets = _strings("secrets", secrets)
        self.entrypoint = entrypoint
        self.cmd = cmd
        self.use_isolate = use_isolate
        # Unlike Path.expanduser, this one leaves a ~ alone where there is no home folder.
        self.context_dir = Path(os.path.expanduser(context_dir)).absolute() if context_dir is not None else Path.cwd()
        self.dockerignore = None if dockerignore is None else c.texts("ContainerImage: dockerignore", dockerignore)
        self.dockerignore_path = None if dockerignore_path is None else Path(dockerignore_path)
        if self.dockerignore_path is not None and not self.dockerignore_path.is_file():
            raise FileNotFoundError(f"ContainerImage: dockerignore_path {str(self.dockerignore_path)!r} does not exist")

    @classmethod
    def from_dockerfile_str(cls, text: str, **kwargs: Any) -> ContainerImage:
        """Make an image from a Dockerfile's text; further arguments as for the class."""
        return cls(text, **kwargs)

    @classmethod
    def from_dockerfile(cls, path: str | os.PathLike[str], **kwargs: Any) -> ContainerImage:
        """Make an image from a Dockerfile; further arguments as for the class.

        Raises:
            FileNotFoundError: The file does not exist.
        """
        try:
            return cls(Path(path).read_text(encoding="utf-8-sig"), **kwargs)
        except FileNotFoundError as error:
            if error.filename is None or Path(error.filename) != Path(path):
                raise
            raise FileNotFoundError(f"ContainerImage: the Dockerfile {os.fspath(path)!r} does not exist") from None

    def add_dockerignore(self, patterns: list[str] | None = None, path: str | os.PathLike[str] | None = None) -> None:
        """Set which files stay out of the build context.

        Args:
            patterns: Gitignore-style lines.
            path: File with such lines; give one of the two.

        Raises:
            AppDefinitionError: Both or neither are given.
        """
        if (patterns is None) == (path is None):
            raise AppDefinitionError("add_dockerignore: give either patterns or path")
        if path is not None:
            patterns = Path(path).read_text(encoding="utf-8-sig").splitlines()
        self.dockerignore = c.texts("add_dockerignore: patterns", [line for line in patterns or () if line.strip()])
        self.dockerignore_path = None

    def get_copy_add_sources(self) -> list[str]:
        """Return the paths the Dockerfile reads from its context."""
        return copy_sources(self.dockerfile_str)

    def to_dict(self) -> dict[str, Any]:
        """Return the image in the form it is sent, secrets included.

        `local_ignore` is not sent: it holds the ignore rules in order, with "!" before those that take paths back. The
        wire has no such rules, so `docker_ignore` is empty when there is one, and the files are chosen here alone.
        """
        rules = [rule for line in self._ignore_lines() if (rule := ignore_regex(line)) is not None]
        image: dict[str, Any] = {
            "dockerfile_str": self.dockerfile_str,
            "build_args": dict(self.build_args),
            "registries": {host: dict(login) for host, login in self.registries.items()},
            "builder": self.builder,
            "compression": self.compression,
            "force_compression": self.force_compression,
            "secrets": dict(self.secrets),
            "docker_context_dir": str(self.context_dir),
            "docker_files_list": self.get_copy_add_sources(),
            "docker_ignore": [] if any(rule.startswith("!") for rule in rules) else rules,
            "local_ignore": rules,
        }
        overrides = {"entrypoint": self.entrypoint, "cmd": self.cmd, "use_isolate": self.use_isolate}
        return image | {name: value for name, value in overrides.items() if value is not None}

    def _ignore_lines(self) -> list[str]:
        if self.dockerignore is not None:
            return self.dockerignore
        file = self.dockerignore_path or self.context_dir / ".dockerignore"
        return file.read_text(encoding="utf-8-sig").splitlines() if file.is_file() else list(DEFAULT_IGNORE)

    def __repr__(self) -> str:
        first = next(line.strip() for line in self.dockerfile_str.splitlines() if line.strip())
        return f"ContainerImage({first!r}, context_dir={str(self.context_dir)!r})"

    def __copy__(self) -> ContainerImage:
        copied = object.__new__(type(self))
        vars(copied).update(vars(self))
        return copied

    def __deepcopy__(self, memo: dict[int, Any]) -> ContainerImage:
        copied = self.__copy__()
        copied.build_args, copied.secrets = dict(self.build_args), dict(self.secrets)
        copied.registries = {host: dict(login) for host, login in self.registries.items()}
        return copied


def _strings(name: str, value: Mapping[str, str] | None) -> dict[str, str]:
    values = c.mapping(f"ContainerImage: {name}", value or {})
    for key, item in values.items():
        if not isinstance(item, str):
            raise AppDefinitionError(f"ContainerImage: {name}[{key!r}] must be a str, not {type(item).__name__}")
    return values


def _registries(value: Mapping[str, Mapping[str, str]] | None) -> dict[str, dict[str, str]]:
    registries: dict[str, dict[str, str]] = {}
    for host, login in c.mapping("ContainerImage: registries", value or {}).items():
        entry = c.mapping(f"ContainerImage: registries[{host!r}]", login)
        missing = [name for name in ("username", "password") if not isinstance(entry.get(name), str)]
        if missing:
            raise AppDefinitionError(f"ContainerImage: registries[{host!r}] needs {' and '.join(missing)} as str")
        registries[host] = entry
    return registries
