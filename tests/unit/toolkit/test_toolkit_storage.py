"""Files are stored, fetched, reserved; texts are kept by key."""

from __future__ import annotations

import asyncio
import io
import json
import threading
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from PIL import Image as Pillow
from starlette.requests import Request

from fal.app.runtime.context import RequestContext, current
from fal.exceptions import AppException
from fal.toolkit import CompressedFile, File, FileUploadException, Image, KVStore, KVStoreException, rest
from fal.toolkit.exceptions import FileUploadFallbackException
from fal.toolkit.file import FileData, FileRepository
from fal.toolkit.file.multipart import CHUNK_SIZE
from tests.support.servers import Handler, http_serving

if TYPE_CHECKING:
    from fal_emulator import Plane

pytestmark = pytest.mark.usefixtures("on_a_runner")


def content_of(file: File) -> bytes:
    answer = httpx.get(file.url).raise_for_status()
    assert answer.headers["content-type"].partition(";")[0] == file.content_type
    return answer.content


def test_bytes_are_stored_where_everybody_can_read_them() -> None:
    file = File.from_bytes(b"hello", "text/plain", "a.txt")
    assert content_of(file) == b"hello"
    assert file.url.endswith("/a.txt")
    assert file.as_bytes() == b"hello"


def test_a_path_is_stored_too(tmp_path: Path) -> None:
    (tmp_path / "data.bin").write_bytes(b"123")
    file = File.from_path(tmp_path / "data.bin")
    assert (content_of(file), file.file_name, file.file_size) == (b"123", "data.bin", 3)
    with pytest.raises(FileNotFoundError, match=r"nothing\.bin"):
        File.from_path(tmp_path / "nothing.bin")


def test_async_forms_do_the_same(tmp_path: Path) -> None:
    async def store() -> list[File]:
        (tmp_path / "a.txt").write_text("path")
        made = [await File.from_bytes_async(b"bytes"), await File.from_path_async(tmp_path / "a.txt")]
        await made[0].save_async(tmp_path / "saved")
        return made

    first, second = asyncio.run(store())
    assert (content_of(first), content_of(second)) == (b"bytes", b"path")
    assert (tmp_path / "saved").read_bytes() == b"bytes"


@pytest.mark.parametrize("from_path", [False, True], ids=["bytes", "path"])
def test_big_files_go_in_parts(tmp_path: Path, from_path: bool) -> None:
    content = bytes(range(256)) * 1000
    options = {"multipart": True, "multipart_chunk_size": 100_000, "multipart_max_concurrency": 2}
    if from_path:
        (tmp_path / "big.bin").write_bytes(content)
        file = File.from_path(tmp_path / "big.bin", save_kwargs=options)
        assert file.file_data is None  # it was never read as a whole
    else:
        file = File.from_bytes(content, file_name="big.bin", save_kwargs=options)
    assert (content_of(file), file.file_size) == (content, len(content))
    assert CHUNK_SIZE == 10 * 1024 * 1024


@pytest.mark.parametrize("content", [b"", b"late"])
def test_an_address_is_known_before_there_is_a_file(content: bytes, tmp_path: Path) -> None:
    pending = File.reserve("text/plain", "late.txt")
    assert httpx.get(pending.url).status_code == 404
    (tmp_path / "late.txt").write_bytes(content)
    file = pending.complete(tmp_path / "late.txt")
    assert (file.url, content_of(file), file.file_size) == (pending.url, content, len(content))
    with pytest.raises(NotImplementedError, match="InMemoryRepository"):
        File.reserve(repository="in_memory")


def test_how_long_it_is_kept_comes_from_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    slot = {"file_url": "https://example.com/f", "upload_url": "ADDRESS/put"}

    def answer(handler: Handler) -> None:
        host = f"http://{handler.headers['host']}"
        handler.reply(200, json.dumps(slot).replace("ADDRESS", host).encode())

    with http_serving(answer) as (port, seen):
        monkeypatch.setenv("FAL_REST_HOST", f"localhost:{port}")
        preference = {"expiration_duration_seconds": 60}
        header = (b"x-fal-object-lifecycle-preference", json.dumps(preference).encode())
        request = Request({"type": "http", "headers": [header]})
        File.from_bytes(b"", request=request)
        token = current.set(RequestContext(lifecycle_preference=preference, headers={"x-fal-cdn-token": "theirs"}))
        try:
            File.from_bytes(b"")
        finally:
            current.reset(token)
        File.from_bytes(b"", save_kwargs={"object_lifecycle_preference": preference})
        File.from_bytes(b"")
    headers = [{name.lower(): value for name, value in request.headers.items()} for request in seen]
    told = [sent.get("x-fal-object-lifecycle-preference") for sent in headers[::2]]
    assert told == [json.dumps(preference)] * 3 + [None]
    assert [sent.get("x-fal-cdn-token") for sent in headers] == [None, None, "theirs", *[None] * 5]
    assert headers[0]["authorization"].startswith("Key ")
    assert seen[0].target == "/storage/upload/initiate?storage_type=fal-cdn-v3"
    assert (seen[1].method, seen[1].path) == ("PUT", "/put")
    assert "authorization" not in headers[1]  # the address itself is the permission


def test_a_bucket_of_the_caller_is_refused_and_not_passed_over() -> None:
    headers = {"x-app-fal-upload-policy": "{}"}
    request = Request({"type": "http", "headers": [(name.encode(), value.encode()) for name, value in headers.items()]})
    token = current.set(RequestContext(headers=headers))
    try:
        with pytest.raises(AppException, match="leave x-app-fal-upload-policy out") as refused:
            File.from_bytes(b"", repository="in_memory")
    finally:
        current.reset(token)
    assert refused.value.status_code == 501
    with pytest.raises(AppException):
        File.from_bytes(b"", repository="in_memory", request=request)


class Shelf(FileRepository):
    """A repository of an author's own."""

    def __init__(self, full: bool = False) -> None:
        self.full = full
        self.token = "a secret"

    def save(self, data: FileData, **_: Any) -> str:
        if self.full:
            raise OSError("the shelf is full")
        return f"shelf:{data.file_name}"


def test_a_repository_that_fails_is_followed_by_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    file = File.from_bytes(b"x", file_name="a", repository=Shelf(full=True), fallback_repository=[Shelf(), "in_memory"])
    assert file.url == "shelf:a"
    assert "Shelf: OSError: the shelf is full" in capsys.readouterr().out
    with pytest.raises(FileUploadFallbackException, match=r"Shelf: OSError.*; Shelf: OSError") as raised:
        File.from_bytes(b"x", repository=Shelf(full=True), fallback_repository=Shelf(full=True))
    assert "secret" not in str(raised.value)
    with pytest.raises(OSError, match="full"):
        File.from_bytes(b"x", repository=Shelf(full=True), fallback_repository=None)


def test_a_repository_that_is_not_known_is_refused_with_those_that_are() -> None:
    unknown: Any = "s3"
    with pytest.raises(ValueError, match=r"'s3' is not one of 'fal', 'fal_v3', 'in_memory'"):
        File.from_bytes(b"x", repository=unknown)


def test_what_the_storage_refuses_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAL_KEY", "wrong:key")
    with pytest.raises(FileUploadException, match="status 401"):
        File.from_bytes(b"x", fallback_repository=None)
    monkeypatch.delenv("FAL_KEY")
    with pytest.raises(FileUploadException, match="set FAL_KEY"):
        File.from_bytes(b"x", fallback_repository=None)
    with pytest.raises(FileUploadException, match="mulitpart is not known"):
        File.from_bytes(b"x", fallback_repository=None, save_kwargs={"mulitpart": True})


def test_an_image_goes_there_and_back() -> None:
    picture = Pillow.new("RGB", (3, 2), "red")
    image = Image.from_pil(picture)
    assert (image.width, image.height, image.content_type) == (3, 2, "image/png")
    came: Image = Image.model_validate(image.url)  # as an input: only the address is known
    assert came.to_pil().tobytes() == picture.tobytes()
    assert Image.from_pil(picture, format="jpg", repository="in_memory").content_type == "image/jpeg"
    assert came.to_pil("L").mode == "L"


def test_what_is_saved_is_not_overwritten_unasked(tmp_path: Path) -> None:
    file = File(url=File.from_bytes(b"one", file_name="one").url)
    assert file.save(tmp_path / "below" / "one").read_bytes() == b"one"
    with pytest.raises(FileExistsError, match="overwrite=True"):
        file.save(tmp_path / "below" / "one")
    assert file.save(tmp_path / "below" / "one", overwrite=True).is_file()
    assert [path.name for path in (tmp_path / "below").iterdir()] == ["one"]
    with pytest.raises(ValueError, match="save"):
        file.as_bytes()


def test_an_archive_is_opened_once() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/b.txt", "b")
        archive.writestr("c.txt", "c")
    url = File.from_bytes(packed.getvalue(), "application/zip").url
    file = CompressedFile.model_validate({"url": url, "extract_dir": "/etc"})
    assert sorted(path.name for path in file) == ["a", "c.txt"]
    (result,) = file.glob("**/b.txt")
    assert result.read_text() == "b"
    assert file.extract_dir not in (None, "/etc")


def test_an_address_makes_a_file() -> None:
    assert Image._from_url("https://example.com/a.png") == Image(url="https://example.com/a.png")


def test_texts_are_kept_by_key() -> None:
    store = KVStore("a store")
    assert store.get("user 1/step") is None
    store.set("user 1/step", "three ✓", ttl=60)
    store.set("other", "")
    assert (store.get("user 1/step"), store.get("other"), KVStore("another").get("other")) == ("three ✓", "", None)
    store.delete("other")
    store.delete("other")
    assert store.get("other") is None


def test_where_apps_are_written_a_profile_is_enough(
    on_a_runner: Plane, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in on_a_runner.env():
        monkeypatch.delenv(name)
    with pytest.raises(FileUploadException, match="needs a key: set FAL_KEY"):
        File.from_bytes(b"hello")
    host = f'host = "{on_a_runner.host}"\n'
    (home / "config.toml").write_text(f'[__internal__]\nprofile = "mine"\n[mine]\nkey = "{on_a_runner.key}"\n{host}')
    assert content_of(File.from_bytes(b"hello", "text/plain")) == b"hello"


@pytest.mark.parametrize(
    ("variables", "address"),
    [
        ({}, "https://rest.alpha.fal.ai"),
        ({"FAL_HOST": "api.old.example"}, "https://rest.old.example"),
        ({"FAL_HOST": "api.old.example", "FAL_GRPC_HOST": "api.new.example"}, "https://rest.new.example"),
        ({"FAL_HOST": "api.old.example", "FAL_REST_HOST": "files.example"}, "https://files.example"),
        ({"FAL_HOST": "127.0.0.1:7", "ISOLATE_TEST_MODE": "1"}, "http://127.0.0.1:7"),
        ({"FAL_HOST": "elsewhere.example", "ISOLATE_TEST_MODE": "1"}, "https://elsewhere.example"),
    ],
)
def test_the_storage_is_where_the_variables_say(
    variables: dict[str, str], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FAL_HOST", "FAL_GRPC_HOST", "FAL_REST_HOST", "ISOLATE_TEST_MODE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert rest.address() == address


def test_texts_need_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAL_KEY", "wrong:key")
    with pytest.raises(KVStoreException, match="status 401"):
        KVStore("db").get("k")


def test_uploads_may_go_on_at_the_same_time() -> None:
    made: list[File] = []
    threads = [threading.Thread(target=lambda n=n: made.append(File.from_bytes(b"%d" % n))) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(content_of(file) for file in made) == [b"%d" % n for n in range(8)]
