"""An engine with a gateway on loopback, over a store in memory, and apps made of source text."""

from __future__ import annotations

import asyncio
import threading
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

import cloudpickle  # type: ignore[import-untyped]
import httpx
import uvicorn

from fal_emulator.engine.backoff import BackoffPolicy
from fal_emulator.engine.engine import Engine
from fal_emulator.gateway.app import Gateway
from fal_emulator.model.records import Alias, Revision, RunnerRecord
from fal_emulator.state.activity import Activity
from fal_emulator.state.queue_store import QueueStore
from fal_emulator.state.webhook_key import WebhookKey
from tests.support.waiting import LIMIT, Background

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from fal_emulator.engine.environments import Isolation
    from fal_emulator.state.store import Store

OWNER = "me"
KEY = "Key good:key"
OTHER_KEY = "Key other:key"

# An app that behaves as its callers ask; the standard library alone, so that it starts quickly.
SERVER = """
import json, os, signal, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *arguments): pass
    def answer(self, value, status=200):
        text = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path, _, query = self.path.partition("?")
        if path == "/crash":
            os._exit(7)
        elif path == "/sleep":
            print("sleeping", query, flush=True)
            time.sleep(float(query))
            self.answer({"pid": os.getpid()})
        elif path == "/hold":
            print("holding", flush=True)
            while not os.path.exists(unquote(query)):
                time.sleep(0.01)
            self.answer({"pid": os.getpid()})
        elif path == "/sse":
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("connection", "close")
            self.end_headers()
            self.close_connection = True
            for number in range(3):
                self.wfile.write(f"data: {number} {time.time()}\\n\\n".encode())
                self.wfile.flush()
                while not os.path.exists(f"go{number}"):
                    time.sleep(0.01)
        elif path == "/env":
            self.answer(dict(os.environ))
        elif path == "/health":
            self.answer({}, HEALTH)
        else:
            self.answer({"pid": os.getpid(), "version": VERSION, "method": self.command, "path": self.path,
                         "body": body.decode(), "headers": {k.lower(): v for k, v in self.headers.items()},
                         "cwd": os.getcwd()})
    do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

def serve(exposed_port, exposed_metrics_port):
    SETUP()
    print("serving", VERSION, flush=True)
    ThreadingHTTPServer(("127.0.0.1", exposed_port), Handler).serve_forever()
"""


def pickled(source: str, name: str) -> bytes:
    """Pickle a function by value, out of source text."""
    namespace: dict[str, Any] = {"__name__": "the_app"}
    exec(source, namespace)
    content: bytes = cloudpickle.dumps(namespace[name])
    return content


def server(version: str = "1", setup: str = "lambda: None", health: int = 200) -> bytes:
    """Return the pickled app of SERVER."""
    return pickled(f"{SERVER}\nVERSION = {version!r}\nHEALTH = {health}\nSETUP = {setup}\n", "serve")


def until(path: Path) -> str:
    """Return a setup for `server` that waits until a file exists."""
    return f"lambda: [time.sleep(0.01) for _ in iter(lambda: os.path.exists({str(path)!r}), True)]"


def revision(application_id: str, function: bytes | None, **fields: Any) -> Revision:
    """Return a revision of an app in the default environment."""
    fields = {"definition": {"kind": "virtualenv", "configuration": {}}, "environment_name": "main"} | fields
    return Revision(application_id, OWNER, "app", created_at=datetime.now(UTC), function=function, **fields)


def public_alias(name: str, revision_id: str, **settings: Any) -> Alias:
    """Return an alias that needs no key."""
    return changed(Alias(OWNER, name, "main", revision_id, auth_mode="public"), **settings)


def changed(alias: Alias, **settings: Any) -> Alias:
    """Return an alias with other fields, or other scale settings."""
    own = {name: settings.pop(name) for name in list(settings) if hasattr(alias, name)}
    return replace(alias, **own, scaling={**alias.scaling, **settings})


@dataclass
class MemoryStore:
    """What the engine needs of a store, in dictionaries."""

    folder: Path
    aliases: dict[tuple[str, str], Alias] = field(default_factory=dict)
    revisions: dict[str, Revision] = field(default_factory=dict)
    secrets: list[tuple[str, str, bool | None]] = field(default_factory=list)
    logs: list[dict[str, Any]] = field(default_factory=list)
    records: dict[str, RunnerRecord] = field(default_factory=dict)
    activity: Activity = field(init=False)
    queue: QueueStore = field(init=False)
    webhook_key: WebhookKey = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.activity = Activity(self.folder / "activity.db")
        self.queue = QueueStore(self.folder / "queue.db")
        self.webhook_key = WebhookKey(self.folder / "webhook-key", "user-1")

    def alias(self, owner: str, alias: str) -> Alias | None:
        return self.aliases.get((owner, alias))

    def all_aliases(self) -> list[Alias]:
        return list(self.aliases.values())

    def revision(self, application_id: str) -> Revision | None:
        return self.revisions.get(application_id)

    def secret_values(self, owner: str, environment_name: str) -> list[tuple[str, str, bool | None]]:
        return self.secrets if (owner, environment_name) == (OWNER, "main") else []

    def blob_path(self, digest: str) -> Path:
        return self.folder / digest

    def append_log(self, **line: Any) -> None:
        self.logs.append(line)

    def save_runner(self, record: RunnerRecord) -> None:
        self.records[record.runner_id] = record

    def past_runners(self, owner: str, alias: str | None = None) -> list[RunnerRecord]:
        return [r for r in self.records.values() if r.owner == owner and alias in (None, r.alias)]


class Held(Background):
    """A call that its app answers when it is released."""

    def __init__(self, call: Callable[[Path], httpx.Response], released: Path) -> None:
        self._released = released
        super().__init__(lambda: call(released))

    def let_go(self) -> None:
        """Let the app answer."""
        self._released.touch()

    def release(self) -> httpx.Response:
        """Let the app answer, and return its answer."""
        self.let_go()
        response: httpx.Response = self.result()
        return response


def release(calls: Sequence[Held]) -> list[httpx.Response]:
    """Let the app answer all of these calls, whichever it has begun with, and return its answers."""
    for call in calls:
        call.let_go()
    return [call.release() for call in calls]


class Lab:
    """A running engine and gateway, and shortcuts to use them."""

    def __init__(self, store: MemoryStore, engine: Engine, port: int) -> None:
        self.store = store
        self.engine = engine
        self.url = f"http://127.0.0.1:{port}"
        self.http = httpx.Client(base_url=self.url, timeout=LIMIT, headers={"authorization": KEY})
        self.lines: list[str] = []

    def add(self, function: bytes | None = None, **fields: Any) -> str:
        """Add a revision to the store; return its id."""
        added = revision(str(uuid.uuid4()), function, **fields)
        self.store.revisions[added.application_id] = added
        return added.application_id

    def deploy(self, revision: str, alias: str = "app", strategy: str = "rolling", **settings: Any) -> None:
        """Deploy as a control plane does: the alias is written when the revision has proved healthy."""

        def commit() -> None:
            # Runners end when a test says so, and not while a busy machine takes its time.
            before = self.store.aliases.get((OWNER, alias), public_alias(alias, revision, keep_alive=600))
            self.store.aliases[OWNER, alias] = changed(before, revision=revision, **settings)

        self.engine.deploy(OWNER, alias, revision, strategy, lambda line, _: self.lines.append(line), commit)

    def set(self, alias: str = "app", **settings: Any) -> None:
        """Change an alias and tell the engine."""
        self.store.aliases[OWNER, alias] = changed(self.store.aliases[OWNER, alias], **settings)
        self.engine.apply(OWNER, alias)

    def get(self, path: str = "", alias: str = "app") -> httpx.Response:
        """Call an app through the gateway."""
        return self.http.get(f"/{OWNER}/{alias}{path}")

    def hold(self, path: str = f"/{OWNER}/app", method: str = "GET") -> Held:
        """Begin a call that lasts until it is released."""
        released = self.store.folder / f"released-{uuid.uuid4()}"
        return Held(lambda file: self.http.request(method, f"{path}/hold?{quote(str(file))}"), released)

    def live(self, alias: str | None = None) -> list[RunnerRecord]:
        """Return the runners that have not ended."""
        return [r for r in self.engine.runners(OWNER, alias) if r.ended_at is None]

    def states(self) -> list[str]:
        """Return the states of the runners that have not ended, sorted."""
        return sorted(r.state for r in self.live())

    def background(self, work: Callable[[], Any]) -> Background:
        """Do something in another thread."""
        return Background(work)


@contextmanager
def lab(
    folder: Path,
    *,
    store: MemoryStore | None = None,
    isolation: Isolation = "inline",
    backoff: BackoffPolicy | None = None,
) -> Iterator[Lab]:
    """Run an engine and its gateway in a thread of their own."""
    store = store or MemoryStore(folder)
    engine = Engine(
        cast("Store", store), folder / "state", isolation=isolation, backoff=backoff or BackoffPolicy(first=0.1)
    )
    accounts = {KEY: OWNER, OTHER_KEY: "other"}
    gateway = Gateway(engine, lambda header: accounts.get(header or ""))
    config = uvicorn.Config(
        gateway, host="127.0.0.1", port=0, log_level="critical", lifespan="off", ws="websockets-sansio"
    )
    http_server = uvicorn.Server(config)
    ready = threading.Event()
    ports: list[int] = []

    async def main() -> None:
        await engine.start()
        serving = asyncio.create_task(http_server.serve())
        while not http_server.started:
            await asyncio.sleep(0.005)
        ports.append(http_server.servers[0].sockets[0].getsockname()[1])
        ready.set()
        await serving
        await engine.close()
        store.activity.close()
        store.queue.close()

    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    assert ready.wait(LIMIT)
    result = Lab(store, engine, ports[0])
    try:
        yield result
    finally:
        result.http.close()
        http_server.should_exit = True
        thread.join(LIMIT)
        assert not thread.is_alive()
