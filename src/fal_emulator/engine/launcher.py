"""Prepare runners: environment, code, files, secrets and ports."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ..model.private_files import private_folder, write_private
from . import containers
from .errors import BuildError
from .free_ports import PortLease
from .health import CHECKER, port_open
from .process import RunnerProcess
from .runner import Prepared
from .warm_pool import WarmPool

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..model.records import Revision
    from ..state.store import Store
    from .environments import Environments
    from .process import Spawned
    from .runner import Runner

    OnLog = Callable[[str, str], None]

    class OnLine(Protocol):
        """Is called with a line and its level, and the id of the request that it is about, if the runner tells."""

        def __call__(self, line: str, level: str, request_id: str | None = None, /) -> None: ...


class Launcher:
    """Makes folders and orders for runner processes.

    Args:
        store: Where revisions, files and secrets are.
        environments: Where their environments are.
        folder: Where each runner gets a folder of its own.
        volume: Where the files of the data volume are.
        variables: Environment variables that every app gets.
    """

    def __init__(
        self, store: Store, environments: Environments, folder: Path, volume: Path, variables: Mapping[str, str]
    ) -> None:
        self.folder = folder
        self._volume = volume
        self._variables = variables
        self._store = store
        self._environments = environments
        self._leases: dict[str, PortLease] = {}  # by the names of folders
        self._told = False  # a runner has said whether the volume is at /data
        self.warm_pool = WarmPool(folder)
        private_folder(folder)

    async def prepare(self, runner: Runner, owner: str, alias: str, revision: Revision, on_log: OnLine) -> Prepared:
        """Make everything ready for a runner that serves a revision.

        Raises:
            BuildError: Its environment cannot be built here.
        """
        folder = self.make_folder(runner.id)
        process = await self.process(revision.definition, revision.files, folder, on_log, self.warm_pool.take)
        container = process.container
        port, metrics_port = self.free_ports(folder.name)
        declared = revision.machine.get("exposed_port")
        if container is not None and runner.machine_type.startswith("GPU"):
            on_log(f"machine type {runner.machine_type}: containers get no GPU on this machine.", "WARNING")
        if container is not None and container.itself is not None:
            port = await _own_port(declared)
        orders: dict[str, Any] = {
            "entrypoint": revision.entrypoint,
            "function": keep_code(folder / "function.pickle", revision.function),
            "arguments": {"exposed_port": port, "exposed_metrics_port": metrics_port},
            "own_server": str(folder / "own-server"),
            "declared_port": declared,
            "tell_volume": not self._told,
            "checker": CHECKER,
        }
        self._told = True
        return Prepared(
            process=process,
            port=port,
            own_server=folder / "own-server",
            declared_port=declared,
            port_is_free=declared is not None and not await port_open(declared),
            orders=orders,
            variables={
                "HF_HOME": str(self._volume_in(container) / ".cache" / "huggingface"),
                "FAL_REGION": "local",
                "FAL_HOST": self._variables.get("FAL_GRPC_HOST", ""),
                **self.variables(owner, revision.environment_name, revision.secrets, folder, on_log),
                "FAL_LOCAL_VOLUME": str(self._volume_in(container)),
                "FAL_RUNNER_ID": runner.id,
                "FAL_JOB_ID": runner.id,
                "FAL_APP_ID": revision.application_id,
                "FAL_APP_NAME": f"{owner}/{alias}",
                "FAL_USER_NICKNAME": owner,
            },
            files=() if container is not None else self.files(revision.files),
        )

    async def process(
        self,
        definition: Mapping[str, Any],
        files: Sequence[tuple[str, str]],
        folder: Path,
        on_log: OnLine,
        take: Callable[[str], Spawned | None] = lambda _: None,
    ) -> RunnerProcess:
        """Return a process of an environment, which is built when it is not there.

        Raises:
            BuildError: It cannot be built here.
        """
        env_id = await asyncio.to_thread(self._built, definition, files, on_log)
        image = (definition.get("configuration") or {}).get("image")
        is_image = definition.get("kind") == "container" and isinstance(image, dict)
        program = await asyncio.to_thread(containers.engine) if is_image else None
        if not isinstance(image, dict) or program is None:
            return RunnerProcess(folder, self._environments.python(env_id), on_log, take)
        container = containers.Container(
            program,
            name=f"fal-{folder.name}",
            image=containers.image_of(env_id),
            folder=folder,
            volume=self._volume,
            label=str(self.folder),
            itself=image if image.get("use_isolate") is False else None,
        )
        return RunnerProcess(folder, "python3", on_log, container=container)

    def _volume_in(self, container: containers.Container | None) -> Path:
        """Return where an app sees the data volume; only containers can have it where the platform mounts it."""
        return self._volume if container is None else Path("/data")

    def _built(self, definition: Mapping[str, Any], files: Sequence[tuple[str, str]], on_log: OnLog) -> str:
        def only_builds(line: str, level: str) -> None:
            # An environment that is already built is not worth a line at every start of a runner.
            if "already built" not in line:
                on_log(line, level)

        return self._environments.build({**definition, "force": False}, only_builds, files=self.files(files))

    def is_ready(self, runner: Runner) -> None:
        """Keep a warm process for the next runner of this environment, which nobody changes any more."""
        process = runner.process
        if self._environments.isolation == "venv" and process is not None and process.container is None:
            self.warm_pool.keep(process.python)

    def make_folder(self, name: str) -> Path:
        """Make the folder of a runner; others on this machine cannot look into it."""
        folder = private_folder(self.folder / name)
        private_folder(folder / "app")
        return folder

    def free_ports(self, name: str) -> tuple[int, int]:
        """Return two ports for the runner of a folder, which has them until the folder is removed."""
        lease = self._leases[name] = PortLease(2)
        port, metrics_port = lease.ports
        return port, metrics_port

    async def close(self) -> None:
        """End the warm processes, and give back the ports of runners whose folders nobody has removed."""
        await self.warm_pool.close()
        while self._leases:
            self._leases.popitem()[1].close()

    def remove_folder(self, name: str) -> None:
        """Remove the folder of a runner that has ended, and give its ports back."""
        lease = self._leases.pop(name, None)
        if lease is not None:
            lease.close()
        shutil.rmtree(self.folder / name, ignore_errors=True)

    def variables(
        self, owner: str, environment_name: str, names: Sequence[str] | None, folder: Path, on_log: OnLog
    ) -> dict[str, str]:
        """Return the environment variables that an app sees besides those of every runner.

        Args:
            owner: The account.
            environment_name: Whose secrets.
            names: The secrets that the app asked for; None exposes all that are exposed by default.
            folder: The runner's folder.
            on_log: Called with the secrets that are missing.
        """
        secrets = list(self._store.secret_values(owner, environment_name))
        if names is None:
            exposed = {name: value for name, value, by_default in secrets if by_default is not False}
        else:
            exposed = {name: value for name, value, _ in secrets if name in names}
            missing = sorted(set(names) - set(exposed))
            if missing:
                on_log(f"Not set in environment {environment_name!r}: secrets {', '.join(missing)}", "WARNING")
        # A secret of the same name is what the author means.
        return {**self._variables, **exposed} | {
            "FAL_APP_FILES_ROOT": str(folder / "app"),
            "FAL_APP_BIND_HOST": "127.0.0.1",
            # A runner mounts it at /data, where this machine allows it.
            "FAL_LOCAL_VOLUME": str(self._volume),
        }

    def files(self, files: Sequence[tuple[str, str]]) -> list[tuple[Path, str]]:
        """Return where stored files are, with their paths below the app's folder."""
        return [(self._store.blob_path(digest), relative) for digest, relative in files]


async def _own_port(declared: int | None) -> int:
    """Return the port of an image that runs as it is: the one that it names, which cannot be another one here.

    Raises:
        BuildError: It names none, or something has it.
    """
    if declared is None:
        raise BuildError("an image that runs as it is needs exposed_port: which port does it listen on?")
    if await port_open(declared):
        raise BuildError(f"port {declared} is taken on this machine, and an image that runs as it is listens on it")
    return declared


def keep_code(path: Path, content: bytes | None) -> str | None:
    """Write the code of an app, and return its path; None stays None."""
    if content is None:
        return None
    write_private(path, content)
    return str(path)


def now() -> datetime:
    """Return the time, aware."""
    return datetime.now(UTC)
