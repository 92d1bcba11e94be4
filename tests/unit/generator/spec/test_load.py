"""A run reads each file of spec/ once, and says in a sentence what cannot be read."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from generator.__main__ import main
from generator.errors import SpecError
from generator.spec.load import load
from generator.spec.yamlfile import read_yaml

ROOT = Path(__file__).resolve().parents[4]
_COUNTED = """
import sys
from pathlib import Path
opened = []
sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == "open" else None)
from generator.__main__ import main
status = main(["--root", sys.argv[1], "check"])
spec = str(Path(sys.argv[1]) / "spec")
print(*("\\nopened " + name for name in opened if name.startswith(spec)), sep="")
raise SystemExit(status)
"""


def test_a_run_reads_each_file_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _COUNTED, str(ROOT)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    read = Counter(line.removeprefix("opened ") for line in done.stdout.splitlines() if line.startswith("opened "))
    names = {Path(name).name for name in read}
    assert {"sources.toml", "mapping.toml", "policy.toml", "words.toml", "controller.proto", "platform.yaml"} <= names
    assert {name: count for name, count in read.items() if count > 1} == {}


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("sources.toml", None, "sources.toml: the file is missing"),
        ("sources.toml", "[output", "sources.toml: "),
        ("sources.toml", "output = 1\n", r"\[output\] needs"),
        ("mapping.toml", "direct = 1\n", "direct must be true or false"),
        ("policy.toml", "class = 1\n", r"\[class\] holds tables"),
        ("policy.toml", "[class.read]\ndeadline = 'long'\n", "deadline = 'long': seconds"),
        ("overlay.yaml", "openapi: 5\n", "it holds one list"),
        ("openapi/it.yaml", "a: [\n", "neither YAML nor JSON"),
    ],
)
def test_an_unreadable_file_is_reported_in_a_sentence(
    tmp_path: Path, name: str, text: str | None, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "spec"
    (spec / "openapi").mkdir(parents=True)
    (spec / "openapi" / "it.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n"
        "  /a: {get: {operationId: get_a, responses: {'204': {description: Done.}}}}\n"
    )
    (spec / "sources.toml").write_text('[output]\npackage = "it._gen"\nfolder = "src/it/_gen"\n')
    (spec / "mapping.toml").write_text("direct = true\n")
    (spec / "policy.toml").write_text("")
    if text is None:
        (spec / name).unlink()
    else:
        (spec / name).write_text(text)
    with pytest.raises(SpecError, match=problem):
        load(tmp_path)
    assert main(["--root", str(tmp_path), "check"]) == 1
    assert "error: " in capsys.readouterr().err


def in_other_words(node: Any, words: Iterator[int]) -> Any:
    if isinstance(node, list):
        return [in_other_words(item, words) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: f"Other words {next(words)}."
        if key in ("description", "summary") and isinstance(item, str)
        else in_other_words(item, words)
        for key, item in node.items()
    }


def test_a_specification_in_other_words_is_the_same_to_the_client(tmp_path: Path) -> None:
    spec = Path(shutil.copytree(ROOT / "spec", tmp_path / "spec"))
    words = count(1)
    for path in (spec / "openapi").glob("*.yaml"):
        path.write_text(json.dumps(in_other_words(read_yaml(path), words)), encoding="utf-8")
    for path in (spec / "proto").glob("*.proto"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub("// .*", lambda _: f"// Other words {next(words)}.", text), encoding="utf-8")
    assert next(words) > 500
    before, after = load(ROOT), load(tmp_path)
    assert (after.protos, after.rest, after.words) == (before.protos, before.rest, before.words)
