"""Requirements that are local folders: build them, upload them, refer to them."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fal._installation import install_command
from fal.exceptions import DeployError, ProjectError, UploadFailed

from ..deadline import Deadline
from ..paths import expand, is_file, is_folder

if TYPE_CHECKING:
    from fal._core.caller import Caller

# Long enough for any build that follows; a built environment does not need the archive again.
EXPIRES_SECONDS = 3600
MAX_BYTES = 100 * 1024 * 1024
_EXTRAS = re.compile(r"\s*(\[[^\[\]]*\])\s*$")
_IGNORED = shutil.ignore_patterns(
    "__pycache__", ".venv", "venv", "node_modules", "*.pyc", ".tox", ".nox", ".mypy_cache"
)
_LEFT_OUT = {"__pycache__", ".git", ".venv", "venv", "node_modules", ".tox", ".nox", ".mypy_cache"}


@dataclass(frozen=True, slots=True)
class LocalRequirement:
    """A requirement that names a folder: its text, the folder, and the extras with their brackets."""

    text: str
    folder: Path
    extras: str
    name: str | None  # what pyproject.toml calls the project; None until it is built


def find_local(requirements: list[Any], base: Path) -> list[LocalRequirement]:
    """Return the requirements that name a folder, relative to `base`.

    Raises:
        ProjectError: A requirement is a path, but there is no such project.
    """
    flat = [text for item in requirements for text in (item if isinstance(item, list) else [item])]
    return [local for text in dict.fromkeys(flat) if (local := _local(text, base)) is not None]


def _local(text: str, base: Path) -> LocalRequirement | None:
    stripped = text.strip()
    match = _EXTRAS.search(stripped)
    extras = match.group(1) if match else ""
    path_text = stripped[: match.start()].strip() if match else stripped
    if not path_text or path_text.startswith("-") or "://" in path_text or re.search(r"\s@\s|;", path_text):
        return None
    # A bare word is a package of the index, unless a project of that name lies right here.
    looks_local = path_text in {".", ".."} or path_text.startswith("~") or "/" in path_text or os.sep in path_text
    folder = Path(os.path.abspath(expand(path_text, base)))
    is_project = is_file(folder / "pyproject.toml") or is_file(folder / "setup.py")
    if not looks_local and not is_project:
        return None
    if not is_folder(folder):
        raise ProjectError(f"requirement {text!r} names the folder {folder}, which does not exist")
    if not is_project:
        raise ProjectError(
            f"requirement {text!r} names the folder {folder}, which has neither pyproject.toml nor setup.py"
        )
    return LocalRequirement(text, Path(os.path.realpath(folder)), extras, _project_name(folder, text))


def _project_name(folder: Path, text: str) -> str | None:
    file = folder / "pyproject.toml"
    if not is_file(file):
        return None
    try:
        name = tomllib.loads(file.read_text(encoding="utf-8")).get("project", {}).get("name")
    except (OSError, ValueError, AttributeError) as error:
        raise ProjectError(f"requirement {text!r}: {file} cannot be read: {error}") from None
    return name if isinstance(name, str) and name else None


def fingerprint(folder: Path) -> str:
    """Return a digest of names, sizes and times of a project's files."""
    digest = hashlib.sha256()
    for current, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _LEFT_OUT)
        for name in sorted(names):
            path = os.path.join(current, name)
            with contextlib.suppress(OSError):
                stat = os.lstat(path)
                digest.update(
                    f"{os.path.relpath(path, folder)}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode(errors="replace")
                )
    return digest.hexdigest()


@contextlib.contextmanager
def built(requirement: LocalRequirement, deadline: Deadline) -> Iterator[tuple[Path, str]]:
    """Yield the source distribution of a folder and its project name; the folder itself is not written to.

    Raises:
        DeployError: The build failed, or the `build` package is missing.
    """
    if importlib.util.find_spec("build") is None:
        raise DeployError(
            f"requirement {requirement.text!r} must be built here and the package `build` is missing; "
            f"install it with: {install_command('deploy')}"
        )
    with tempfile.TemporaryDirectory(prefix="fal-sdist-") as scratch:
        copy, out = Path(scratch, "source", requirement.folder.name or "project"), Path(scratch, "dist")
        _copy_tree(requirement.folder, copy)
        _build(requirement, copy, out, deadline)
        archives = list(out.glob("*.tar.gz"))
        if len(archives) != 1:
            raise DeployError(f"building {requirement.folder} produced {len(archives)} archives instead of one")
        yield archives[0], requirement.name or _archive_name(archives[0])


def _copy_tree(folder: Path, copy: Path) -> None:
    def ignored(current: str, names: list[str]) -> set[str]:
        left_out = set(_IGNORED(current, names))
        if ".git" in names and not _reads_git(folder):
            left_out.add(".git")
        # Sockets and pipes cannot be copied.
        special = {n for n in names if (p := Path(current, n)).exists() and not (p.is_file() or p.is_dir())}
        return left_out | special

    try:
        shutil.copytree(folder, copy, symlinks=True, ignore=ignored, ignore_dangling_symlinks=True)
    except (OSError, shutil.Error) as error:
        raise DeployError(f"{folder} cannot be copied to be built: {error}") from None


def _reads_git(folder: Path) -> bool:
    """Whether the project takes its version from git."""
    try:
        text = (folder / "pyproject.toml").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    return bool(re.search(r"setuptools[-_]scm|[-_]vcs|versioningit|dynamic-versioning", text))


def _build(requirement: LocalRequirement, copy: Path, out: Path, deadline: Deadline) -> None:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("FAL_KEY")}
    command = [sys.executable, "-m", "build", "--sdist", "--outdir", str(out), str(copy)]
    try:
        done = subprocess.run(
            command,
            cwd=copy.parent,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=deadline.remaining(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        deadline.remaining()  # raises
        raise DeployError(f"building {requirement.folder} took too long") from None
    if done.returncode:
        tail = "\n".join(done.stdout.decode("utf-8", "replace").splitlines()[-25:])
        tail = tail.replace(str(copy), str(requirement.folder))
        raise DeployError(
            f"requirement {requirement.text!r}: building {requirement.folder} failed (exit {done.returncode}):\n{tail}"
        )


def _archive_name(archive: Path) -> str:
    import tarfile

    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile() and member.name.count("/") == 1 and member.name.endswith("/PKG-INFO"):
                source = tar.extractfile(member)
                for line in source.read().decode("utf-8", "replace").splitlines() if source else ():
                    if line.lower().startswith("name:"):
                        return line.partition(":")[2].strip()
    raise DeployError(f"the archive {archive.name} does not contain a project name")


def store(caller: Caller, archive: Path, text: str, deadline: Deadline) -> str:
    """Upload a source distribution with the client's own credentials and return its address."""
    from fal._gen import rest

    size = archive.stat().st_size
    if size > MAX_BYTES:
        raise UploadFailed(
            f"requirement {text!r}: its source distribution has {size} bytes; at most {MAX_BYTES} can be stored. "
            "Leave big files out of the distribution"
        )
    lifecycle = json.dumps({"expiration_duration_seconds": EXPIRES_SECONDS})
    operation = rest.initiate_upload(
        file_name=archive.name,
        content_type="application/gzip",
        storage_type="fal-cdn-v3",
        x_fal_object_lifecycle=lifecycle,
        x_fal_object_lifecycle_preference=lifecycle,
    )
    slot = caller.send(operation, timeout=deadline.at_most(operation.policy.deadline))
    caller.put_url(
        slot.upload_url,
        archive.read_bytes(),
        headers=(("Content-Type", "application/gzip"),),
        timeout=deadline.at_most(300.0),
    )
    return str(slot.file_url)
