"""The REST half of this project: what its specification says, and that the same bytes come out every time."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from fal._gen import rest
from fal._gen.rest import models
from generator.spec import load
from generator.spec.mapping import request_fields
from generator.spec.rest_model import Array
from generator.spec.yamlfile import read_yaml
from tests.unit.generator.render import operations_table
from tests.unit.generator.rest_kit import read, write_spec

ROOT = Path(__file__).parents[4]
SPEC = ROOT / "spec"

# Table of operations: renew it with just operations-table
OPERATIONS: dict[str, list[str]] = json.loads(operations_table.DATA.read_text(encoding="utf-8"))


def test_the_specification_is_valid_before_and_after_its_corrections() -> None:
    documents = [read_yaml(path) for path in sorted((SPEC / "openapi").glob("*.yaml"))]
    assert documents
    for document in [*documents, load.read_document(SPEC)]:
        assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_exactly_the_operations_that_the_sdk_needs() -> None:
    assert operations_table.stated(SPEC) == OPERATIONS, (
        "look at what changed, then renew it with: just operations-table"
    )
    assert set(rest.__all__) == set(OPERATIONS)


def test_the_inventory_names_what_goes_over_the_wire() -> None:
    result = {item.name: item for item in read(SPEC).operations}
    assert set(result) == set(OPERATIONS)
    assert request_fields(result["find_missing_hashes"]) == ["hashes"]
    assert request_fields(result["complete_app_file_multipart"]) == ["file_hash", "upload_id", "metadata", "parts"]
    assert "body" in request_fields(result["stream_logs"])


def test_the_inventory_sees_through_references(tmp_path: Path) -> None:
    text = """
paths:
  /it:
    post:
      operationId: post_it
      requestBody: {$ref: '#/components/requestBodies/It'}
      responses: {'200': {$ref: '#/components/responses/It'}}
components:
  requestBodies:
    It: {content: {application/json: {schema: {$ref: '#/components/schemas/Child'}}}}
  responses:
    It: {description: It., content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Loop'}}}}}
  schemas:
    Parent: {type: object, properties: {a: {type: string}}}
    Child: {allOf: [{$ref: '#/components/schemas/Parent'}, {type: object, properties: {b: {type: string}}}]}
    Loop: {anyOf: [{$ref: '#/components/schemas/Loop'}, {$ref: '#/components/schemas/Parent'}]}
"""
    (result,) = read(write_spec(tmp_path, {"it": text})).operations
    assert request_fields(result) == ["a", "b"]
    assert [type(answer.type) for answer in result.responses] == [Array]


def test_requests_are_those_of_the_peer() -> None:
    metadata = {"size": "3", "mtime": "1.5", "mode": "33188", "hash": "ab"}
    begun = rest.initiate_app_file_multipart("ab", **metadata)
    assert (begun.method, begun.path, begun.json) == ("POST", "/files/app/multipart/ab/initiate", metadata)
    done = rest.complete_app_file_multipart(
        "ab", "u/1", parts=[models.MultipartPart(part_number=1, etag='"e"')], metadata=metadata
    )
    assert done.path == "/files/app/multipart/ab/u%2F1/complete"
    assert done.json == {"parts": [{"part_number": 1, "etag": '"e"'}], "metadata": metadata}
    asked = rest.initiate_upload(
        file_name="a.tar.gz", content_type="application/gzip", storage_type="fal-cdn-v3", x_fal_object_lifecycle="{}"
    )
    assert asked.params == (("storage_type", "fal-cdn-v3"),) and asked.headers == (("X-Fal-Object-Lifecycle", "{}"),)
    # What is not given is not sent: neither defaults nor an empty body.
    history = rest.list_logs_history(job_id="r", app_id=["a", "b"])
    assert history.params == (("app_id", "a"), ("app_id", "b"), ("job_id", "r")) and history.json is None


def test_a_part_survives_the_multipart_encoding() -> None:
    payload = b"\r\n--+++\r\nContent-Disposition: form-data; name=x\r\n\r\n\x00\xff\r\n--+++--\r\n"
    operation = rest.upload_app_file_multipart_part("ab", "u", 1, file_upload=payload)
    assert operation.headers == ()
    request = httpx.Request(operation.method, "https://host" + operation.path, files=list(operation.files))
    boundary = re.fullmatch(r"multipart/form-data; boundary=(\S+)", request.headers["Content-Type"])
    assert boundary
    before, part, after = request.read().split(b"--" + boundary[1].encode())
    headers, _, content = part.partition(b"\r\n\r\n")
    assert (before, after, content) == (b"", b"--\r\n", payload + b"\r\n")
    assert b'name="file_upload"; filename="chunk"' in headers and b"application/octet-stream" in headers


def test_answers_of_an_account_without_anything() -> None:
    result = rest.get_user_metrics().parse(200, {}, b"{}")
    assert (result.apps, result.summary) == ({}, None)
    user = {
        "full_name": "A",
        "nickname": "a",
        "user_id": "1",
        "is_personal": True,
        "is_locked": False,
        "lock_reason": None,
    }
    read = rest.get_current_user().parse(200, {}, json.dumps({**user, "org_config": {"deploy_check": True}}).encode())
    assert read.lock_reason is None and read.additional_properties == {"org_config": {"deploy_check": True}}
    queue = rest.get_app_queue("a", "b").parse(200, {}, b'{"size": 3, "by_user": null}')
    assert (queue.size, queue.queue_size, queue.by_user) == (3, None, None)
    page = rest.list_logs_history().parse(200, {}, b'{"items": []}')
    assert (page.items, page.next_until) == ([], None)


def test_a_presigned_address_is_not_shown() -> None:
    body = b'{"file_url": "https://host/f", "upload_url": "https://host/f?signature=hush"}'
    slot = rest.initiate_upload(file_name="f", content_type="text/plain").parse(200, {}, body)
    assert slot.upload_url.endswith("hush") and "hush" not in repr(slot)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_policies_are_complete(name: str) -> None:
    path: dict[str, object] = {
        "app_user_id": "o",
        "app_alias": "a",
        "file_hash": "h",
        "upload_id": "u",
        "part_number": 1,
    }
    path |= {"owner": "o", "name": "n", "key_id": "k", "dir": "d", "file": "f", "target_path": "t", "path": "p"}
    path |= {"runner_id": "r"}
    body: dict[str, dict[str, object]] = {
        "find_missing_hashes": {"hashes": []},
        "initiate_app_file_multipart": {"size": "1", "mtime": "1", "mode": "1", "hash": "h"},
        "upload_app_file_multipart_part": {"file_upload": b""},
        "upload_local_file": {"file_upload": b""},
        "upload_file_multipart_part": {"file_upload": b""},
        "complete_file_multipart": {"parts": []},
        "upload_from_url": {"url": "u"},
        "rename_file": {"destination": "d"},
        "complete_app_file_multipart": {"parts": [], "metadata": {}},
        "initiate_upload": {"file_name": "f", "content_type": "c"},
        "create_storage_token": {"body": {}},
        "initiate_multipart_upload": {"file_name": "f", "content_type": "c"},
        "create_api_key": {"alias": "a"},
        "serverless_upload_from_url": {"url": "u"},
        "serverless_upload_local_file": {"file_upload": b""},
        "serverless_get_analytics": {"endpoint_id": "e"},
        "serverless_list_requests_by_endpoint": {"endpoint_id": "e"},
    }
    needed = {key: value for key, value in path.items() if "{" + key + "}" in OPERATIONS[name][1]}
    operation = getattr(rest, name)(**needed, **body.get(name, {}))
    policy = operation.policy
    assert (operation.name, operation.method) == (name, OPERATIONS[name][0])
    assert policy.max_attempts >= 1
    assert all(code == "connect" or re.fullmatch(r"[45]\d\d", code) for code in policy.retry_on)
    if operation.stream:
        assert policy.deadline is None and policy.attempt_timeout is None
    else:
        assert policy.deadline and policy.attempt_timeout and policy.attempt_timeout <= policy.deadline


_TWICE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from generator.output import formatting
from tests.unit.generator.render import operations_table
from tests.unit.generator.rest_kit import generate_rest_of
spec, out = Path(sys.argv[2]), Path(sys.argv[3])
generate_rest_of(spec, "fal._gen", out)
formatting.format_tree(*sorted(out.rglob("*.py")))
"""


def _shuffled(value: object) -> object:
    """Return the same specification with every mapping written the other way round."""
    if isinstance(value, dict):
        return {key: _shuffled(item) for key, item in reversed(value.items())}
    return [_shuffled(item) for item in value] if isinstance(value, list) else value


def test_the_same_bytes_come_out_whatever_the_order_and_the_hash_seed(tmp_path: Path) -> None:
    turned = tmp_path / "spec"
    (turned / "openapi").mkdir(parents=True)
    for path in (SPEC / "openapi").glob("*.yaml"):
        (turned / "openapi" / path.name).write_text(json.dumps(_shuffled(read_yaml(path))), encoding="utf-8")
    (turned / "overlay.yaml").write_bytes((SPEC / "overlay.yaml").read_bytes())
    collected = []
    for seed, spec in (("1", SPEC), ("2", turned)):
        out = tmp_path / seed
        environ = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "src")}
        command = [sys.executable, "-c", _TWICE, str(ROOT), str(spec), str(out)]
        done = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        collected.append({path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*.py"))})
    assert collected[0] == collected[1] and len(collected[0]) > 30
