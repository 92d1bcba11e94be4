"""Proto files are taken as they lie there: without options that nobody here knows, and with imports that mean what they can."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import SpecError
from generator.spec.protos import read_protos

HEAD = 'syntax = "proto3";\n'


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(HEAD + text)
    return folder


@pytest.mark.parametrize(
    "options", ["(x) = 1", "(x).a = {b: 1 c: [2, 3]}", "(x) = 1, (y) = 2", "(x) = 1, (y).z = 2, (w) = 3"]
)
def test_custom_options_go_wherever_they_stand_beside_one_that_is_known(tmp_path: Path, options: str) -> None:
    entries = [
        f"deprecated = true, {options}",
        f"{options}, deprecated = true",
        f"{options}, deprecated = true, {options}",
        options,
    ]
    fields = "".join(f"string f{number} = {number} [{text}];" for number, text in enumerate(entries, 1))
    protos, _ = read_protos(write(tmp_path, {"it.proto": f"message It {{ {fields} }}"}))
    assert [field.deprecated for field in protos.messages["It"].fields] == [True, True, True, False]


def test_two_imports_that_lead_to_one_file_are_one(tmp_path: Path) -> None:
    kind = "package acme; message Kind { string name = 1; }"
    it = 'import "google/api/kind.proto"; import public "acme/kind.proto"; message It { acme.Kind kind = 1; }'
    protos, _ = read_protos(write(tmp_path, {"acme/kind.proto": kind, "it.proto": it}))
    assert protos.files[1].imports == ("acme/kind.proto",)


def test_an_import_that_several_files_miss_is_named_once(tmp_path: Path) -> None:
    text = 'import "x/y.proto"; message {0} {{ x.Y y = 1; }}'
    write(tmp_path, {f"{name}.proto": text.replace("{0} {{", f"{name} {{").replace("}}", "}") for name in ("A", "B")})
    with pytest.raises(SpecError) as refused:
        read_protos(tmp_path)
    missing = [problem for problem in refused.value.problems if "is not below" in problem]
    assert missing == [f"A.proto: the import 'x/y.proto' is not below {tmp_path.name}/; put the file there"]
