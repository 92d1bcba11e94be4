"""The command as a person meets it: in a real terminal, in a pipe, interrupted, with nothing to write to."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import termios
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.servers import tcp_serving
from tests.support.terminal import Terminal
from tests.support.waiting import LIMIT, eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fal.api import SyncServerlessClient
    from fal_emulator import Plane

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.skipif(sys.platform == "win32", reason="it has no such terminals"),
]

HELLO = str(Path(__file__).parents[3] / "examples" / "hello.py") + "::Hello"
FAL = [sys.executable, "-m", "fal"]
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def env(home: Path, plane: Plane) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "FAL_HOME_DIR", "FAL_CONFIG_PATH")}
    return {**kept, **plane.env(), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}


@pytest.fixture
def terminal(env: dict[str, str]) -> Iterator[Callable[..., Terminal]]:
    """Return what starts a command line in a terminal of a width."""
    started: list[Terminal] = []

    def start(*words: str, width: int = 80, **more: str) -> Terminal:
        started.append(Terminal([*FAL, *words], {**env, **more}, width=width))
        return started[-1]

    yield start
    for each in started:
        each.end()


@pytest.fixture(scope="module")
def app(client: SyncServerlessClient) -> Iterator[str]:
    name = client.deploy(HELLO, app_name="shown-app", auth="public").app_name
    # On a busy machine the last test comes after an idle runner has ended.
    client.apps.scale(name, min_concurrency=1)
    yield name
    client.apps.delete("shown-app")


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_table_fits_the_terminal(terminal: Callable[..., Terminal], app: str, width: int) -> None:
    text = terminal("apps", "list", width=width).said()
    lines = _COLOURS.sub("", text).splitlines()
    assert max(map(len, lines)) <= width
    assert any(app in line for line in lines)
    assert any("Not shown" in line for line in lines), "no terminal of these widths has room for 18 columns"
    assert ("Revision" in lines[1]) == (width >= 80)
    assert "\x1b[" in text


def test_colours_are_left_out_when_asked(terminal: Callable[..., Terminal], app: str) -> None:
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", terminal("apps", "list", NO_COLOR="1").said())


def test_a_dumb_terminal_gets_plain_lines(terminal: Callable[..., Terminal], app: str) -> None:
    text = terminal("apps", "list", TERM="dumb").said()
    assert "\x1b" not in text
    assert text.startswith("NAME")


def test_a_person_is_asked_and_may_decline(
    terminal: Callable[..., Terminal], app: str, client: SyncServerlessClient
) -> None:
    child = terminal("apps", "delete", app)
    child.expect(r"\[y/N\]")
    child.sendline("n")
    assert "nothing was done" in child.said()
    assert child.exit_code() == 2
    assert app in [each.alias for each in client.apps.list()]


def test_a_deploy_is_interrupted(terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    file = tmp_path / "slow.py"
    source = "import time\n\nimport fal\n\n\nclass Slow(fal.App):\n    def setup(self):\n        time.sleep(60)\n\n"
    file.write_text(source + '    @fal.endpoint("/")\n    def answer(self) -> str:\n        return "late"\n')
    child = terminal("deploy", str(file), width=120)
    child.expect("Waiting for the new revision")
    assert re.search(r"(?:[\r\n]|\x1b\[2K)Packaged slow", str(child.before)), "a line takes the place of what turns"
    child.interrupt()
    text = child.said()
    assert "Interrupted" in text
    assert "Traceback" not in text
    assert child.exit_code() == 130


def test_an_upload_shows_its_bytes_and_speed(terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    big = tmp_path / "big.bin"
    big.write_bytes(bytes(31 * 2**20))
    child = terminal("files", "upload", str(big), "/data/big.bin", width=200)
    text = child.said()
    assert re.search(r"Uploading \S+big.bin: [123]\d.\d MiB of 31.0 MiB, \S+ \w+/s", text), text
    assert "Uploaded /data/big.bin." in text and child.exit_code() == 0


HELD = """
import asyncio

import fal


class Held(fal.App):
    keep_alive = 300

    @fal.endpoint("/")
    async def hold(self, name: str) -> str:
        print(f"holding {name}", flush=True)
        await asyncio.sleep(3600)

    @fal.endpoint("/stream")
    def count(self, until: int):
        for number in range(until):
            yield {"number": number}
"""


@pytest.fixture(scope="module")
def held(client: SyncServerlessClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    file = tmp_path_factory.mktemp("held") / "held.py"
    file.write_text(HELD)
    yield f"local/{client.deploy(file).app_name}"
    client.apps.delete("held")


def test_ctrl_c_cancels_a_call(terminal: Callable[..., Terminal], held: str, client: SyncServerlessClient) -> None:
    child = terminal("api", held, "name=2024", width=200)
    child.expect("holding 2024")
    child.interrupt()
    cancelled = re.search(r"Interrupted. Request (\S+) is cancelled", child.said())
    assert cancelled and child.exit_code() == 130
    calls = client.apps
    eventually(lambda: type(calls.status(held, cancelled[1])).__name__ == "Completed")


def test_a_call_whose_path_says_so_is_answered_piece_by_piece(env: dict[str, str], held: str) -> None:
    done = run(["api", f"{held}/stream", "until:=2"], env)
    assert (done.returncode, done.stdout) == (0, '{"number": 0}\n{"number": 1}\n'), done.stderr


def test_lines_are_followed_until_ctrl_c(terminal: Callable[..., Terminal], app: str) -> None:
    child = terminal("logs", app, "--follow", "--since", "1h", width=200)
    child.expect("startup complete")
    child.interrupt()
    assert "Traceback" not in child.said()
    assert child.exit_code() == 130


def run(words: list[str], env: dict[str, str], **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*FAL, *words], env=env, capture_output=True, text=True, timeout=LIMIT, check=False, **options
    )


@pytest.mark.parametrize(
    ("shell", "option", "load"),
    [
        ("bash", "--norc", 'eval "$(fal completion bash)"'),
        ("zsh", "-f", 'autoload -U compinit; compinit -u; eval "$(fal completion zsh)"'),
        ("fish", "--no-config", "fal completion fish | source"),
    ],
)
def test_a_shell_completes_commands_and_options(
    env: dict[str, str], tmp_path: Path, shell: str, option: str, load: str
) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    in_path = {**env, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}", "PYTHONPATH": ""}
    child = Terminal([shell, option], in_path, cwd=tmp_path)
    child.expect("[$%#>] ")  # it reads what is typed
    child.sendline(load)
    child.sendline("echo loaded-$((1))" if shell != "fish" else "echo loaded-(math 1)")
    child.expect("loaded-1")
    # There are no such commands, so that something ran says that both words were completed.
    child.send("fal machi\t lis\t --hel\t\r")
    child.expect("Usage: fal runners list")
    child.end()


def test_a_reader_that_leaves_is_not_an_error(env: dict[str, str], app: str) -> None:
    line = " ".join([*FAL, "apps", "list", "|", "head", "-1", ";", "echo", "${PIPESTATUS[0]}"])
    done = subprocess.run(["bash", "-c", line], env=env, capture_output=True, text=True, timeout=LIMIT, check=True)
    assert done.stdout.splitlines()[0].startswith("NAME")
    assert done.stdout.splitlines()[-1] in ("0", "141")
    assert done.stderr == ""


def test_a_closed_standard_output_is_reported_before_anything_is_done(
    env: dict[str, str], client: SyncServerlessClient
) -> None:
    line = " ".join([*FAL, "secrets", "set", "LOST=1", ">&-"])
    done = subprocess.run(["bash", "-c", line], env=env, capture_output=True, text=True, timeout=LIMIT, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "LOST" not in [secret.name for secret in client.secrets.list()]


def test_a_locale_that_lacks_characters(env: dict[str, str], app: str) -> None:
    done = run(
        ["environments", "create", "caf", "--description", "caf\u00e9 \u2615"], {**env, "PYTHONIOENCODING": "ascii"}
    )
    assert done.returncode == 0, done.stderr
    done = run(["environments", "list", "--json"], {**env, "PYTHONIOENCODING": "ascii"})
    assert "caf\u00e9 \u2615" in [each["description"] for each in json.loads(done.stdout)["environments"]]
    assert run(["environments", "delete", "caf", "--yes"], env).returncode == 0


def test_nobody_is_reached(env: dict[str, str]) -> None:
    done = run(["apps", "list", "--json", "--timeout", "2"], {**env, "FAL_GRPC_HOST": "127.0.0.1:9"})
    assert done.returncode == 5
    assert json.loads(done.stdout)["error"]["request_id"]
    done = run(["apps", "list"], {**env, "FAL_KEY": "no:body"})
    assert (done.returncode, done.stdout) == (4, "")
    assert "request " in done.stderr


def test_what_grpc_writes_by_itself_is_left_out(env: dict[str, str]) -> None:
    with tcp_serving(lambda connection: connection.sendall(b"HTTP/1.1 400 no\r\n\r\n")) as port:
        done = run(["apps", "list", "--timeout", "3"], {**env, "FAL_GRPC_HOST": f"https://127.0.0.1:{port}"})
    assert done.returncode == 5, done.stderr
    assert [line[:7] for line in done.stderr.splitlines()] == ["error: "], done.stderr


def test_attempts_are_shown_and_no_secret(env: dict[str, str], plane: Plane) -> None:
    done = run(["apps", "list", "-v"], env)
    assert "attempt 1, OK" in done.stderr
    assert plane.key.partition(":")[2] not in done.stderr


def test_a_signal_ends_it_quietly(env: dict[str, str], app: str) -> None:
    with subprocess.Popen(
        [*FAL, "logs", app, "--follow", "--json", "--since", "1h"], env=env, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert json.loads(child.stdout.readline())["message"] is not None
        child.send_signal(signal.SIGINT)
        assert child.wait(LIMIT) == 130


@pytest.fixture
def runner(app: str, client: SyncServerlessClient) -> str:
    return str(eventually(lambda: client.apps.runners(app, state=["running", "idle"]))[0].runner_id)


def test_a_shell_is_typed_at_resized_and_interrupted(terminal: Callable[..., Terminal], runner: str) -> None:
    child = terminal("runners", "shell", runner, width=100)
    child.sendline("stty size")
    child.expect("40 100")
    child.resize(33, 77)
    child.sendline("sh -c 'stty size; exec sleep 60'")
    child.expect("33 77")
    child.interrupt()  # ends what runs there, and not this command
    child.sendline("exit 4")
    child.said()
    assert child.exit_code() == 4


def test_the_terminal_is_put_back_when_the_command_is_ended(terminal: Callable[..., Terminal], runner: str) -> None:
    child = terminal("runners", "shell", runner)
    before = termios.tcgetattr(child.child_fd)
    child.sendline("echo there-$((1))")
    child.expect("there-1")
    assert termios.tcgetattr(child.child_fd) != before
    child.process.terminate()
    child.said()
    assert termios.tcgetattr(child.child_fd) == before
    assert child.exit_code() == 128 + signal.SIGTERM


def test_a_command_on_a_runner_keeps_its_streams_apart(env: dict[str, str], runner: str) -> None:
    line = ["runners", "exec", runner, "--", "sh", "-c", "echo out; echo err >&2; exit 7"]
    done = run(line, env)
    assert (done.returncode, done.stdout, done.stderr) == (7, "out\n", "err\n")
    done = run([*line[:2], "--json", *line[2:]], env)
    assert (done.returncode, json.loads(done.stdout)) == (7, {"exit_code": 7, "stdout": "out\n", "stderr": "err\n"})
    assert run(["runners", "exec", runner, "echo", "--json"], env).stdout == "--json\n", "it is the command's"
    assert run(["runners", "exec", runner], env).returncode == 2
    assert run(["runners", "exec", "no-such-runner", "ls"], env).returncode == 3
    assert run(["runners", "shell", runner, "--json"], env).returncode == 2


def test_a_shell_reads_a_script_from_a_pipe(env: dict[str, str], runner: str) -> None:
    done = run(["runners", "shell", runner], env, input="echo $((20 + 3))\nexit 6\n")
    assert (done.returncode, "23" in done.stdout) == (6, True)
