"""The files of an app are stored before it is built, each content once."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from fal.deploy import (
    DeployEvent,
    FilesHashed,
    FileUploaded,
    UploadProgress,
    UploadStarted,
    deploy,
    deploy_events,
)
from fal.exceptions import (
    FalServerlessException,
    UploadFailed,
)
from tests.support.fake_plane import KEY_ID, KEY_SECRET, FakePlane
from tests.support.waiting import LIMIT


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes() + str(os.stat(path).st_mode).encode()).hexdigest()


def test_files_are_stored_once_and_named_in_both_requests(plane: FakePlane, caller: Any, with_files: Path) -> None:
    events: list[DeployEvent] = []
    deploy(caller, with_files, on_event=events.append)
    data = with_files.parent / "data"
    expected = [(f"data/{name}", digest(data / name)) for name in ("a.bin", "b.bin", "empty")]
    for name in ("BuildEnvironment", "RegisterApplication"):
        assert [(file.relative_path, file.hash) for file in plane.sent(name).files] == expected
    assert len(plane.paths("/files/missing_hashes")) == 1  # once per deploy
    assert sorted(plane.paths("/files/missing_hashes")[0].json["hashes"]) == sorted({h for _, h in expected})
    assert plane.parts == {digest(data / "a.bin"): {1: b"abc"}, digest(data / "empty"): {1: b""}}
    [initiate] = [r for r in plane.paths("/initiate") if digest(data / "a.bin") in r.path]
    assert initiate.json == {
        "size": "3",
        "mode": str(os.stat(data / "a.bin").st_mode),
        "mtime": initiate.json["mtime"],
        "hash": digest(data / "a.bin"),
    }
    assert float(initiate.json["mtime"]) == pytest.approx(os.stat(data / "a.bin").st_mtime, abs=1)
    complete = next(r for r in plane.paths("/complete") if digest(data / "a.bin") in r.path).json
    assert complete["parts"] == [{"part_number": 1, "etag": "e1"}]
    assert complete["metadata"] == initiate.json
    assert all(r.headers["authorization"] == f"Key {KEY_ID}:{KEY_SECRET}" for r in plane.requests)
    kinds = [type(event) for event in events]
    assert (
        kinds.index(FilesHashed) < kinds.index(UploadStarted) < kinds.index(UploadProgress) < kinds.index(FileUploaded)
    )
    assert {e.relative_path for e in events if isinstance(e, FileUploaded)} == {"data/a.bin", "data/empty"}


def test_stored_files_are_not_sent_again(plane: FakePlane, caller: Any, with_files: Path) -> None:
    deploy(caller, with_files)
    plane.requests.clear()
    events: list[DeployEvent] = []
    deploy(caller, with_files, on_event=events.append)
    assert [request.path for request in plane.requests] == ["/files/missing_hashes"]
    [started] = [e for e in events if isinstance(e, UploadStarted)]
    assert (started.count, started.already_stored) == (0, 2)


def test_big_files_go_in_parts(plane: FakePlane, caller: Any, with_files: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("fal.deploy.send.upload.PART_BYTES", 1000)
    big = with_files.parent / "data" / "big.bin"
    big.write_bytes(os.urandom(3500))
    events: list[DeployEvent] = []
    deploy(caller, with_files, on_event=events.append)
    parts = plane.parts[digest(big)]
    assert b"".join(parts[number] for number in sorted(parts)) == big.read_bytes()
    assert sorted(parts) == [1, 2, 3, 4]
    complete = next(r for r in plane.paths("/complete") if digest(big) in r.path).json
    assert [part["part_number"] for part in complete["parts"]] == [1, 2, 3, 4]
    sent = [e.sent for e in events if isinstance(e, UploadProgress) and e.relative_path == "data/big.bin"]
    assert sent == [1000, 2000, 3000, 3500]


def test_already_there_at_any_step_counts_as_stored(plane: FakePlane, caller: Any, with_files: Path) -> None:
    for ending in ("/initiate", "/1", "/complete"):
        plane.http_answer = lambda r, e=ending: (409, {"detail": "exists"}) if r.path.endswith(e) else None  # type: ignore[misc]
        assert deploy(caller, with_files).revision == "rev-1"


def test_a_part_is_sent_again_after_a_server_error(plane: FakePlane, caller: Any, with_files: Path) -> None:
    failures = iter([503, 500])

    def answer(request: Any) -> Any:
        if request.method == "PUT" and (status := next(failures, None)):
            return status, {"detail": "try again"}
        return None

    plane.http_answer = answer
    assert deploy(caller, with_files).revision == "rev-1"


def test_a_failing_hash_check_is_an_error(plane: FakePlane, caller: Any, with_files: Path) -> None:
    plane.http_answer = lambda r: (400, {"detail": "hashes are broken"}) if "missing" in r.path else None
    with pytest.raises(FalServerlessException, match="hashes are broken"):
        deploy(caller, with_files)
    assert plane.names() == []
    assert len(plane.requests) == 1


def test_a_refused_upload_names_file_and_reason_and_is_cancelled(
    plane: FakePlane, caller: Any, with_files: Path
) -> None:
    plane.http_answer = lambda r: (403, {"detail": "quota used up"}) if r.method == "PUT" else None
    with pytest.raises(UploadFailed, match=r"data/(a.bin|empty) could not be uploaded.*quota used up"):
        deploy(caller, with_files)
    assert plane.names() == []
    assert plane.paths("/cancel")


def test_giving_up_does_not_wait_for_an_upload(plane: FakePlane, caller: Any, with_files: Path) -> None:
    release = threading.Event()
    answered: list[str] = []

    def answer(request: Any) -> Any:
        if request.method == "PUT":
            release.wait(LIMIT)
            answered.append(request.path)
        return None

    plane.http_answer = answer
    events = deploy_events(caller, with_files)
    assert any(isinstance(event, UploadStarted) for event in events)
    events.close()
    assert answered == []
    release.set()
    assert plane.names() == []


def test_every_call_goes_to_the_hosts_of_the_client(
    plane: FakePlane, caller: Any, with_files: Path, monkeypatch: Any
) -> None:
    other = FakePlane()
    with other.serving():
        for name, value in other.environ().items():
            monkeypatch.setenv(name, value)
        deploy(caller, with_files)
    assert (other.calls, other.requests) == ([], [])
