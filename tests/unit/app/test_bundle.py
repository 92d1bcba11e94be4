"""What is in a bundle, and what is not."""

from __future__ import annotations

import ast
import importlib
import pickle
import pickletools
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import fal
from fal.app import AppDefinitionError
from fal.app.bundle import pack
from fal.app.bundle.source import lean as lean_source
from tests.unit.app.app_runner import serve
from tests.unit.app.samples import hello, kitchen
from tests.unit.app.test_serving import packed

PASSWORD = "hunter2-registry-password"
BUILD_SECRET = "hunter2-build-secret"


class Contained(fal.App):
    image = fal.ContainerImage.from_dockerfile_str(
        "FROM python:3.11",
        registries={"ghcr.io": {"username": "me", "password": PASSWORD}},
        secrets={"TOKEN": BUILD_SECRET},
        build_args={"ARG": BUILD_SECRET},
    )
    host_kwargs = {"metadata": {"note": PASSWORD}}

    @fal.endpoint("/")
    def run(self) -> str:
        return f"{self.image} {secret_function(1)}"


@fal.function(image=Contained.image)
def secret_function(number: int) -> int:
    return number


def everything_in(data: bytes) -> bytes:
    """Unpack a bundle down to its last layer."""
    blob = next(arg for _, arg, _ in pickletools.genops(data) if isinstance(arg, bytes) and len(arg) > 1000)
    *texts, payload = pickle.loads(zlib.decompress(blob))
    return data + repr(texts).encode() + bytes(payload)


def test_a_hello_app_stays_well_under_20_kb() -> None:
    assert len(pack.dump(hello.Hello)) < 19_000


def test_what_serves_realtime_endpoints_travels_with_those() -> None:
    assert b"realtimeMode" in everything_in(pack.dump(hello.Hello))  # which describes them is in each
    for target, there in ((hello.Hello, False), (kitchen.plain_function, False), (kitchen.Kitchen, True)):
        assert (b"def session(" in everything_in(pack.dump(target))) == there


@pytest.mark.parametrize("target", [Contained, secret_function, kitchen.Kitchen, kitchen.joke, kitchen.plain_function])
def test_no_secret_and_no_path_of_this_machine_is_in_it(target: Any) -> None:
    content = everything_in(pack.dump(target))
    for forbidden in (
        PASSWORD,
        BUILD_SECRET,
        f"{Path.cwd()}",
        f"{Path.home()}/",
        sys.prefix,
        "site-packages",
        "fal._core",
    ):
        assert forbidden.encode() not in content
    assert b"kitchen.py" in content or b"test_bundle.py" in content


def test_the_client_is_not_in_it() -> None:
    content = everything_in(pack.dump(hello.Hello))
    for forbidden in (b"grpc", b"httpx", b"FAL_KEY", b"registries", b"auth-key"):
        assert forbidden not in content


class _WithoutDocstrings(ast.NodeTransformer):
    def visit(self, node: ast.AST) -> Any:
        node = super().generic_visit(node)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.body[0]
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                first.value.value = ""
        return node


APP = Path(pack.__file__).parents[1]
SHIPPED = [*sorted((APP / "runtime").glob("*.py")), APP / "bundle" / "bootstrap.py"]


@pytest.mark.parametrize("module", SHIPPED, ids=lambda module: module.stem)
def test_a_module_of_the_runtime_loses_its_comments_and_docstrings_and_nothing_else(module: Path) -> None:
    source = module.read_text(encoding="utf-8")
    lean = lean_source(source)
    assert ast.dump(ast.parse(lean)) == ast.dump(_WithoutDocstrings().visit(ast.parse(source)))
    assert lean.count("\n") == source.count("\n")  # what a traceback says on the runner is where it is here
    assert not re.search(r'^ *#|"""', lean, re.MULTILINE)


def test_two_bundles_of_one_app_are_alike() -> None:
    assert pack.dump(kitchen.Kitchen) == pack.dump(kitchen.Kitchen)


def test_packing_leaves_cloudpickle_as_it_was() -> None:
    import cloudpickle  # type: ignore[import-untyped]

    before = set(cloudpickle.list_registry_pickle_by_value())
    pack.dump(hello.Hello)
    assert set(cloudpickle.list_registry_pickle_by_value()) == before


# An app of several files, by name.
FILES = {
    "uses_sibling.py": """
from typing import Any

from tests_sibling import BaseApp, shout

import fal


class Sibling(BaseApp, keep_alive=5):
    @fal.endpoint("/")
    def run(self, word: str) -> dict[str, Any]:
        from tests_package.inner import count

        return {"word": shout(word), "count": count(word), "inherited": self.inherited(), "setup": self.ready}
""",
    "tests_sibling.py": """
from tests_second import MARK

import fal

IMAGE = fal.ContainerImage.from_dockerfile_str(
    "FROM python:3.11", registries={"r": {"username": "u", "password": "hidden"}}
)


class BaseApp(fal.App):
    machine_type = "M"

    def setup(self) -> None:
        self.ready = True

    def inherited(self) -> str:
        return "yes"

    @fal.endpoint("/base")
    def base(self) -> dict[str, str]:
        return {"from": "base"}


@fal.cached
def shout(word: str) -> str:
    return word.upper() + MARK
""",
    "tests_second.py": """
MARK = "!"
""",
    "tests_package/__init__.py": """

""",
    "tests_package/inner.py": """
from .deeper import SIZES


def count(word: str) -> int:
    return SIZES.get(word, len(word))
""",
    "tests_package/deeper.py": """
SIZES: dict[str, int] = {"many": 1000}
""",
}


@pytest.fixture
def uses_sibling(tmp_path: Path) -> Iterator[ModuleType]:
    for name, text in FILES.items():
        file = tmp_path / "project" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    sys.path.insert(0, str(tmp_path / "project"))
    before = set(sys.modules)
    try:
        yield importlib.import_module("uses_sibling")
    finally:
        sys.path.pop(0)
        for name in set(sys.modules) - before:
            if name.startswith(("tests_", "uses_sibling")):
                del sys.modules[name]


def test_modules_beside_the_file_come_along(uses_sibling: ModuleType, tmp_path: Path) -> None:
    path = packed(tmp_path, uses_sibling.Sibling)
    content = everything_in(path.read_bytes())
    assert str(tmp_path).encode() not in content
    with serve(path) as runner:
        answer = runner.http.post("/", json={"word": "many"}).json()
        assert answer == {"word": "MANY!", "count": 1000, "inherited": "yes", "setup": True}
        assert runner.http.post("/base").json() == {"from": "base"}


def test_named_modules_come_along_even_when_nothing_imports_them(uses_sibling: ModuleType) -> None:
    content = everything_in(pack.dump(uses_sibling.Sibling, local_python_modules=["uses_sibling"]))
    assert b"from tests_sibling import BaseApp" not in content  # the app's own module travels by value
    with pytest.raises(AppDefinitionError, match="local_python_modules names 'no_such_module'"):
        pack.dump(uses_sibling.Sibling, local_python_modules=["no_such_module"])


def test_installed_modules_stay_here() -> None:
    content = everything_in(pack.dump(kitchen.Kitchen))
    assert b"class FastAPI" not in content
    assert b"conftest" not in content


def test_a_plain_function_is_called_with_its_arguments(tmp_path: Path) -> None:
    path = packed(tmp_path, kitchen.plain_function)
    code = "import pickle,sys; print(pickle.load(open(sys.argv[1],'rb'))(2, right=3))"
    done = subprocess.run([sys.executable, "-I", "-c", code, str(path)], capture_output=True, text=True)
    assert done.stdout == "5\n", done.stderr


def test_another_python_is_refused_in_words() -> None:
    data = pack.dump(hello.Hello)
    blob = next(arg for _, arg, _ in pickletools.genops(data) if isinstance(arg, bytes) and len(arg) > 1000)
    boot, _, *rest = pickle.loads(zlib.decompress(blob))
    with pytest.raises(RuntimeError, match=r"packed with Python 3\.9, but this runner has Python 3\."):
        pickle.loads(pickle.dumps(pack._Evaluated(zlib.compress(pickle.dumps((boot, "3.9", *rest))))))


NUMBERS = (number for number in range(3))


class HoldsAGenerator(fal.App):
    @fal.endpoint("/")
    def run(self) -> int:
        return next(NUMBERS)


def test_what_cannot_be_packed_is_named_with_the_way_out() -> None:
    with pytest.raises(
        AppDefinitionError, match=r"HoldsAGenerator cannot be packed: .*generator.*\(NUMBERS\).*setup\(\)"
    ):
        pack.dump(HoldsAGenerator)


def test_a_hint_that_only_exists_for_type_checkers_is_refused() -> None:
    class Typed(fal.App):
        @fal.endpoint("/")
        def run(self, value: "Missing") -> int:  # type: ignore[name-defined]  # noqa: F821, UP037
            return 1

    with pytest.raises(
        AppDefinitionError, match=r"run: a type hint cannot be evaluated: name 'Missing' is not defined"
    ):
        pack.dump(Typed)


def test_fal_can_be_imported_on_a_runner_that_lacks_it(tmp_path: Path) -> None:
    code = """
import pickle, sys
sys.path[:] = [path for path in sys.path if not path.endswith("src")]  # where this SDK is developed
pickle.load(open(sys.argv[1], "rb"))
import fal
from fal import App, ContainerImage, HealthCheck, RetryConfig, cached, endpoint, function, realtime
from fal.app import App as Same
assert App is Same, (App, Same)
class Late(fal.App, keep_alive=3):
    image = ContainerImage.from_dockerfile("nowhere")
    @endpoint("/", health_check=HealthCheck(timeout_seconds=3))
    def run(self): return 1
    @realtime("/rt", max_batch_size=2)
    def rt(self, a): return a
@function(serve=True, machine_type="S")
def f(): return 2
assert (Late().run(), f(), Late.get_endpoints()) == (1, 2, ["/", "/rt"])
try:
    import fal.toolkit
except ModuleNotFoundError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(packed(tmp_path, hello.Hello))], capture_output=True, text=True
    )
    assert "No module named 'fal.toolkit' on this runner; add the distribution" in done.stdout, done.stderr


@pytest.mark.parametrize("module", SHIPPED, ids=lambda module: module.stem)
def test_what_travels_imports_only_what_travels(module: Path) -> None:
    imports = list(ast.walk(ast.parse(module.read_text(encoding="utf-8"))))
    named = [alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names]
    named += [node.module or "" for node in imports if isinstance(node, ast.ImportFrom) and node.level == 0]
    assert [name for name in named if name.partition(".")[0] in ("fal", "fal_emulator")] == []
    assert {node.level for node in imports if isinstance(node, ast.ImportFrom)} <= {0, 1}
