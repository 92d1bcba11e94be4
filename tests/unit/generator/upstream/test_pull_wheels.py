"""A wheel is read without running it, and whatever is not a sound wheel of protos is refused."""

from __future__ import annotations

import contextlib
import struct
import zipfile
from pathlib import Path

import pytest

from generator.errors import SpecError
from generator.upstream import wheels
from tests.unit.generator.wheel_maker import MODERN, OLD, OLDEST, proto_wheel, write_wheel

TEXT = 'syntax = "proto3"; package p; message Empty {} message A { string name = 1; }'


@pytest.mark.parametrize("style", [MODERN, OLD, OLDEST], ids=["modern", "protobuf-3", "python-2"])
def test_descriptors_are_read_from_every_style_of_generated_code(tmp_path: Path, style: str) -> None:
    wheel = wheels.read(proto_wheel(tmp_path, "some-proto", "1.2.3", style=style, it=TEXT))
    assert (wheel.distribution, wheel.version) == ("some-proto", "1.2.3")
    assert [message.name for message in wheel.files["it.proto"].message_type] == ["Empty", "A"]
    assert wheel.files["it.proto"].message_type[1].field[0].number == 1


def refused(path: Path) -> str:
    with pytest.raises(SpecError) as caught:
        wheels.read(path)
    return str(caught.value)


def test_a_file_that_is_not_an_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x-1-py3-none-any.whl"
    path.write_bytes(b"<html>not found</html>" * 100)
    assert "not a readable wheel" in refused(path)


def test_a_truncated_or_damaged_wheel_is_refused_wherever_the_damage_is(tmp_path: Path) -> None:
    path = proto_wheel(tmp_path, "some-proto", "1.0", it=TEXT)
    whole = path.read_bytes()
    read = wheels.read(path)
    for end in range(0, len(whole), 37):
        path.write_bytes(whole[:end])
        refused(path)
    for place in range(0, len(whole), 11):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        # Damage is either found, or is in a place that carries no meaning: dates, attributes of the archive.
        with contextlib.suppress(SpecError):
            assert wheels.read(path).files == read.files


@pytest.mark.parametrize("name", ["../evil_pb2.py", "/etc/evil_pb2.py", "a/../../evil_pb2.py", "C:/evil_pb2.py"])
def test_an_entry_that_points_outside_is_refused(tmp_path: Path, name: str) -> None:
    assert "points outside" in refused(write_wheel(tmp_path, "x", "1", {name: ""}))


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = {f"pkg/a{index}_pb2.py": "#" * (wheels._MAX_MODULE - 1) for index in range(40)}
    assert "unpacks to more than" in refused(write_wheel(tmp_path, "x", "1", bomb))
    many = {f"pkg/{index}": "" for index in range(wheels._MAX_ENTRIES + 1)}
    assert "entries" in refused(write_wheel(tmp_path, "y", "1", many))
    large = {"pkg/a_pb2.py": "#" * (wheels._MAX_MODULE + 1)}
    assert "larger than 4 MiB" in refused(write_wheel(tmp_path, "z", "1", large))


def test_an_entry_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = write_wheel(tmp_path, "x", "1", {"pkg/a_pb2.py": "#" * 3_000_000})
    content = path.read_bytes()
    path.write_bytes(content.replace(struct.pack("<I", 3_000_000), struct.pack("<I", 10)))
    assert "not a readable wheel" in refused(path)


def test_an_archive_that_wheels_are_not_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("pkg/a_pb2.py", "x")
    assert "stored or deflated" in refused(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("pkg/a_pb2.py", "x")
    assert "METADATA" in refused(path)


def test_two_entries_of_one_name_are_refused(tmp_path: Path) -> None:
    path = write_wheel(tmp_path, "x", "1", {"pkg/a_pb2.py": "x"})
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("pkg/a_pb2.py", "y")
    assert "two entries" in refused(path)


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("x = 1\n", "no serialized descriptor"),
        ("def (", "not Python that protoc wrote"),
        ("(" * 100_000, "not Python that protoc wrote"),
        ("x = " + "-" * 100_000 + "1", "not Python that protoc wrote"),
        ("x = '\0'", "not Python that protoc wrote"),
        (MODERN.format(content=b"\xff\xff\xff"), "cannot be decoded"),
        ("D = pool.AddSerializedFile(open('/etc/passwd').read())\n", "no serialized descriptor"),
    ],
    ids=["nothing", "syntax", "parentheses", "operators", "null", "rubbish", "computed"],
)
def test_a_module_without_a_sound_descriptor_is_refused(tmp_path: Path, module: str, said: str) -> None:
    assert said in refused(write_wheel(tmp_path, "x", "1", {"pkg/a_pb2.py": module}))


def test_a_wheel_without_generated_modules_is_refused(tmp_path: Path) -> None:
    assert "no generated protobuf module" in refused(write_wheel(tmp_path, "x", "1", {"pkg/__init__.py": ""}))


def test_two_files_of_one_name_that_differ_are_refused(tmp_path: Path) -> None:
    one, other = (MODERN.format(content=b"\n\x08it.proto" + more) for more in (b"", b"\x12\x01p"))
    assert "two different files" in refused(write_wheel(tmp_path, "x", "1", {"a_pb2.py": one, "b_pb2.py": other}))


def test_metadata_must_name_what_was_asked_for(tmp_path: Path) -> None:
    proto_wheel(tmp_path, "some-proto", "1.0", it=TEXT)
    assert wheels.fetch("some-proto", "newest", find_links=tmp_path).version == "1.0"
    with pytest.raises(SpecError, match="pip could not download"):
        wheels.fetch("some-proto", "9.9", find_links=tmp_path)


@pytest.mark.parametrize("version", ["--index-url=http://x", "1.0 evil", "", "*", "latest"])
def test_a_version_that_is_none_never_reaches_pip(version: str) -> None:
    with pytest.raises(SpecError, match="is not a version"):
        wheels.fetch("some-proto", version)
    with pytest.raises(SpecError, match="not the name of a distribution"):
        wheels.fetch(f"--x{version}", "1.0")
