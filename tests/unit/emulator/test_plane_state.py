"""The state folder: what is lost, damaged, linked or taken is told, and what is worth nothing stops nobody."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import socket
import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

import fal_emulator
from fal_emulator.model import limits
from fal_emulator.model.faults import unforeseen
from fal_emulator.state.logs import LogQuery, LogStore
from fal_emulator.state.schema import HISTORY, open_database
from tests.support.engine import pickled
from tests.support.plane import http_to, wire_to
from tests.support.processes import alive
from tests.support.waiting import LIMIT, eventually

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """The folder of a control plane that has run and ended."""
    state = tmp_path / "state"
    with fal_emulator.start(state=state, isolation="inline") as plane, plane.client() as client:
        client.secrets.set("KEPT", "value")
    return state


@pytest.fixture
def called(tmp_path: Path) -> Path:
    """The folder of a control plane that has run an app, and answered a queued call to it."""
    state = tmp_path / "state"
    with fal_emulator.start(state=state, isolation="inline") as plane, http_to(plane) as http:
        wire = wire_to(plane)
        wire.deploy()
        queued = http.post("/queue/local/app/").json()
        eventually(lambda: http.get(queued["status_url"]).status_code == 200)
        wire.close()
    return state


@pytest.mark.parametrize("how", ["missing", "empty"])
def test_a_lost_database_does_not_create_an_account(used: Path, how: str) -> None:
    (used / "state.db").unlink()
    if how == "empty":
        (used / "state.db").touch()
    with pytest.raises(
        fal_emulator.Fault, match=rf"state\.db is {how}.*admin-key.*restore the file, or delete"
    ) as caught:
        fal_emulator.start(state=used, isolation="inline")
    assert str(used) in str(caught.value)
    for sign in ("admin-key", "history.db"):
        (used / sign).unlink()
    fal_emulator.start(state=used, isolation="inline").close()


def test_of_a_damaged_queue_the_calls_are_lost_and_nothing_else(used: Path) -> None:
    queue = used / "queue.db"
    queue.write_bytes(b"not a database" * 1000)
    with pytest.raises(fal_emulator.Fault, match=rf"queue\.db is damaged.*delete {queue} and .*loses the queued calls"):
        fal_emulator.start(state=used, isolation="inline")
    for file in used.glob("queue.db*"):
        file.unlink()
    with fal_emulator.start(state=used, isolation="inline") as plane, plane.client() as client:
        assert [item.name for item in client.secrets.list()] == ["KEPT"]


def test_a_damaged_database_is_named(used: Path) -> None:
    (used / "state.db").write_bytes(b"garbage" * 100)
    with pytest.raises(fal_emulator.Fault, match=r"state\.db is damaged .*restore it from a copy"):
        fal_emulator.start(state=used, isolation="inline")


def test_damage_in_the_middle_is_found_at_the_start(used: Path) -> None:
    content = bytearray((used / "state.db").read_bytes())
    content[4096:12288] = os.urandom(8192)
    (used / "state.db").write_bytes(content)
    with pytest.raises(fal_emulator.Fault, match=r"state\.db is damaged"):
        fal_emulator.start(state=used, isolation="inline")


NOT_TEXT = "CAST(x'7bff' AS TEXT)"


@pytest.mark.parametrize(
    ("database", "change"),
    [
        ("state.db", "UPDATE account SET created_at = 1e300"),
        ("state.db", "UPDATE keys SET permissions = '[1'"),
        ("state.db", f"UPDATE keys SET description = {NOT_TEXT}"),
        ("state.db", "UPDATE aliases SET record = '[]'"),
        ("state.db", "UPDATE aliases SET record = '{bad'"),
        ("state.db", "UPDATE revisions SET record = json_set(record, '$.unheard_of', 1)"),
        ("queue.db", "UPDATE requests SET record = '{}'"),
        ("queue.db", f"UPDATE requests SET record = {NOT_TEXT}"),
    ],
)
def test_a_row_that_cannot_be_read_is_damage(called: Path, database: str, change: str) -> None:
    with contextlib.closing(sqlite3.connect(called / database)) as db, db:
        assert db.execute(change).rowcount
    with pytest.raises(fal_emulator.Fault, match=rf"{database} is damaged \(.*\): restore it from a copy"):
        fal_emulator.start(state=called, isolation="inline")


def test_a_list_of_tables_that_is_not_text_is_damage(used: Path) -> None:
    content = (used / "state.db").read_bytes()
    (used / "state.db").write_bytes(content.replace(b"CREATE TABLE keys (", b"CREATE TABLE ke\xff\xfe ("))
    with pytest.raises(fal_emulator.Fault, match=r"state\.db is damaged") as caught:
        fal_emulator.start(state=used, isolation="inline")
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("change", ["'[]'", "'{bad'", NOT_TEXT])
def test_what_cannot_be_read_of_little_worth_is_left_out(called: Path, change: str) -> None:
    with contextlib.closing(sqlite3.connect(called / "activity.db")) as db, db:
        assert db.execute(f"UPDATE requests SET record = {change}").rowcount
        assert db.execute(f"UPDATE events SET payload = {change}").rowcount
    with contextlib.closing(sqlite3.connect(called / "history.db")) as db, db:
        assert db.execute(f"UPDATE runners SET record = {change}").rowcount
        assert db.execute("UPDATE logs SET message = CAST(x'7bff' AS TEXT)").rowcount
    with fal_emulator.start(state=called, isolation="inline") as plane, plane.client() as client:
        assert {line.message for line in client.logs.history()} >= {"{\N{REPLACEMENT CHARACTER}"}
        store = plane._server._store
        assert store.activity.requests(statuses=(200, 299), limit=9) == []
        assert store.past_runners("local") == []
        assert [app.alias for app in client.apps.list()] == ["app"]


@pytest.mark.parametrize("name", ["lock", "state.db", "history.db", "admin-key", "webhook-key", "volume"])
def test_a_pipe_is_not_waited_for(used: Path, name: str) -> None:
    due = "folder" if name == "volume" else "file"
    shutil.rmtree(used / name) if name == "volume" else (used / name).unlink(missing_ok=True)
    os.mkfifo(used / name)
    with pytest.raises(fal_emulator.Fault, match=rf"{name} is no {due}, .*move it away, or use another folder"):
        fal_emulator.start(state=used, isolation="inline")


@pytest.mark.parametrize("name", ["state.db", "queue.db-wal", "admin-key"])
def test_a_folder_in_the_place_of_a_file_is_refused(used: Path, name: str) -> None:
    (used / name).unlink(missing_ok=True)
    (used / name).mkdir()
    with pytest.raises(fal_emulator.Fault, match=rf"{name} is no file, .*move it away"):
        fal_emulator.start(state=used, isolation="inline")


def test_a_damaged_history_is_set_aside(used: Path, caplog: pytest.LogCaptureFixture) -> None:
    (used / "history.db").write_bytes(os.urandom(9000))
    with caplog.at_level(logging.WARNING, "fal_emulator"):
        plane = fal_emulator.start(state=used, isolation="inline")
    with plane, plane.client() as client:
        assert [item.name for item in client.secrets.list()] == ["KEPT"]
    assert "moved to history.db.damaged" in caplog.text
    assert (used / "history.db.damaged").stat().st_size == 9000


@pytest.mark.parametrize(
    "name", ["admin-key", "environments/virtualenv-x.json", "objects/" + "0" * 32 + "/description"]
)
def test_a_damaged_file_of_little_worth_stops_nobody(used: Path, name: str) -> None:
    (used / name).parent.mkdir(exist_ok=True)
    (used / name).write_bytes(b"\xff\xfe")
    with fal_emulator.start(state=used, isolation="inline") as plane, plane.client() as client:
        assert [item.name for item in client.secrets.list()] == ["KEPT"]


@pytest.mark.parametrize("name", ["blobs", "environments", "runners", "volume", "state.db", "lock"])
def test_a_link_is_neither_followed_nor_is_its_target_changed(tmp_path: Path, name: str) -> None:
    target, state = tmp_path / "target", tmp_path / "state"
    state.mkdir()
    target.mkdir() if name in ("blobs", "environments", "runners", "volume") else target.write_text("theirs")
    target.chmod(0o755)
    (state / name).symlink_to(target)
    with pytest.raises((fal_emulator.Fault, OSError)):
        fal_emulator.start(state=state, isolation="inline")
    assert stat.S_IMODE(target.stat().st_mode) == 0o755


def test_a_deleted_lock_file_lets_no_second_one_in(tmp_path: Path) -> None:
    with fal_emulator.start(state=tmp_path, isolation="inline"):
        (tmp_path / "lock").unlink()
        with pytest.raises(fal_emulator.Fault, match="in use by another local control plane"):
            fal_emulator.start(state=tmp_path, isolation="inline")


def test_a_history_of_the_first_layout_is_brought_up_to_date(used: Path) -> None:
    (used / "history.db").unlink()
    old = open_database(used / "history.db", HISTORY[:1], durable=False)
    old.execute("INSERT INTO logs VALUES (1, 1000000, 'local', 'app', NULL, NULL, 'INFO', 'USER', 'from before')")
    old.close()
    with fal_emulator.start(state=used, isolation="inline") as plane, plane.client() as client:
        assert "from before" in [line.message for line in client.logs.history()]


# the log


def test_the_log_continues_after_the_disk_was_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("fal_emulator.state.batch_writer._TRY_AGAIN_AFTER", 0.01)
    store = LogStore(tmp_path / "history.db")
    put = store._put
    full = sqlite3.OperationalError("database or disk is full")

    def refuse(lines: list[tuple[Any, ...]]) -> None:
        raise full

    monkeypatch.setattr(store, "_put", refuse)
    store.append(datetime.now(UTC), "me", "app", None, None, "INFO", "USER", "while it was full")
    eventually(lambda: "cannot be written (database or disk is full)" in caplog.text)
    assert store.lines(LogQuery("me"), 10) == []
    monkeypatch.setattr(store, "_put", put)
    store.append(datetime.now(UTC), "me", "app", None, None, "INFO", "USER", "afterwards")
    eventually(lambda: len(store.lines(LogQuery("me"), 10)) == 2)
    assert store._writer._thread.is_alive()
    store.close()


def test_lines_that_cannot_be_written_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_UNWRITTEN_BYTES", 1000)
    store = LogStore(tmp_path / "history.db")
    store._writer.close()  # nothing is written meanwhile
    for number in range(100):
        store.append(datetime.now(UTC), "me", "app", None, None, "INFO", "USER", f"{number:0100d}")
    assert len(store._fresh) == 10
    assert [int(line.message) for line in store.lines(LogQuery("me"), 100)] == list(range(90, 100))
    store.close()


def test_the_log_is_bounded_by_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_LOG_BYTES", 1_000_000)
    store = LogStore(tmp_path / "history.db")
    for number in range(100):
        store.append(datetime.now(UTC), "me", "app", None, None, "INFO", "USER", f"{number} " + "x" * 50_000)
        store.lines(LogQuery("me"), 1)
    kept = [int(line.message.split()[0]) for line in store.lines(LogQuery("me"), 1000)]
    assert kept == list(range(kept[0], 100)) and kept[0] > 0 and len(kept) < 30
    store.close()


def test_a_clock_that_was_ahead_hides_no_later_line(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    store = LogStore(tmp_path / "history.db")
    store.append(now + timedelta(days=1), "me", "app", None, None, "INFO", "USER", "from tomorrow")
    store.append(now, "me", "app", None, None, "INFO", "USER", "from today")
    store.close()
    again = LogStore(tmp_path / "history.db")
    again.append(now, "me", "app", None, None, "INFO", "USER", "from today, too")
    until = LogQuery("me", until=now + timedelta(minutes=1))
    assert [line.message for line in again.lines(until, 10)] == ["from today", "from today, too"]
    again.close()


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), sqlite3.OperationalError("database or disk is full")]
)
def test_a_full_disk_is_named(error: Exception) -> None:
    if isinstance(error, sqlite3.OperationalError):
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
    fault = unforeseen(error)
    assert (fault.code, fault.status, "is full" in str(fault)) == ("RESOURCE_EXHAUSTED", 507, True)


# what is taken, and what stays behind


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            OSError, match=rf"port {port} of 127\.0\.0\.1 cannot be used .*in use.*: choose another one"
        ):
            fal_emulator.start(port=port, isolation="inline")


STRAY = """
import http.server, subprocess, sys

def serve(exposed_port, exposed_metrics_port):
    stray = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    print("stray", stray.pid, flush=True)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

    http.server.HTTPServer(("127.0.0.1", exposed_port), Handler).serve_forever()
"""


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="processes are looked up in /proc")
def test_a_child_in_a_session_of_its_own_ends_with_its_runner() -> None:
    with fal_emulator.start(isolation="inline") as plane:
        wire = wire_to(plane)
        wire.deploy("strays", pickled(STRAY, "serve"), machine={"keep_alive": 60})
        with http_to(plane) as http:
            text = eventually(lambda: "stray " in (page := http.get("/applications/local/strays/logs").text) and page)
        pid = int(text.split("stray ")[1].split()[0])
        assert alive(pid)
        wire.close()

    eventually(lambda: not alive(pid))


def test_several_keys_in_one_request_reach_no_app(plane: fal_emulator.Plane) -> None:
    request = (
        b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic eDp5\r\n"
        b"Authorization: Key %b\r\nConnection: close\r\n\r\n" % plane.key.encode()
    )
    with socket.create_connection(("127.0.0.1", plane.port), timeout=LIMIT) as connection:
        connection.sendall(request)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400") and b"several Authorization headers" in answer
