"""Files of the data volume: what is sent, what is refused beforehand, and what is left where something fails."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from fal import exceptions
from fal.api import FileInfo, SyncServerlessClient, _files
from tests.unit.api.conftest import BreaksOff

MIB = 1024 * 1024
PARTED = "/files/file/multipart//data/big.bin"
DONE = (200, True)


def part_of(body: bytes) -> bytes:
    """Return what the only part of a multipart body holds."""
    boundary, _, rest = body.partition(b"\r\n")
    head, _, content = rest.partition(b"\r\n\r\n")
    assert b'name="file_upload"' in head
    return content.removesuffix(b"\r\n" + boundary + b"--\r\n")


# listing


def test_a_folder_is_listed_by_path_with_times_that_are_aware(client: SyncServerlessClient, wire: Any) -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    documents = [
        {"path": "/data/z", "name": "z", "is_file": False, "size": 0},
        {"path": "/data/a", "name": "a", "is_file": True, "size": 7, "updated_time": moment.timestamp(), "new": 1},
        {
            "path": "/data/m",
            "is_file": True,
            "size": 2**40,
            "updated_time": "2026-01-02T03:04:05",
            "created_time": None,
        },
        {"path": "/data/n", "is_file": True, "size": 1, "updated_time": "2026-01-02T05:04:05+02:00", "created_time": 0},
    ]
    wire.documents["/files/list//data"] = (200, documents)
    assert client.files.list() == [
        FileInfo("/data/a", "a", True, 7, moment),
        FileInfo("/data/m", "m", True, 2**40, moment),
        FileInfo("/data/n", "n", True, 1, moment),
        FileInfo("/data/z", "z", False, 0),
    ]
    assert wire.calls == [("/files/list//data", None)]


@pytest.mark.parametrize("value", ["", "soon", 1e300, -1e300, float("nan"), float("inf"), "0", 0, None])
def test_a_time_that_cannot_be_read_is_none(value: Any) -> None:
    assert _files._moment(value) is None


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/data", "/data"),
        ("/data/", "/data"),
        ("models", "/data/models"),
        ("./models//base", "/data/models/base"),
        ("/data/a b/%2e%2e/ü?#&", "/data/a%20b/%252e%252e/%C3%BC%3F%23%26"),
        ("/data/-x/..y/.z", "/data/-x/..y/.z"),
        ("data/x", "/data/data/x"),
    ],
)
def test_a_path_stands_behind_the_slash_as_it_is(client: SyncServerlessClient, wire: Any, path: str, line: str) -> None:
    wire.documents[f"/files/list/{line}"] = (200, [])
    assert client.files.list(path) == []
    assert wire.calls == [(f"/files/list/{line}", None)]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", "path is empty"),
        ("  ", "path is empty"),
        ("/", "outside of /data"),
        ("/etc/passwd", "outside of /data"),
        ("/database/x", "outside of /data"),
        ("/data/../etc", r"holds '\.\.'"),
        ("../x", r"holds '\.\.'"),
        ("/data/a\0b", "NUL"),
        ("/data/\ud800", "surrogate"),
        (7, "must be a str"),
        (Path("/data/x"), "must be a str"),
    ],
)
def test_nothing_is_sent_for_a_path_that_cannot_be(
    client: SyncServerlessClient, wire: Any, tmp_path: Path, path: Any, said: str
) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x")
    calls: list[Callable[[], Any]] = [
        lambda: client.files.list(path),
        lambda: client.files.download(path, tmp_path / "target"),
        lambda: client.files.upload(source, path),
        lambda: client.files.upload_from_url("https://example.com/x", path),
        lambda: client.files.rename(path, "/data/x"),
        lambda: client.files.delete(path),
    ]
    for call in calls:
        with pytest.raises((exceptions.InvalidInput, exceptions.InvalidType), match=said):
            call()
    with pytest.raises((exceptions.InvalidInput, exceptions.InvalidType), match=said.replace("path", "destination")):
        client.files.rename("/data/x", path)
    assert wire.calls == []
    assert sorted(tmp_path.iterdir()) == [source]


def test_the_volume_itself_is_not_a_file(client: SyncServerlessClient, wire: Any, tmp_path: Path) -> None:
    with pytest.raises(exceptions.InvalidInput, match="the volume itself"):
        client.files.delete("/data/")
    with pytest.raises(exceptions.InvalidInput, match="the volume itself"):
        client.files.download("/data", tmp_path / "x")
    assert wire.calls == []


# downloads


def test_a_file_is_downloaded(client: SyncServerlessClient, wire: Any, tmp_path: Path) -> None:
    content = os.urandom(3 * MIB + 1)
    wire.documents["/files/file//data/models/base.bin"] = (200, content)
    place = client.files.download("models/base.bin", tmp_path / "here.bin")
    assert place == tmp_path / "here.bin"
    assert place.read_bytes() == content
    assert client.files.download("/data/models/base.bin", str(tmp_path)) == tmp_path / "base.bin"
    assert {path.name for path in tmp_path.iterdir()} == {"here.bin", "base.bin"}
    umask = os.umask(0)
    os.umask(umask)
    assert place.stat().st_mode & 0o777 == 0o666 & ~umask, "the mode is that of any other file"


def test_an_empty_file_is_downloaded(client: SyncServerlessClient, wire: Any, tmp_path: Path) -> None:
    wire.documents["/files/file//data/empty"] = (200, b"")
    assert client.files.download("empty", tmp_path).read_bytes() == b""


def test_what_is_there_is_replaced_only_on_demand(client: SyncServerlessClient, wire: Any, tmp_path: Path) -> None:
    wire.documents["/files/file//data/x"] = (200, b"new")
    target = tmp_path / "x"
    target.write_bytes(b"old")
    for place in (target, tmp_path):
        with pytest.raises(exceptions.AlreadyExists, match="overwrite=True"):
            client.files.download("x", place)
    assert (wire.calls, target.read_bytes()) == ([], b"old")
    client.files.download("x", target, overwrite=True)
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_that_comes_meanwhile_is_not_replaced(client: SyncServerlessClient, wire: Any, tmp_path: Path) -> None:
    target = tmp_path / "x"

    def answer(_: Any) -> bytes:
        target.write_bytes(b"somebody else's")
        return b"ours"

    wire.documents["/files/file//data/x"] = (200, answer)
    with pytest.raises(exceptions.AlreadyExists):
        client.files.download("x", target)
    assert target.read_bytes() == b"somebody else's"
    assert list(tmp_path.iterdir()) == [target]


def test_without_links_nothing_is_replaced_either(
    client: SyncServerlessClient, wire: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_: Any) -> None:
        raise OSError(errno.EPERM, "this file system has none")

    monkeypatch.setattr(os, "link", link)
    target = tmp_path / "x"
    wire.documents["/files/file//data/x"] = (200, b"ours")
    assert client.files.download("x", target).read_bytes() == b"ours"
    target.unlink()
    wire.documents["/files/file//data/x"] = (200, lambda _: target.write_bytes(b"theirs") and b"ours")
    with pytest.raises(exceptions.AlreadyExists):
        client.files.download("x", target)
    assert target.read_bytes() == b"theirs"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((404, {"detail": "no such file"}), exceptions.NotFound),
        ((403, {"detail": "not yours"}), exceptions.PermissionDenied),
        ((200, BreaksOff(os.urandom(3 * MIB))), exceptions.Unavailable),
        ((200, BreaksOff(b"four")), exceptions.Unavailable),
    ],
)
@pytest.mark.parametrize("before", [None, b"old"])
def test_what_fails_leaves_nothing_behind(
    client: SyncServerlessClient, wire: Any, tmp_path: Path, answer: Any, error: Any, before: bytes | None
) -> None:
    wire.documents["/files/file//data/x"] = answer
    target = tmp_path / "x"
    if before is not None:
        target.write_bytes(before)
    with pytest.raises(error) as caught:
        client.files.download("x", target, overwrite=True)
    assert caught.value.method == "download_file"
    assert [path.read_bytes() for path in tmp_path.iterdir()] == ([] if before is None else [before])


@pytest.mark.skipif(os.name == "nt", reason="no such limit")
def test_a_disk_that_is_full_is_reported_and_leaves_nothing(
    client: SyncServerlessClient, wire: Any, tmp_path: Path
) -> None:
    import resource

    wire.documents["/files/file//data/x"] = (200, os.urandom(3 * MIB))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MIB, hard))
    try:
        with pytest.raises(exceptions.FalServerlessException, match="x cannot be written: File too large"):
            client.files.download("x", tmp_path / "x")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("", "is not a path"),
        ("a\0b", "is not a path"),
        ("missing/x", "cannot be written: No such file"),
        ("file/x", "cannot be written: Not a directory"),
        ("pipe", "not a regular file"),
        ("folder", "not a regular file"),
        (7, "must be a str or a pathlib.Path"),
        (b"x", "must be a str or a pathlib.Path"),
    ],
)
def test_a_target_that_cannot_be_written_is_reported_beforehand(
    client: SyncServerlessClient, wire: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: Any, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").write_bytes(b"")
    Path("folder/x").mkdir(parents=True)
    if target == "pipe":
        if not hasattr(os, "mkfifo"):
            pytest.skip("no pipes in folders")
        os.mkfifo("pipe")
    with pytest.raises((exceptions.InvalidInput, exceptions.InvalidType), match=said):
        client.files.download("x", target, overwrite=True)
    assert wire.calls == []


@pytest.mark.parametrize("name", ["a:b", "C:evil", r"..\evil", r"a\b", "x.", "x ", "a\nb", 'q"', "b?"])
def test_names_that_mean_something_else_on_windows_are_refused_there(name: str) -> None:
    with pytest.raises(exceptions.InvalidInput, match="pass target with the name"):
        _files._file_name("target", name, windows=True)
    assert _files._file_name("target", name, windows=False) == name


@pytest.mark.skipif(os.name == "nt", reason="there they are refused")
@pytest.mark.parametrize("name", [r"..\evil", "a\nb", "-rf", "~", "$(id)", ".hidden", "ü" * 100])
def test_strange_remote_names_stay_in_their_folder(
    client: SyncServerlessClient, wire: Any, tmp_path: Path, name: str
) -> None:
    listing = [{"path": f"/data/{name}", "name": "../../elsewhere", "is_file": True, "size": 1}]
    wire.documents["/files/list//data"] = (200, listing)
    (file,) = client.files.list()
    wire.documents[f"/files/file/{quote(file.path)}"] = (200, b"x")
    assert client.files.download(file.path, tmp_path) == tmp_path / name
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("path", ["/data/..", "/data/../../etc/passwd", "../x", "/etc/passwd", "/data/a/../../../x"])
def test_what_a_hostile_listing_names_is_not_downloaded(
    client: SyncServerlessClient, wire: Any, tmp_path: Path, path: str
) -> None:
    wire.documents["/files/list//data"] = (200, [{"path": path, "name": path, "is_file": True, "size": 1}])
    (file,) = client.files.list()
    with pytest.raises(exceptions.InvalidInput):
        client.files.download(file.path, tmp_path)
    assert list(tmp_path.iterdir()) == []


# uploads


def test_a_small_file_is_sent_at_once(client: SyncServerlessClient, wire: Any, tmp_path: Path) -> None:
    content = b"\r\n--boundary\r\n\x00\xff"
    source = tmp_path / "labels.txt"
    source.write_bytes(content)
    for path in ("/data/models/labels.txt", "/data/models/", "models/labels.txt"):
        wire.reset()
        wire.documents["/files/file/local//data/models/labels.txt"] = DONE
        result = client.files.upload(source, path)
        assert result == FileInfo("/data/models/labels.txt", "labels.txt", True, len(content))
        assert wire.calls == [("/files/file/local//data/models/labels.txt", None)]
        assert part_of(wire.bodies[0]) == content
    wire.documents["/files/file/local//data/labels.txt"] = DONE
    told: list[tuple[int, int]] = []
    uploaded = client.files.upload(str(source), "/data", on_progress=lambda *counts: told.append(counts))
    assert (uploaded.path, told) == ("/data/labels.txt", [(len(content), len(content))])


def test_an_empty_file_is_sent_at_once(client: SyncServerlessClient, wire: Any, tmp_path: Path) -> None:
    source = tmp_path / "empty"
    source.write_bytes(b"")
    wire.documents["/files/file/local//data/empty"] = DONE
    assert client.files.upload(source, "empty").size == 0
    assert part_of(wire.bodies[0]) == b""


@pytest.fixture
def parts(wire: Any) -> Any:
    """A platform that takes a file in parts."""
    wire.documents[f"{PARTED}/initiate"] = (200, {"upload_id": "up/1"})
    for number in (1, 2, 3):
        wire.documents[f"{PARTED}/up%2F1/{number}"] = (200, {"part_number": number, "etag": f"e{number}"})
    wire.documents[f"{PARTED}/up%2F1/complete"] = (200, {})
    wire.documents[f"{PARTED}/up%2F1/cancel"] = (200, {})
    return wire


@pytest.fixture
def big(tmp_path: Path) -> Path:
    source = tmp_path / "big.bin"
    source.write_bytes(os.urandom(20 * MIB + 1))
    return source


def sent(wire: Any) -> list[str]:
    return [path.removeprefix(PARTED).removeprefix("/up%2F1") for path, _ in wire.calls]


@pytest.mark.parametrize("etag", [None, "", "MD5", '"MD5"', "md5", f"{'0' * 32}-3", "version-1"])
def test_a_big_file_is_sent_in_parts(client: SyncServerlessClient, parts: Any, big: Path, etag: str | None) -> None:
    content = big.read_bytes()
    if etag and "md5" in etag.lower():
        digest = hashlib.md5(content).hexdigest()
        etag = etag.replace("MD5", digest.upper()).replace("md5", digest)
    parts.documents[f"{PARTED}/up%2F1/complete"] = (200, {"etag": etag} if etag is not None else {})
    told: list[tuple[int, int]] = []
    uploaded = client.files.upload(big, "big.bin", on_progress=lambda *counts: told.append(counts))
    assert uploaded == FileInfo("/data/big.bin", "big.bin", True, len(content))
    assert told == [(count, len(content)) for count in (10 * MIB, 20 * MIB, 20 * MIB + 1)]
    assert sent(parts) == ["/initiate", "/1", "/2", "/3", "/complete"]
    pieces = [part_of(body) for body in parts.bodies[1:4]]
    assert [len(piece) for piece in pieces] == [10 * MIB, 10 * MIB, 1]
    assert b"".join(pieces) == content
    assert json.loads(parts.bodies[4]) == {"parts": [{"part_number": n, "etag": f"e{n}"} for n in (1, 2, 3)]}


def test_ten_mebibytes_are_small(client: SyncServerlessClient, wire: Any, tmp_path: Path) -> None:
    source = tmp_path / "limit"
    source.write_bytes(bytes(10 * MIB))
    wire.documents["/files/file/local//data/limit"] = DONE
    client.files.upload(source, "limit")
    assert len(wire.calls) == 1


def test_another_md5_is_damage(client: SyncServerlessClient, parts: Any, big: Path) -> None:
    parts.documents[f"{PARTED}/up%2F1/complete"] = (200, {"etag": "0" * 32})
    with pytest.raises(
        exceptions.DataLoss, match=r"/data/big\.bin does not contain what was uploaded.*Upload it again"
    ):
        client.files.upload(big, "big.bin")


@pytest.mark.parametrize("failing", ["/2", "/complete"])
def test_an_upload_that_fails_is_cancelled(client: SyncServerlessClient, parts: Any, big: Path, failing: str) -> None:
    parts.documents[f"{PARTED}/up%2F1{failing}"] = (422, {"detail": "the quota is used up"})
    # The first error is what counts, also when the cancelling fails.
    parts.documents[f"{PARTED}/up%2F1/cancel"] = (500, {})
    with pytest.raises(exceptions.InvalidArgument, match="quota"):
        client.files.upload(big, "big.bin")
    assert sent(parts)[-2:] == [failing, "/cancel"]


def test_a_file_that_exists_on_the_server_is_an_error(client: SyncServerlessClient, parts: Any, big: Path) -> None:
    parts.documents[f"{PARTED}/initiate"] = (409, {"detail": "exists"})
    with pytest.raises(exceptions.AlreadyExists):
        client.files.upload(big, "big.bin")
    assert sent(parts) == ["/initiate"]


@pytest.mark.parametrize("change", ["grows", "shrinks", "is rewritten"])
def test_a_file_that_changes_meanwhile_is_not_stored(
    client: SyncServerlessClient, parts: Any, big: Path, change: str
) -> None:
    def first_part(_: Any) -> Any:
        if change == "grows":
            with big.open("ab") as file:
                file.write(b"more")
        elif change == "shrinks":
            os.truncate(big, 15 * MIB)
        else:
            later = big.stat().st_mtime_ns + 1_000_000
            with big.open("r+b") as file:
                file.write(b"other")
            os.utime(big, ns=(later, later))
        return {"part_number": 1, "etag": "e1"}

    parts.documents[f"{PARTED}/up%2F1/1"] = (200, first_part)
    with pytest.raises(exceptions.Aborted, match=r"big\.bin changed while it was uploaded") as caught:
        client.files.upload(big, "big.bin")
    assert caught.value.retryable
    assert sent(parts) == ["/initiate", "/1", "/cancel"]


def test_a_source_that_cannot_be_sent_is_reported_beforehand(
    client: SyncServerlessClient, wire: Any, tmp_path: Path
) -> None:
    refused: list[tuple[Any, str]] = [
        (tmp_path / "missing", "cannot be read: No such file"),
        (tmp_path, "is a folder; upload its files one by one"),
        ("", "is not a path"),
        ("a\0b", "is not a path"),
        (None, "must be a str or a pathlib.Path"),
        (3, "must be a str or a pathlib.Path"),
    ]
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        refused.append((tmp_path / "pipe", "not a regular file"))
    for source, said in refused:
        with pytest.raises((exceptions.InvalidInput, exceptions.InvalidType), match=said):
            client.files.upload(source, "/data/x")
    assert wire.calls == []


# the rest


def test_a_file_is_fetched_by_the_platform(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/files/file/url//data/x"] = DONE
    client.files.upload_from_url("https://example.com/x?signature=s", "x")
    assert wire.calls == [("/files/file/url//data/x", None)]
    assert json.loads(wire.bodies[0]) == {"url": "https://example.com/x?signature=s"}


@pytest.mark.parametrize(
    "url", ["", "example.com/secret", "ftp://example.com/secret", "file:///secret", "https:///secret",
            "https://example.com/se cret", "https://example.com/secret\n", "http://[secret/"],
)  # fmt: skip
def test_what_is_not_an_address_is_refused_and_not_shown(client: SyncServerlessClient, wire: Any, url: str) -> None:
    with pytest.raises(exceptions.InvalidInput, match="url is not an address") as caught:
        client.files.upload_from_url(url, "/data/x")
    assert "cret" not in str(caught.value)
    assert wire.calls == []


def test_a_file_is_renamed_and_deleted(client: SyncServerlessClient, wire: Any) -> None:
    wire.documents["/files/rename//data/a/b"] = DONE
    wire.documents["/files/file//data/a/c"] = DONE
    client.files.rename("a/b", "/data/a/c")
    client.files.rename("a/b", "other/")
    client.files.delete("a/c")
    assert [path for path, _ in wire.calls] == ["/files/rename//data/a/b"] * 2 + ["/files/file//data/a/c"]
    assert [json.loads(body)["destination"] for body in wire.bodies[:2]] == ["/data/a/c", "/data/other/b"]


@pytest.mark.parametrize("call", ["rename", "delete", "upload_from_url"])
def test_what_would_act_twice_is_sent_once(client: SyncServerlessClient, wire: Any, call: str) -> None:
    arguments = {"rename": ("x", "y"), "delete": ("x",), "upload_from_url": ("https://example.com/x", "x")}[call]
    route = {"rename": "rename", "delete": "file", "upload_from_url": "file/url"}[call]
    wire.documents[f"/files/{route}//data/x"] = (503, {"detail": "busy"})
    with pytest.raises(exceptions.Unavailable):
        getattr(client.files, call)(*arguments)
    assert len(wire.calls) == 1


# folders


def test_a_folder_goes_there_with_what_is_in_it(client: SyncServerlessClient, wire: Any, tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "b.txt").write_text("b")
    (tmp_path / "deep" / "er" / "a.txt").write_text("a")
    for path in ("b.txt", "deep/er/a.txt"):
        wire.documents[f"/files/file/local//data/sent/{path}"] = DONE
    told: list[str] = []
    result = client.files.upload_folder(tmp_path, "sent", on_file=lambda file: told.append(file.path))
    assert [(file.path, file.size) for file in result] == [("/data/sent/b.txt", 1), ("/data/sent/deep/er/a.txt", 1)]
    assert told == [file.path for file in result]
    assert [part_of(body) for body in wire.bodies] == [b"b", b"a"]


def test_a_folder_comes_back_with_what_is_in_it(client: SyncServerlessClient, wire: Any, tmp_path: Path) -> None:
    wire.documents |= {
        "/files/list//data/x": (200, [entry("/data/x/deep", False), entry("/data/x/b.txt")]),
        "/files/list//data/x/deep": (200, [entry("/data/x/deep/a.txt")]),
        "/files/file//data/x/b.txt": (200, b"b"),
        "/files/file//data/x/deep/a.txt": (200, b"a"),
    }
    result = client.files.download_folder("/data/x/", tmp_path / "new")
    assert result == [tmp_path / "new" / "b.txt", tmp_path / "new" / "deep" / "a.txt"]
    assert [path.read_text() for path in result] == ["b", "a"]
    with pytest.raises(exceptions.AlreadyExists):
        client.files.download_folder("/data/x", tmp_path / "new")
    assert client.files.download_folder("/data/x", tmp_path / "new", overwrite=True) == result


def entry(path: str, is_file: bool = True) -> dict[str, Any]:
    return {"path": path, "is_file": is_file, "size": 1}


@pytest.mark.parametrize(
    ("listed", "kind"),
    [
        ([], exceptions.NotFound),
        ([entry("/data/x")], exceptions.FailedPrecondition),
        ([entry("/data/x/../../up")], exceptions.DataLoss),
        ([entry("/etc/passwd")], exceptions.DataLoss),
        ([entry("/data/x/"), entry("/data/x/a")], exceptions.DataLoss),
        ([entry("/data/x/a", False)], exceptions.DataLoss),  # it holds itself, see below
    ],
)
def test_what_is_listed_leads_nowhere_else(
    client: SyncServerlessClient, wire: Any, tmp_path: Path, listed: Any, kind: Any
) -> None:
    wire.documents["/files/list//data/x"] = (200, listed)
    wire.documents["/files/list//data/x/a"] = (200, listed)
    with pytest.raises(kind):
        client.files.download_folder("/data/x", tmp_path / "new")
    assert not list(tmp_path.rglob("*"))


def test_a_folder_that_cannot_be_sent_is_refused(client: SyncServerlessClient, wire: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    for source in (tmp_path / "file", tmp_path / "empty", tmp_path / "none", "", 1):
        with pytest.raises((exceptions.InvalidInput, exceptions.InvalidType)):
            client.files.upload_folder(source, "/data/x")  # type: ignore[arg-type] # what is not a path, too
    assert not wire.calls
