"""What an app's file does while it is loaded keeps neither its description nor its bundle from being made."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PLAIN = "import fal\nclass Plain(fal.App):\n    @fal.endpoint('/')\n    def run(self, a: int) -> int: ...\n"
PREPARE = """
import json, sys
from fal.deploy.options import DeployOptions
from fal.deploy.package.prepare import prepare
if sys.argv[2]:
    sys.executable = sys.argv[2]
print(json.dumps(prepare(sys.argv[1], DeployOptions()).draft.metadata))
"""


def prepared(folder: Path, text: str, python: str = "") -> dict[str, Any]:
    """Prepare a deploy in a process that has loaded nothing yet; return the metadata."""
    (folder / "app.py").write_text(text)
    command = [sys.executable, "-c", PREPARE, str(folder / "app.py"), python]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    metadata: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return metadata


@pytest.mark.parametrize(
    "own",
    [
        "    def provide_hints(self): return ['x']\n",
        "    def _build_app(self): return super()._build_app()\n",
        "    @classmethod\n    def build_metadata(cls): return super().build_metadata()\n",
    ],
)
def test_code_of_the_author_that_describes_the_app_runs(tmp_path: Path, own: str) -> None:
    assert set(prepared(tmp_path, PLAIN + own)["openapi"]["paths"]) == {"/", "/health"}


def test_a_python_that_cannot_be_started_once_more_is_no_fault(tmp_path: Path) -> None:
    assert set(prepared(tmp_path, PLAIN, python="no/such/python")["openapi"]["paths"]) == {"/", "/health"}


def test_an_app_may_print_while_it_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "noisy.py").write_text("import os\nos.write(1, b'{}\\n')\nprint('{}')\nWORD = 1\n")
    text = PLAIN.replace("a: int", "a: int = noisy.WORD").replace("import fal\n", "import fal\nimport noisy\n")
    assert set(prepared(tmp_path, text)["openapi"]["paths"]) == {"/", "/health"}


def test_modules_that_the_file_has_looked_for_elsewhere_are_there(tmp_path: Path) -> None:
    vendored = tmp_path / "vendored"
    vendored.mkdir()
    (vendored / "extra_words.py").write_text("WORD = 1\n")
    text = f"import sys\nsys.path.insert(0, {str(vendored)!r})\nimport extra_words\n" + PLAIN
    text = text.replace("a: int", "a: int = extra_words.WORD")
    assert set(prepared(tmp_path, text)["openapi"]["paths"]) == {"/", "/health"}


def test_variables_that_the_file_sets_are_set_where_its_bundle_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "needs.py").write_text("import os\nWORD = os.environ['SET_BY_APP']\n")
    text = "import os\nos.environ['SET_BY_APP'] = 'ä\\n'\nimport needs\n" + PLAIN
    text = text.replace("a: int) -> int: ...", "a: int) -> str: return needs.WORD")
    assert set(prepared(tmp_path, text)["openapi"]["paths"]) == {"/", "/health"}
