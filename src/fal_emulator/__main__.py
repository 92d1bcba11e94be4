"""Run a local control plane until it is stopped: `python -m fal_emulator`."""

from __future__ import annotations

import argparse
import errno
import shlex
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fal._installation import install_command

from .model import limits
from .model.faults import Fault
from .terminal import show_log

if TYPE_CHECKING:
    from collections.abc import Sequence


# The first one that is free is taken.
_PORTS = range(3250, 3270)


def needed() -> str:
    """Say how the packages that the control plane needs are installed."""
    return f"the local control plane needs the extra 'emulator': {install_command('emulator')}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Start, say where, wait for SIGINT, SIGTERM or SIGHUP, and stop; return the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.export_file is not None or options.import_file is not None:
        if options.state is None:
            parser.error("--export and --import need --state, the folder of the state")
        return _transfer(options.state, options.export_file, options.import_file)
    stop = StopSignals()  # from here on one is obeyed as soon as there is something to stop

    try:
        from .plane import start
    except ModuleNotFoundError as error:
        print(f"fal_emulator: {error.name!r} is not installed: {needed()}", file=sys.stderr)
        return 1

    show_log(options.log_level, options.log_format)
    limits.allow_more_files()
    ports = [*_PORTS, 0] if options.port is None else [options.port]
    plane = None
    while plane is None:
        port = ports.pop(0)
        try:
            plane = start(port=port, state=options.state, isolation=options.isolation, nickname=options.nickname)
        except (Fault, OSError) as error:
            if ports and getattr(error, "errno", None) == errno.EADDRINUSE:
                continue
            print(f"fal_emulator: {_described(error)}", file=sys.stderr)
            return 1
    with plane:
        if options.ready_file is not None:
            plane.write_ready_file(options.ready_file)
            print(f"The local control plane answers at {plane.host}; see {options.ready_file}", flush=True)
        else:
            print(f"The local control plane answers at {plane.host}; point any fal client at it with", flush=True)
            for name, value in plane.env().items():
                print(f"  export {name}={shlex.quote(value)}", flush=True)
        print(f"Its page, for one use within ten minutes: {plane.page_link()}", flush=True)
        stop.wait()
        if options.ready_file is not None:  # which says that it answers
            options.ready_file.unlink(missing_ok=True)
    return 0


def _described(error: Fault | OSError) -> str:
    if not isinstance(error, OSError) or error.strerror is None:
        return str(error)
    return error.strerror if error.filename is None else f"{error.filename}: {error.strerror}"


class StopSignals:
    """SIGINT, SIGTERM and SIGHUP, to wait for. What waits for a lock instead may sleep on: any thread can be given a signal."""

    _NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for number in self._NUMBERS:
            # `nohup` lets a program go on when its terminal is closed.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, lambda *_: None)

    def wait(self) -> None:
        """Return once one has arrived, also if that was before."""
        while self._reader.recv(1)[0] not in self._NUMBERS:
            pass


def _transfer(state: Path, export_file: Path | None, import_file: Path | None) -> int:
    from .state.transfer import export_state, import_state

    try:
        if export_file is not None:
            export_state(state, export_file)
        elif import_file is not None:
            import_state(import_file, state)
    except (Fault, OSError) as error:
        print(f"fal_emulator: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m fal_emulator", description=__doc__)
    parser.add_argument(
        "--host",
        type=_loopback,
        help="127.0.0.1, which is the default and all that is possible: what listens elsewhere would let other machines "
        "run code on this one",
    )
    parser.add_argument(
        "--port",
        type=int,
        help=f"port on 127.0.0.1; 0 takes a free one; the default is {_PORTS[0]}, or one of the next where it is taken",
    )
    parser.add_argument("--state", type=Path, help="folder of its state; default: a temporary one")
    parser.add_argument("--ready-file", type=Path, help="write JSON with addresses and key here when it answers")
    parser.add_argument(
        "--isolation",
        choices=("venv", "inline"),
        default="venv",
        help="build an environment for each app (the default), or run apps with this interpreter",
    )
    parser.add_argument(
        "--log-level",
        choices=("debug", "info", "warning", "error"),
        default="info",
        help="the lowest level that is shown",
    )
    parser.add_argument(
        "--log-format", choices=("text", "json"), default="text", help="lines for people (the default) or for programs"
    )
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument(
        "--export",
        dest="export_file",
        metavar="FILE",
        type=Path,
        help="write the state to FILE and end: apps, keys, secrets with their values, environments and files",
    )
    instead.add_argument(
        "--import", dest="import_file", metavar="FILE", type=Path, help="make the state of what --export wrote, and end"
    )
    parser.add_argument("--nickname", help="name of the account; default: that of the state, or 'local'")
    return parser


def _loopback(text: str) -> str:
    if text not in ("127.0.0.1", "localhost"):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not this machine's own address: the control plane listens on 127.0.0.1 alone, because whoever "
            "reaches it with a key can run code as you; from elsewhere, use `ssh -L <port>:127.0.0.1:<port>`"
        )
    return text


if __name__ == "__main__":
    sys.exit(main())
