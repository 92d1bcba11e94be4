"""Files of the data volume: the peer moves them, our client sees what came of it, and the other way round."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.peer.peer_kit import PeerError
from tests.support.servers import http_serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fal.api import SyncServerlessClient
    from tests.peer.peer_kit import Peer, PeerPython

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

MIB = 1024 * 1024


@pytest.mark.parametrize("size", [0, 5, 25 * MIB + 1])
def test_files_go_both_ways(peer: Peer, client: SyncServerlessClient, tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    source = tmp_path / "source"
    source.write_bytes(content)
    peer("files", "upload", str(source), f"/data/new/theirs-{size}")
    assert client.files.download(f"new/theirs-{size}", tmp_path / "ours").read_bytes() == content
    client.files.upload(source, f"new/ours-{size}")
    peer("files", "download", f"/data/new/ours-{size}", str(tmp_path / "theirs"))
    assert (tmp_path / "theirs").read_bytes() == content


def test_files_are_listed_renamed_and_removed(peer: Peer, client: SyncServerlessClient, tmp_path: Path) -> None:
    (tmp_path / "labels").write_text("cat, dog")
    client.files.upload(tmp_path / "labels", "listed/a b")
    client.files.upload(tmp_path / "labels", "listed/deep/c")
    said = peer("files", "list", "/data/listed").out
    for file in client.files.list("listed"):
        assert file.name in said
    assert "deep" in said
    peer("files", "mv", "/data/listed/a b", "/data/listed/d")
    assert [file.name for file in client.files.list("listed")] == ["d", "deep"]
    peer("files", "rm", "/data/listed/d")
    assert [file.name for file in client.files.list("listed")] == ["deep"]
    assert "not found" in peer("files", "rm", "/data/listed/d", status=1).out


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """A server of the files in the folder of the test."""
    with http_serving(lambda handler: handler.reply(200, (tmp_path / handler.path[1:]).read_bytes())) as (port, _):
        yield f"http://127.0.0.1:{port}"


def test_a_file_is_fetched(peer: Peer, client: SyncServerlessClient, tmp_path: Path, site: str) -> None:
    (tmp_path / "served").write_text("bytes")
    peer("files", "upload-url", f"{site}/served", "/data/fetched")
    assert client.files.download("fetched", tmp_path / "back").read_text() == "bytes"
    said = peer("files", "upload-url", "http://192.0.2.1/x", "/data/y", status=1)
    assert "this machine alone" in said.out + said.err


def test_a_folder_goes_both_ways(peer: Peer, client: SyncServerlessClient, tmp_path: Path) -> None:
    (tmp_path / "tree" / "deep").mkdir(parents=True)
    (tmp_path / "tree" / "one").write_text("one")
    (tmp_path / "tree" / "deep" / "two").write_text("two")
    peer("files", "upload", str(tmp_path / "tree"), "/data/tree")
    assert [file.path for file in client.files.list("tree")] == ["/data/tree/deep", "/data/tree/one"]
    assert client.files.download("tree/deep/two", tmp_path / "two").read_text() == "two"
    peer("files", "download", "/data/tree", str(tmp_path / "copy"))
    assert (tmp_path / "copy" / "deep" / "two").read_text() == "two"


def test_the_file_system_in_python(python: PeerPython, client: SyncServerlessClient, tmp_path: Path) -> None:
    (tmp_path / "ours").write_text("ours")
    client.files.upload(tmp_path / "ours", "shared/ours")
    python.run("from fal.files import FalFileSystem\nvolume = FalFileSystem()\nNone", "fal.files.FalFileSystem")
    assert python.run("volume.ls('shared', detail=False)") == ["/data/shared/ours"]
    assert python.run("volume.info('/data/shared/ours')['size']") == 4
    python.run(f"volume.get_file('/data/shared/ours', {str(tmp_path / 'theirs')!r})")
    assert (tmp_path / "theirs").read_text() == "ours"
    with pytest.raises(PeerError, match="not found"):
        python.run("volume.rm('/data/shared/nothing')")
