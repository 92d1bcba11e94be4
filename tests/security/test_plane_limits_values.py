"""Limits of names, texts, numbers and the like."""

from __future__ import annotations

from typing import Any

import grpc
import httpx
import pytest

from fal._gen import rpc
from fal_emulator import Plane
from fal_emulator.model import limits
from tests.support.plane import Wire, refused, registration


def test_names_and_texts(wire: Wire) -> None:
    for name in ("x" * limits.LONGEST_NAME, "x" * (limits.LONGEST_NAME + 1)):
        code = "NOT_FOUND" if len(name) <= limits.LONGEST_NAME else "INVALID_ARGUMENT"
        with refused(code):
            wire.call(rpc.DELETE_ALIAS, alias=name)
        with refused(code):
            wire.call(rpc.SET_SECRET, name=name)
        with refused(code):
            wire.call(rpc.LIST_SECRETS, environment_name=name)
    wire.call(rpc.SET_SECRET, name="LONG", value="x" * limits.LONGEST_SECRET)
    with refused("INVALID_ARGUMENT", str(limits.LONGEST_SECRET)):
        wire.call(rpc.SET_SECRET, name="LONG", value="x" * (limits.LONGEST_SECRET + 1))
    wire.call(rpc.SET_SECRET, name="LONG")
    made = wire.call(rpc.CREATE_USER_KEY, policy_preset="API", alias="x" * limits.LONGEST_DESCRIPTION)
    wire.call(rpc.REVOKE_USER_KEY, key_id=made.key_id)
    with refused("INVALID_ARGUMENT", str(limits.LONGEST_DESCRIPTION)):
        wire.call(rpc.CREATE_USER_KEY, policy_preset="API", alias="x" * (limits.LONGEST_DESCRIPTION + 1))


def test_paths_of_health_checks(wire: Wire) -> None:
    def refusal(path: str) -> str:
        """Ask for a health check of an app that is refused for another reason, too, but later."""
        with pytest.raises(grpc.RpcError) as caught:
            list(wire.stream(rpc.REGISTER_APPLICATION, registration(health_check_path=path, volumes=[{}])))
        return str(caught.value.details())

    assert "volumes" in refusal("/" + "x" * (limits.LONGEST_HEALTH_PATH - 1))
    for path in ("/" + "x" * limits.LONGEST_HEALTH_PATH, "/a b", "/\r\nX: y", "/\0", "/\u00e9"):
        assert "health_check_path" in refusal(path)


def test_label_filters_beyond_the_limit_are_refused(http: httpx.Client) -> None:
    def answer(labels: list[Any]) -> int:
        return http.post("/logs/history", json=labels).status_code

    one = {"key": "fal_job_id", "value": "r"}
    many = [f"r{number}" for number in range(limits.MOST_LABELS)]
    for condition in ("in", "not_in"):
        assert answer([{**one, "value": many, "condition_type": condition}]) == 200
        assert answer([{**one, "value": [*many, "r"], "condition_type": condition}]) == 422
    assert answer([one] * limits.MOST_LABELS) == 200
    assert answer([one] * (limits.MOST_LABELS + 1)) == 422
    others = [{**one, "value": f"s{number}", "condition_type": "not_equals"} for number in range(2)]
    assert answer([{**one, "value": many[1:], "condition_type": "not_in"}, others[0]]) == 200
    assert answer([{**one, "value": many[1:], "condition_type": "not_in"}, *others]) == 422


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/logs/history", {"page_size": "9" * 5000}),
        ("/logs/history", {"page_size": "\u0661"}),
        ("/logs/history", {"since": "9999-12-31T23:59:59-23:59"}),
        ("/logs/history", {"until": "0001-01-01T00:00:00+23:59"}),
    ],
)
def test_numbers_and_times_beyond_what_can_be(http: httpx.Client, path: str, params: dict[str, str]) -> None:
    assert http.post(path, params=params).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        b'{"hashes": ["\\ud800"]}', b'{"hashes": [], "\\udfff": 1}', b"\xff", b'{"hashes": [NaN]}', b"1" * 5000,
        b'{"hashes": [1e999]}', b'{"hashes": [""]}', b"\0", b"\xef\xbb\xbf{}", b'{"hashes": null}', b'"', b"{]",
    ],
)  # fmt: skip
def test_json_that_no_text_can_hold(http: httpx.Client, body: bytes) -> None:
    assert http.post("/files/missing_hashes", content=body).status_code == 422
    assert http.post("/logs/history", content=body).status_code == 422


def test_signatures_and_types_that_are_no_ascii(http: httpx.Client, plane: Plane) -> None:
    body = {"file_name": "\U0001f600\u0000/\u2215..", "content_type": "text/plain"}
    content = http.post("/storage/upload/initiate", json=body).json()
    wrong = content["file_url"] + "?signature=" + "%C3%A9" * 64
    assert httpx.put(wrong, content=b"x", trust_env=False).status_code == 403
    for kind in ("text/plain\r\nX: y", "\u00e9", "", " x", "x" * 300, "text/plain\n"):
        assert http.post("/storage/upload/initiate", json={**body, "content_type": kind}).status_code == 422, kind
