"""Fetch published wheels, and read the descriptors inside their generated modules without running anything of them."""

from __future__ import annotations

import ast
import hashlib
import re
import subprocess
import sys
import tempfile
import zipfile
import zlib
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath

from attrs import frozen
from google.protobuf import descriptor_pb2 as d
from google.protobuf.message import DecodeError

from generator import pysource
from generator.errors import SpecError

NEWEST = "newest"
# Published wheels of protos are 30 to 100 kB; far beyond these bounds a file is broken or hostile.
_MAX_WHEEL = 32 * 2**20
_MAX_UNPACKED = 128 * 2**20
_MAX_ENTRIES = 5_000
_MAX_MODULE = 4 * 2**20
_PIP_SECONDS = 180
_VERSION = re.compile(r"[0-9][0-9A-Za-z.!+_-]{0,63}")
_DISTRIBUTION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")


@frozen
class Wheel:
    """What one wheel says: its release, its hash, and the descriptors in it by proto file name."""

    distribution: str
    version: str
    sha256: str
    files: dict[str, d.FileDescriptorProto]


def canonical(name: str) -> str:
    """Return the form of a distribution's name in which `isolate_proto` equals `Isolate-Proto`."""
    return re.sub(r"[-_.]+", "-", name).lower()


def fetch(distribution: str, version: str, *, find_links: Path | None = None) -> Wheel:
    """Download one release with pip and read it.

    Args:
        distribution: The name on the package index.
        version: An exact version, or "newest".
        find_links: A folder of wheels to take it from instead of the package index.

    Raises:
        SpecError: when there is no such release, or when the wheel is not what it should be.
    """
    if not _DISTRIBUTION.fullmatch(distribution):
        raise SpecError(f"{distribution!r} is not the name of a distribution")
    if version != NEWEST and not _VERSION.fullmatch(version):
        raise SpecError(f"{distribution}: {version!r} is not a version; give one such as 0.34.5, or {NEWEST!r}")
    wanted = distribution if version == NEWEST else f"{distribution}=={version}"
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
        # A wheel only, and it alone: an sdist would run its own build, and nothing here is installed.
        command += ["--no-deps", "--only-binary", ":all:", "--ignore-requires-python", "--dest", scratch]
        if find_links is not None:
            command += ["--no-index", "--find-links", str(find_links)]
        try:
            done = subprocess.run([*command, wanted], capture_output=True, text=True, timeout=_PIP_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise SpecError(f"{wanted}: pip did not finish within {_PIP_SECONDS} seconds; try again") from None
        if "No module named pip" in done.stderr:
            raise SpecError("pip is missing beside this Python; install it: python -m ensurepip")
        if done.returncode != 0:
            # pip's last error is the reason; those before it may list every version that there is.
            errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")][-1:] or done.stderr.split(
                "\n"
            )
            raise SpecError(f"{wanted}: pip could not download it: {' '.join(errors)[-600:].strip()}")
        wheels = sorted(Path(scratch).glob("*.whl"))
        if len(wheels) != 1:
            raise SpecError(f"{wanted}: pip left {len(wheels)} wheels instead of one")
        wheel = read(wheels[0])
    if canonical(wheel.distribution) != canonical(distribution):
        raise SpecError(f"{wanted}: the wheel says that it is {wheel.distribution}")
    if version not in (NEWEST, wheel.version):
        raise SpecError(f"{wanted}: the wheel says that it is version {wheel.version}")
    return wheel


def read(path: Path) -> Wheel:
    """Read the descriptors in the wheel at `path`; no code of it is imported or executed.

    Raises:
        SpecError: when the file is not a wheel, is broken, is far too large, or holds no descriptor.
    """
    if path.stat().st_size > _MAX_WHEEL:
        raise SpecError(f"{path.name}: larger than {_MAX_WHEEL // 2**20} MiB, which no wheel of protos is")
    content = path.read_bytes()
    try:
        with zipfile.ZipFile(path) as archive:
            names = _entries(path.name, archive)
            distribution, version = _identity(path.name, archive, names)
            files = _descriptors(path.name, archive, names)
    # RuntimeError: encrypted. The others: truncated, or damaged.
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError) as error:
        raise SpecError(f"{path.name}: not a readable wheel: {error}") from None
    return Wheel(distribution, version, hashlib.sha256(content).hexdigest(), files)


def _entries(wheel: str, archive: zipfile.ZipFile) -> list[str]:
    infos = archive.infolist()
    if len(infos) > _MAX_ENTRIES:
        raise SpecError(f"{wheel}: {len(infos)} entries; at most {_MAX_ENTRIES} are read")
    if sum(info.file_size for info in infos) > _MAX_UNPACKED:
        raise SpecError(f"{wheel}: unpacks to more than {_MAX_UNPACKED // 2**20} MiB")
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos):
        raise SpecError(f"{wheel}: not a wheel: wheels are stored or deflated, nothing else")
    names = [info.filename for info in infos]
    for name in names:
        parts = PurePosixPath(name).parts
        if name.startswith("/") or ".." in parts or "\\" in name or ":" in name or "\0" in name:
            raise SpecError(f"{wheel}: the entry {name!r} points outside of the wheel")
    repeated = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if repeated:
        raise SpecError(f"{wheel}: two entries are named {repeated[0]!r}")
    return names


def _identity(wheel: str, archive: zipfile.ZipFile, names: list[str]) -> tuple[str, str]:
    places = [name for name in names if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
    if len(places) != 1:
        raise SpecError(f"{wheel}: not a wheel: it holds {len(places)} METADATA files instead of one")
    headers = HeaderParser().parsestr(_text(wheel, archive, places[0]))
    name, version = headers.get("Name", ""), headers.get("Version", "")
    if not _DISTRIBUTION.fullmatch(name) or not _VERSION.fullmatch(version):
        raise SpecError(f"{wheel}: its METADATA names no distribution and version")
    return name, version


def _text(wheel: str, archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as stream:
        content = stream.read(_MAX_MODULE + 1)
    if len(content) > _MAX_MODULE:
        raise SpecError(f"{wheel}: {name} is larger than {_MAX_MODULE // 2**20} MiB")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SpecError(f"{wheel}: {name} is not UTF-8: {error.reason}") from None


def _descriptors(wheel: str, archive: zipfile.ZipFile, names: list[str]) -> dict[str, d.FileDescriptorProto]:
    descriptors: dict[str, d.FileDescriptorProto] = {}
    for name in sorted(names):
        if not name.endswith("_pb2.py"):
            continue
        try:
            tree = pysource.parse(_text(wheel, archive, name))
            serialized = [content for node in ast.walk(tree) for content in _serialized(node)]
        # MemoryError and RecursionError: nested deeper than Python's parser goes.
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise SpecError(
                f"{wheel}: {name} is not Python that protoc wrote: {error or type(error).__name__}"
            ) from None
        if not serialized:
            raise SpecError(f"{wheel}: {name} holds no serialized descriptor")
        for content in serialized:
            try:
                file = d.FileDescriptorProto.FromString(content)
            except DecodeError:
                raise SpecError(f"{wheel}: {name}: its descriptor cannot be decoded") from None
            if descriptors.setdefault(file.name, file) != file:
                raise SpecError(f"{wheel}: two different files are named {file.name}")
    if not descriptors:
        raise SpecError(f"{wheel}: holds no generated protobuf module (*_pb2.py)")
    return descriptors


def _serialized(node: ast.AST) -> list[bytes]:
    """Return the descriptor that a call hands to protobuf, in the style of protobuf 4 and later, or of 3 and earlier."""
    if not isinstance(node, ast.Call):
        return []
    called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if called == "AddSerializedFile" and len(node.args) == 1:
        return _literal(node.args[0])
    if called == "FileDescriptor":
        return [content for item in node.keywords if item.arg == "serialized_pb" for content in _literal(item.value)]
    return []


def _literal(node: ast.expr) -> list[bytes]:
    if isinstance(node, ast.Constant) and isinstance(node.value, bytes):
        return [node.value]
    # `_b('…')`: how code for Python 2 and 3 spelled bytes.
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_b" and len(node.args) == 1:
        inner = node.args[0]
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            return [inner.value.encode("latin-1")]
    return []
