"""The content of `spec/async.toml`: which hand-written sync classes have async versions, and their wording where it differs."""

from __future__ import annotations

import tomllib
from pathlib import Path

from attrs import Factory, frozen

from generator.errors import SpecError

NAME = "async.toml"
_IO = {"awaited", "iterated", "entered"}


@frozen
class AsyncConfig:
    """The content of `spec/async.toml`, which describes each entry."""

    package: str
    folder: str
    sources: str
    classes: dict[str, list[str]]
    replace: dict[str, str] = Factory(dict)
    expressions: dict[str, str] = Factory(dict)
    imports: list[str] = Factory(list)
    io: dict[str, list[str]] = Factory(dict)
    words: dict[str, str] = Factory(dict)

    def module_of(self, module: str) -> str:
        """Return the module that holds the async versions of a module's classes."""
        return f"{self.package}.{module.rpartition('.')[2]}"

    @property
    def paths(self) -> list[Path]:
        """The sources, relative to the project."""
        return [Path(self.sources, *module.split(".")).with_suffix(".py") for module in self.classes]

    @staticmethod
    def async_name(name: str) -> str:
        """Return the name of an async class: `SyncClient` has `AsyncClient`, and `Namespace` has `AsyncNamespace`."""
        return "Async" + name.removeprefix("Sync")


def read_config(root: Path) -> AsyncConfig | None:
    """Read `spec/async.toml` below `root`; None when the project has no async client."""
    path = root / "spec" / NAME
    if not path.exists():
        return None
    try:
        config = AsyncConfig(**tomllib.loads(path.read_text(encoding="utf-8")))
    except (TypeError, tomllib.TOMLDecodeError) as error:
        raise SpecError(f"{NAME}: {error}") from None
    if set(config.io) - _IO:
        raise SpecError(f"{NAME}: [io] takes {', '.join(sorted(_IO))}, not {', '.join(sorted(set(config.io) - _IO))}")
    stems = [name.rpartition(".")[2] for name in config.classes]
    for stem in stems:
        if stems.count(stem) > 1:
            raise SpecError(f"{NAME}: [classes] has two modules named {stem}, whose async versions would be one file")
    return config
