"""Limits of bodies, and of what is uploaded: files of apps, and objects."""

from __future__ import annotations

import os
from typing import Any

import grpc
import httpx
import pytest

from fal._gen import rpc
from fal._gen.proto import controller_pb2 as pb
from fal_emulator import Plane
from fal_emulator.model import limits
from tests.security.limits_kit import chunked
from tests.support.plane import TIMEOUT, Wire, refused, registration, wire_to
from tests.unit.emulator.test_plane_rest import file_hash, initiate, put_part, upload


def json_of(size: int) -> bytes:
    begin = b'{"hashes": [], "x": "'
    return begin + b"y" * (size - len(begin) - 2) + b'"}'


def test_json_beyond_the_limit_is_refused(http: httpx.Client) -> None:
    for size, expected in ((limits.LARGEST_JSON, 200), (limits.LARGEST_JSON + 1, 413)):
        content = json_of(size)
        assert http.post("/files/missing_hashes", content=content).status_code == expected
        answer = http.post("/files/missing_hashes", content=chunked(content))
        assert answer.status_code == expected
        if expected == 413:
            assert answer.json() == {"detail": f"the request holds more than {limits.LARGEST_JSON} bytes"}


def test_json_that_nests(http: httpx.Client) -> None:
    def answer(depth: int, begin: str, end: str) -> httpx.Response:
        inner = begin * (depth - 1) + "1" + end * (depth - 1)
        return http.post("/files/missing_hashes", content=f'{{"hashes": [], "x": {inner}}}')

    for begin, end in (("[", "]"), ('{"a":', "}")):
        assert answer(limits.DEEPEST_JSON, begin, end).status_code == 200
        for depth in (limits.DEEPEST_JSON + 1, 100_000):
            refused_ = answer(depth, begin, end)
            assert refused_.status_code == 422
            assert f"more than {limits.DEEPEST_JSON} deep" in refused_.json()["detail"][0]["msg"]
    body = {"file_name": "x", "content_type": "text/plain"}
    lifecycle = {"x-fal-object-lifecycle": "[" * 50_000}
    assert http.post("/storage/upload/initiate", json=body, headers=lifecycle).status_code == 422


def test_metadata_and_settings_that_nest(wire: Wire) -> None:
    def field(number: int, content: bytes) -> bytes:
        size, length = len(content), b""
        while size > 127:
            length, size = length + bytes([size & 127 | 128]), size >> 7
        return bytes([number << 3 | 2]) + length + bytes([size]) + content

    nested = b""
    for _ in range(500):  # {"a": {"a": ...}}, which no client of ours would write
        nested = field(1, field(1, b"a") + field(2, field(5, nested)))
    number = pb.RegisterApplicationRequest.DESCRIPTOR.fields_by_name["metadata"].number
    ask: Any = wire.channel.unary_stream(rpc.REGISTER_APPLICATION.path)
    with pytest.raises(grpc.RpcError, match="deserializing"):
        list(ask(field(number, nested), metadata=wire.metadata, timeout=TIMEOUT))
    with refused("INVALID_ARGUMENT", "retry_config"):
        list(wire.stream(rpc.REGISTER_APPLICATION, registration(retry_config="[" * 100_000)))
    assert wire.call(rpc.LIST_ENVIRONMENTS).environments


def test_hashes_beyond_the_limit_are_refused(little: httpx.Client) -> None:
    for count, expected in ((limits.MOST_HASHES, 200), (limits.MOST_HASHES + 1, 422)):
        hashes = [f"{number:064x}" for number in range(count)]
        assert little.post("/files/missing_hashes", json={"hashes": hashes}).status_code == expected


def test_parts_beyond_the_limit_are_refused(small: Plane, little: httpx.Client) -> None:
    digest = file_hash(b"x")
    upload_id = initiate(little, b"x").json()["upload_id"]
    head = b'--b\r\nContent-Disposition: form-data; name="file_upload"; filename="x"\r\n\r\n'
    path = f"/files/app/multipart/{digest}/{upload_id}/1"
    kind = {"content-type": "multipart/form-data; boundary=b"}
    field = b'--b\r\nContent-Disposition: form-data; name="note"\r\n\r\n'
    for size, expected in ((limits.LARGEST_PART, 200), (limits.LARGEST_PART + 1, 413)):
        end = b"\r\n--b--\r\n"
        body = head + b"x\r\n" + field
        body += b"y" * (size - len(body) - len(end)) + end
        assert len(body) == size
        assert little.put(path, content=body, headers=kind).status_code == expected
        assert little.put(path, content=chunked(body), headers=kind).status_code == expected
    many = field.join([b"y\r\n"] * 10)
    body = head + b"x\r\n" + field + many + b"--b--\r\n"
    assert little.put(path, content=body[: limits.LARGEST_PART], headers=kind).status_code == 422, "too many fields"
    little.post(f"/files/app/multipart/{digest}/{upload_id}/cancel")


def test_part_numbers(http: httpx.Client) -> None:
    digest = file_hash(b"x")
    upload_id = initiate(http, b"x").json()["upload_id"]
    for number, expected in ((1, 200), (limits.MOST_PARTS, 200), (limits.MOST_PARTS + 1, 422), (0, 422)):
        assert put_part(http, digest, upload_id, number, b"x").status_code == expected
    for text in ("01", "+1", "1e1", "\u0661", "1" * 5000, "-1", "1.0", " 1"):
        path = f"/files/app/multipart/{digest}/{upload_id}/{text}"
        assert http.put(path, files={"file_upload": ("x", b"x")}).status_code == 422, text


def test_files_beyond_the_limit_are_refused(small: Plane, little: httpx.Client) -> None:
    fits, exceeds = b"x" * limits.LARGEST_FILE, b"x" * (limits.LARGEST_FILE + 1)
    assert upload(little, fits, part_size=60).status_code == 200
    assert initiate(little, exceeds).status_code == 413
    content = b"y" * limits.LARGEST_FILE
    digest = file_hash(content)
    upload_id = initiate(little, content).json()["upload_id"]
    assert put_part(little, digest, upload_id, 1, content[:60]).status_code == 200
    assert put_part(little, digest, upload_id, 2, content[60:]).status_code == 200
    assert put_part(little, digest, upload_id, 2, content[59:]).status_code == 413, "the parts together"
    assert put_part(little, digest, upload_id, 3, b"z").status_code == 413
    assert put_part(little, digest, upload_id, 2, content[60:]).status_code == 200, "the same part may come again"
    stored = small.state / "uploads" / upload_id
    assert sum(path.stat().st_size for path in stored.iterdir() if path.name.isdecimal()) == limits.LARGEST_FILE
    assert {path.name for path in stored.iterdir()} == {"target", "1", "2"}
    little.post(f"/files/app/multipart/{digest}/{upload_id}/cancel")


def test_uploads_beyond_the_limit_are_refused(small: Plane, little: httpx.Client) -> None:
    begun = [initiate(little, bytes([number])) for number in range(limits.MOST_UPLOADS)]
    assert {answer.status_code for answer in begun} == {200}
    answer = initiate(little, b"one more")
    assert (answer.status_code, "complete or cancel" in answer.json()["detail"]) == (429, True)
    old = small.state / "uploads" / begun[0].json()["upload_id"]
    os.utime(old, (0, 0))
    assert initiate(little, b"one more").status_code == 200, "those of days ago make room"
    assert not old.exists()
    for number, result in enumerate(begun[1:], 1):
        little.post(f"/files/app/multipart/{file_hash(bytes([number]))}/{result.json()['upload_id']}/cancel")


def test_files_of_an_app(small: Plane, little: httpx.Client) -> None:
    upload(little, b"f")
    wire = wire_to(small)

    def files(count: int) -> list[dict[str, str]]:
        return [{"hash": file_hash(b"f"), "relative_path": f"f{number}"} for number in range(count)]

    wire.deploy("files", files=files(limits.MOST_FILES))
    with refused("INVALID_ARGUMENT", f"files: {limits.MOST_FILES + 1} were given"):
        wire.deploy("files", files=files(limits.MOST_FILES + 1))
    with refused("INVALID_ARGUMENT", "'f0' is a file and also a folder of 'f0/x'"):
        wire.deploy("files", files=[*files(1), {"hash": file_hash(b"f"), "relative_path": "f0/x"}])
    wire.call(rpc.DELETE_ALIAS, alias="files")
    wire.close()


def test_paths_of_app_files(wire: Wire) -> None:
    def refusal(path: str) -> str:
        with pytest.raises(grpc.RpcError) as caught:
            wire.deploy("paths", files=[{"hash": "0" * 64, "relative_path": path}])
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
        return str(caught.value.details())

    name = "\u00e9" * (limits.LONGEST_FILE_NAME // 2)
    assert "was not uploaded" in refusal("x" * limits.LONGEST_FILE_NAME)
    assert "is too long" in refusal("x" * (limits.LONGEST_FILE_NAME + 1))
    assert "was not uploaded" in refusal(name)
    assert "is too long" in refusal(name + "\u00e9"), "bytes count, not characters"
    deep = "/".join(["d" * 127] * (limits.LONGEST_PATH // 128)) + "/"
    assert "was not uploaded" in refusal(deep[: limits.LONGEST_PATH - 1] + "x")
    assert "is too long" in refusal(deep[: limits.LONGEST_PATH] + "x")


def test_objects_beyond_the_limit_are_refused(small: Plane, little: httpx.Client) -> None:
    body = {"file_name": "x", "content_type": "text/plain"}
    result = little.post("/storage/upload/initiate", json=body).json()
    for size, expected in ((limits.LARGEST_OBJECT, 200), (limits.LARGEST_OBJECT + 1, 413)):
        content = b"o" * size
        assert httpx.put(result["upload_url"], content=content, trust_env=False).status_code == expected
        assert httpx.put(result["upload_url"], content=chunked(content), trust_env=False).status_code == expected
    assert httpx.get(result["file_url"], trust_env=False).content == b"o" * limits.LARGEST_OBJECT
    (folder,) = (path for path in (small.state / "objects").iterdir() if path.name in result["file_url"])
    assert {path.name for path in folder.iterdir()} == {"content", "description"}, "nothing is left of what was refused"
