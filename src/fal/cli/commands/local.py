"""`fal local`: a control plane on this machine."""

from __future__ import annotations

import os
import shlex
import subprocess
from typing import TYPE_CHECKING, Any

from fal.cli._local import LocalPlane, temporary
from fal.cli._output import Done, Facts, Lines, Output, Text
from fal.cli._tree import local

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fal.cli._session import Session

_ISOLATION = ("venv", "inline")


def _options(port: int | None, isolation: str, nickname: str | None) -> list[str]:
    given = {"--port": None if port is None else str(port), "--isolation": isolation, "--nickname": nickname}
    return [word for name, value in given.items() if value for word in (name, value)]


def _exports(ready: dict[str, Any]) -> Output:
    lines = [f"export {name}={shlex.quote(value)}" for name, value in ready["env"].items()]
    return Text("local", "\n".join(lines), ready)


@local.command("up", choices={"isolation": _ISOLATION}, connected=False, examples=['eval "$(fal local up)"'])
def up(session: Session, *, port: int | None = None, isolation: str = "venv", nickname: str | None = None) -> Output:
    """Start the local control plane in the background, and print the variables that point at it.

    Args:
        port: The port on 127.0.0.1; 0 takes a free one. Default: 3250, or one of the next where it is taken.
        isolation: "venv" builds an environment for each app, "inline" runs apps with this Python, which is faster.
        nickname: The account's name in addresses.
    """
    ready = LocalPlane().start(_options(port, isolation, nickname))
    session.screen.message(f"The local control plane answers at {ready['host']}. `fal local open` shows its page.")
    return _exports(ready)


@local.command("open", connected=False)
def open_page(session: Session, *, link: bool = False) -> Output:
    """Open the web page of the local control plane in a browser.

    Args:
        link: Print its address, which is good once and for ten minutes, and open nothing.
    """
    from fal.cli.commands.auth import may_open_browser

    address = LocalPlane().page_link()
    if not link and may_open_browser():
        import webbrowser

        if webbrowser.open(address):
            return Done("The page is open in a browser.", link=address)
        session.screen.message("There is no browser: open this address.")
    return Text("local", address, {"link": address})


@local.command("down", connected=False)
def down(session: Session) -> Output:  # noqa: ARG001 - every command gets the session
    """Stop the local control plane and its runners; its state is kept."""
    ran = LocalPlane().stop()
    return Done("Stopped." if ran else "It was not running.", was_running=ran)


@local.command("status", connected=False)
def status(session: Session, *, env: bool = False) -> Output:  # noqa: ARG001
    """Show whether the local control plane is running, and where.

    Args:
        env: Print the variables that point at it.
    """
    plane = LocalPlane()
    if env:
        return _exports(plane.ready())
    ready = plane.running()
    if ready is None:
        return Facts({"Running": False, "Folder": str(plane.folder)}, {"running": False, "folder": str(plane.folder)})
    facts = {"Running": True, "Address": ready["host"], "Process": ready["pid"], "Folder": str(plane.folder)}
    shown = {name: value for name, value in ready.items() if name != "key" and name != "env"}
    return Facts(facts, {"running": True, "folder": str(plane.folder), **shown})


@local.command("reset", connected=False, destructive=True)
def reset(session: Session) -> Output:  # noqa: ARG001
    """Stop the local control plane and delete its state: apps, secrets, keys, files and logs."""
    plane = LocalPlane()
    plane.stop()
    plane.forget()
    return Done("The state of the local control plane is deleted.", folder=str(plane.folder))


@local.command("export", connected=False, examples=["fal local export plane.tar.gz"])
def export(session: Session, file: str) -> Output:  # noqa: ARG001
    """Write the apps, keys, secrets, environments and files of the local control plane to a file.

    Args:
        file: The file; only you can read it, as it holds the values of secrets.
    """
    LocalPlane().export(file)
    return Done(f"Wrote {file}.", file=file)


@local.command("import", connected=False, examples=["fal local import plane.tar.gz"])
def import_file(session: Session, file: str) -> Output:  # noqa: ARG001
    """Load what `fal local export` wrote into the local control plane, whose state must be empty.

    Args:
        file: The file.
    """
    LocalPlane().take_over(file)
    return Done("The local control plane begins with what the file holds. Start it with `fal local up`.", file=file)


@local.command("logs", flags={"follow": ["--follow", "-f"]}, connected=False)
def logs(session: Session, *, follow: bool = False) -> Output:  # noqa: ARG001
    """Show what the local control plane itself wrote.

    Args:
        follow: Follow it until it ends, or until Ctrl-C.
    """
    lines = ({"message": line} for line in LocalPlane().lines(follow=follow))
    return Lines(lines, lambda each: str(each["message"]))


@local.command(
    "exec",
    choices={"isolation": _ISOLATION},
    metavars={"command": "CMD"},
    remainder="command",
    connected=False,
    examples=["fal local exec -- pytest tests", "fal local exec --isolation inline -- fal deploy app.py"],
)
def execute(
    session: Session, command: Sequence[str], *, isolation: str = "venv", nickname: str | None = None
) -> Output | int:
    """Run a command with a control plane of its own: start one, run CMD with its variables, stop it and delete its state.

    Args:
        command: The command and its arguments, after "--".
        isolation: "venv" builds an environment for each app, "inline" runs apps with this Python, which is faster.
        nickname: The account's name in addresses.
    """
    from fal.exceptions import InvalidInput

    words = list(command)[1:] if command and command[0] == "--" else list(command)
    if not words:
        raise InvalidInput("there is no command to run; give it after --, as in: fal local exec -- pytest")
    with temporary(_options(0, isolation, nickname)) as variables:
        try:
            code = subprocess.run(words, env={**os.environ, **variables}).returncode
        except OSError as error:
            raise InvalidInput(f"{words[0]} cannot be run: {error.strerror}") from None
    # What a signal ended has its number below zero here, and 128 more than it in a shell.
    status = code if code >= 0 else 128 - code
    if session.screen.json:
        session.screen.document({"exit_code": status})
    return status
