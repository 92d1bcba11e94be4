"""The data volume of the local control plane: through the SDK, and as requests that no SDK sends."""

from __future__ import annotations

import hashlib
import io
import json
import os
import socket
import stat
import subprocess
import sys
import tracemalloc
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import fal_emulator
from fal import exceptions
from fal._gen import rpc
from fal_emulator.model import limits
from tests.support.engine import server
from tests.support.facade import Loop, async_client
from tests.support.plane import TIMEOUT, http_to, wire_to
from tests.support.servers import Handler, Request, http_serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import httpx

    from fal_emulator import Plane

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    """A control plane with a folder around it that nobody else writes to."""
    with fal_emulator.start(state=tmp_path_factory.mktemp("around") / "plane", isolation="inline") as started:
        yield started


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    result = Loop()
    yield result
    result.close()


@pytest.fixture(params=["sync", "async"])
def client(request: pytest.FixtureRequest, plane: Plane, loop: Loop) -> Iterator[Any]:
    if request.param == "sync":
        with plane.client() as made:
            yield made
        return
    with async_client(loop, host=plane.host, rest_host=plane.host, api_key=plane.key) as made:
        yield made


@pytest.fixture(autouse=True)
def empty(plane: Plane) -> None:
    """Every test begins with an empty volume."""
    for path in sorted((plane.state / "volume").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def volume(plane: Plane) -> dict[str, bytes]:
    """Return the files of the volume by path."""
    folder = plane.state / "volume"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def put(http: httpx.Client, path: str, content: bytes = b"x") -> httpx.Response:
    return http.post(f"/files/file/local/{path}", files={"file_upload": ("f", content)})


# through the SDK


def test_the_life_of_a_file(client: Any, plane: Plane, tmp_path: Path) -> None:
    assert client.files.list() == []
    source = tmp_path / "labels ü?#%.txt"
    source.write_bytes(b"cat, dog")
    before = datetime.now(UTC)
    stored = client.files.upload(source, "models/deep/")
    assert stored.path == "/data/models/deep/labels ü?#%.txt"
    (folder,) = client.files.list()
    assert (folder.path, folder.name, folder.is_file) == ("/data/models", "models", False)
    (file,) = client.files.list("/data/models/deep")
    assert (file.path, file.name, file.is_file, file.size) == (stored.path, source.name, True, 8)
    assert abs((file.updated_at - before).total_seconds()) < 60
    assert client.files.download(file.path, tmp_path / "back").read_bytes() == b"cat, dog"
    client.files.rename(file.path, "/data/other/name")
    assert volume(plane) == {"other/name": b"cat, dog"}
    source.write_bytes(b"bird")
    client.files.upload(source, "other/name")
    assert volume(plane) == {"other/name": b"bird"}, "a file takes the place of the one that was there"
    with pytest.raises(exceptions.InvalidArgument, match="not empty"):
        client.files.delete("other")
    client.files.delete("other/name")
    client.files.delete("other")
    with pytest.raises(exceptions.NotFound, match="/data/other/name"):
        client.files.delete("other/name")
    with pytest.raises(exceptions.NotFound):
        client.files.download("other/name", tmp_path / "gone")
    assert client.files.list("other") == []
    assert not (tmp_path / "gone").exists()


_ROUND_TRIP = """
import asyncio, json, sys, tracemalloc
from fal.api import AsyncServerlessClient, SyncServerlessClient

kind, host, key, source, target = sys.argv[1:]
options = {"host": host, "rest_host": host, "api_key": key}

def sync():
    with SyncServerlessClient(**options) as client:
        client.files.list()  # what a first call loads is not what is measured
        tracemalloc.start()
        client.files.upload(source, "big.bin")
        yield tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        client.files.download("big.bin", target)
        yield tracemalloc.get_traced_memory()

async def all_async():
    async with AsyncServerlessClient(**options) as client:
        await client.files.list()
        tracemalloc.start()
        await client.files.upload(source, "big.bin")
        sent = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        await client.files.download("big.bin", target)
        return sent, tracemalloc.get_traced_memory()

print(json.dumps(list(sync()) if kind == "sync" else asyncio.run(all_async())))
"""


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_big_file_goes_there_and_back_and_is_never_in_memory(plane: Plane, tmp_path: Path, kind: str) -> None:
    source, target = tmp_path / "big.bin", tmp_path / "back.bin"
    content = os.urandom(25 * MIB + 3)
    source.write_bytes(content)
    arguments = [kind, plane.host, plane.key, str(source), str(target)]
    tracemalloc.start()
    try:
        _, before = tracemalloc.get_traced_memory()
        done = subprocess.run(
            [sys.executable, "-c", _ROUND_TRIP, *arguments], capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        _, here = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert target.read_bytes() == content
    assert volume(plane)["big.bin"] == content
    assert not list((plane.state / "uploads").iterdir()), "nothing is left of the upload"
    (left, sending), (_, receiving) = json.loads(done.stdout)
    # Measured: at most 23 MiB (a part, and the copy that the connection sends), 0.1 MiB and 2.3 MiB; 3.6 MiB here.
    assert sending < 2.5 * 10 * MIB
    assert left < MIB
    assert receiving < 5 * MIB
    assert here - before < 8 * MIB


def test_an_upload_that_fails_leaves_nothing_of_itself(client: Any, plane: Plane, tmp_path: Path) -> None:
    source = tmp_path / "big.bin"
    source.write_bytes(bytes(11 * MIB))
    (plane.state / "volume" / "taken").mkdir()
    with pytest.raises(exceptions.InvalidArgument, match="is a folder"):
        client.files.upload(source, "taken")
    (plane.state / "volume" / "file").write_bytes(b"")
    with pytest.raises(exceptions.InvalidArgument, match="below what is a file"):
        client.files.upload(source, "file/below")
    assert not list((plane.state / "uploads").iterdir()), "it was cancelled"
    assert volume(plane) == {"file": b""}


def test_what_a_key_may_not_do_is_refused(plane: Plane, tmp_path: Path) -> None:
    with plane.client() as admin:
        admin.files.upload(__file__, "here.py")
        key_id, secret = admin.keys.create(permissions=["files:read"])
    from fal.api import SyncServerlessClient

    with SyncServerlessClient(host=plane.host, rest_host=plane.host, api_key=f"{key_id}:{secret}") as reader:
        assert [file.path for file in reader.files.list()] == ["/data/here.py"]
        assert reader.files.download("here.py", tmp_path).stat().st_size == os.stat(__file__).st_size
        calls: list[Callable[[], Any]] = [
            lambda: reader.files.upload(__file__, "x"),
            lambda: reader.files.upload_from_url("http://127.0.0.1/x", "x"),
            lambda: reader.files.rename("here.py", "x"),
            lambda: reader.files.delete("here.py"),
        ]
        for call in calls:
            with pytest.raises(exceptions.PermissionDenied, match="files:write"):
                call()
    assert list(volume(plane)) == ["here.py"]


def test_what_is_stored_survives_and_is_for_nobody_else(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        with fal_emulator.start(state=tmp_path / "plane", isolation="inline") as plane, plane.client() as client:
            client.files.upload(__file__, "deep/er/here.py")
            with http_to(plane) as http:
                assert http.post("/files/file/multipart//data/deep/new/big/initiate").status_code == 200
    finally:
        os.umask(umask)
    with fal_emulator.start(state=tmp_path / "plane", isolation="inline") as plane, plane.client() as client:
        assert [file.name for file in client.files.list("deep/er")] == ["here.py"]
        for path in [plane.state / "volume", *(plane.state / "volume").rglob("*")]:
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_runners_know_where_the_volume_is(plane: Plane, tmp_path: Path) -> None:
    (tmp_path / "words").write_text("said by the volume")
    wire = wire_to(plane)
    with plane.client() as client, http_to(plane) as http:
        client.files.upload(tmp_path / "words", "deep/words")
        code = "lambda: print(open(__import__('os').environ['FAL_LOCAL_VOLUME'] + '/deep/words').read(), flush=True)"
        wire.deploy("reader", code=server(setup=code))
        assert "said by the volume" in http.get("/applications/local/reader/logs").text
    wire.call(rpc.DELETE_ALIAS, alias="reader")
    wire.close()


def test_the_volume_is_at_data_for_a_runner_alone(tmp_path: Path) -> None:
    before = Path("/data").exists() and sorted(os.listdir("/data"))
    code = (
        "lambda: print('AT', v := __import__('os').environ['FAL_LOCAL_VOLUME'],"
        " open(v + '/made', 'w').write('by an app'), flush=True)"
    )
    with fal_emulator.start(state=tmp_path / "plane", isolation="inline") as plane, plane.client() as client:
        wire = wire_to(plane)
        with http_to(plane) as http:
            for name in ("first", "second"):
                wire.deploy(name, code=server(setup=code))
            said = [http.get(f"/applications/local/{name}/logs").text for name in ("first", "second")]
        wire.close()
        assert [file.path for file in client.files.list()] == ["/data/made"]
        client.files.download("made", tmp_path / "made")
    assert (tmp_path / "made").read_text() == "by an app"
    assert (Path("/data").exists() and sorted(os.listdir("/data"))) == before
    if (
        "AT /data " not in said[0]
    ):  # a machine without mount namespaces: the variable names the folder, which is said once
        assert "cannot be mounted at /data here" in said[0]
        assert "cannot be mounted" not in said[1]


# requests that no SDK sends


@pytest.mark.parametrize(
    "path",
    [
        "/data/../x", "/data/%2e%2e/x", "/data/..%2fx", "/data/a/..%2f..%2fx", "..%2fx", "/etc/passwd", "%2fetc%2fpasswd",
        "/", "/data", "/data/", ".", "/data/x%00y", "/dataset/x", "/data/" + "x" * 256, "/data/" + "y/" * 600 + "x",
    ],
)  # fmt: skip
def test_paths_that_lead_elsewhere_are_refused_here_as_well(plane: Plane, path: str) -> None:
    before = sorted(entry.name for entry in plane.state.parent.iterdir())
    for method, route in (
        ("GET", "/files/file/{}"), ("DELETE", "/files/file/{}"), ("POST", "/files/file/local/{}"), ("POST", "/files/rename/{}"),
        ("POST", "/files/file/url/{}"), ("POST", "/files/file/multipart/{}/initiate"),
    ):  # fmt: skip
        status, body = raw(plane, method, route.format(path))
        assert status in (404, 405, 422), (method, route, body)
        if status == 422:
            assert b'"file"' in body or b'"path"' in body or b'"target_path"' in body, "the path is what is wrong"
    with http_to(plane) as http:
        assert put(http, "/data/good").status_code == 200
        from urllib.parse import unquote

        answer = http.post("/files/rename//data/good", json={"destination": unquote(path) or "/"})
        assert answer.status_code == 422, answer.text
        assert answer.json()["detail"][0]["loc"] == ["body", "destination"]
    assert volume(plane) == {"good": b"x"}
    assert sorted(entry.name for entry in plane.state.parent.iterdir()) == before


def raw(plane: Plane, method: str, target: str) -> tuple[int, bytes]:
    """Send a request whose path nobody tidies up."""
    with socket.create_connection(("127.0.0.1", plane.port), timeout=TIMEOUT) as connection:
        head = [
            f"{method} {target} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Authorization: Key {plane.key}",
            "Connection: close",
        ]
        connection.sendall("\r\n".join([*head, "Content-Length: 0", "", ""]).encode())
        result = b"".join(iter(lambda: connection.recv(65536), b""))
    return int(result.split(b" ", 2)[1]), result.partition(b"\r\n\r\n")[2]


def test_relative_paths_count_from_data(plane: Plane, http: httpx.Client) -> None:
    assert put(http, "x/y").status_code == 200
    assert put(http, "data/y").status_code == 200
    assert put(http, "/data//x/./z").status_code == 200
    assert sorted(volume(plane)) == ["data/y", "x/y", "x/z"]
    assert http.get("/files/file/x/y").content == b"x"
    assert [entry["path"] for entry in http.get("/files/list/x").json()] in (
        ["/data/x/y", "/data/x/z"],
        ["/data/x/z", "/data/x/y"],
    )
    assert len(http.get("/files/list//data").json()) == 2
    assert [entry["path"] for entry in http.get("/files/list//data/x/y").json()] == ["/data/x/y"]
    assert http.get("/files/list//data/x/y/z").json() == []
    assert http.get("/files/list//etc").status_code == 422


def test_links_lead_nowhere(plane: Plane, http: httpx.Client, tmp_path: Path) -> None:
    """An app that knows the folder may put links there; the control plane does not follow them out of it."""
    (tmp_path / "secret").write_text("hush")
    folder = plane.state / "volume"
    (folder / "file").symlink_to(tmp_path / "secret")
    (folder / "folder").symlink_to(tmp_path)
    (folder / "circle").symlink_to(folder / "circle")
    (folder / "pipe").parent.mkdir(exist_ok=True)
    os.mkfifo(folder / "pipe")
    assert http.get("/files/list//data").json() == []
    for path in ("file", "folder/secret", "folder", "circle", "circle/x"):
        assert http.get(f"/files/file//data/{path}").status_code == 422, path
        assert http.delete(f"/files/file//data/{path}").status_code == 422, path
        assert put(http, f"/data/{path}").status_code == 422, path
        assert http.post(f"/files/rename//data/{path}", json={"destination": "/data/y"}).status_code == 422, path
    assert http.get("/files/list//data/folder").status_code == 422
    assert http.get("/files/file//data/pipe").status_code == 404
    assert (tmp_path / "secret").read_text() == "hush"
    assert len(list(tmp_path.iterdir())) == 1


def test_nothing_is_renamed_onto_something(plane: Plane, http: httpx.Client) -> None:
    for name in ("a", "b", "f/x"):
        assert put(http, f"/data/{name}", name.encode()).status_code == 200
    for path, destination, status in (
        ("a", "/data/b", 409),
        ("a", "/data/f", 409),
        ("a", "/data/a", 422),
        ("f", "/data/f/g", 422),
        ("a", "/data/b/c", 422),
        ("missing", "/data/c", 404),
    ):
        answer = http.post(f"/files/rename//data/{path}", json={"destination": destination})
        assert answer.status_code == status, (path, destination, answer.text)
    assert http.post("/files/rename//data/a", json={}).status_code == 422
    assert volume(plane) == {"a": b"a", "b": b"b", "f/x": b"f/x"}
    assert http.post("/files/rename//data/f", json={"destination": "g/h"}).status_code == 200
    assert volume(plane) == {"a": b"a", "b": b"b", "g/h/x": b"f/x"}


def test_a_file_is_given_as_bytes_and_not_as_a_page(http: httpx.Client) -> None:
    put(http, "/data/page.html", b"<script>alert(1)</script>")
    answer = http.get("/files/file//data/page.html")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert http.get("/files/file//data/page.html", headers={"range": "bytes=1-6"}).content == b"script"
    assert http.head("/files/file//data/page.html").headers["content-length"] == "25"


def test_uploads_belong_to_their_path_and_are_bounded(
    plane: Plane, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = "/files/file/multipart//data/deep/file"
    upload = http.post(f"{base}/initiate").json()["upload_id"]

    def part(path: str, number: int | str, content: bytes) -> httpx.Response:
        return http.put(f"{path}/{upload}/{number}", files={"file_upload": ("chunk", content)})

    assert part("/files/file/multipart//data/deep/other", 1, b"x").status_code == 404
    assert part(f"/files/app/multipart/{'0' * 64}", 1, b"x").status_code == 404
    assert part(base, 0, b"x").status_code == 422
    assert part(base, "1x", b"x").status_code == 422
    first, second = part(base, 1, b"one").json(), part(base, 2, b"two").json()
    complete = f"{base}/{upload}/complete"
    assert http.post(complete, json={"parts": [second]}).status_code == 422
    assert http.post(complete, json={"parts": [first, {**second, "etag": "x"}]}).status_code == 422
    assert http.post(complete, json={"parts": []}).status_code == 422
    monkeypatch.setattr(limits, "LARGEST_FILE", 5)
    assert http.post(complete, json={"parts": [first, second]}).status_code == 413
    assert part(base, 3, b"three").status_code == 413
    monkeypatch.undo()
    assert volume(plane) == {}
    done = http.post(complete, json={"parts": [second, first]})
    assert done.json() == {"etag": hashlib.md5(b"onetwo").hexdigest()}
    assert volume(plane) == {"deep/file": b"onetwo"}
    assert http.post(complete, json={"parts": [first, second]}).status_code == 404
    monkeypatch.setattr(limits, "LARGEST_PART", 1000)
    assert put(http, "/data/large", bytes(1001)).status_code == 413
    assert http.post("/files/file/local//data/x", content=b"x").status_code == 422
    assert http.post("/files/file/local//data/x?unzip=true", files={"file_upload": b"x"}).status_code == 422
    assert list(volume(plane)) == ["deep/file"]


# archives


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return written.getvalue()


def unzip(http: httpx.Client, path: str, archive: bytes) -> httpx.Response:
    return http.post(f"/files/file/local/{path}?unzip=true", files={"file_upload": archive})


def special(name: str, mode: int) -> zipfile.ZipInfo:
    result = zipfile.ZipInfo(name)
    result.external_attr = mode << 16
    return result


def test_an_archive_is_unpacked(http: httpx.Client, plane: Plane) -> None:
    archive = zipped(("a.txt", b"a"), ("deep/", b""), ("deep/er/b", b"b" * 100_000), ("./c", b""))
    assert unzip(http, "/data/models", archive).json() is True
    assert unzip(http, "models", zipped(("a.txt", b"new"))).json() is True
    assert volume(plane) == {"models/a.txt": b"new", "models/deep/er/b": b"b" * 100_000, "models/c": b""}
    assert unzip(http, "/data", zipped(("top", b"t"))).json() is True
    assert volume(plane)["top"] == b"t"


@pytest.mark.parametrize(
    ("archive", "fault"),
    [
        (b"not a zip", "not a zip archive"),
        (zipped(("ok", b"1"), ("a", b"1" * 1000))[:-40], "not a zip archive"),
        (zipped(("ok", b"1"), ("../out", b"x")), "must hold neither"),
        (zipped(("ok", b"1"), ("/data/out", b"x")), "not a relative path"),
        (zipped(("ok", b"1"), ("..\\out", b"x")), "not a relative path"),
        (zipped(("ok", b"1"), (special("link", stat.S_IFLNK | 0o777), b"/etc/passwd")), "special file"),
        (zipped(("ok", b"1"), (special("pipe", stat.S_IFIFO | 0o600), b"")), "special file"),
        (zipped(("ok", b"1"), ("a", b"1"), ("./a", b"2")), "two files of one name"),
        (zipped(("ok", b"1"), ("a", b"1"), ("a/b", b"2")), "below what is a file"),
        (zipped(("ok", b"1"), ("x" * 300, b"2")), "longer than"),
        (zipped(("ok", b"1"), ("there", b"2")), "a folder of the volume"),
    ],
)
def test_an_archive_that_is_not_unpacked_leaves_nothing(
    http: httpx.Client, plane: Plane, archive: bytes, fault: str
) -> None:
    put(http, "/data/d/there/file", b"kept")
    answer = unzip(http, "/data/d", archive)
    assert (answer.status_code, fault in answer.text) == (422, True), answer.text
    assert volume(plane) == {"d/there/file": b"kept"}
    assert not list((plane.state / "uploads").glob("*/*"))


def test_what_an_archive_holds_counts_not_what_it_says(
    http: httpx.Client, plane: Plane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LARGEST_FILE", 100_000)
    assert unzip(http, "/data/d", zipped(("a", bytes(60_000)), ("b", bytes(60_000)))).status_code == 413
    monkeypatch.setattr(limits, "MOST_FILES", 2)
    assert unzip(http, "/data/d", zipped(("a", b""), ("b", b""), ("c", b""))).status_code == 422
    assert volume(plane) == {}


# fetching


@pytest.fixture
def site() -> Iterator[tuple[str, list[Request]]]:
    """A server of one file, and of one address that leads to it."""

    def answer(handler: Handler) -> None:
        if handler.path == "/moved":
            handler.reply(302, Location="/file")
        else:
            handler.reply(200 if handler.path == "/file" else 404, b"bytes")

    with http_serving(answer) as (port, seen):
        yield f"127.0.0.1:{port}", seen


def test_a_file_is_fetched_from_this_machine(
    client: Any, plane: Plane, site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, seen = site
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # not for this machine
    client.files.upload_from_url(f"http://{host}/file", "fetched/file")
    assert volume(plane) == {"fetched/file": b"bytes"}
    assert [request.target for request in seen] == ["/file"]
    assert "authorization" not in seen[0].headers, "no key of this control plane goes along"
    for path, said in (("missing", "HTTP 404"), ("moved", "HTTP 302")):
        with pytest.raises(exceptions.InvalidArgument, match=said):
            client.files.upload_from_url(f"http://{host}/{path}", "x")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(exceptions.InvalidArgument, match="cannot be fetched: ConnectError"):
            client.files.upload_from_url(f"http://127.0.0.1:{free.getsockname()[1]}/", "x")
    monkeypatch.setattr(limits, "LARGEST_FILE", 4)
    with pytest.raises(exceptions.FalServerlessException, match="more than 4 bytes"):
        client.files.upload_from_url(f"http://{host}/file", "x")
    assert volume(plane) == {"fetched/file": b"bytes"}
    assert not list((plane.state / "uploads").iterdir())


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/x", "http://169.254.169.254/latest", "http://10.0.0.1/", "http://0.0.0.0/", "http://[::]/",
        "http://127.0.0.1.example.com/", "http://localhost.example.com/", "http://127.1/", "http://2130706433/",
        "http://x@example.com@127.0.0.2.example.com/", "ftp://127.0.0.1/x", "file:///etc/passwd", "http:///x", "", "x",
        "http://[::ffff:10.0.0.1]/", "http://evil.localhost/",
    ],
)  # fmt: skip
def test_nothing_is_fetched_from_elsewhere(http: httpx.Client, url: str) -> None:
    answer = http.post("/files/file/url//data/x", json={"url": url})
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"][0]["loc"] == ["body", "url"]
    assert "this machine alone" in answer.text or "not an address" in answer.text


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://localhost:65536/x", "the port 65536"),
        ("http://localhost:-1/", "the port -1"),
        ("http://xn--/x", "not an address"),
    ],
)
def test_an_address_that_can_never_be_fetched_is_refused(http: httpx.Client, url: str, said: str) -> None:
    answer = http.post("/files/file/url//data/x", json={"url": url})
    assert (answer.status_code, said in answer.text) == (422, True)
