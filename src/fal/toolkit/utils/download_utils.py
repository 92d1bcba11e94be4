"""Files, model weights and repositories, downloaded once and kept."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import tempfile
from email.message import Message
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from .fetch import Answer, fetch
from .fetch import DownloadError as DownloadError

FAL_PERSISTENT_DIR = PurePosixPath("/data")
FAL_MODEL_WEIGHTS_DIR = FAL_PERSISTENT_DIR / ".fal" / "model_weights"
FAL_REPOSITORY_DIR = FAL_PERSISTENT_DIR / ".fal" / "repos"

_CHUNK = 1024 * 1024
_LAST_USE = ".fal_used"  # its date shows what is no longer needed when the volume is cleaned up
_SHORTEST_HASH = 8


def download_file(
    url: str,
    target_dir: str | Path,
    *,
    force: bool = False,
    request_headers: dict[str, str] | None = None,
    filesize_limit: int | None = None,
) -> Path:
    """Download a file into a folder, and return its path. A file of the same name and size is not fetched again.

    Args:
        url: Where it is: http, https or data.
        target_dir: The folder; a relative one is below `FAL_PERSISTENT_DIR`.
        force: Whether to fetch it anyway.
        request_headers: Sent along.
        filesize_limit: Most megabytes that are taken.

    Raises:
        DownloadError: It cannot be fetched, is too big, or breaks off.

    Example:
        path = download_file("https://example.com/model.bin", "/data/models")
    """
    folder = kept(FAL_PERSISTENT_DIR) / target_dir
    limit = None if filesize_limit is None else filesize_limit * 1024 * 1024
    with fetch(url, request_headers) as answer:
        size = _size(answer)
        if limit is not None and size is not None and size > limit:
            raise DownloadError(f"the file has {size} bytes, more than the {filesize_limit} MB of filesize_limit")
        target = folder / _name(answer)
        if not force and size is not None and target.is_file() and target.stat().st_size == size:
            return target
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, prefix=".fal-", delete=False) as file:
                try:
                    written = _copy(answer, file, limit)
                    if size is not None and written != size:
                        raise DownloadError(f"the download was cut off after {written} of {size} bytes")
                    os.replace(file.name, target)
                except BaseException:
                    os.unlink(file.name)
                    raise
        except OSError as error:
            raise DownloadError(f"the file cannot be written to {folder}: {error}") from error
    return target


def download_model_weights(url: str, force: bool = False, request_headers: dict[str, str] | None = None) -> Path:
    """Download model weights into the persistent volume, once for all runners, and return their path.

    Args:
        url: Where they are.
        force: Whether to fetch them anyway.
        request_headers: Sent along.

    Raises:
        DownloadError: They cannot be fetched.

    Example:
        path = download_model_weights("https://example.com/weights.safetensors")
    """
    folder = kept(FAL_MODEL_WEIGHTS_DIR) / _hash_url(url)
    there = [path for path in folder.iterdir() if not path.name.startswith(".fal")] if folder.is_dir() else []
    path = there[0] if there and not force else download_file(url, folder, force=force, request_headers=request_headers)
    with contextlib.suppress(OSError):  # the volume may be read-only
        (folder / _LAST_USE).touch()
    return path


def clone_repository(
    https_url: str,
    *,
    commit_hash: str | None = None,
    target_dir: str | Path | None = None,
    repo_name: str | None = None,
    force: bool = False,
    include_to_path: bool = False,
) -> Path:
    """Clone a git repository into the persistent volume, and return its folder. A commit that is there is kept.

    Args:
        https_url: Where it is.
        commit_hash: Which commit, at least 8 characters; the newest when left out, which is then cloned each time.
        target_dir: The folder that it is cloned below.
        repo_name: Name of its own folder; by default that of the repository, with the commit.
        force: Whether to clone it anyway.
        include_to_path: Whether its modules can be imported from now on.

    Raises:
        ValueError: The commit is too short to name one for certain.
        DownloadError: It cannot be cloned, or has no such commit.
    """
    if commit_hash is not None and len(commit_hash) < _SHORTEST_HASH:
        raise ValueError(f"commit_hash: {commit_hash!r} is too short; give at least {_SHORTEST_HASH} characters")
    if repo_name is None:
        repo_name = PurePosixPath(urlsplit(https_url).path).name.removesuffix(".git") or "repository"
        repo_name += f"-{commit_hash[:_SHORTEST_HASH]}" if commit_hash else ""
    folder = Path(target_dir) if target_dir is not None else kept(FAL_REPOSITORY_DIR)
    target = folder / repo_name
    if force or not commit_hash or not _commit(target).startswith(commit_hash):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".fal-") as temporary:
            fresh = Path(temporary) / "repository"
            _git("clone", "--quiet", "--recursive", https_url, str(fresh))
            if commit_hash:
                _git("-C", str(fresh), "checkout", "--quiet", "--recurse-submodules", commit_hash)
            if target.exists():
                target.rename(Path(temporary) / "before")
            fresh.rename(target)
    if include_to_path and str(target) not in sys.path:
        sys.path.insert(0, str(target))
    return target


def kept(path: PurePosixPath) -> Path:
    """Return where a folder of the persistent volume is; a local control plane that cannot mount it says where."""
    volume = os.getenv("FAL_LOCAL_VOLUME")
    if volume and not Path(FAL_PERSISTENT_DIR).exists():
        return Path(volume) / path.relative_to(FAL_PERSISTENT_DIR)
    return Path(path)


def _copy(answer: Answer, file: tempfile._TemporaryFileWrapper[bytes], limit: int | None) -> int:
    written = 0
    while chunk := answer.body.read(_CHUNK):
        written += len(chunk)
        if limit is not None and written > limit:
            raise DownloadError(f"the file has more than {limit} bytes, the filesize_limit")
        file.write(chunk)
    file.flush()
    return written


def _size(answer: Answer) -> int | None:
    text = answer.headers.get("content-length", "")
    return int(text) if text.isdigit() and "content-encoding" not in answer.headers else None


def _name(answer: Answer) -> str:
    """Return the file's name: what the server says, else the end of the address."""
    header = Message()
    header["content-disposition"] = answer.headers.get("content-disposition", "")
    given = header.get_filename()
    path = "" if answer.url.startswith("data:") else unquote(urlsplit(answer.url).path)
    name = PurePosixPath((given or path).replace("\\", "/")).name
    return name if name not in ("", ".", "..") else _hash_url(answer.url)


def _hash_url(url: str) -> str:
    """Return the name of an address among files; public apps look for their weights by it."""
    return hashlib.sha256(url.encode()).hexdigest()


def _commit(folder: Path) -> str:
    if not (folder / ".git").exists():
        return ""
    try:
        return _git("-C", str(folder), "rev-parse", "HEAD").strip()
    except DownloadError:
        return ""


def _git(*arguments: str) -> str:
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}  # nobody is there to answer
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, env=environment, check=False)
    except FileNotFoundError:
        raise DownloadError("git is not installed; add it to the image") from None
    if done.returncode:
        raise DownloadError(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout
