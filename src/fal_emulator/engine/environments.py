"""Build the environments that apps ask for, once each, and keep them."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import uuid
from collections import deque
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..model.private_files import open_private, private_folder, replacing, write_private
from . import conda, containers, interpreters
from .errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    OnLog = Callable[[str, str], None]

Isolation = Literal["venv", "inline"]
_REQUIRED = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")

# What every environment gets besides the app's own requirements, as on the platform, where they come with the agent:
# pickles name cloudpickle when they load, apps of the peer package name grpc, and what they cache isolate. The app's own pins win.
AGENT_REQUIREMENTS = ("cloudpickle>=3,<4", "grpcio>=1.64,<2", "isolate>=0.22")
_TAIL_LINES = 30
# pip's variables for what uv reads under names of its own.
_PIP_TO_UV = {
    "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
    "PIP_EXTRA_INDEX_URL": "UV_INDEX",
    "PIP_TRUSTED_HOST": "UV_INSECURE_HOST",
    "PIP_FIND_LINKS": "UV_FIND_LINKS",
    "PIP_CERT": "SSL_CERT_FILE",
}


class Environments:
    """The environments of one state directory.

    An environment is published by replacing one small file, so that a crash leaves none half built and runners of the
    build before keep their folder.

    Args:
        folder: Where environments are kept.
        isolation: `venv` builds one virtual environment per definition; `inline` uses this interpreter as it is.
    """

    def __init__(self, folder: Path, isolation: Isolation = "venv") -> None:
        self.folder = folder
        self.isolation = isolation
        self._building: set[subprocess.Popen[str]] = set()
        self._closed = threading.Event()
        private_folder(folder)

    def build(
        self,
        definition: Mapping[str, Any],
        on_log: OnLog,
        *,
        force: bool = False,
        files: Sequence[tuple[Path, str]] = (),
    ) -> str:
        """Build an environment, or find it built.

        Args:
            definition: `kind` and `configuration`, as on the wire.
            on_log: Called with each line of the build and its level.
            force: Build again even when it exists.
            files: Stored files, and their paths, that a Dockerfile copies.

        Returns:
            The id of the environment: equal definitions have equal ids.

        Raises:
            BuildError: The definition cannot be built; the text ends with the tail of the build's log.
        """
        kind, configuration = _parts(definition)
        if kind == "container":
            return self._build_image(configuration, files, on_log, force or bool(definition.get("force")))
        if self.isolation == "inline":
            _check_inline(kind, configuration)
            missing = _not_installed(configuration.get("requirements"))
            if missing:
                names = ", ".join(missing)
                on_log(
                    f"isolation='inline' installs nothing, and this interpreter lacks {names}: use isolation='venv'",
                    "WARNING",
                )
            return _identity("inline", configuration)
        return self._build_isolated(kind, configuration, on_log, force or bool(definition.get("force")))

    def python(self, env_id: str) -> str:
        """Return the interpreter of a built environment.

        Raises:
            BuildError: There is no such environment, or it is a container image.
        """
        if env_id.startswith("container-"):
            raise BuildError(containers.NEEDED)
        if env_id.startswith("inline-"):
            return sys.executable
        folder = self._published(env_id)
        if folder is None:
            raise BuildError(f"environment {env_id} is not built: build or deploy again")
        return str(folder / "bin" / "python")

    @property
    def has_images(self) -> bool:
        """Whether it has ever built an image."""
        return any(self.folder.glob("container-*.lock"))

    def clean(self) -> None:
        """Remove what no published environment refers to; call it while no runner is alive."""
        kept = {folder for file in self.folder.glob("*.json") if (folder := self._published(file.stem)) is not None}
        for folder in self.folder.iterdir():
            if folder.is_dir() and folder not in kept:
                shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """End the builds under way."""
        self._closed.set()
        for process in list(self._building):
            process.terminate()

    def _build_isolated(self, kind: str, configuration: dict[str, Any], on_log: OnLog, force: bool) -> str:
        interpreter = None
        if kind == "virtualenv" or configuration.get("python_version"):
            interpreter = interpreters.find(str(configuration.get("python_version") or interpreters.current_version()))
        env_id = _identity(kind, {**configuration, "interpreter": interpreter, "agent": AGENT_REQUIREMENTS})
        if not force and self._published(env_id) is not None:
            on_log(f"Environment {env_id} is already built.", "INFO")
            return env_id
        before = self._published(env_id)
        with _locked(self.folder / f"{env_id}.lock", on_log):
            now = self._published(env_id)
            if now is not None and (not force or now != before):
                on_log(f"Environment {env_id} was built meanwhile.", "INFO")
                return env_id
            on_log(f"Building environment {env_id} ({kind}).", "INFO")
            folder = self.folder / f"{env_id}-{uuid.uuid4().hex[:8]}"
            try:
                self._fill(kind, configuration, interpreter, folder, on_log)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            pointer = self.folder / f"{env_id}.json"
            with replacing(pointer) as file:
                file.write(json.dumps({"folder": folder.name}).encode())
            on_log(f"Environment {env_id} is built.", "INFO")
        return env_id

    def _build_image(
        self, configuration: dict[str, Any], files: Sequence[tuple[Path, str]], on_log: OnLog, force: bool
    ) -> str:
        requirements = [list(AGENT_REQUIREMENTS), *_layers(configuration.get("requirements"))]
        copied = sorted((stored.name, relative) for stored, relative in files)
        env_id = _identity("container", {**configuration, "agent": AGENT_REQUIREMENTS, "files": copied})
        if containers.engine() is None:
            on_log(f"Not built: {containers.NEEDED}.", "WARNING")
            return env_id
        with _locked(self.folder / f"{env_id}.lock", on_log):
            if not force and containers.is_built(env_id):
                on_log(f"Image {containers.image_of(env_id)} is already built.", "INFO")
                return env_id
            on_log(f"Building image {containers.image_of(env_id)}.", "INFO")
            containers.build(env_id, configuration, files, requirements, self._run, on_log)
        return env_id

    def _fill(
        self, kind: str, configuration: dict[str, Any], interpreter: str | None, folder: Path, on_log: OnLog
    ) -> None:
        layers = [list(AGENT_REQUIREMENTS)]
        if kind == "conda":
            conda.create(configuration, folder, lambda command: self._run(command, on_log))
        else:
            assert interpreter is not None
            self._run([*_uv("venv"), "--relocatable", "--python", interpreter, str(folder)], on_log)
            layers += _layers(configuration.get("requirements"))
        for layer in layers:
            self._install(folder, layer, on_log)

    def _install(self, folder: Path, requirements: Sequence[str], on_log: OnLog) -> None:
        if not requirements:
            return
        # A file, because a requirement may be an option such as --extra-index-url, or hold a secret.
        with tempfile.TemporaryDirectory(dir=self.folder.parent) as scratch:
            file = Path(scratch) / "requirements.txt"
            write_private(file, "".join(f"{line}\n" for line in requirements).encode())
            self._run([*_uv("pip", "install"), "--python", str(folder / "bin" / "python"), "-r", str(file)], on_log)

    def _run(self, command: Sequence[str], on_log: OnLog, variables: Mapping[str, str] | None = None) -> None:
        if self._closed.is_set():
            raise BuildError("the control plane is stopping")
        tail: deque[str] = deque(maxlen=_TAIL_LINES)
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**build_variables(), **(variables or {})},
        ) as process:
            self._building.add(process)
            try:
                assert process.stdout is not None
                for line in process.stdout:
                    if line.strip():
                        tail.append(line.rstrip())
                        on_log(line.rstrip(), "INFO")
            except BaseException:
                process.kill()
                raise
            finally:
                self._building.discard(process)
        if process.returncode:
            lines = "\n".join(f"  {line}" for line in tail)
            raise BuildError(f"the environment cannot be built; the build ended with:\n{lines}")

    def _published(self, env_id: str) -> Path | None:
        try:
            name = json.loads((self.folder / f"{env_id}.json").read_text())["folder"]
        except (OSError, ValueError, KeyError, TypeError):
            return None  # there is none, or what points at it is damaged: it is built again
        folder = self.folder / str(name)
        return folder if (folder / "bin" / "python").exists() else None


def _parts(definition: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    kind = str(definition.get("kind") or "virtualenv")
    if kind not in ("virtualenv", "conda", "container"):
        raise BuildError(f"environment kind {kind!r} is not one of virtualenv, conda, container")
    return kind, dict(definition.get("configuration") or {})


def _check_inline(kind: str, configuration: dict[str, Any]) -> None:
    _layers(configuration.get("requirements"))
    wanted = configuration.get("python_version")
    if kind == "virtualenv" and wanted and str(wanted).split(".")[:2] != interpreters.current_version().split("."):
        raise BuildError(
            f"python_version is {wanted}, but isolation='inline' runs apps on this interpreter, "
            f"Python {interpreters.current_version()}: use isolation='venv'"
        )


def _not_installed(requirements: Any) -> list[str]:
    """Return the names of required distributions that this interpreter does not have at all."""
    missing = []
    for line in (line for layer in _layers(requirements) for line in layer):
        match = _REQUIRED.match(line)  # nothing for an option of pip, or a path
        if match and not any(metadata.distributions(name=match[1])) and _applies(line):
            missing.append(match[1])
    return missing


def _applies(requirement: str) -> bool:
    """Return whether a requirement is one of this interpreter, by its marker."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        marker = Requirement(requirement).marker
    except InvalidRequirement:
        return False
    return marker is None or marker.evaluate()


def _layers(requirements: Any) -> list[list[str]]:
    """Return requirements as install layers: one list of strings is one layer."""
    if not requirements:
        return []
    if all(isinstance(item, str) for item in requirements):
        return [list(requirements)]
    if all(isinstance(item, list) and all(isinstance(line, str) for line in item) for item in requirements):
        return [list(layer) for layer in requirements]
    raise BuildError("requirements must be a list of strings, or a list of lists of strings (install layers)")


def _identity(kind: str, content: Mapping[str, Any]) -> str:
    relevant = {name: value for name, value in content.items() if name not in ("force", "resolver")}
    text = json.dumps([kind, relevant], sort_keys=True, default=str)
    return f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:24]}"


def _uv(*command: str) -> list[str]:
    return [sys.executable, "-m", "uv", "--no-progress", "--color", "never", *command]


def build_variables() -> dict[str, str]:
    """Return the variables that uv runs with: what this machine is set up with for pip counts for uv as well."""
    variables = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")}
    for pip, uv in _PIP_TO_UV.items():
        if pip in variables:
            variables.setdefault(uv, variables[pip])
    variables.setdefault("UV_PYTHON_DOWNLOADS", "never")
    # uv brings certificates of its own; where the machine has a store, what its owner trusts counts, as it does for pip.
    paths = ssl.get_default_verify_paths()
    if "SSL_CERT_FILE" not in variables and (paths.cafile or _not_empty(paths.capath)):
        variables.setdefault("UV_SYSTEM_CERTS", "true")
    return variables


def _not_empty(folder: str | None) -> bool:
    return folder is not None and any(Path(folder).iterdir())


@contextmanager
def _locked(path: Path, on_log: OnLog) -> Iterator[None]:
    # flock belongs to the open file, so that it holds between threads as well as between processes.
    with open_private(path, "ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_log("Waiting for another build of the same environment.", "INFO")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
