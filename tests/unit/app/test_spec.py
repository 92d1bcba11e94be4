"""What a deployment learns about an app."""

from __future__ import annotations

import json
import sys
import types
from collections.abc import AsyncIterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi import WebSocket
from pydantic import BaseModel

import fal
from fal.app import AppDefinitionError
from fal.app.bundle.requirements import merge
from fal.app.spec import describe, metadata
from fal.deploy.locate.loader import find_app, load
from tests.unit.app.samples import hello, kitchen

HERE = f"{sys.version_info[0]}.{sys.version_info[1]}"
SERVING = [f"fastapi=={version('fastapi')}", f"pydantic=={version('pydantic')}", "uvicorn"]


class Message(BaseModel):
    text: str


class Talk(fal.App):
    @fal.realtime("/realtime", buffering=5, session_timeout=3, max_batch_size=2)
    def realtime(self, message: Message) -> Message:
        """Repeat a message."""
        return message

    @fal.realtime("/watch", content_type="application/json")
    async def watch(self, messages: AsyncIterator[Message]) -> AsyncIterator[Message]:
        async for message in messages:
            yield message

    @fal.endpoint("/ws", is_websocket=True)
    async def ws(self, websocket: WebSocket) -> None: ...


def test_an_app_that_says_nothing_has_the_platforms_defaults() -> None:
    spec = describe(hello.Hello)
    assert (spec.name, spec.kind, spec.serve, spec.environment_kind) == ("hello", "app", True, "virtualenv")
    assert spec.machine == {
        "machine_types": ["S"],
        "keep_alive": 60,
        "scheduler": "nomad",
        "scheduler_options": {"storage_region": "us-east"},
        "exposed_port": 8080,
        "metrics_port": 9090,
    }
    assert spec.environment == {"python_version": HERE, "resolver": "uv", "requirements": SERVING}
    assert (spec.own_requirements, spec.explicit) == ([], frozenset({"machine_type"}))
    unset = ("auth_mode", "secrets", "data_mounts", "volumes", "private_logs", "skip_retry_conditions", "retry_config")
    assert [getattr(spec, name) for name in unset] == [None] * len(unset)
    assert spec.endpoints == ["/", "/health"]


def test_a_function_has_its_own_defaults() -> None:
    plain = describe(kitchen.helper)
    assert (plain.name, plain.kind, plain.serve) == ("helper", "function", False)
    assert plain.machine == {"machine_types": ["XS"], "keep_alive": 10}
    assert plain.environment == {"python_version": HERE, "requirements": ["numpy"]}
    served = describe(kitchen.joke)
    assert served.machine == {"machine_types": ["XS"], "keep_alive": 10, "exposed_port": 8080, "metrics_port": 9090}
    assert served.environment["requirements"] == ["pyjokes", *SERVING]
    assert served.explicit == {"requirements"}


def test_every_setting_arrives() -> None:
    @fal.function(
        serve=True,
        machine_type=["GPU-H100", "GPU-A100"],
        num_gpus=2,
        regions=["us-east"],
        keep_alive=1,
        min_concurrency=2,
        max_concurrency=3,
        concurrency_buffer=4,
        concurrency_buffer_perc=5,
        scaling_delay=6,
        max_multiplexing=7,
        request_timeout=8,
        request_start_timeout=9,
        startup_timeout=10,
        exposed_port=8081,
        metrics_port=9091,
        _scheduler="kubernetes",
        _scheduler_options={"a": 1},
        _base_image="base",
        secrets=[],
        data_mounts=["/data"],
        volumes={"models": "/models"},
        private_logs=True,
        skip_retry_conditions=["timeout"],
        retry_config=fal.RetryConfig(2, -1),
        termination_grace_period_seconds=11,
        python_version="3.12",
        resolver="pip",
        force_env_build=True,
        app_files=["data"],
        app_files_context_dir="..",
        requirements_context_dir="deps",
        local_python_modules=["mine"],
        metadata={"note": "x"},
    )
    def everything() -> int:
        return 1

    spec = describe(everything)
    assert spec.machine == {
        "machine_types": ["GPU-H100", "GPU-A100"],
        "num_gpus": 2,
        "valid_regions": ["us-east"],
        "keep_alive": 1,
        "min_concurrency": 2,
        "max_concurrency": 3,
        "concurrency_buffer": 4,
        "concurrency_buffer_perc": 5,
        "scaling_delay_seconds": 6,
        "max_multiplexing": 7,
        "request_timeout": 8,
        "request_start_timeout": 9,
        "startup_timeout": 10,
        "exposed_port": 8081,
        "metrics_port": 9091,
        "scheduler": "kubernetes",
        "scheduler_options": {"a": 1},
        "base_image": "base",
    }
    assert (spec.secrets, spec.data_mounts, spec.volumes) == ([], ["/data"], {"models": "/models"})
    assert spec.retry_config == {"server_error": {"retries": 0}, "timeout": {"retries": 2}}
    assert (spec.python_version, spec.environment["resolver"], spec.force_env_build) == ("3.12", "pip", True)
    assert (spec.app_files, spec.app_files_context_dir, spec.requirements_context_dir) == (["data"], "..", "deps")
    assert (spec.local_python_modules, spec.private_logs, spec.termination_grace_period_seconds) == (["mine"], True, 11)
    assert metadata(everything)["note"] == "x"


@pytest.mark.parametrize(
    ("own", "merged"),
    [
        ([], ["a==1", "b"]),
        (["x"], ["x", "a==1", "b"]),
        (["A >= 2", "x"], ["A >= 2", "x", "b"]),
        (["a[extra]==3"], ["a[extra]==3", "b"]),
        ([["x"], ["y"]], [["x"], ["y"], ["a==1", "b"]]),
        ([["a"], ["b"]], [["a"], ["b"]]),
    ],
)
def test_the_runtimes_needs_are_added_but_never_override_the_author(own: Any, merged: Any) -> None:
    before = json.dumps(own)
    assert merge(own, ["a==1", "b"]) == merged
    assert json.dumps(own) == before


def test_realtime_apps_need_more() -> None:
    assert describe(Talk).environment["requirements"] == [*SERVING, "websockets", "msgpack"]


def test_conda_takes_them_by_pip() -> None:
    @fal.function("conda", serve=True, packages=["numpy"], channels=["conda-forge"], pip=["rich"])
    def conda() -> int:
        return 1

    assert describe(conda).environment_kind == "conda"
    assert describe(conda).environment == {
        "python_version": HERE,
        "packages": ["numpy"],
        "channels": ["conda-forge"],
        "pip": ["rich", *SERVING],
    }


def test_an_image_makes_it_a_container() -> None:
    image = fal.ContainerImage.from_dockerfile_str("FROM a")

    @fal.function(image=image, exposed_port=8000)
    def boxed() -> None: ...

    @fal.function(image=fal.ContainerImage.from_dockerfile_str("FROM a", use_isolate=False), exposed_port=8000)
    def raw() -> None: ...

    spec = describe(boxed)
    assert (spec.environment_kind, spec.environment["image"]["dockerfile_str"]) == ("container", "FROM a")
    assert (spec.machine["exposed_port"], spec.machine["metrics_port"], spec.uses_isolate) == (8000, 9090, True)
    assert "metrics_port" not in describe(raw).machine
    assert not describe(raw).uses_isolate
    with pytest.raises(AppDefinitionError, match="app_files cannot be used with a container image"):
        fal.function(image=image, app_files=["x"])
    with pytest.raises(AppDefinitionError, match="packages belongs to kind 'conda', but the kind is 'container'"):
        fal.function(image=image, packages=["x"])


def test_a_health_check_is_described() -> None:
    check = describe(kitchen.Kitchen).health_check
    assert check is not None
    assert (check.path, check.method, check.timeout_seconds) == ("/state", "POST", 3)


@pytest.mark.parametrize("wrong", [int, 3, lambda: 1, "app"])
def test_other_things_are_no_apps(wrong: Any) -> None:
    with pytest.raises(
        AppDefinitionError, match=r"is neither a fal.App class nor a function decorated with @fal.function"
    ):
        describe(wrong)


def test_metadata_describes_every_endpoint() -> None:
    document = metadata(kitchen.Kitchen)["openapi"]
    assert next(iter(document["paths"])) == "/"
    assert document["x-fal-order-paths"] == list(document["paths"])
    schema = document["components"]["schemas"]["Request"]
    assert schema["x-fal-order-properties"] == ["prompt", "color", "mode", "tree"]
    assert document["paths"]["/"]["post"]["description"] == "Answer a request."
    assert document["paths"]["/health"]["get"]
    body = document["paths"]["/plain"]["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    plain = document["components"]["schemas"][body.rpartition("/")[2]]
    assert list(plain["properties"]) == ["count", "label", "color"]
    assert plain["required"] == ["count"]
    assert json.loads(json.dumps(document)) == document


def test_metadata_describes_websockets() -> None:
    paths = metadata(Talk)["openapi"]["paths"]
    assert paths["/realtime"]["x-fal-protocol"] == {
        "type": "realtime",
        "operationId": "realtime",
        "config": {"buffering": 5, "sessionTimeout": 3, "maxBatchSize": 2},
        "contentType": "application/msgpack",
        "realtimeMode": "unary",
    }
    reference = {"application/json": {"schema": {"$ref": "#/components/schemas/Message"}}}
    post = paths["/realtime"]["post"]
    assert (post["requestBody"]["content"], post["responses"]["200"]["content"]) == (reference, reference)
    assert post["description"] == "Repeat a message."
    assert paths["/watch"]["x-fal-protocol"]["realtimeMode"] == "bidi"
    assert paths["/ws"]["x-fal-protocol"]["type"] == "websocket"
    assert "post" not in paths["/ws"]


def test_metadata_of_functions() -> None:
    assert list(metadata(kitchen.joke)["openapi"]["paths"]) == ["/"]
    assert metadata(kitchen.helper) == {}


def test_describing_starts_nothing() -> None:
    class Heavy(fal.App):
        def setup(self) -> None:
            raise AssertionError("setup must not run")

        @fal.endpoint("/")
        def run(self) -> int:
            return 1

    assert describe(Heavy).name == "heavy"
    assert Heavy.build_metadata()["openapi"]["info"]["title"] == "heavy"


class Billed:
    def __init__(self, **declared: Any) -> None:
        self.declared = declared

    def declaration(self) -> Any:
        return self.declared


def billed(**declared: Any) -> type[fal.App]:
    class Sells(fal.App):
        @fal.endpoint("/", billing=Billed(**declared))
        def run(self) -> int:
            return 1

    return Sells


def test_billing_is_published() -> None:
    declared = {"version": 1, "schema_id": "x", "app": {"type": "object", "properties": {}}}
    assert metadata(billed(**declared))["billing_components"] == {"/": declared}


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ({}, "must declare exactly version, schema_id and app"),
        ({"version": 2, "schema_id": "x", "app": {"type": "object"}}, "must have version 1"),
        ({"version": 1, "schema_id": "", "app": {"type": "object"}}, "schema_id is empty"),
        ({"version": 1, "schema_id": "x", "app": {"type": "array"}}, "must be a JSON Schema of type 'object'"),
        ({"version": 1, "schema_id": "x", "app": {"type": "object", "a": (1,)}}, "must consist of plain JSON"),
    ],
)
def test_wrong_billing_is_refused(declared: dict[str, Any], told: str) -> None:
    with pytest.raises(AppDefinitionError, match=f"billing of endpoint '/'.*{told}"):
        metadata(billed(**declared))


def declare_endpoint(function: Any, *, path: str = "/x", **options: Any) -> type[fal.App]:
    return with_member(function.__name__, fal.endpoint(path, **options)(function))


def with_member(name: str, member: Any) -> type[fal.App]:
    made: Any = types.new_class("Odd", (fal.App,), {}, lambda namespace: namespace.update({name: member}))
    return cast(type[fal.App], made)


def test_endpoints_that_cannot_be_served_are_named() -> None:
    def sync_socket(self: Any, websocket: str) -> None: ...

    with pytest.raises(AppDefinitionError, match=r"websocket endpoint '/x' must be defined with async def and have"):
        metadata(declare_endpoint(sync_socket, is_websocket=True))

    class NotAModel:
        pass

    def takes_anything(self: Any, thing: NotAModel) -> int:
        return 1

    takes_anything.__annotations__["thing"] = NotAModel
    with pytest.raises(AppDefinitionError, match=r"endpoint '/x' \(takes_anything\) cannot be served: "):
        metadata(declare_endpoint(takes_anything))


def test_two_endpoints_cannot_share_a_path() -> None:
    class Twice(fal.App):
        @fal.endpoint("/a")
        def one(self) -> int:
            return 1

        @fal.endpoint("/a")
        def two(self) -> int:
            return 2

    with pytest.raises(AppDefinitionError, match="one and two both serve '/a'; give one another path"):
        metadata(Twice)


def test_path_parameters_and_explicit_markers_are_left_to_fastapi() -> None:
    from typing import Annotated

    from fastapi import Header, Query

    def show(self: Any, item: int, page: Annotated[int, Query()] = 1, trace: str = Header("t")) -> int:
        return item

    show.__annotations__.update(item=int, page=Annotated[int, Query()], trace=str)
    operation = metadata(declare_endpoint(show, path="/items/{item}"))["openapi"]["paths"]["/items/{item}"]["post"]
    assert {p["name"]: p["in"] for p in operation["parameters"]} == {"item": "path", "page": "query", "trace": "header"}


def test_a_realtime_endpoint_needs_a_message_and_async_for_streams() -> None:
    def nothing(self: Any) -> None: ...

    App = with_member("nothing", fal.realtime("/x")(nothing))
    with pytest.raises(AppDefinitionError, match="realtime endpoint nothing takes no message"):
        metadata(App)

    def stream(self: Any, messages: AsyncIterator[Message]) -> Message:
        raise NotImplementedError

    App = with_member("stream", fal.realtime("/x")(stream))
    with pytest.raises(AppDefinitionError, match="stream takes a stream of messages; write it with async def"):
        metadata(App)


@pytest.mark.parametrize(
    ("own", "required"),
    [
        ([], [*SERVING, "httpx>=0.20"]),
        (["httpx==0.28.1"], ["httpx==0.28.1", *SERVING]),
        (["x"], ["x", *SERVING, "httpx>=0.20"]),
    ],
)
def test_what_the_released_runtime_brings_along_is_there_for_who_imports_it(
    tmp_path: Path, own: list[str], required: list[str]
) -> None:
    (tmp_path / "app.py").write_text(
        "import fal\nfrom httpx import HTTPStatusError\n"
        f"class Asking(fal.App):\n    requirements = {own}\n"
        "    @fal.endpoint('/')\n    def run(self) -> dict: raise HTTPStatusError\n"
    )
    with load(tmp_path / "app.py") as loaded:
        assert describe(find_app(loaded, None)[0]).environment["requirements"] == required
