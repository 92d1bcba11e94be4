"""What torch.compile made is kept for the next runner with the same GPU."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from fal.toolkit import compilation


@pytest.fixture
def gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tool = tmp_path / "bin" / "nvidia-smi"
    tool.parent.mkdir()
    tool.write_text('#!/bin/sh\necho "$GPU"\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("GPU", "NVIDIA H100 80GB HBM3")
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", "")
    monkeypatch.setattr(compilation, "LOCAL_INDUCTOR_CACHE_DIR", tmp_path / "local")
    monkeypatch.setattr(compilation, "kept", lambda _: tmp_path / "kept")
    return tmp_path


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("NVIDIA H100 80GB HBM3", "H100"),
        ("NVIDIA A100-SXM4-80GB", "A100"),
        ("NVIDIA L40S", "L40S"),
        ("NVIDIA GeForce RTX 4090", "4090"),
        ("NVIDIA H200\nNVIDIA H200", "H200"),
        ("", "UNKNOWN"),
    ],
)
def test_the_gpu_has_a_short_name(gpu: Path, monkeypatch: pytest.MonkeyPatch, said: str, name: str) -> None:
    monkeypatch.setenv("GPU", said)
    assert compilation.get_gpu_type() == name


def test_without_a_gpu_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert compilation.get_gpu_type() == "UNKNOWN"


def test_compiled_code_is_found_again(gpu: Path) -> None:
    assert compilation.load_inductor_cache("model/v1") == ""
    local = Path(os.environ["TORCHINDUCTOR_CACHE_DIR"])
    with contextlib.suppress(KeyError), compilation.synchronized_inductor_cache("model/v1"):
        (local / "ab").mkdir(parents=True)
        (local / "ab" / "code").write_text("compiled")
        raise KeyError
    archive = gpu / "kept" / "H100" / "model" / "v1.zip"
    made = archive.stat().st_mtime_ns
    with compilation.synchronized_inductor_cache("model/v1"):
        pass
    assert archive.stat().st_mtime_ns == made  # nothing was added
    (local / "ab" / "code").unlink()
    assert compilation.load_inductor_cache("model/v1")
    assert (local / "ab" / "code").read_text() == "compiled"
    archive.write_bytes(b"broken")
    assert compilation.load_inductor_cache("model/v1") == ""
