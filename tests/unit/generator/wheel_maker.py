"""Build small wheels that hold generated protobuf modules, as upstream publishes them."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

from google.protobuf import descriptor_pb2 as d

MODERN = "DESCRIPTOR = _descriptor_pool.Default().AddSerializedFile({content!r})\n"
OLD = "DESCRIPTOR = _descriptor.FileDescriptor(name={name!r}, syntax='proto3', serialized_pb={content!r})\n"
OLDEST = (
    "import sys\n_b=sys.version_info[0]<3 and (lambda x:x) or (lambda x:x.encode('latin1'))\n"
    "DESCRIPTOR = _descriptor.FileDescriptor(name={name!r}, serialized_pb=_b({text!r}))\n"
)
# Running the module would end the test run: reading it must not.
_HEAD = "import os\nos._exit(99)\n"


def descriptors(**sources: str) -> dict[str, d.FileDescriptorProto]:
    """Compile `name="the text"` into descriptors as they stand in generated modules."""
    from generator.spec.protos import read_protos

    with tempfile.TemporaryDirectory() as scratch:
        for name, text in sources.items():
            (Path(scratch) / f"{name}.proto").write_text(text)
        _, actual = read_protos(Path(scratch))
    result = {}
    for file in actual.file:
        if not file.name.startswith("google/"):
            file.ClearField("source_code_info")
            result[file.name] = file
    return result


def write_wheel(
    folder: Path, distribution: str, version: str, modules: dict[str, str], *, metadata: str | None = None
) -> Path:
    """Write a wheel that holds `modules` (path -> text) into `folder`."""
    stem = distribution.replace("-", "_")
    path = folder / f"{stem}-{version}-py3-none-any.whl"
    info = f"{stem}-{version}.dist-info"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in modules.items():
            archive.writestr(name, text)
        if metadata is None:
            metadata = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def proto_wheel(folder: Path, distribution: str, version: str, *, style: str = MODERN, **sources: str) -> Path:
    """Write a wheel that holds one generated module for each `name="the proto text"`."""
    result = descriptors(**sources)
    modules = {}
    for name, file in result.items():
        if name.removesuffix(".proto") in sources:
            content = file.SerializeToString()
            text = style.format(name=name, content=content, text=content.decode("latin-1"))
            modules[f"pkg/{name.removesuffix('.proto')}_pb2.py"] = _HEAD + text
    return write_wheel(folder, distribution, version, modules)
