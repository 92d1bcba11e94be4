"""A function is called once, and gives its value or its exception back."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest

from fal_emulator.engine.errors import BuildError, RunError
from fal_emulator.engine.run import Job, RunResult
from tests.support.engine import OWNER, Lab, lab, pickled
from tests.support.waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFINITION: dict[str, Any] = {"kind": "virtualenv", "configuration": {}}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with lab(tmp_path_factory.mktemp("run")) as engine_lab:
        yield engine_lab


def call(here: Lab, source: str = "", **job: Any) -> tuple[list[tuple[str, str]], RunResult]:
    if source:
        job["function"] = pickled(source, "work")
    *lines, result = list(here.engine.run(Job(OWNER, DEFINITION, **job)))
    assert isinstance(result, RunResult)
    return [line for line in lines if isinstance(line, tuple)], result


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("def work(): return {'answer': 42}", {"answer": 42}),
        ("async def work(): return 7", 7),
        ("def work(exposed_port): return exposed_port > 0", True),
        ("def work(**arguments): return sorted(arguments)", ["exposed_metrics_port", "exposed_port"]),
    ],
)
def test_the_value_comes_back(here: Lab, source: str, value: object) -> None:
    _, result = call(here, source)
    assert not result.raised
    assert pickle.loads(result.content) == value


def test_lines_are_streamed_before_the_result(here: Lab) -> None:
    lines, _ = call(here, "import sys\ndef work():\n  print('a')\n  print('b', file=sys.stderr)")
    assert sorted(lines) == [("a", "STDOUT"), ("b", "STDERR")]


def test_an_exception_is_a_result(here: Lab) -> None:
    _, result = call(here, "def work(): raise KeyError('missing')")
    assert (result.raised, result.type_name, result.message) == (True, "KeyError", "'missing'")
    assert result.traceback is not None
    assert "in work" in result.traceback
    assert isinstance(pickle.loads(result.content), KeyError)


def test_an_exception_comes_with_what_caused_it(here: Lab) -> None:
    source = (
        "import threading\nclass Wrapped(Exception): pass\n"
        "def work():\n"
        "  try:\n    try:\n      {}['missing']\n    except KeyError as error:\n      raise ValueError('inner') from error\n"
        "  except ValueError as error:\n    raise Wrapped('outer') from error\n"
    )
    error = pickle.loads(call(here, source)[1].content)
    assert [str(error), str(error.__cause__), str(error.__cause__.__cause__)] == ["outer", "inner", "'missing'"]
    assert (type(error.__cause__), type(error.__cause__.__cause__)) == (ValueError, KeyError)
    assert error.__suppress_context__


def test_a_cause_that_does_not_pickle_is_left_out(here: Lab) -> None:
    source = "import threading\ndef work(): raise ValueError('outer') from KeyError(threading.Lock())"
    error = pickle.loads(call(here, source)[1].content)
    assert (type(error), str(error), error.__cause__) == (ValueError, "outer", None)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import threading\ndef work(): return threading.Lock()", "returned a lock, which cannot be pickled"),
        (
            "class Odd(Exception):\n  def __init__(self, a, b): super().__init__(f'{a}{b}')\n"
            "def work(): raise Odd('x', 'y')",
            "Odd: xy",
        ),
    ],
)
def test_what_does_not_pickle_is_reported(here: Lab, source: str, message: str) -> None:
    _, result = call(here, source)
    assert result.raised
    assert result.message is not None
    assert message in result.message
    assert isinstance(pickle.loads(result.content), Exception)


def test_a_setup_function_runs_first(here: Lab) -> None:
    setup = pickled("def setup(): return 'model'", "setup")
    _, result = call(here, "def work(model): return model.upper()", setup_function=setup)
    assert pickle.loads(result.content) == "MODEL"


def test_entry_points_resolve_to_methods_of_classes(here: Lab) -> None:
    (here.store.folder / "hash").write_text(
        "class Thing:\n"
        "    def run(self): return 'instance'\n"
        "    @classmethod\n"
        "    def build_metadata(cls): return {'openapi': cls.__name__}\n"
        "    class Inner:\n"
        "        @staticmethod\n"
        "        def go(): return 'static'\n"
    )
    files = [("hash", "things.py")]
    for name, value in (
        ("things:Thing.run", "instance"),
        ("things:Thing.build_metadata", {"openapi": "Thing"}),
        ("things:Thing.Inner.go", "static"),
    ):
        _, result = call(here, entrypoint=name, files=files)
        assert pickle.loads(result.content) == value
    for name in ("things", "things:", "nothing:x", "things:Missing"):
        assert call(here, entrypoint=name, files=files)[1].raised


def test_a_process_that_ends_early_is_an_error(here: Lab) -> None:
    with pytest.raises(RunError, match="status 3 and returned no result"):
        call(here, "import os\ndef work(): os._exit(3)")


def test_a_run_can_be_cancelled_from_another_thread(here: Lab) -> None:
    source = "import os, time\ndef work():\n  print(os.getcwd(), flush=True)\n  time.sleep(100)"
    run = here.engine.run(Job(OWNER, DEFINITION, function=pickled(source, "work")))
    assert isinstance(next(run), tuple)
    rest = here.background(lambda: list(run))
    run.cancel()
    with pytest.raises(RunError, match="cancelled"):
        rest.result()
    runners = here.store.folder / "state" / "runners"
    eventually(lambda: list(runners.iterdir()) == [])


def test_an_environment_that_cannot_be_is_an_error(here: Lab) -> None:
    job = Job(OWNER, {"kind": "virtualenv", "configuration": {"python_version": "3.7"}}, function=b"")
    with pytest.raises(BuildError, match="Python 3"):
        list(here.engine.run(job))
