"""What the control plane and the SDK keep on disk is for nobody else on this machine."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

import fal_emulator
from fal._gen import rpc
from fal_emulator.__main__ import main
from fal_emulator.model.faults import Fault
from tests.security import canaries
from tests.security.watched_plane import watched
from tests.support.plane import http_to, wire_to
from tests.unit.emulator.test_plane_rest import file_hash, initiate, put_part, upload

Evidence = Callable[..., None]


def open_to_others(folder: Path) -> dict[str, str]:
    """Return what below a folder others may read, write or enter, with its mode; sockets stay in closed folders."""
    collected = {}
    for path in [folder, *folder.rglob("*")]:
        mode = path.lstat().st_mode
        if not (stat.S_ISLNK(mode) or stat.S_ISSOCK(mode)) and mode & 0o077:
            collected[str(path)] = oct(mode)
    return collected


def use(plane: Any) -> None:
    """Let a control plane write a file of each kind."""
    with http_to(plane) as http:
        assert upload(http, b"kept").status_code == 200
        left = initiate(http, b"begun and left").json()["upload_id"]
        assert put_part(http, file_hash(b"begun and left"), left, 1, b"begun").status_code == 200
        object_of = http.post("/storage/upload/initiate", json={"file_name": "x", "content_type": "text/plain"}).json()
        assert httpx.put(object_of["upload_url"], content=b"x", trust_env=False).status_code == 200
    wire = wire_to(plane)
    wire.call(rpc.SET_SECRET, name="PASSWORD", value=canaries.SECRET_VALUE)
    wire.deploy("app", files=[{"hash": file_hash(b"kept"), "relative_path": "deep/er/data"}])
    wire.close()


@pytest.mark.parametrize("umask", [0, 0o022])
def test_no_file_is_open_to_others_whatever_the_umask(tmp_path: Path, umask: int, evidence: Evidence) -> None:
    with watched(tmp_path, umask=umask) as plane:
        use(plane)
        names = {path.name for path in plane.state.rglob("*")}
        assert {"state.db-wal", "history.db", "admin-key", "lock", "function.pickle", "data", "pid", "1"} <= names
        assert not open_to_others(plane.state)
        assert stat.S_IMODE((tmp_path / "ready.json").stat().st_mode) == 0o600
        evidence("files and folders of control planes, for their modes", names=len(names))


def test_a_folder_that_was_open_is_closed(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with fal_emulator.start(isolation="inline", state=state) as plane:
        use(plane)
        key = plane.key
    theirs = state / "notes"
    theirs.write_text("not ours")
    for path in [state, *state.iterdir()]:
        path.chmod(0o777 if path.is_dir() else 0o666)
    with fal_emulator.start(isolation="inline", state=state) as plane:
        assert plane.key == key
        assert open_to_others(state) == {str(theirs): oct(0o100666)}, "what is not its own is left alone"


def test_what_somebody_else_put_there_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = tmp_path / "state"
    (state / "blobs").mkdir(parents=True)
    real = Path.lstat

    def planted(path: Path) -> os.stat_result:
        result = list(real(path))
        if path.name == "blobs":
            result[stat.ST_UID] += 1
        return os.stat_result(result)

    monkeypatch.setattr(Path, "lstat", planted)
    with pytest.raises(Fault, match="blobs belongs to another user"):
        fal_emulator.start(state=state)


def test_links_are_not_followed_where_keys_and_data_go(tmp_path: Path) -> None:
    """Links that lie where the control plane writes are refused or replaced; what they point at is untouched."""
    target = tmp_path / "target"
    for name in ("lock", "state.db", "history.db", "admin-key"):
        state = tmp_path / name / "state"
        state.mkdir(parents=True)
        target.write_text("untouched")
        (state / name).symlink_to(target)
        try:
            with fal_emulator.start(isolation="inline", state=state) as plane:
                assert (state / name).read_text().strip() == plane.key, name
        except (Fault, OSError):
            assert name != "admin-key"
        assert target.read_text() == "untouched", name


def test_the_ready_file_replaces_what_was_there(tmp_path: Path) -> None:
    target, ready = tmp_path / "target", tmp_path / "ready.json"
    target.write_text("untouched")
    ready.symlink_to(target)
    with fal_emulator.start(isolation="inline") as plane:
        plane.write_ready_file(ready)
        assert target.read_text() == "untouched"
        assert not ready.is_symlink() and plane.key in ready.read_text()
        assert stat.S_IMODE(ready.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ready.json", "target"]


# what it listens on


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.1", "example.com", "", "127.0.0.1.evil.test", "[::1]"])
def test_it_listens_nowhere_else(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--host", host])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "listens on 127.0.0.1 alone" in said and "ssh -L" in said


def test_the_one_address_may_be_named(tmp_path: Path) -> None:
    with watched(tmp_path, "--host", "localhost") as plane:
        assert plane.host.startswith("http://127.0.0.1:")


def test_every_socket_that_listens_is_on_loopback(tmp_path: Path) -> None:
    with watched(tmp_path) as plane:
        use(plane)
        rows = [line.split() for line in Path(f"/proc/{plane.process.pid}/net/tcp").read_text().splitlines()[1:]]
        inodes = {os.readlink(link) for link in Path(f"/proc/{plane.process.pid}/fd").iterdir() if link.is_symlink()}
        listening = [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in inodes]
        assert [address.partition(":")[0] for address in listening] == ["0100007F"]
        six = Path(f"/proc/{plane.process.pid}/net/tcp6")
        rows = [line.split() for line in six.read_text().splitlines()[1:]] if six.exists() else []
        assert not [row for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in inodes]
