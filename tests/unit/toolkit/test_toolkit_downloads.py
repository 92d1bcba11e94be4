"""Downloads: once, whole, of bounded size, and never from a private network."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from fal.toolkit import (
    FAL_MODEL_WEIGHTS_DIR,
    DownloadError,
    Image,
    clone_repository,
    download_file,
    download_model_weights,
)
from fal.toolkit.utils import download_utils
from tests.support.servers import Handler, Request, http_serving


def answer(handler: Handler) -> None:
    kind = handler.path.partition("?")[0]
    if kind == "/missing":
        handler.reply(404)
    elif kind == "/named":
        handler.reply(200, b"named", content_disposition='attachment; filename="../given name.bin"')
    elif kind == "/moved":
        handler.reply(302, location="/folder/there.bin")
    elif kind == "/away":
        handler.reply(302, location="http://10.0.0.1/secret")
    elif kind == "/round":
        handler.reply(302, location="/round")
    elif kind == "/short":
        handler.send_response(200)
        handler.send_header("Content-Length", "10")
        handler.end_headers()
        handler.wfile.write(b"123")
        handler.close_connection = True
    elif kind == "/endless":
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"x" * (1024 * 1024 + 1))
        handler.close_connection = True
    else:
        handler.reply(200, b"content of " + kind.encode())


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[Request]]]:
    """A server that counts as the platform's own storage: no other one on this machine is fetched from."""
    with http_serving(answer) as (port, seen):
        monkeypatch.setenv("FAL_REST_HOST", f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}", seen


@pytest.fixture
def volume(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(download_utils, "kept", lambda path: tmp_path / str(path).lstrip("/"))
    return tmp_path / "data"


def test_a_file_is_downloaded_once(host: tuple[str, list[Request]], tmp_path: Path) -> None:
    url, seen = host
    path = download_file(f"{url}/folder/a.bin?x=1", tmp_path, request_headers={"X-Note": "1"})
    assert (path, path.read_bytes()) == (tmp_path / "a.bin", b"content of /folder/a.bin")
    assert seen[0].headers["x-note"] == "1"
    changed = path.stat().st_mtime_ns
    assert download_file(f"{url}/folder/a.bin", tmp_path).stat().st_mtime_ns == changed
    path.write_bytes(b"x" * 24)
    assert download_file(f"{url}/folder/a.bin", tmp_path, force=True).read_bytes() == b"content of /folder/a.bin"
    path.write_bytes(b"cut off")
    assert download_file(f"{url}/folder/a.bin", tmp_path).read_bytes() == b"content of /folder/a.bin"


@pytest.mark.parametrize(
    ("path", "name"),
    [("/named", "given name.bin"), ("/moved", "there.bin"), ("/folder/", "folder"), ("/%2e%2e/a", "a")],
)
def test_its_name_is_what_the_server_says(
    host: tuple[str, list[Request]], tmp_path: Path, path: str, name: str
) -> None:
    assert download_file(host[0] + path, tmp_path) == tmp_path / name


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/missing", "status 404"),
        ("/short", "was cut off|IncompleteRead"),
        ("/round", "more than 5 redirects"),
        ("/away", "not on the public internet"),
        ("/endless", "more than 1048576 bytes"),
    ],
)
def test_a_download_that_fails_leaves_nothing(
    host: tuple[str, list[Request]], tmp_path: Path, path: str, said: str
) -> None:
    with pytest.raises(DownloadError, match=said):
        download_file(host[0] + path, tmp_path / "in", filesize_limit=1)
    assert not list(tmp_path.rglob("*.*"))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/a",
        "http://localhost/a",
        "http://[::1]/a",
        "http://169.254.169.254/latest",
        "http://10.1.2.3/",
        "http://0.0.0.0/",
        "http://[::ffff:127.0.0.1]/",
        "http://192.168.1.1/",
        "https://[fe80::1]/",
    ],
)
def test_nothing_is_fetched_from_a_private_network(url: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"not on the public internet|cannot be reached"):
        download_file(url, tmp_path)
    with pytest.raises(DownloadError):
        Image(url=url).to_pil()


@pytest.mark.parametrize("url", ["", "nonsense", "ftp://example.com/a", "file:///etc/passwd", "http://", "http://a b/"])
def test_what_is_not_an_address_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="give http"):
        download_file(url, tmp_path)


def test_an_address_may_hold_the_file(tmp_path: Path) -> None:
    assert download_file("data:text/plain;base64,aGk=", tmp_path).read_bytes() == b"hi"
    assert download_file("data:,a%20b", tmp_path).read_bytes() == b"a b"
    for wrong in ("data:text/plain", "data:;base64,a"):
        with pytest.raises(DownloadError, match="data: address"):
            download_file(wrong, tmp_path)


def test_weights_are_kept_for_all_runners(host: tuple[str, list[Request]], volume: Path) -> None:
    url, seen = host
    path = download_model_weights(f"{url}/model.bin")
    assert path.is_relative_to(volume / ".fal" / "model_weights")
    assert str(FAL_MODEL_WEIGHTS_DIR) == "/data/.fal/model_weights"
    assert download_model_weights(f"{url}/model.bin") == path
    assert len(seen) == 1
    download_model_weights(f"{url}/model.bin", force=True)
    assert len(seen) == 2


@pytest.fixture
def repository(tmp_path: Path) -> tuple[str, str]:
    """A git repository, and its commit."""
    folder = tmp_path / "origin" / "tools.git"
    folder.mkdir(parents=True)
    (folder / "fal_test_tool.py").write_text("VALUE = 1\n")
    git = ["git", "-C", str(folder), "-c", "user.email=a@example.com", "-c", "user.name=a"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "one"]):
        subprocess.run([*git, *arguments], check=True)
    done = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    return folder.as_uri(), done.stdout.strip()


def test_a_repository_is_cloned_and_a_commit_kept(
    repository: tuple[str, str], volume: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, commit = repository
    monkeypatch.setattr(sys, "path", list(sys.path))
    folder = clone_repository(url, commit_hash=commit, include_to_path=True)
    assert folder == volume / ".fal" / "repos" / f"tools-{commit[:8]}"
    assert sys.path[0] == str(folder)
    (folder / "made").write_text("here")
    assert (clone_repository(url, commit_hash=commit[:10]) / "made").exists()
    assert not (clone_repository(url, commit_hash=commit, force=True) / "made").exists()
    assert clone_repository(url, target_dir=volume / "x", repo_name="own") == volume / "x" / "own"
    newest = clone_repository(url)
    (newest / "made").write_text("here")
    assert not (clone_repository(url) / "made").exists()  # without a commit it is the newest each time
    assert {path.name for path in folder.parent.iterdir()} == {folder.name, "tools"}


def test_a_repository_that_cannot_be_cloned_says_why(repository: tuple[str, str], volume: Path) -> None:
    url, _ = repository
    with pytest.raises(ValueError, match="at least 8 characters"):
        clone_repository(url, commit_hash="abc")
    with pytest.raises(DownloadError, match="git"):
        clone_repository(url, commit_hash="0123456789")
    with pytest.raises(DownloadError, match="git clone failed"):
        clone_repository((volume / "nowhere").as_uri())


def test_without_a_mounted_volume_the_local_one_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download_utils, "FAL_PERSISTENT_DIR", PurePosixPath("/no-such-folder"))
    monkeypatch.setenv("FAL_LOCAL_VOLUME", str(tmp_path))
    assert download_utils.kept(PurePosixPath("/no-such-folder/x")) == tmp_path / "x"
    monkeypatch.delenv("FAL_LOCAL_VOLUME")
    assert download_utils.kept(PurePosixPath("/no-such-folder/x")) == Path("/no-such-folder/x")
