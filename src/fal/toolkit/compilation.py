"""The cache of torch.compile, kept for the next runner with the same GPU."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from .utils.download_utils import kept

LOCAL_INDUCTOR_CACHE_DIR = Path("/tmp/inductor-cache")
GLOBAL_INDUCTOR_CACHES_DIR = PurePosixPath("/data/inductor-caches")
_UNKNOWN = "UNKNOWN"


def get_gpu_type() -> str:
    """Return the GPU of this runner, such as "H100"; "UNKNOWN" where there is none."""
    try:
        command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
        output = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except OSError:
        return _UNKNOWN
    # "NVIDIA H100 80GB HBM3", "NVIDIA A100-SXM4-80GB", "NVIDIA GeForce RTX 4090"
    models = re.findall(r"\b(?:RTX\s+)?([A-Z]{1,2}\d{1,4}[A-Z]?|\d{4})\b", output.partition("\n")[0])
    return models[0] if models else _UNKNOWN


def load_inductor_cache(cache_key: str) -> str:
    """Unpack what runners with this GPU compiled before, and have torch look there.

    Args:
        cache_key: Names what is compiled: model and version.

    Returns:
        A hash of what was unpacked, for `sync_inductor_cache`; empty when there was nothing.
    """
    folder = LOCAL_INDUCTOR_CACHE_DIR
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(folder)
    archive = _archive(cache_key)
    if not archive.is_file():
        print(f"there is no compiled cache at {archive}", flush=True)
        return ""
    try:
        shutil.unpack_archive(archive, folder, "zip")
    except (OSError, shutil.ReadError) as error:
        print(f"the compiled cache at {archive} cannot be unpacked: {error}", flush=True)
        return ""
    return _hash(folder)


def sync_inductor_cache(cache_key: str, unpacked_dir_hash: str) -> None:
    """Keep what was compiled, when there is more of it than `load_inductor_cache` found.

    Args:
        cache_key: As for `load_inductor_cache`.
        unpacked_dir_hash: What `load_inductor_cache` returned.
    """
    folder = LOCAL_INDUCTOR_CACHE_DIR
    if not folder.is_dir() or _hash(folder) == unpacked_dir_hash:
        return
    archive = _archive(cache_key)
    archive.parent.mkdir(parents=True, exist_ok=True)
    # Another runner may read it meanwhile: it is replaced in one step.
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".fal-") as temporary:
        made = shutil.make_archive(str(Path(temporary) / "cache"), "zip", folder)
        os.replace(made, archive)


@contextmanager
def synchronized_inductor_cache(cache_key: str) -> Iterator[None]:
    """Load what was compiled before, and keep what is compiled inside, even if an error ends it.

    Args:
        cache_key: Names what is compiled: model and version.

    Example:
        with synchronized_inductor_cache("my-model/v1"):
            model = torch.compile(model)
            model(warm_up_input)
    """
    loaded = load_inductor_cache(cache_key)
    try:
        yield
    finally:
        sync_inductor_cache(cache_key, loaded)


def _archive(cache_key: str) -> Path:
    return kept(GLOBAL_INDUCTOR_CACHES_DIR) / get_gpu_type() / f"{cache_key}.zip"


def _hash(folder: Path) -> str:
    """Hash the names of the files: those of compiled code are hashes of its source."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256("\n".join(names).encode()).hexdigest()
