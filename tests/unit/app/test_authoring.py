"""What authors write, and what they are told when it does not fit."""

from __future__ import annotations

import asyncio
import copy
import pickle
import re
import subprocess
import sys
import types
import warnings
from collections.abc import AsyncIterator, Callable
from typing import Any, ClassVar, cast

import pytest

import fal
from fal.app import AppDefinitionError, AppDefinitionWarning
from fal.app.authoring.define import app_name_of, settings_of
from fal.app.runtime.context import RequestContext, current, served
from fal.app.spec import describe


def declare(*, keywords: dict[str, Any] | None = None, **members: Any) -> type[fal.App]:
    made: Any = types.new_class("MyApp", (fal.App,), keywords, lambda namespace: namespace.update(members))
    return cast(type[fal.App], made)


def endpoint_of(path: str = "/", **options: Any) -> Callable[..., Any]:
    def run(self: Any) -> int:
        return 1

    return fal.endpoint(path, **options)(run)


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("machine_type", 3, "machine_type must be a list of str"),
        ("machine_type", [], "machine_type is an empty list"),
        ("machine_type", ["S", 1], r"machine_type\[1\] must be a str"),
        ("num_gpus", -1, "num_gpus must be between 0 and 2147483647 GPUs, not -1"),
        ("num_gpus", True, "num_gpus must be a whole number of GPUs, not bool"),
        ("keep_alive", -1, "keep_alive must be between 0 and 2147483647 seconds, not -1"),
        ("keep_alive", "60", "keep_alive must be a whole number of seconds, not str"),
        ("keep_alive", 1.5, "keep_alive must be a whole number of seconds, not float"),
        ("max_multiplexing", 0, "max_multiplexing must be between 1 and 2147483647 requests, not 0"),
        ("metrics_port", 70000, "metrics_port must be between 1 and 65535, not 70000"),
        ("regions", "us-east", r"regions must be a list of str, not a single str; write regions=\['us-east'\]"),
        (
            "requirements",
            "torch",
            r"requirements must be a list of str, not a single str; write requirements=\['torch'\]",
        ),
        ("requirements", ["a", ["b"]], "requirements mixes str and lists"),
        ("requirements", [["a"], [1]], r"requirements\[1\]\[0\] must be a str"),
        (
            "kind",
            "virtualenvv",
            "kind is 'virtualenvv'; use one of virtualenv, conda, container; did you mean 'virtualenv'",
        ),
        ("python_version", "three", "python_version is 'three', which is not a Python version; write it like '3.12'"),
        ("image", "python:3.11", r"image must be a fal.ContainerImage, not str"),
        ("secrets", "TOKEN", "secrets must be a list of str"),
        ("volumes", {"models": "models"}, r"volumes\['models'\] is 'models'; pass an absolute path"),
        ("private_logs", "yes", "private_logs must be True or False, not str"),
        (
            "skip_retry_conditions",
            ["timeouts"],
            "use one of timeout, server_error, connection_error; did you mean 'timeout'",
        ),
        ("skip_retry_conditions", "timeout", "must be a list of str, not a single str"),
        ("retry_config", {}, "retry_config is empty; pass at least one"),
        ("retry_config", {"timeout": 3}, r"retry_config\['timeout'\] must have the form"),
        ("retry_config", {"timeout": {"retries": "3"}}, "must be a whole number, not str"),
        ("retry_config", {"sometimes": {"retries": 3}}, "is 'sometimes'; use one of timeout"),
        ("app_files", "data", "app_files must be a list of str"),
        ("app_auth", "everyone", "app_auth is 'everyone'; use one of public, private, shared"),
    ],
)
def test_a_wrong_value_is_refused_with_the_way_out(setting: str, value: Any, told: str) -> None:
    with pytest.raises(AppDefinitionError, match=f"class MyApp: .*{told}"):
        declare(**{setting: value})
    with pytest.raises(AppDefinitionError, match=f"class MyApp: .*{told}"):
        declare(keywords={setting: value})
    if setting != "app_auth":
        with pytest.raises(AppDefinitionError, match=told):
            fal.function(**{setting: value})


def test_an_unknown_keyword_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(AppDefinitionError, match="'keep_aliv' is not a known setting; did you mean 'keep_alive'"):
        declare(keywords={"keep_aliv": 3})
    with pytest.raises(AppDefinitionError, match="'zzz' is not a known setting; remove it"):
        declare(keywords={"zzz": 3})
    with pytest.raises(AppDefinitionError, match="'machine_typ' is not a known setting; did you mean 'machine_type'"):
        fal.function(machine_typ="S")


def test_a_misspelt_attribute_is_warned_about() -> None:
    with pytest.warns(AppDefinitionWarning, match="'machine_tpye' is not a setting .*did you mean 'machine_type'"):
        declare(machine_tpye="GPU-H100")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        declare(model_name="x", channels=3, packages=1, pip=2, metadata_url="x", region_map={})


def test_a_stray_comma_is_warned_about_and_mended() -> None:
    with pytest.warns(AppDefinitionWarning, match="class MyApp: a comma after keep_alive .* taken for 300"):
        declared = declare(keep_alive=(300,))
    assert (declared.keep_alive, settings_of(declared)["keep_alive"]) == (300, 300)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert settings_of(declare(regions=("us-east",)))["regions"] == ["us-east"]
        with pytest.raises(AppDefinitionError, match="keep_alive must be a whole number of seconds, not tuple"):
            declare(keep_alive=(300, 400))
        with pytest.raises(AppDefinitionError, match="keep_alive must be a whole number of seconds, not tuple"):
            declare(keep_alive=("soon",))


def test_init_is_refused() -> None:
    def __init__(self: Any) -> None:
        pass

    with pytest.raises(AppDefinitionError, match=r"class MyApp overrides __init__; move that code into setup\(self\)"):
        declare(__init__=__init__)


def test_errors_are_value_errors() -> None:
    assert issubclass(AppDefinitionError, ValueError)


class Parent(fal.App, keep_alive=100, name="the-parent", _scheduler_options={"storage_region": "eu"}):
    machine_type: ClassVar[str | list[str]] = "M"
    requirements = ["torch"]
    request_timeout = 10
    num_gpus: ClassVar[int | None] = 2
    app_auth = "public"

    @fal.endpoint("/parent")
    def parent(self) -> int:
        return 1

    @fal.endpoint("/both")
    def both(self) -> int:
        return 1


class Mixin:
    max_concurrency: ClassVar[int | None] = 7


class Child(Mixin, Parent, max_multiplexing=4):
    machine_type = ["GPU-H100", "GPU-A100"]
    keep_alive = 5
    num_gpus = None

    @fal.endpoint("/child")
    def child(self) -> int:
        return 2

    @fal.endpoint("/other")
    def both(self) -> int:
        return 2


def test_a_child_inherits_and_overrides() -> None:
    child = describe(Child)
    assert child.name == "child"
    assert child.auth_mode == "public"
    assert child.machine["machine_types"] == ["GPU-H100", "GPU-A100"]
    assert (child.machine["keep_alive"], child.machine["request_timeout"]) == (5, 10)
    assert (child.machine["max_multiplexing"], child.machine["max_concurrency"]) == (4, 7)
    assert child.machine["scheduler_options"] == {"storage_region": "eu"}
    assert "num_gpus" not in child.machine
    assert child.endpoints == ["/child", "/other", "/parent", "/health"]
    assert child.own_requirements == ["torch"]
    assert {"machine_type", "keep_alive", "max_multiplexing", "request_timeout", "requirements"} <= child.explicit
    assert not {"resolver", "num_gpus", "min_concurrency"} & child.explicit


def test_a_parent_is_not_changed_by_its_child() -> None:
    parent = describe(Parent)
    assert (parent.name, parent.machine["keep_alive"], parent.machine["machine_types"]) == ("the-parent", 100, ["M"])
    assert parent.endpoints == ["/both", "/parent", "/health"]
    assert Parent.keep_alive == 100  # a class keyword reads like an attribute


def test_older_apps_give_settings_as_a_dict() -> None:
    App = declare(host_kwargs={"keep_alive": 7, "_scheduler": "other"}, run=endpoint_of())
    assert settings_of(App) == {"keep_alive": 7, "_scheduler": "other"}
    with pytest.raises(AppDefinitionError, match="host_kwargs: 'keep_aliv' is not a known setting"):
        declare(host_kwargs={"keep_aliv": 7})


def test_such_a_dict_stands_in_for_the_defaults_that_it_held() -> None:
    spec = describe(declare(host_kwargs={"_scheduler": "other"}, run=endpoint_of()))
    assert (spec.machine["keep_alive"], spec.machine["scheduler"]) == (10, "other")
    assert "scheduler_options" not in spec.machine
    assert "resolver" not in spec.environment


def test_the_documentation_imports_the_image_from_a_module_of_its_own() -> None:
    from fal.container import ContainerImage

    assert ContainerImage is fal.ContainerImage


def test_one_setting_is_given_once() -> None:
    with pytest.raises(AppDefinitionError, match="keep_alive is both a class keyword and an attribute; keep one"):
        declare(keywords={"keep_alive": 3}, keep_alive=4)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("MyApp", "my-app"),
        ("my_app", "my-app"),
        ("SDXLTurbo", "s-d-x-l-turbo"),
        ("MatrixGame2", "matrix-game"),
        ("Flux2Dev", "flux-dev"),
        ("fooBar", "bar"),
        ("_Private", "private"),
        ("A", "a"),
        ("model2", "model2"),
    ],
)
def test_names_come_from_class_names(name: str, expected: str) -> None:
    assert app_name_of(name) == expected


def test_a_name_that_leaves_something_out_is_told_unless_it_is_given() -> None:
    told = "called 'flux-dev', .* pass name='flux2dev' .* name='flux-dev' to keep it"
    with pytest.warns(AppDefinitionWarning, match=told):

        class Flux2Dev(fal.App):
            pass

    class Flux2Pro(fal.App, name="flux-pro"):
        pass

    assert (Flux2Dev.app_name, Flux2Pro.app_name) == ("flux-dev", "flux-pro")


def test_names_can_be_given() -> None:
    assert declare(keywords={"name": "other"}).app_name == "other"
    assert declare(app_name="third").app_name == "third"
    with pytest.raises(AppDefinitionError, match="name is empty"):
        declare(keywords={"name": " "})


def test_an_app_can_be_instantiated_for_unit_tests() -> None:
    class Sums(fal.App):
        async def setup(self) -> None:
            self.base = 10

        @fal.endpoint("/")
        def add(self, number: int) -> int:
            return self.base + number

        @fal.realtime("/realtime")
        async def double(self, numbers: AsyncIterator[dict[str, int]]) -> AsyncIterator[dict[str, int]]:
            async for item in numbers:
                yield {"n": item["n"] * 2}

    async def two() -> AsyncIterator[dict[str, int]]:
        yield {"n": 1}
        yield {"n": 2}

    async def all_of(items: AsyncIterator[dict[str, int]]) -> list[dict[str, int]]:
        return [item async for item in items]

    app = Sums()
    asyncio.run(app.setup())
    assert app.add(5) == 15
    assert asyncio.run(all_of(app.double(two()))) == [{"n": 2}, {"n": 4}]
    assert app.current_request is None is Sums(_allow_init=True).current_request
    assert app.health() == {"version": "unknown"}
    with pytest.raises(NotImplementedError):
        app.provide_hints()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"path": "x"}, "path 'x' must begin with '/'; write '/x'"),
        ({"path": 3}, "path must be a str, not int"),
        ({"path": "/", "is_websocket": 1}, "is_websocket must be True or False"),
        ({"path": "/", "health_check": {}}, r"health_check must be a fal.HealthCheck\(...\), not dict"),
        ({"path": "/", "billing": {}}, "billing must be an object with a declaration"),
        (
            {"path": "/w", "is_websocket": True, "health_check": fal.HealthCheck()},
            "a websocket cannot be the health check",
        ),
    ],
)
def test_wrong_endpoints_are_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(AppDefinitionError, match=told):
        fal.endpoint(**options)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"path": "x"}, "must begin with '/'"),
        ({"path": "/x", "buffering": 0}, "buffering must be between 1 and"),
        ({"path": "/x", "session_timeout": 0}, "session_timeout must be a number of seconds above 0"),
        ({"path": "/x", "max_batch_size": 0}, "max_batch_size must be between 1 and"),
        ({"path": "/x", "encode_message": 1}, "encode_message must be a function"),
        ({"path": "/x", "content_type": "application/cbor"}, "needs encode_message and decode_message"),
    ],
)
def test_wrong_realtime_endpoints_are_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(AppDefinitionError, match=told):
        fal.realtime(**options)


def test_misused_decorators_say_how_to_write_them() -> None:
    def run(self: Any) -> int:
        return 1

    unparenthesised: Any = fal.endpoint
    with pytest.raises(AppDefinitionError, match=r'write @fal.endpoint\("/"\) instead'):
        unparenthesised(run)
    bare: Any = fal.function
    with pytest.raises(AppDefinitionError, match=r"write @fal.function\(\) instead"):
        bare(run)
    with pytest.raises(AppDefinitionError, match="already serves '/a'; write a second method for '/b'"):
        fal.endpoint("/b")(fal.endpoint("/a")(run))
    with pytest.raises(AppDefinitionError, match="must decorate a function, not a classmethod"):
        fal.endpoint("/b")(classmethod(run))  # type: ignore[type-var]
    with pytest.raises(AppDefinitionError, match="twice"):
        fal.function()(fal.function()(run))
    with pytest.raises(AppDefinitionError, match="must decorate a function, not a type"):
        fal.function()(int)
    with pytest.raises(AppDefinitionError, match="host must be a LocalHost or a FalServerlessHost"):
        fal.function(host=object())  # type: ignore[arg-type]
    with pytest.raises(AppDefinitionError, match="keep one of them"):
        fal.function(local=True, host=fal.FalServerlessHost())


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({}, "MyApp has no endpoint; mark a method"),
        ({"kind": "container"}, "kind='container' needs image"),
        (
            {"kind": "conda", "requirements": ["torch"]},
            r"requirements belongs to .*use pip=\[...\] for packages from PyPI",
        ),
        ({"app_files_context_dir": "x"}, "app_files_context_dir is set without app_files"),
        ({"min_concurrency": 3, "max_concurrency": 2}, "min_concurrency=3 is more than max_concurrency=2"),
        ({"machine_type": "S", "machine_types": ["M"]}, "machine_type and machine_types are both set"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(members: dict[str, Any], told: str) -> None:
    routes: dict[str, Any] = {"run": endpoint_of()} if members else {}
    with pytest.raises(AppDefinitionError, match=told):
        describe(declare(**members, **routes))


def test_an_app_has_one_health_check() -> None:
    check = fal.HealthCheck(timeout_seconds=1)
    two: dict[str, Any] = {"a": endpoint_of("/a", health_check=check), "b": endpoint_of("/b", health_check=check)}
    with pytest.raises(AppDefinitionError, match="'/a' and '/b' are both health checks"):
        describe(declare(**two))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"timeout_seconds": 0}, "HealthCheck.timeout_seconds must be between 1 and 2147483647 seconds"),
        ({"failure_threshold": "3"}, "HealthCheck.failure_threshold must be a whole number"),
        ({"call_regularly": 1}, "HealthCheck.call_regularly must be True or False"),
        ({"method": "FETCH"}, "HealthCheck.method is 'FETCH'; use one of GET"),
    ],
)
def test_wrong_health_checks_are_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(AppDefinitionError, match=told):
        fal.HealthCheck(**options)


def test_a_health_check_method_is_upper_case() -> None:
    assert fal.HealthCheck(method="get").method == "GET"


def test_a_local_function_runs_here() -> None:
    @fal.function(local=True, requirements=["nowhere-to-be-found"])
    def double(number: int) -> int:
        """Double a number."""
        return number * 2

    assert (double(4), double.__name__, double.__doc__) == (8, "double", "Double a number.")
    assert double.submit(3).result() == 6
    assert list(double.map([1, 2])) == [2, 4]
    changed = double.on(machine_type="L")
    assert (changed.settings["machine_type"], changed(5), double.settings.get("machine_type")) == (["L"], 10, None)


def test_a_plain_function_runs_locally_with_its_arguments() -> None:
    @fal.function()
    def add(left: int, right: int = 1) -> int:
        return left + right

    assert add.run_local(2, right=3, exposed_port=1) == 5


def test_a_pickled_function_carries_no_settings() -> None:
    image = fal.ContainerImage.from_dockerfile_str("FROM a", registries={"r": {"username": "u", "password": "hunter2"}})
    from tests.unit.app.samples.kitchen import helper

    helper.settings["image"] = image
    try:
        data = pickle.dumps(helper.__reduce__()[1][1:])
        restored = helper.__reduce__()[0](*helper.__reduce__()[1])
    finally:
        del helper.settings["image"]
    assert b"hunter2" not in data
    assert (vars(restored).keys() & {"settings"}, restored(2)) == (set(), 4)


def test_cached_results_are_kept_per_arguments() -> None:
    calls: list[Any] = []

    @fal.cached
    def load(name: str, *, size: int = 1) -> object:
        calls.append((name, size))
        return object()

    assert load("a") is load("a")
    assert load("a") is not load("b")
    assert load("a", size=2) is not load("a")
    assert calls == [("a", 1), ("b", 1), ("a", 2)]
    with pytest.raises(TypeError, match=r"fal.cached: load was called with an unhashable type: 'list'"):
        load([])  # type: ignore[arg-type]


def test_a_failed_cached_call_is_tried_again() -> None:
    tries: list[int] = []

    @fal.cached
    def load() -> str:
        tries.append(1)
        if len(tries) == 1:
            raise OSError("not yet")
        return "loaded"

    with pytest.raises(OSError, match="not yet"):
        load()
    assert load() == "loaded"


def test_async_functions_are_not_cached() -> None:
    async def load() -> int:
        return 1

    with pytest.raises(AppDefinitionError, match="it is async or a generator"):
        fal.cached(load)


def test_a_request_context_reads_the_headers() -> None:
    headers = {"x-fal-request-id": "r", "x-fal-endpoint": "/x", "authorization": "Key hunter2"}
    context = RequestContext.from_headers({**headers, "x-fal-object-lifecycle-preference": '{"expiration": 3}'})
    assert (context.request_id, context.endpoint, context.lifecycle_preference) == ("r", "/x", {"expiration": 3})
    assert "hunter2" not in repr(context)
    assert RequestContext.from_headers({"x-fal-object-lifecycle-preference": "{"}).lifecycle_preference is None


def test_a_class_can_be_copied() -> None:
    assert copy.deepcopy(Child) is Child


LIGHT = "import sys; import fal.app; {use}; print(*[m for m in sys.modules if m.split('.')[0] in {heavy}])"
HEAVY = {"grpc", "google", "httpx", "fastapi", "starlette", "pydantic", "cloudpickle", "uvicorn", "asyncio", "msgpack"}


@pytest.mark.parametrize("use", ["import fal", "[getattr(fal.app, name) for name in fal.app.__all__]"])
def test_authoring_names_load_the_standard_library_alone(use: str) -> None:
    code = LIGHT.format(use=use, heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("", "")


def test_missing_packages_are_named_with_the_extra() -> None:
    code = """
import sys
sys.modules["fastapi"] = sys.modules["cloudpickle"] = None
import fal
from fal.app import spec
from fal.app.bundle import pack
class Hello(fal.App):
    @fal.endpoint("/")
    def run(self) -> int: return 1
for use in (spec.metadata, pack.dump):
    try: use(Hello)
    except fal.app.MissingDependencyError as error: print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    lines = done.stdout.splitlines()
    assert len(lines) == 2, done.stderr
    assert lines[0].startswith("describing endpoints needs the package 'fastapi'")
    assert re.search(r"install the deploy extra: python -m pip install (-e )?'.*\[deploy\]'$", lines[1])


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="module 'fal' has no attribute 'Ap'"):
        getattr(fal, "Ap")  # noqa: B009
    with pytest.raises(AttributeError, match="has no attribute 'Ap'"):
        getattr(fal.app, "Ap")  # noqa: B009
    assert {"App", "endpoint", "ContainerImage"} <= set(dir(fal))


def test_code_that_asks_for_the_app_can_be_tested(monkeypatch: pytest.MonkeyPatch) -> None:
    def request_id() -> str | None:
        app = fal.ref.get_current_app()
        return app.current_request.request_id if app and app.current_request else None

    monkeypatch.setattr(served, "app", None)
    assert request_id() is None
    fal.ref.set_current_app(declare(run=endpoint_of())())
    token = current.set(RequestContext.from_headers({"x-fal-request-id": "r-1"}))
    try:
        assert request_id() == "r-1"
    finally:
        current.reset(token)
    again = declare(run=endpoint_of())()
    fal.ref.set_current_app(again)
    assert fal.ref.get_current_app() is again
