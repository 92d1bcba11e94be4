"""The SDK and the generator call nothing that only POSIX has; the local control plane alone may."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted([*(ROOT / "src" / "fal").rglob("*.py"), *(ROOT / "generator").rglob("*.py")])
# What the standard library does not have on Windows, as its documentation says.
MODULES = {"crypt", "curses", "fcntl", "grp", "nis", "posix", "pty", "pwd", "readline", "resource", "spwd", "syslog"}
MODULES |= {"termios", "tty"}
OF_OS = """
WEXITSTATUS WIFEXITED WIFSIGNALED WNOHANG WTERMSIG chown chroot confstr ctermid fchmod fchown fork forkpty fpathconf getegid
geteuid getgid getgrouplist getgroups getloadavg getpgid getpgrp getpriority getresgid getresuid getsid getuid initgroups killpg
lchown lockf major makedev minor mkfifo mknod nice openpty pathconf posix_fadvise posix_fallocate posix_spawn pread preadv
pwrite pwritev readv register_at_fork sched_getaffinity sched_yield sendfile set_blocking setegid seteuid setgid setgroups
setpgid setpriority setresgid setresuid setsid setuid statvfs sync sysconf tcgetpgrp tcsetpgrp ttyname umount uname wait wait3
wait4 waitid waitstatus writev O_CLOEXEC O_DIRECTORY O_DSYNC O_NOCTTY O_NOFOLLOW O_NONBLOCK O_SYNC
"""
OF_SIGNAL = """
SIGALRM SIGBUS SIGCHLD SIGCONT SIGHUP SIGIO SIGKILL SIGPIPE SIGPROF SIGQUIT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGUSR1 SIGUSR2
SIGVTALRM SIGWINCH alarm getitimer pause pthread_kill pthread_sigmask setitimer siginterrupt sigpending sigwait
"""
NAMES = {f"os.{name}" for name in OF_OS.split()} | {f"signal.{name}" for name in OF_SIGNAL.split()}
NAMES |= {
    "socket.AF_UNIX",
    "socket.socketpair",
    "time.tzset",
    "loop.add_signal_handler",
    "asyncio.open_unix_connection",
}
# Whoever asks one of these first knows where it runs.
QUESTIONS = ("sys.platform", "os.name", "hasattr(")


class Finder(ast.NodeVisitor):
    """Collects what Windows does not have, and what it would do otherwise."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def visit_If(self, node: ast.If) -> None:
        if not any(question in ast.unparse(node.test) for question in QUESTIONS):
            self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        self._modules(node, *(item.name for item in node.names))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level == 0:
            self._modules(node, node.module or "")
            self._names(node, *(f"{node.module}.{item.name}" for item in node.names))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._names(node, ast.unparse(node))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = ast.unparse(node.func)
        said = {item.arg for item in node.keywords}
        positions = {"read_text": 0, "write_text": 1}  # where the encoding may stand
        if len(node.args) <= positions.get(name.rpartition(".")[2], -1) and "encoding" not in said:
            self._note(node, f"{name} without an encoding")
        if name == "open" and "encoding" not in said and not any("b" in mode for mode in _strings(node)[1:]):
            self._note(node, "open without an encoding")
        if name == "os.rename":
            self._note(node, "os.rename, which does not replace on Windows: os.replace does")
        if {"preexec_fn", "start_new_session", "pass_fds"} & said:
            self._note(node, "a process started in a way of POSIX")
        self.generic_visit(node)

    def _modules(self, node: ast.AST, *names: str) -> None:
        for name in names:
            if name.split(".")[0] in MODULES:
                self._note(node, f"import {name}")

    def _names(self, node: ast.AST, *names: str) -> None:
        for name in names:
            if name in NAMES:
                self._note(node, name)

    def _note(self, node: ast.AST, what: str) -> None:
        self.faults.append(f"{node.lineno}: {what}")  # type: ignore[attr-defined]


def _strings(node: ast.Call) -> list[str]:
    """Return the arguments of a call, as text where they are text."""
    values = [*node.args, *(item.value for item in node.keywords if item.arg == "mode")]
    return [str(item.value) if isinstance(item, ast.Constant) else "" for item in values]


def problems(source: str) -> list[str]:
    finder = Finder()
    finder.visit(ast.parse(source))
    return finder.faults


def test_nothing_is_called_that_only_posix_has() -> None:
    assert len(SOURCES) > 100
    result = [
        f"{path.relative_to(ROOT)}:{what}" for path in SOURCES for what in problems(path.read_text(encoding="utf-8"))
    ]
    assert result == []


@pytest.mark.parametrize(
    "source",
    [
        "import fcntl",
        "from pwd import getpwuid",
        "import os\nos.fork()",
        "from os import getuid",
        "import signal\nsignal.signal(signal.SIGHUP, print)",
        "import os\nif ready:\n    os.setsid()",
        "open('name')",
        "open('name', 'a')",
        "path.read_text()",
        "os.rename(a, b)",
        "subprocess.run([], start_new_session=True)",
    ],
)
def test_what_only_posix_has_is_found(source: str) -> None:
    assert len(problems(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "import os, sys\nif sys.platform != 'win32':\n    import fcntl\n    os.getuid()",
        "import os\nif hasattr(os, 'register_at_fork'):\n    os.register_at_fork()",
        "open('name', 'rb')",
        "open('name', mode='xb')",
        "open('name', encoding='utf-8')",
        "os.replace(a, b)",
        "getattr(os, 'O_NOFOLLOW', 0)",
    ],
)
def test_what_every_system_has_is_let_be(source: str) -> None:
    assert problems(source) == []
