"""Collect the files of an app."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..errors import FileError
from ..paths import is_file, is_folder, is_inside
from ..resolve.draft import FileSelection
from .globs import translate

MAX_FILE_BYTES = 1024**3


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file to send, named by its path below the context folder."""

    relative_path: str
    path: Path
    size: int
    mode: int
    mtime_ns: int
    inode: int


def collect(selection: FileSelection) -> tuple[list[LocalFile], list[str]]:
    """Return the selected files in order of their relative path, and notices about what was left out.

    Raises:
        FileError: A file is too large, cannot be read, or is outside of the context folder.
    """
    context = Path(os.path.abspath(selection.context))
    if not is_folder(context):
        raise FileError(f"the folder {context} that the app's files are taken from does not exist")
    collector = _Collector(context, selection)
    for pattern in selection.paths:
        collector.add(pattern)
    files = sorted(collector.collected.values(), key=lambda file: file.relative_path)
    return files, collector.notices


class _Collector:
    def __init__(self, context: Path, selection: FileSelection) -> None:
        self.context = context
        self.real_context = os.path.realpath(context)
        self.globs = selection.globs
        self.ignore = _Ignore(selection.ignore)
        self.app_file = os.path.realpath(selection.app_file) if selection.app_file else None
        self.collected: dict[str, LocalFile] = {}
        self.notices: list[str] = []

    def add(self, pattern: str) -> None:
        relative = self._relative(pattern)
        path = self.context / relative
        if self.globs and re.search(r"[*?\[]", pattern) and not os.path.exists(path):
            self._add_matches(relative)
        elif is_folder(path):
            self._add_tree(path, "" if relative == "." else relative)
        elif is_file(path):
            if not self.ignore.matches(relative):
                self._add_file(path, relative)
        elif os.path.islink(path):
            self.notices.append(f"{pattern!r} is a broken link and is left out")
        elif os.path.lexists(path):
            raise FileError(f"{pattern!r} ({path}) is neither a file nor a folder; leave it out")
        else:
            self.notices.append(f"{pattern!r} does not exist in {self.context} and is skipped")

    def _relative(self, pattern: str) -> str:
        path = Path(pattern.lstrip("/") or ".") if self.globs else Path(pattern)  # Docker roots sources at the context
        if path.is_absolute():
            try:
                path = path.relative_to(self.context)
            except ValueError:
                raise FileError(
                    f"{pattern!r} lies outside of the folder {self.context}; move it there, or name the common folder "
                    "as app_files_context_dir"
                ) from None
        normal = os.path.normpath(path).replace(os.sep, "/")
        if normal == ".." or normal.startswith("../") or PurePosixPath(normal).is_absolute():
            raise FileError(
                f"{pattern!r} points outside of the folder {self.context}; set app_files_context_dir to a common folder"
            )
        return normal

    def _add_tree(self, folder: Path, prefix: str) -> None:
        for path, relative in self._walk(folder, prefix):
            self._add_file(path, relative)

    def _add_matches(self, glob: str) -> None:
        regex = re.compile(translate(glob) + r"(?:/.*)?")
        count = len(self.collected)
        for path, relative in self._walk(self.context, ""):
            if regex.fullmatch(relative):
                self._add_file(path, relative)
        if len(self.collected) == count:
            self.notices.append(f"{glob!r} matches no file in {self.context}")

    def _walk(self, folder: Path, prefix: str, linked: frozenset[str] = frozenset()) -> Iterator[tuple[Path, str]]:
        """Yield the files below a folder, those of linked folders too; `linked` are the folders that links have led to."""

        def unreadable(error: OSError) -> None:
            raise FileError(f"the folder {error.filename} cannot be read: {error.strerror}")

        for current, folders, names in os.walk(folder, followlinks=False, onerror=unreadable):
            below = Path(current).relative_to(folder).as_posix()
            start = "/".join(part for part in (prefix, "" if below == "." else below) if part)
            base = f"{start}/" if start else ""
            folders[:] = sorted(name for name in folders if not self.ignore.prunes(base + name))
            for name in [name for name in folders if os.path.islink(os.path.join(current, name))]:
                folders.remove(name)
                real = os.path.realpath(os.path.join(current, name))
                if not is_inside(real, self.real_context):
                    self.notices.append(
                        f"{base + name!r} is a link to a folder outside of {self.context} and is left out"
                    )
                elif real in linked or is_inside(os.path.realpath(current), real):
                    self.notices.append(f"{base + name!r} is a link back to a folder around it and is left out")
                else:
                    yield from self._walk(Path(current, name), base + name, linked | {real})
            for name in sorted(names):
                if not self.ignore.matches(base + name):
                    yield Path(current, name), base + name

    def _add_file(self, path: Path, relative: str) -> None:
        real = os.path.realpath(path)
        if real == self.app_file:
            return
        if os.path.islink(path) and not os.path.exists(path):
            self.notices.append(f"{relative!r} is a broken link and is left out")
            return
        if not is_inside(real, self.real_context):
            raise FileError(
                f"{relative!r} is a link to {real}, outside of the folder {self.context}; copy the file there, or add "
                "it to the ignore rules"
            )
        try:
            status = os.stat(real)
        except OSError as error:
            raise FileError(f"{path} cannot be read: {error.strerror}") from None
        if not stat.S_ISREG(status.st_mode):
            self.notices.append(f"{relative!r} is not a regular file and is skipped")
            return
        if status.st_size > MAX_FILE_BYTES:
            raise FileError(
                f"{path} has {status.st_size} bytes; at most {MAX_FILE_BYTES} (1 GiB) can be uploaded. "
                "Download it in setup() instead"
            )
        try:
            _check_text(relative)
        except UnicodeError:
            raise FileError(f"the name of {os.fsencode(path)!r} is not valid Unicode; rename the file") from None
        self.collected.setdefault(
            relative,
            LocalFile(relative, Path(real), status.st_size, status.st_mode, status.st_mtime_ns, status.st_ino),
        )


def _check_text(name: str) -> None:
    name.encode("utf-8")


class _Ignore:
    """Regular expressions for `search`; the last one that matches decides, and one with `!` takes a file back in."""

    def __init__(self, rules: tuple[str, ...]) -> None:
        self.rules: list[tuple[re.Pattern[str], bool]] = []
        for rule in rules:
            negated = rule.startswith("!")
            try:
                self.rules.append((re.compile(rule[1:] if negated else rule), not negated))
            except re.error as error:
                raise FileError(f"the ignore rule {rule!r} is not a regular expression: {error}") from None
        self.any_negated = any(not ignores for _, ignores in self.rules)

    def matches(self, relative: str) -> bool:
        ignored = False
        for regex, ignores in self.rules:
            if ignored != ignores and regex.search(relative):
                ignored = ignores
        return ignored

    def prunes(self, folder: str) -> bool:
        """Whether nothing below a folder can be wanted, as far as two names that nobody uses can tell."""
        if self.any_negated:
            return False
        return self.matches(f"{folder}/\x01") and self.matches(f"{folder}/\x01/\x01")
