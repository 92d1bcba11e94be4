"""What is measured: each case is one program for each of those that are compared, and what is wanted of the figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_HELLO = f"{ROOT / 'examples/hello.py'}::Hello"
_IMPORT = "from fal.api import SyncServerlessClient"
_CLIENT = f"{_IMPORT}; client = SyncServerlessClient(); "

_PARSER = "protobuf's parser alone"
_READER = "protobuf's parser, then each field read once and dropped"
_OURS = {"parse": "models", "read": "looked"}

# A program is what follows the interpreter on a command line.
Program = tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """What a figure of ours should be: at most `factor` times that of `than`, or `than` at least `factor` times ours.

    Than "seconds", the figure itself is to be at most `factor`.
    """

    than: str  # "bare", "peer" or "seconds"
    factor: float

    def met(self, figure: float) -> bool:
        return figure >= self.factor if self.than == "peer" else figure <= self.factor

    def __str__(self) -> str:
        if self.than == "seconds":
            return f"≤ {self.factor:g} s" if self.factor >= 1 else f"≤ {self.factor * 1000:g} ms"
        return f"≤ {self.factor:g}x bare" if self.than == "bare" else f"≥ {self.factor:g}x less than peer"


@dataclass(frozen=True)
class Case:
    """One thing to measure.

    Args:
        title: What the table calls it.
        programs: Who runs what: "ours", "peer", "bare" and so on.
        targets: The figures to show, "time", "p99", "cpu" or "memory", and what is wanted of each.
        bare: What the bare program is.
        server: Where the calls go: "plane", the local control plane; "plain", "apps", "apps-tls" or "rest", places of the
            minimal server; None for nowhere.
        extra: The extra that our side needs: "deploy", "emulator" or none.
        runs: How often each program runs.
        less_bare: Whether the targets for memory count what is above the bare program.
        pause: Seconds to wait before each run, so that what the last one left to do is not measured along.
    """

    title: str
    programs: Mapping[str, Program]
    targets: Mapping[str, tuple[Target, ...]] = field(default_factory=lambda: {"time": (), "cpu": (), "memory": ()})
    bare: str = ""
    server: str | None = "plain"
    extra: str = ""
    runs: int = 5
    less_bare: bool = False
    pause: float = 0.0


def _client(what: str, *arguments: object) -> Program:
    return ("client.py", what, *map(str, arguments))


def _bare(what: str, *arguments: object) -> Program:
    return ("bare.py", what, *map(str, arguments))


def _listing(app: str, title: str, ours: int, peer: int, runs: int) -> Case:
    return Case(
        f"`apps.runners()`, {title}",
        {
            "ours": _client("listing", ours, app),
            "peer": _client("listing", peer, app),
            "bare": _bare("listing", ours, app),
        },
        {"time": (Target("bare", 3), Target("peer", 4)), "cpu": (), "memory": ()},
        bare="a kept stub that parses the answer and reads nothing of it",
        runs=runs,
    )


def _decoding(app: str, title: str, how: str, bare: str) -> Case:
    return Case(
        f"the bytes of {title} to user objects" + (", and each field looked at" if how == "read" else ""),
        {"ours": ("decode.py", _OURS[how], "20", f"FOLDER/{app}"), "bare": ("decode.py", how, "20", f"FOLDER/{app}")},
        {"time": (Target("bare", 3),)},
        bare=bare,
        server=None,
    )


def _deploy(title: str, server: str, targets: tuple[Target, ...]) -> Case:
    def program(name: str) -> Program:
        return ("-c", f"{_CLIENT}client.deploy({_HELLO!r}, app_name={name!r})")

    return Case(
        title,
        {"ours": program("bench-ours"), "peer": program("bench-peer")},
        {"time": targets, "cpu": (), "memory": ()},
        server=server,
        extra="deploy",
        runs=7,
        pause=2.0,
    )


def _command(line: str, factor: float, server: str | None = None) -> Case:
    program = ("command.py", *line.split())
    return Case(
        f"`fal {line}`",
        {"ours": program, "peer": program},
        {"time": (Target("peer", factor),), "cpu": (), "memory": ()},
        server=server,
        runs=9,
    )


def _control_plane(title: str, what: str, factor: float) -> Case:
    return Case(
        title,
        {"ours": ("control_plane.py", what, _HELLO)},
        {"time": (Target("seconds", factor),)},
        server=None,
        extra="emulator",
    )


def _generator(title: str, what: str, factor: float) -> Case:
    return Case(
        title,
        {"ours": ("generating.py", what, str(ROOT))},
        {"cpu": (Target("seconds", factor),)},
        server=None,
        extra="generator",
        runs=3,
    )


CASES: dict[str, Case] = {
    "import": Case(
        f"`{_IMPORT}`",
        {"ours": ("-c", _IMPORT), "peer": ("-c", _IMPORT), "bare": ("-c", "pass")},
        {"time": (Target("bare", 2),), "memory": (Target("peer", 5),)},
        bare="an interpreter",
        server=None,
        runs=15,
        less_bare=True,
    ),
    "first": Case(
        "process start to the first `apps.list()` result",
        {
            "ours": ("-c", f"{_CLIENT}client.apps.list()"),
            "peer": ("-c", f"{_CLIENT}client.apps.list()"),
            "bare": _bare("first"),
        },
        {"time": (Target("peer", 3),), "cpu": (), "memory": ()},
        bare="one call of a stub, its imports included",
        runs=9,
    ),
    "version": _command("--version", 5),
    "help": _command("--help", 5),
    "apps-list": _command("apps list", 3, "plain"),
    "warm": Case(
        "a warm `apps.list()`",
        {"ours": _client("warm", 1000), "peer": _client("warm", 100), "bare": _bare("warm", 1000)},
        {"time": (Target("bare", 1.25),), "cpu": (Target("bare", 1.5),)},
        bare="a kept stub",
        runs=9,
        server="apps",
    ),
    "warm-tls": Case(
        "a warm `apps.list()` over TLS",
        {"ours": _client("warm", 1000), "peer": _client("warm", 60), "bare": _bare("warm", 1000)},
        {"time": (Target("peer", 6), Target("bare", 1.25)), "cpu": ()},
        bare="a kept stub",
        server="apps-tls",
    ),
    "unused": Case(
        "hooks and traces that nobody uses, in a warm `apps.list()`; bare: that call",
        {"ours": ("unused.py", "100", "40"), "bare": _client("warm", 1000)},
        {"cpu": (Target("bare", 0.03),)},
        server="apps",
    ),
    "threads": Case(
        "`apps.list()` by 16 threads, per call",
        {"ours": _client("threads", 100), "peer": _client("threads", 10), "bare": _bare("threads", 100)},
        {"time": (Target("peer", 5),), "cpu": ()},
        bare="a kept stub",
        server="apps",
    ),
    "threads-tls": Case(
        "`apps.list()` by 16 threads over TLS, per call",
        {"ours": _client("threads", 100), "peer": _client("threads", 10), "bare": _bare("threads", 100)},
        {"time": (Target("peer", 5),), "cpu": ()},
        bare="a kept stub",
        server="apps-tls",
    ),
    "async": Case(
        "a warm `await apps.list()`",
        {"ours": ("aio.py", "task", "500"), "bare": _bare("task", 500)},
        {"time": (), "cpu": ()},
        bare="a kept stub of grpc.aio",
        server="apps",
    ),
    "async-tasks": Case(
        "`await apps.list()` by 16 tasks, per call",
        {"ours": ("aio.py", "tasks", "100"), "bare": _bare("tasks", 100)},
        {"time": (), "cpu": ()},
        bare="a kept stub of grpc.aio",
        server="apps",
    ),
    "rest": Case(
        "a warm `runners.gpus()`, a REST call over TLS",
        {"ours": _client("rest", 300), "peer": _client("rest", 30), "bare": _bare("rest", 300)},
        {"time": (), "cpu": ()},
        bare="a kept httpx.Client",
        server="rest",
    ),
    "runners-10k": _listing("10k", "10,000 runners", 10, 2, runs=5),
    "runners-100k": _listing("100k", "100,000 runners", 3, 1, runs=5),
    "described-10k": _listing("10k-described", "10,000 runners with two words of metadata each", 10, 2, runs=5),
    "described-100k": _listing("100k-described", "100,000 runners with two words of metadata each", 3, 1, runs=3),
    "parse": _decoding("10k", "10,000 runners", "parse", _PARSER),
    "read": _decoding("10k", "10,000 runners", "read", _READER),
    "parse-described": _decoding("10k-described", "10,000 runners with metadata", "parse", _PARSER),
    "read-described": _decoding("10k-described", "10,000 runners with metadata", "read", _READER),
    "deploy": _deploy("`deploy()` of a hello app, process start to result", "plane", (Target("peer", 1.5),)),
    "deploy-instant": _deploy(
        "the same against a server that builds and registers at once: the client's share", "plain", ()
    ),
    "call": Case(
        "a warm call of an app through the local control plane, median",
        {"ours": ("calling.py", "500", "BENCH_HTTP"), "bare": ("calling.py", "500", "BENCH_BARE")},
        {"time": (Target("bare", 2.5),), "p99": (Target("seconds", 0.04),)},
        bare="the same endpoint of FastAPI on uvicorn",
        server="plane",
        runs=7,
    ),
    "call-tls": Case(
        "the same over TLS",
        {"ours": ("calling.py", "500", "BENCH_HTTPS"), "bare": ("calling.py", "500", "BENCH_HTTP")},
        {"time": (Target("bare", 1.5),), "p99": ()},
        bare="not over TLS",
        server="plane",
        runs=7,
    ),
    "call-overload": Case(
        "an answered call of 900 callers that call again at once, those of all together",
        {"ours": ("overload.py", "900", "BENCH_HTTP"), "bare": ("overload.py", "16", "BENCH_HTTP")},
        {"time": (Target("bare", 1.5),), "p99": ()},
        bare="16 callers",
        server="plane",
    ),
    "plane-first": _control_plane(
        'process start to the first answered call of an app on a new control plane (`isolation="inline"`)', "first", 1
    ),
    "plane-reset": _control_plane("`plane.reset()` with an app that serves, the longest of five", "reset", 0.05),
    "generator-own": _generator("generating `src/fal/_gen` and `src/fal/_aio` from `spec/`", "own", 3),
    "generator-large": _generator("`fal-generator init` for a document of 1,200 operations", "large", 20),
}
