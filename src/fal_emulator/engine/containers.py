"""Apps in containers: their images, built by podman or docker where one of them works, and how a container is run."""

from __future__ import annotations

import asyncio
import base64
import functools
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..model.private_files import private_folder, write_private
from .errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    OnLog = Callable[[str, str], None]
    # Runs a command with further variables, and tells its lines.
    RunCommand = Callable[[Sequence[str], OnLog, Mapping[str, str]], None]

ENGINES = ("podman", "docker")
_ANSWERS_WITHIN = 20.0  # seconds
_LOOK_AGAIN = 30.0  # seconds after which an engine may have been started, or stopped
_LABEL = "fal-local"
_REPOSITORY = "localhost/fal-local"
RUNNER = "runner_main.py"
_OURS = ".fal-local"  # a folder of the build's context
NEEDED = (
    "this app is a container image: it needs a container engine, and neither podman nor docker works on this machine. "
    "It is registered, but no runner of it can start here"
)


def engine() -> str | None:
    """Return the container engine of this machine; None when there is none that works. It may take a while.

    FAL_LOCAL_CONTAINER_ENGINE names another program, or none.
    """
    chosen = os.environ.get("FAL_LOCAL_CONTAINER_ENGINE")
    return _first_that_works((chosen,) if chosen else ENGINES, time.monotonic() // _LOOK_AGAIN)


@functools.lru_cache(maxsize=1)
def _first_that_works(names: tuple[str, ...], _: float) -> str | None:
    return next((path for name in names if (path := shutil.which(name)) and _works(path)), None)


def _works(program: str) -> bool:
    try:
        return not subprocess.run(
            [program, "info"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_ANSWERS_WITHIN,
        ).returncode
    except (OSError, subprocess.TimeoutExpired):
        return False


def image_of(env_id: str) -> str:
    """Return the name of the image of an environment."""
    return f"{_REPOSITORY}:{env_id.removeprefix('container-')}"


def is_built(env_id: str) -> bool:
    """Return whether there is an image of an environment."""
    program = engine()
    return program is not None and not _quietly(program, "image", "inspect", image_of(env_id))


def build(
    env_id: str,
    configuration: Mapping[str, Any],
    files: Sequence[tuple[Path, str]],
    requirements: Sequence[Sequence[str]],
    run: RunCommand,
    on_log: OnLog,
) -> None:
    """Build the image of an environment.

    Logins, build secrets and build arguments stand in files for nobody else to read and in variables, never on a command line.

    Args:
        env_id: Its id.
        configuration: As on the wire, with `image`.
        files: What the Dockerfile copies, and their paths in the context.
        requirements: What pip installs on top, in layers; nothing in an image that runs as it is.
        run: Runs the build.
        on_log: Called with the lines of the build.

    Raises:
        BuildError: There is no container engine, or the build failed.
    """
    program = engine()
    if program is None:
        raise BuildError(NEEDED)
    image = configuration["image"]
    for name in ("builder", "compression"):
        if image.get(name) not in (None, "gzip"):
            on_log(f"{name}={image[name]!r} is not used here: {Path(program).name} builds on this machine.", "WARNING")
    with tempfile.TemporaryDirectory(prefix="fal-build-") as scratch:
        folder = Path(scratch)
        context = private_folder(folder / "context")
        for stored, relative in files:
            target = context / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(stored, target)
        write_private(folder / "Dockerfile", _dockerfile(image, requirements, context).encode())
        command = [program, "build", "--tag", image_of(env_id), "--file", str(folder / "Dockerfile")]
        for name in image.get("build_args") or {}:
            command += ["--build-arg", name]
        for name, value in (image.get("secrets") or {}).items():
            write_private(folder / f"secret-{name}", value.encode())
            command += ["--secret", f"id={name},src={folder / f'secret-{name}'}"]
        run([*command, str(context)], on_log, {**(image.get("build_args") or {}), **_login(image, folder)})


def _dockerfile(image: Mapping[str, Any], requirements: Sequence[Sequence[str]], context: Path) -> str:
    lines = [image.get("dockerfile_str") or f"FROM {image['image']}"]
    if image.get("use_isolate") is not False:
        private_folder(context / _OURS)
        lines.append(f"COPY {_OURS} /tmp/{_OURS}")
        for number, layer in enumerate(each for each in requirements if each):
            write_private(context / _OURS / f"{number}.txt", "".join(f"{line}\n" for line in layer).encode())
            install = f"python3 -m pip install --no-cache-dir -r /tmp/{_OURS}/{number}.txt"
            # The Python of a distribution refuses packages without this variable.
            lines.append(f"RUN PIP_BREAK_SYSTEM_PACKAGES=1 PIP_DISABLE_PIP_VERSION_CHECK=1 {install}")
    return "\n".join(lines) + "\n"


def _login(image: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """Write the logins of registries to where the engines look for them; return the variables that say where."""
    registries = image.get("registries") or {}
    if not registries:
        return {}
    auths = {
        host: {"auth": base64.b64encode(f"{login['username']}:{login['password']}".encode()).decode()}
        for host, login in registries.items()
    }
    private_folder(folder / "login")
    write_private(folder / "login" / "config.json", json.dumps({"auths": auths}).encode())
    return {"REGISTRY_AUTH_FILE": str(folder / "login" / "config.json"), "DOCKER_CONFIG": str(folder / "login")}


@dataclass(frozen=True)
class Container:
    """A container to be.

    Args:
        program: The container engine.
        name: Its name.
        image: The name of its image.
        folder: The folder of its runner, which it sees at the same path.
        volume: The data volume, which it sees at /data.
        label: Whose it is.
        itself: The image's settings when it runs as it is; None when it runs the app's code.
    """

    program: str
    name: str
    image: str
    folder: Path
    volume: Path
    label: str
    itself: Mapping[str, Any] | None = None

    def command(self, names: Iterable[str]) -> list[str]:
        """Return the command line that runs it.

        Args:
            names: The names of the variables that it sees; their values are those of what runs the command.
        """
        line = [
            self.program,
            "run",
            "--rm",
            "--name",
            self.name,
            "--label",
            f"{_LABEL}={self.label}",
            "--network",
            "host",
        ]
        line += ["--security-opt", "label=disable", "--volume", f"{self.volume}:/data"]
        for name in names:
            line += ["--env", name]
        if self.itself is not None:
            entrypoint, cmd = _words(self.itself.get("entrypoint")), _words(self.itself.get("cmd"))
            replaced = ["--entrypoint", entrypoint[0]] if entrypoint else []
            return [*line, *replaced, self.image, *entrypoint[1:], *cmd]
        # Only the user who started the control plane, whom root stands for in there, may look into the folder.
        line += [
            "--interactive",
            "--user",
            "0:0",
            "--volume",
            f"{self.folder}:{self.folder}",
            "--entrypoint",
            "python3",
        ]
        return [*line, self.image, str(self.folder / RUNNER), str(self.folder)]

    async def spawn(self, variables: Mapping[str, str]) -> asyncio.subprocess.Process:
        """Start it; what it sees of this machine's variables are these alone."""
        return await asyncio.create_subprocess_exec(
            *self.command(variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env={**os.environ, **variables},
            start_new_session=True,
        )

    def kill(self) -> None:
        """End it; what started it may be gone already, and would not take it along."""
        threading.Thread(target=_quietly, args=(self.program, "kill", self.name), daemon=True).start()


def end_leftovers(label: str) -> None:
    """End the containers that a control plane which died has left."""
    program = engine()
    if program is None:
        return
    asked = subprocess.run(
        [program, "ps", "--all", "--quiet", "--filter", f"label={_LABEL}={label}"], capture_output=True, text=True
    )
    if ids := asked.stdout.split():
        _quietly(program, "rm", "--force", *ids)


def _words(value: str | Sequence[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


def _quietly(program: str, *arguments: str) -> int:
    quiet = subprocess.DEVNULL
    return subprocess.run([program, *arguments], stdin=quiet, stdout=quiet, stderr=quiet).returncode
