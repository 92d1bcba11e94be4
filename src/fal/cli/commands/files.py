"""`fal files`: the data volume."""

from __future__ import annotations

from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from fal.cli._output import Columns, Done, Output, Table, size
from fal.cli._progress import Progress
from fal.cli._tree import files
from fal.exceptions import FailedPrecondition, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from fal.api import FileInfo
    from fal.cli._session import Session

_COLUMNS: Columns = {
    "Path": lambda file: file.path if file.is_file else f"{file.path}/",
    "Size": lambda file: size(file.size) if file.is_file else None,
    "Changed": "updated_at",
}


@files.command("list", "ls", calls=["files.list"])
def list_files(session: Session, **options: Any) -> Output:
    return Table("files", session.client.files.list(**options), _COLUMNS)


@files.command("download", calls=["files.download", "files.download_folder"], without=["path", "target", "overwrite"])
def download(session: Session, remote_path: str, local_path: str, *, no_overwrite: bool = False) -> Output:
    """Copy a file or a folder of the data volume to this machine.

    Args:
        remote_path: The file or folder.
        local_path: Where to put it. In a folder that exists, it keeps its name.
        no_overwrite: Fail rather than take the place of a local file.
    """
    volume = session.client.files
    root = Path(local_path)
    root = root / PurePosixPath(remote_path).name if root.is_dir() else root
    try:
        places = volume.download_folder(remote_path, root, overwrite=not no_overwrite, on_file=_telling(session))
    except (FailedPrecondition, NotFound):
        places = [volume.download(remote_path, local_path, overwrite=not no_overwrite)]
    names = [str(place) for place in places]
    return Done(f"Downloaded {names[0] if len(names) == 1 else f'{len(names)} files to {local_path}'}.", files=names)


@files.command("upload", calls=["files.upload", "files.upload_folder"], without=["source", "path", "on_progress"])
def upload(session: Session, local_path: str, remote_path: str) -> Output:
    """Copy a file or a folder of this machine to the data volume.

    Args:
        local_path: The local file or folder.
        remote_path: The target path. One that ends in a slash is a folder, in which a file keeps its name.
    """
    volume = session.client.files
    if Path(local_path).is_dir():
        sent = volume.upload_folder(local_path, remote_path, on_file=_telling(session))
    else:
        doing = f"Uploading {local_path}"
        with Progress(session.screen, doing) as progress:
            sent = [volume.upload(local_path, remote_path, on_progress=partial(progress.show_bytes, doing))]
    what = sent[0].path if len(sent) == 1 else f"{len(sent)} files to {remote_path}"
    return Done(f"Uploaded {what}.", files=[{"path": file.path, "size": file.size} for file in sent])


def _telling(session: Session) -> Callable[[FileInfo], None]:
    """Return what tells of each file of a folder."""

    def tell(file: FileInfo) -> None:
        session.screen.message(f"{file.path}  {size(file.size)}")

    return tell


@files.command("upload-url", calls=["files.upload_from_url"], without=["path"])
def upload_url(session: Session, url: str, remote_path: str) -> Output:
    """
    Args:
        url: Where the file is, as the platform reaches it.
        remote_path: The target path.
    """
    session.client.files.upload_from_url(url, remote_path)
    return Done(f"Uploaded {remote_path}.", path=remote_path)


@files.command("mv", calls=["files.rename"], without=["path"])
def move(session: Session, source: str, destination: str) -> Output:
    """
    Args:
        source: The file.
        destination: The target path. One that ends in a slash is a folder, in which the file keeps its name.
    """
    session.client.files.rename(source, destination)
    return Done(f"Renamed {source} to {destination}.", source=source, destination=destination)


@files.command("rm", calls=["files.delete"], destructive=True)
def remove(session: Session, path: str) -> Output:
    """
    Args:
        path: The file.
    """
    session.client.files.delete(path)
    return Done(f"Deleted {path}.", path=path)
