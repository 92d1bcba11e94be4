"""What authors override beside setup and endpoints, and what a failing endpoint leaves in the log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import fal
from fal.app.bundle import pack
from fal.app.errors import AppDefinitionError
from fal.app.spec import describe, metadata
from fal.deploy.locate.loader import find_app, load
from fal.sdk import ApplicationHealthCheckConfig
from tests.support.waiting import eventually
from tests.unit.app.app_runner import Runner, serve

SOURCE = """\
from contextlib import asynccontextmanager

import fal

TOKEN = "stays on the deploying machine"


def divide(number):
    return 1 / number


class Hooked(fal.App):
    @asynccontextmanager
    async def lifespan(self, app):
        app.state.opened = "before setup"
        async with super().lifespan(app):
            yield
        print("closed after teardown", flush=True)

    def setup(self):
        self.ready = True

    def teardown(self):
        print("torn down", flush=True)

    def _add_extra_routes(self, app):
        @app.get("/ready")
        def ready():
            return {"ready": self.ready, "opened": app.state.opened}

    def _add_extra_middlewares(self, app):
        @app.middleware("http")
        async def mark(request, call_next):
            response = await call_next(request)
            response.headers["x-mine"] = "yes"
            return response

    def _build_app(self):
        app = super()._build_app()
        app.title = "Renamed"
        return app

    def provide_hints(self):
        return ["\\u00e9", "\\U0001f600", "b"]

    @fal.endpoint("/")
    def run(self, number: int) -> float:
        return divide(number)
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hooked")
    (folder / "app.py").write_text(SOURCE)
    with load(folder / "app.py") as loaded:
        (folder / "bundle").write_bytes(pack.dump(find_app(loaded, None)[0]))
    return folder / "bundle"


@pytest.fixture(scope="module")
def runner(bundle: Path) -> Iterator[Runner]:
    with serve(bundle) as running:
        yield running


def test_routes_and_middlewares_of_an_app_are_there(runner: Runner) -> None:
    answer = runner.http.get("/ready")
    assert answer.json() == {"ready": True, "opened": "before setup"}
    assert answer.headers["x-mine"] == "yes"
    document = runner.http.get("/openapi.json").json()
    assert document["info"]["title"] == "Renamed"
    assert "/ready" in document["paths"]


def test_hints_leave_out_what_a_header_cannot_hold(runner: Runner) -> None:
    assert runner.http.post("/", json={"number": 2}).headers["x-fal-runner-hints"] == "é,b"


def test_a_failing_endpoint_is_reported_with_the_authors_file_line_and_source(runner: Runner) -> None:
    assert runner.http.post("/", json={"number": 0}).status_code == 500
    eventually(lambda: "ZeroDivisionError" in runner.output)
    told = runner.output
    first = told.index("Traceback (most recent call last):")
    assert told[first:].splitlines()[1].strip() == 'File "app.py", line 48, in run'
    assert "return divide(number)" in told
    assert 'File "app.py", line 9, in divide\n    return 1 / number' in told


def test_lifespan_surrounds_setup_and_teardown(bundle: Path) -> None:
    with serve(bundle) as running:
        running.process.terminate()
        running.process.wait(30)
        eventually(lambda: "closed after teardown" in running.output)
        assert running.output.index("torn down") < running.output.index("closed after teardown")


def test_only_lines_that_run_there_travel(bundle: Path) -> None:
    assert b"stays on the deploying machine" not in bundle.read_bytes()


class Plain(fal.App):
    @fal.endpoint("/", health_check=fal.HealthCheck(timeout_seconds=3))
    def run(self) -> int:
        return 1


def test_an_app_shows_its_routes_and_its_health_check() -> None:
    [(route, method)] = Plain().collect_routes().items()
    assert (route.path, method()) == ("/", 1)
    assert Plain.get_health_check_config() == ApplicationHealthCheckConfig("/", timeout_seconds=3, method="POST")
    assert "/" in Plain().openapi()["paths"]
    assert Plain.local_file_path == __file__


def test_overrides_of_what_an_app_declares_count() -> None:
    class Told(Plain):
        @classmethod
        def get_health_check_config(cls) -> ApplicationHealthCheckConfig:
            return ApplicationHealthCheckConfig("/other")

        def openapi(self) -> dict[str, object]:
            return {**super().openapi(), "x-mine": True}

    assert describe(Told).health_check == ApplicationHealthCheckConfig("/other")
    assert metadata(Told)["openapi"]["x-mine"] is True


def test_two_endpoints_at_one_path_are_refused() -> None:
    class Twice(fal.App):
        @fal.endpoint("/a")
        def one(self) -> int:
            return 1

        @fal.endpoint("/a")
        def two(self) -> int:
            return 2

    with pytest.raises(AppDefinitionError, match="one and two both serve '/a'"):
        Twice().collect_routes()


@pytest.mark.parametrize("wanted", ["pydantic==1.10.13", "pydantic<2", "pydantic>=1.9,<2", "Pydantic ~= 1.10"])
def test_a_pydantic_of_another_generation_is_refused_with_both_versions(wanted: str) -> None:
    class Old(Plain):
        requirements = [wanted]

    with pytest.raises(AppDefinitionError, match=r"packs the app with pydantic 2\.\d+"):
        describe(Old)


def test_the_package_fal_among_the_requirements_frees_the_framework() -> None:
    class Both(Plain):
        requirements = ["fal>=1.0"]

    assert describe(Both).environment["requirements"] == ["fal>=1.0", "fastapi", "pydantic", "uvicorn"]


def test_a_wrapped_app_is_a_function_that_serves_it_here() -> None:
    wrapped = fal.wrap_app(Plain, keep_alive=5)
    assert wrapped.settings["keep_alive"] == 5
    with pytest.raises(AppDefinitionError, match="takes a subclass of fal"):
        fal.wrap_app(int)  # type: ignore[arg-type]
