"""Published releases are pulled, generated, imported and called over a real wire, from the oldest supported one to the newest.

Three of them in every run; all others with `pytest -m slow`. Without a package index the tests are skipped.
"""

from __future__ import annotations

import importlib
import itertools
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import descriptor_pb2 as d
from google.protobuf.descriptor import Descriptor

from generator.compare.report import render
from generator.errors import SpecError
from generator.operands import Side, compare
from generator.render import grpc as grpc_half
from generator.spec import prototext
from generator.spec.mapping import Mappings, parse_mappings
from generator.spec.proto_model import Protos
from generator.spec.protos import read_protos
from generator.spec.rest_model import Rest
from generator.spec.tomlfile import read_toml
from generator.upstream import prune, pull, wheels
from tests.unit.generator.upstream_wire import serve_and_call

ROOT = Path(__file__).resolve().parents[4]
DISTRIBUTION = "isolate-proto"
SERVICE = "controller.IsolateController"
FEW = ["0.10.0", "0.34.4", "0.34.5"]
MANY = ["0.12.0", "0.15.0", "0.18.0", "0.20.0", "0.23.0", "0.25.0", "0.28.0", "0.30.0", "0.30.13", "0.31.3", "0.32.0",
        "0.33.0", "0.34.0", "0.34.2", "0.29.7"]  # fmt: skip
VERSIONS = [*FEW, *(pytest.param(version, marks=pytest.mark.slow) for version in MANY)]
POLICY = "deadline = 5\nattempt_timeout = 1\nidempotent = true\nretry_on = []\nmax_attempts = 2\n"


@pytest.fixture(scope="session")
def isolate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds the pinned wheel of isolate, which every release of isolate-proto needs."""
    folder = tmp_path_factory.mktemp("wheels")
    pins = tomllib.loads((ROOT / "spec" / "sources.toml").read_text())["wheel"]
    download(folder, f"isolate=={pins['isolate']['version']}")
    return folder


def download(folder: Path, wanted: str) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--ignore-requires-python", "--disable-pip-version-check", "--retries", "1", "--timeout", "20"]
    done = subprocess.run([*command, "--dest", str(folder), wanted], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"no package index: {done.stderr.strip()[-300:]}")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project whose spec/ is a copy of ours, comments and all."""
    shutil.copytree(ROOT / "spec", tmp_path / "spec")
    return tmp_path


@pytest.fixture
def read_once(monkeypatch: pytest.MonkeyPatch, isolate: Path) -> Path:
    """Have the pull read what was downloaded: one start of pip for each release is enough."""

    def fetch(name: str, version: str, *, find_links: Path | None = None) -> wheels.Wheel:
        return wheels.read(next(isolate.glob(f"{name.replace('-', '_')}-{version}-*.whl")))

    monkeypatch.setattr(pull, "fetch", fetch)
    return isolate


def mappings_of(spec: Path, protos: Protos) -> Mappings:
    return parse_mappings(read_toml(spec / "mapping.toml"), read_toml(spec / "policy.toml"), protos, Rest())


@pytest.mark.parametrize("version", VERSIONS)
def test_a_release_is_pulled_generated_imported_and_called(version: str, project: Path, read_once: Path) -> None:
    download(read_once, f"{DISTRIBUTION}=={version}")
    pull.pull(project, versions={DISTRIBUTION: version})
    assert pull.pull(project).changed == ()

    spec = project / "spec"
    result, descriptors = read_protos(spec / "proto")
    assert len(result.rpcs) >= 17
    write_mappings(spec, result)
    package = f"published_{version.replace('.', '_')}"
    grpc_half.generate_shared(project / package)
    grpc_half.generate_grpc(result, descriptors, mappings_of(spec, result), package, project / package)
    sys.path.insert(0, str(project))
    try:
        for name in ("models", "convert", "rpc", "servicer"):
            importlib.import_module(f"{package}.{name}")
        methods = importlib.import_module(f"{package}.rpc").METHODS
        held = [wheels.read(next(read_once.glob(f"{name}-*.whl"))) for name in ("isolate", f"isolate_proto-{version}")]
        upstream = prune.reachable(held, [SERVICE])
        same_as_upstream(methods, upstream)
        assert serve_and_call(upstream, SERVICE, methods) == len(result.rpcs)
    finally:
        sys.path.remove(str(project))
        for name in [module for module in sys.modules if module.split(".")[0] == package]:
            del sys.modules[name]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_what_is_generated_from_every_release_is_typed(tmp_path: Path, isolate: Path) -> None:
    pytest.importorskip("mypy")
    packages = []
    for path in isolate.glob("isolate_proto-*.whl"):
        held = [wheels.read(path), wheels.read(next(isolate.glob("isolate-*.whl")))]
        package = f"typed_{held[0].version.replace('.', '_')}"
        folder = tmp_path / "spec" / package
        folder.mkdir(parents=True)
        reached = prune.reachable(held, [SERVICE])
        for file in reached.files:
            (folder / file.name).write_text(prototext.render(file, {}, reached.symbols))
        result, descriptors = read_protos(folder)
        write_mappings(folder, result)
        grpc_half.generate_shared(tmp_path / package)
        grpc_half.generate_grpc(result, descriptors, mappings_of(folder, result), package, tmp_path / package)
        packages += ["-p", package]
    assert len(packages) == 2 * (len(FEW) + len(MANY))
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file",
        os.devnull,
        "--cache-dir",
        os.devnull,
        *packages,
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    checked = re.search(r"in (\d+) source files", done.stdout)
    assert checked is not None and int(checked[1]) >= 5 * (len(FEW) + len(MANY))


def write_mappings(folder: Path, spec: Protos) -> None:
    """Write a mapping and a policy that give every method a user."""
    (folder / "mapping.toml").write_text("".join(f'[rpc.{rpc.name}]\nsurface = "it.{rpc.name}"\n' for rpc in spec.rpcs))
    (folder / "policy.toml").write_text("".join(f"[rpc.{rpc.name}]\n{POLICY}" for rpc in spec.rpcs))


def same_as_upstream(methods: dict[str, Any], upstream: prune.Reachable) -> None:
    """Hold every method and every message that it reaches against upstream's own descriptors."""
    service = next(item for file in upstream.files for item in file.service)
    assert {m.name: (f"/controller.IsolateController/{m.name}", m.client_streaming, m.server_streaming)
            for m in service.method} == {
        name: (method.path, method.client_streaming, method.server_streaming) for name, method in methods.items()
    }  # fmt: skip
    theirs: dict[str, d.DescriptorProto] = {}

    def collect(item: d.DescriptorProto, above: str) -> None:
        theirs[f"{above}.{item.name}"] = item
        for inner in item.nested_type:
            collect(inner, f"{above}.{item.name}")

    for file in upstream.files:
        for item in file.message_type:
            collect(item, f".{file.package}" if file.package else "")
    seen: set[str] = set()
    queue: list[tuple[str, Descriptor]] = []
    for wire in service.method:
        queue.append((wire.input_type, methods[wire.name].request.DESCRIPTOR))
        queue.append((wire.output_type, methods[wire.name].response.DESCRIPTOR))
    while queue:
        name, ours = queue.pop()
        if name in seen or name not in theirs:
            continue
        seen.add(name)
        assert {f.number: (f.name, f.type, f.has_presence) for f in ours.fields} == {
            f.number: (
                f.name,
                f.type,
                f.label != f.LABEL_REPEATED and (f.HasField("oneof_index") or f.type == f.TYPE_MESSAGE),
            )
            for f in theirs[name].field
        }
        kinds = {f.number: f.message_type for f in ours.fields}
        queue += [(f.type_name, kind) for f in theirs[name].field if (kind := kinds[f.number]) is not None]
    assert len(seen) >= 40


def test_the_pinned_release_gives_spec_byte_for_byte(project: Path, isolate: Path) -> None:
    pins = tomllib.loads((ROOT / "spec" / "sources.toml").read_text())["wheel"]
    download(isolate, f"{DISTRIBUTION}=={pins[DISTRIBUTION]['version']}")
    before = {path.name: path.read_bytes() for path in (project / "spec" / "proto").iterdir()}
    for path in (project / "spec" / "proto").iterdir():
        path.unlink()
    assert pull.pull(project, find_links=isolate).changed == tuple(f"proto/{name}" for name in sorted(before))
    after = {path.name: path.read_bytes() for path in (project / "spec" / "proto").iterdir()}
    assert uncommented(after) == uncommented(before)


def uncommented(files: dict[str, bytes]) -> dict[str, str]:
    return {name: re.sub(r"(?m)^ *//.*\n", "", content.decode()) for name, content in files.items()}


def test_with_our_comments_in_place_not_one_byte_changes(project: Path, read_once: Path) -> None:
    pins = tomllib.loads((ROOT / "spec" / "sources.toml").read_text())["wheel"]
    download(read_once, f"{DISTRIBUTION}=={pins[DISTRIBUTION]['version']}")
    assert pull.pull(project).changed == ()


def test_a_release_that_does_not_exist_is_refused(project: Path, isolate: Path) -> None:
    with pytest.raises(SpecError, match=r"isolate-proto==0\.34\.999: pip could not download it"):
        pull.pull(project, versions={DISTRIBUTION: "0.34.999"}, find_links=isolate)


HISTORY = ROOT / "tests" / "data" / "isolate-proto-history.md"


def test_the_differences_of_neighbours_are_as_recorded(isolate: Path) -> None:
    """Of the releases that the tests above have downloaded: all of them where `slow` tests run."""
    recorded = dict(re.findall(r"(?ms)^(## Upstream: \S+ \S+ to \S+ \S+)\n(.*?)(?=^## |\Z)", HISTORY.read_text()))
    assert len(recorded) == len(FEW) + len(MANY) - 1
    held = sorted(isolate.glob("isolate_proto-*.whl"), key=lambda path: parts(path.name.split("-")[1]))
    sides = [side(path, isolate) for path in held]
    known = [f"isolate-proto {version}" for version in ordered()]
    met = 0
    for old, new in itertools.pairwise(sides):
        if old.name in known and new.name in known and known.index(new.name) == known.index(old.name) + 1:
            head, _, body = render(compare(old, new), "markdown").partition("\n")
            assert body.strip() == recorded[head].strip()
            met += 1
    if met == 0:
        pytest.skip("no two neighbours were downloaded; `just pull-matrix` does that")


def ordered() -> list[str]:
    return sorted([*FEW, *MANY], key=parts)


def parts(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def side(path: Path, isolate: Path) -> Side:
    """Return a release without a mapping: what it means for our surface changes with the surface."""
    held = [wheels.read(path), wheels.read(next(isolate.glob("isolate-*.whl")))]
    files = prune.reachable(held, [SERVICE]).files
    return Side(f"isolate-proto {held[0].version}", d.FileDescriptorSet(file=files))
