"""What the process that loads a bundle says of an app is what this one would say."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import fal
from fal.app.bundle import pack
from fal.app.bundle.verify import rehearsal
from fal.app.spec import metadata
from fal.deploy.locate.loader import load

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted(
    path
    for folder in ("examples", "tests/apps/samples", "tests/unit/app/samples")
    for path in (ROOT / folder).rglob("*.py")
    if "fal.App" in (text := path.read_text()) and "fastapi" not in text and "entrypoint" not in path.parts
)
RICH = '''
import enum
from typing import Annotated, Literal, Optional, Union

import fal
from fal.realtime import *  # noqa: F403
from fastapi import Query
from pydantic import BaseModel, Field
from shapes import Shape


class Colour(enum.Enum):
    RED = "red"
    BLUE = 2


class Node(BaseModel):
    """A node of a tree."""
    name: str = Field("root", title="The name", max_length=10, examples=["a"])
    children: "list[Node]" = []
    colour: Colour = Colour.RED
    kind: Literal["a", "b"] | None = None


class Answer(BaseModel):
    total: Annotated[float, Field(gt=0)]
    node: Optional[Node]
    either: Union[int, str]


class Rich(fal.App, name="rich", keep_alive=5):
    """An app with much to say."""
    machine_type = "S"

    @fal.endpoint("/")
    def tree(self, node: Node) -> Answer:
        """Count a tree."""

    @fal.endpoint("/words")
    async def words(self, text: str, times: int = 2, *, flag: bool = False) -> list[str]: ...

    @fal.endpoint("/stream")
    def stream(self, shape: Shape):
        yield b"x"

    @fal.realtime("/live")
    def live(self, node: Node) -> Answer: ...

    @fal.endpoint("/nothing")
    def nothing(self) -> None: ...
'''.replace("from fal.realtime import *  # noqa: F403\n", "").replace("from fastapi import Query\n", "")
SHAPES = "from pydantic import BaseModel\nclass Shape(BaseModel):\n    width: int\n    height: int = 3\n"


def compared(file: Path, folder: Path) -> dict[str, Any]:
    """Return the descriptions of the apps of a file, by their names, once another process has told the same."""
    described: dict[str, Any] = {}
    with load(file) as loaded:
        for name, app in list(vars(loaded.module).items()):
            if isinstance(app, type) and issubclass(app, fal.App) and app.__module__ == loaded.module.__name__:
                with rehearsal((file.parent, folder), early=True) as other:
                    other.load(pack.dump(app), describe=True)
                    described[name] = metadata(app)["openapi"]
                    assert json.dumps(other.openapi(name)) == json.dumps(described[name])
    assert described
    return described


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_apps_describe_themselves_there_as_here(file: Path, tmp_path: Path) -> None:
    compared(file, tmp_path)


def test_an_app_with_much_to_say_does_too(tmp_path: Path) -> None:
    (tmp_path / "rich.py").write_text(RICH)
    (tmp_path / "shapes.py").write_text(SHAPES)
    found = compared(tmp_path / "rich.py", tmp_path)["Rich"]
    assert {"/", "/words", "/stream", "/live", "/nothing"} <= set(found["paths"])
    assert {"Node", "Answer", "Shape"} <= set(found["components"]["schemas"])


PLAIN = "import fal\nclass Plain(fal.App):\n    @fal.endpoint('/')\n    def run(self, a: int) -> int: ...\n"


DEPLOY = """
import json, sys
from fal.deploy.options import DeployOptions
from fal.deploy.package.prepare import prepare
if sys.argv[2]:
    sys.executable = sys.argv[2]
metadata = prepare(sys.argv[1], DeployOptions()).draft.metadata
print(json.dumps(["fastapi" in sys.modules, metadata]))
"""


def deployed(folder: Path, text: str, python: str = "") -> tuple[bool, dict[str, Any]]:
    """Prepare a deploy in a process that has loaded nothing yet; return whether it loaded FastAPI, and the metadata."""
    (folder / "app.py").write_text(text)
    command = [sys.executable, "-c", DEPLOY, str(folder / "app.py"), python]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    loaded, metadata = json.loads(done.stdout.splitlines()[-1])
    return loaded, metadata


def test_a_deploy_takes_what_the_other_process_says(tmp_path: Path) -> None:
    loaded, metadata = deployed(tmp_path, PLAIN)
    assert not loaded
    assert metadata["openapi"] == compared(tmp_path / "app.py", tmp_path)["Plain"]


@pytest.mark.parametrize(
    "own",
    [
        "    def provide_hints(self): return ['x']\n",
        "    def _build_app(self): return super()._build_app()\n",
        "    @classmethod\n    def build_metadata(cls): return super().build_metadata()\n",
    ],
)
def test_code_of_the_author_that_describes_the_app_runs_in_this_process(tmp_path: Path, own: str) -> None:
    loaded, metadata = deployed(tmp_path, PLAIN + own)
    assert loaded
    assert set(metadata["openapi"]["paths"]) == {"/", "/health"}


def test_without_another_process_the_app_is_described_here(tmp_path: Path) -> None:
    loaded, metadata = deployed(tmp_path, PLAIN, python="no/such/python")
    assert loaded
    assert set(metadata["openapi"]["paths"]) == {"/", "/health"}


def test_words_of_the_app_are_not_taken_for_its_description(tmp_path: Path) -> None:
    (tmp_path / "noisy.py").write_text("import os\nos.write(1, b'{}\\n')\nprint('{}')\nWORD = 1\n")
    text = PLAIN.replace("a: int", "a: int = noisy.WORD").replace("import fal\n", "import fal\nimport noisy\n")
    assert set(deployed(tmp_path, text)[1]["openapi"]["paths"]) == {"/", "/health"}


def test_modules_that_the_file_has_looked_for_elsewhere_are_there(tmp_path: Path) -> None:
    vendored = tmp_path / "vendored"
    vendored.mkdir()
    (vendored / "extra_words.py").write_text("WORD = 1\n")
    text = f"import sys\nsys.path.insert(0, {str(vendored)!r})\nimport extra_words\n" + PLAIN
    loaded, metadata = deployed(tmp_path, text.replace("a: int", "a: int = extra_words.WORD"))
    assert not loaded
    assert set(metadata["openapi"]["paths"]) == {"/", "/health"}


def test_variables_that_the_file_sets_are_set_there(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import os\nos.environ['SET_BY_APP'] = 'ä\\n'\n" + PLAIN)
    seen = (
        "import os\nclass Seen:\n    def openapi(self):\n"
        "        return {'word': os.environ.get('SET_BY_APP'), 'agent': os.environ.get('IS_ISOLATE_AGENT')}\n"
    )
    with rehearsal((tmp_path,)) as other, load(tmp_path / "app.py"):
        other.load(_evaluates(seen + "made = Seen()"), describe=True)
        assert other.openapi("it") == {"word": "ä\n", "agent": "1"}
        other.check("it")


def _evaluates(code: str) -> bytes:
    """Return bytes that unpickle as what `made` is after this code."""

    class Evaluated:
        def __reduce__(self) -> tuple[Any, ...]:
            return eval, (f"[space := {{}}, exec({code!r}, space), space['made']][-1]",)

    return pickle.dumps(Evaluated())
