"""`fal doctor` and `fal completion`."""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING

from fal.cli._output import Facts, Output, Text
from fal.cli._tree import tools

if TYPE_CHECKING:
    from fal.cli._session import Session

_PACKAGES = ("isolate", "grpcio", "protobuf", "httpx", "cloudpickle", "fastapi", "pydantic", "rich")
_SHELLS = ("bash", "zsh", "fish", "powershell", "tcsh")


@tools.command("create", calls=["create_project"], choices={"project_type": ("app",)}, connected=False)
def create(session: Session, project_type: str, *, folder: str | None = None, name: str | None = None) -> Output:  # noqa: ARG001
    """Write a new project: an app that can be deployed unchanged, and its settings.

    Args:
        project_type: What to create.
        folder: The folder to write it in; without it, one that is named like the app.
        name: The name of the app; without it, that of the folder, or "my-app".
    """
    from fal.api import create_project

    place = folder or name or "my-app"
    written = create_project(place, name=name)
    text = "\n".join([*(f"Wrote {path}" for path in written), "", f"cd {place} && fal deploy"])
    return Text("project", text, {"folder": place, "files": [str(path) for path in written]})


@tools.command("doctor", calls=["auth_info"])
def doctor(session: Session) -> Output:
    """Show versions, and which account, host and profile are used and why. Nothing is sent, and no secret is shown."""
    from importlib import metadata

    from fal._version import __version__
    from fal.cli._local import LocalPlane
    from fal.exceptions import ConfigurationError

    def version(name: str) -> str | None:
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            return None

    facts: dict[str, object] = {
        "fal": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "executable": sys.executable,
        **{name: version(name) or "not installed" for name in _PACKAGES},
    }
    plane = LocalPlane().running()
    facts["local"] = "not running" if plane is None else plane["host"]
    try:
        info = session.client.auth_info()
    except ConfigurationError as error:
        facts["configuration"] = f"{error.message} {error.hint or ''}".strip()
        return Facts(facts)
    facts |= {
        "FAL_HOST": info.host,
        "FAL_KEY": info.key_id,
        "rest": info.rest_url,
        "run": info.run_url,
        "queue": info.queue_url,
        "credentials": f"{info.method}, from {info.sources['credentials']}",
        "profile": info.profile,
        "team": info.team,
    }
    return Facts(facts)


@tools.command("completion", choices={"shell": _SHELLS}, connected=False)
def completion(session: Session, shell: str) -> Output:  # noqa: ARG001 - every command gets the session
    """Print a script that makes a shell complete this command.

    For bash and zsh, add `eval "$(fal completion bash)"` to the file that the shell reads at its start; for fish, write the
    script to ~/.config/fish/completions/fal.fish; for PowerShell, add `fal completion powershell | Out-String |
    Invoke-Expression` to $PROFILE.

    Args:
        shell: The shell.
    """
    from fal.cli._completion import script

    return Text("script", script(shell))
