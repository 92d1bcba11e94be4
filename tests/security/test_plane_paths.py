"""Whatever name a caller gives, the control plane writes in its state folder alone; and pickles are opened by runners alone."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import pickle
import re
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import grpc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fal_emulator
from fal._gen import rpc
from fal._gen.proto import controller_pb2 as pb
from fal_emulator.engine.process import place_files
from fal_emulator.model import checks
from fal_emulator.model.faults import Fault
from tests.security.raw_http import Answer, exchange, request
from tests.security.watched_plane import Watched, watched
from tests.support.engine import pickled, server
from tests.support.plane import TIMEOUT, VIRTUALENV, Wire, environment, function, http_to, registration, wire_to
from tests.support.waiting import eventually
from tests.unit.emulator.test_plane_rest import file_hash, metadata, upload

Evidence = Callable[..., None]
# What the state folder may hold, and what may stand in its folders.
STATE = re.compile(
    r"(lock|admin-key|webhook-key|texts(/[0-9a-f]{64})?|certificates(/(authority|bundle|server)\.pem)?"
    r"|(state|history|activity|queue)\.db(-wal|-shm|-journal)?|blobs|objects|uploads|environments|runners|sockets|volume(/.+)?"
    r"|sockets/(http|grpc)|blobs/[0-9a-f]{64}|uploads/[0-9a-f]{32}|uploads/[0-9a-f]{32}/(target|whole|[1-9][0-9]{0,4})"
    r"|objects/[0-9a-f]{32}|objects/[0-9a-f]{32}/(description|content|part-[0-9]{1,5})|runners/(run-)?[0-9a-f-]{36}(/.*)?"
    r"|(.*/)?\.[^/]+\.[0-9a-f]{16}\.part)",
    re.S,  # a name may hold a line break
)

HOSTILE = [
    "..", ".", "...", "../..", "../../sentinel", "..\\..\\sentinel", "/etc/passwd", "//etc/passwd", "~/sentinel", "~root",
    "a/../../sentinel", "a/./b", "a//b", "a/", "\\\\server\\share", "C:\\Windows", "C:sentinel", "a\0b", "\0", "..\0", "a\nb",
    "a\r\nb", "%2e%2e", "%2e%2e%2fsentinel", "%252e%252e%252f", "..%2f", "..%5c", "%00", "..%c0%af", "..%u2215",
    "\uff0e\uff0e", "\uff0e\uff0e\uff0fsentinel", "\u2025", "\u2024\u2024", "..\u2215sentinel", "..\u2044sentinel", "..\u29f8x",
    "\u202e..", "\ufeff..", "e\u0301", "\u00e9", "con", "aux.txt", "-rf", "--help", "$(id)", "`id`", "$HOME", "${HOME}", ";id",
    "|id", "*", "?", "[a]", "\u0661", "x" * 255, "x" * 256, "x" * 5000, "../" * 200 + "sentinel", " ", " ..", ".. ", "",
    "admin-key", "../admin-key", "state.db", ".ssh/authorized_keys", "lock", "hash", "whole", "description", "content",
    "sockets/grpc", "pid", "function.pickle", "../function.pickle", "file:///etc/passwd", "http://evil.test/x",
]  # fmt: skip
names = st.one_of(
    st.sampled_from(HOSTILE),
    st.lists(st.sampled_from([*HOSTILE, "/", "\\", "\0", "sentinel", "%2f", "%5c"]), min_size=1, max_size=4).map(
        "".join
    ),
    st.text(max_size=40),
)


@pytest.fixture(scope="module")
def outer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with things around the state folder that must stay as they are."""
    folder = tmp_path_factory.mktemp("paths") / "outer"
    for name in ("home/.ssh", "sentinel", "tmp"):
        (folder / name).mkdir(parents=True)
    for name in ("home/.ssh/authorized_keys", "sentinel/file", "file", "x", "passwd"):
        (folder / name).write_text(f"{name} is untouched")
    return folder


@pytest.fixture(scope="module")
def plane(outer: Path) -> Iterator[Watched]:
    with watched(outer, TMPDIR=str(outer / "tmp"), HOME=str(outer / "home")) as started:
        yield started


@pytest.fixture(scope="module")
def wire(plane: Watched) -> Iterator[Wire]:
    client = wire_to(plane)  # type: ignore[arg-type]
    yield client
    client.close()


def tree(folder: Path) -> dict[str, tuple[Any, ...]]:
    """Return everything below a folder but the state, and what is in it."""
    collected: dict[str, tuple[Any, ...]] = {}
    for path in folder.rglob("*"):
        relative = path.relative_to(folder)
        if relative.parts[0] not in ("state", "tmp"):
            told = path.lstat()
            content = (
                path.read_bytes() if stat.S_ISREG(told.st_mode) else os.readlink(path) if path.is_symlink() else None
            )
            collected[str(relative)] = (told.st_mode, told.st_mtime_ns, content)
    return collected


def strays(plane: Watched, outer: Path) -> list[str]:
    """Return where the control plane wrote though nothing of it belongs there."""
    collected = []
    # A multipart form that is large goes through a file of the system's, which has no name.
    elsewhere = (str(outer / "tmp"), "/dev/null", str(outer / "ready.json"), str(outer / ".ready.json."))
    for _, path in plane.happened("write"):
        if path.startswith(elsewhere) or path == str(plane.state):
            continue
        inside = path.removeprefix(f"{plane.state}/")
        if inside == path or not STATE.fullmatch(inside):
            collected.append(path)
    return collected


def raw(plane: Watched, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
    """Send a request as it is, with a key that may do everything."""
    return exchange(plane.port, request(method, path, {"Authorization": f"Key {plane.key}", **(headers or {})}, body))


def ways(name: str) -> list[str]:
    """Return the ways to write a name into an address: as it is, encoded, and encoded twice."""
    once = quote(name, safe="", errors="surrogatepass")
    return [
        name,
        once,
        quote(once, safe=""),
        once.lower(),
        name.replace("/", "%2f").replace("\\", "%5c").replace(".", "%2e"),
    ]


ROUTES = [
    ("POST", "/files/app/multipart/{}/initiate"),
    ("POST", "/files/app/multipart/{}/{id}/complete"),
    ("POST", "/files/app/multipart/{hash}/{}/complete"),
    ("POST", "/files/app/multipart/{hash}/{}/cancel"),
    ("PUT", "/files/app/multipart/{hash}/{}/1"),
    ("PUT", "/files/app/multipart/{hash}/{id}/{}"),
    ("GET", "/files/list/{}"),
    ("GET", "/files/file/{}"),
    ("DELETE", "/files/file/{}"),
    ("POST", "/files/rename/{}"),
    ("POST", "/files/file/local/{}"),
    ("POST", "/files/file/url/{}"),
    ("POST", "/files/file/multipart/{}/initiate"),
    ("POST", "/files/file/multipart/{}/{id}/complete"),
    ("POST", "/files/file/multipart/{}/{id}/cancel"),
    ("PUT", "/files/file/multipart/{}/{id}/1"),
    ("PUT", "/files/file/multipart/x/{}/1"),
    ("PUT", "/storage/objects/{}/x"),
    ("PUT", "/storage/objects/{id}/{}"),
    ("GET", "/storage/objects/{}/description"),
    ("GET", "/storage/objects/{id}/{}"),
    ("GET", "/applications/local/{}/logs"),
    ("GET", "/applications/{}/app/metadata"),
    ("DELETE", "/applications/local/{}/queue"),
    ("GET", "/runners/{}"),
    ("POST", "/runners/{}/stop"),
    ("GET", "/local/{}"),
    ("POST", "/queue/local/{}/requests"),
    ("GET", "/{}"),
]


def begun(plane: Watched) -> tuple[str, str]:
    """Return hash and id of an upload that has begun."""
    with http_to(plane) as client:  # type: ignore[arg-type]
        digest = file_hash(b"begun")
        result = client.post(f"/files/app/multipart/{digest}/initiate", json=metadata(b"begun"))
        return digest, str(result.json()["upload_id"])


@pytest.fixture(scope="module")
def one_upload(plane: Watched) -> tuple[str, str]:
    return begun(plane)


def form(content: bytes) -> tuple[bytes, dict[str, str]]:
    body = b'--b\r\nContent-Disposition: form-data; name="file_upload"; filename="../../sentinel/file"\r\n\r\n%b\r\n--b--\r\n'
    return body % content, {"Content-Type": "multipart/form-data; boundary=b"}


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_names_in_addresses(
    plane: Watched, outer: Path, one_upload: tuple[str, str], method: str, path: str, evidence: Evidence
) -> None:
    before = tree(outer)
    body, headers = form(b"x") if method == "PUT" or "/local/" in path else (b'{"destination": "x"}', {})
    sent = 0
    for name in HOSTILE:
        for way in ways(name):
            target = path.replace("{hash}", one_upload[0]).replace("{id}", one_upload[1]).replace("{}", way)
            answer = raw(plane, method, target, body, headers)
            sent += 1
            # It is understood and refused; or what the name stands for is another, harmless address.
            assert answer.status in (200, 307, 400, 401, 403, 404, 405, 409, 421, 422, 431), (
                target,
                answer.whole[:300],
            )
            assert b"is untouched" not in answer.whole and b"root:" not in answer.whole
            assert plane.key.partition(":")[2].encode() not in answer.whole
    assert not strays(plane, outer)
    assert tree(outer) == before
    evidence("names in addresses", routes=1, requests=sent)


def test_the_upload_is_where_it_was(plane: Watched, one_upload: tuple[str, str]) -> None:
    raw(plane, "PUT", f"/files/app/multipart/{'/'.join(one_upload)}/1", *form(b"x"))
    assert {path.name for path in (plane.state / "uploads" / one_upload[1]).iterdir()} == {"target", "1"}


def rpcs(name: str) -> list[tuple[Any, Any]]:
    """Return RPCs that carry a name wherever one can stand."""
    digest = file_hash(b"kept")
    file: Any = {"hash": digest, "relative_path": name}
    return [
        (rpc.REGISTER_APPLICATION, registration(name)),
        (rpc.REGISTER_APPLICATION, registration("app", environment_name=name)),
        (rpc.REGISTER_APPLICATION, registration("app", files=[file])),
        (rpc.REGISTER_APPLICATION, registration("app", files=[{"hash": name, "relative_path": "x"}])),
        (
            rpc.REGISTER_APPLICATION,
            registration("app", env_id=name, volumes=[{"mount_path": "no", "volume_name": name}]),
        ),
        (rpc.REGISTER_APPLICATION, registration("app", secrets={"names": [name]})),
        (rpc.REGISTER_APPLICATION, registration("app", environments=[environment(name)])),
        (
            rpc.REGISTER_APPLICATION,
            registration("app", environments=[environment(python_version=f"9{name}")], build_environment=True),
        ),
        (
            rpc.BUILD_ENVIRONMENT,
            pb.BuildEnvironmentRequest(environments=[VIRTUALENV], application_name=name, files=[file]),
        ),
        (rpc.BUILD_ENVIRONMENT, pb.BuildEnvironmentRequest(environments=[VIRTUALENV], files=[file])),
        (
            rpc.RUN,
            pb.HostedRun(environments=[VIRTUALENV], function=function(b"x"), files=[file], environment_name="none"),
        ),
        (rpc.CREATE_ENVIRONMENT, pb.CreateEnvironmentRequest(name=name)),
        (rpc.DELETE_ENVIRONMENT, pb.DeleteEnvironmentRequest(name=name)),
        (rpc.SET_SECRET, pb.SetSecretRequest(name=name, value="x")),
        (rpc.SET_SECRET, pb.SetSecretRequest(name="X", value="x", environment_name=name)),
        (rpc.SET_ALIAS, pb.SetAliasRequest(alias=name, revision=name)),
        (rpc.DELETE_ALIAS, pb.DeleteAliasRequest(alias=name)),
        (rpc.LIST_ALIAS_RUNNERS, pb.ListAliasRunnersRequest(alias=name)),
        (rpc.KILL_RUNNER, pb.KillRunnerRequest(runner_id=name)),
        (rpc.STOP_RUNNER, pb.StopRunnerRequest(runner_id=name)),
        (rpc.DELETE_APPLICATION, pb.DeleteApplicationRequest(application_id=name)),
        (rpc.REVOKE_USER_KEY, pb.RevokeUserKeyRequest(key_id=name)),
    ]


FORESEEN = ("INVALID_ARGUMENT", "NOT_FOUND", "ALREADY_EXISTS", "FAILED_PRECONDITION")
HARMLESS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def send_all(wire: Wire, name: str) -> int:
    """Send all RPCs with a name; nothing may fail in a way that nobody foresaw. Return how many."""
    messages = rpcs(name)
    for method, message in messages:
        try:
            if method.server_streaming:
                list(wire.stream(method, message))
            else:
                wire.send(method, message)
        except grpc.RpcError as error:
            if error.code().name not in FORESEEN:
                raise
    return len(messages)


def refused_path(name: str) -> bool:
    """Return whether a name leads out of a folder, by another reasoning than that of the control plane."""
    joined = os.path.normpath(os.path.join("/a/b", name))
    return "\0" in name or not joined.startswith("/a/b/")


def test_names_in_rpcs(plane: Watched, outer: Path, wire: Wire, evidence: Evidence) -> None:
    with http_to(plane) as client:  # type: ignore[arg-type]
        upload(client, b"kept")
    before = tree(outer)
    # What is a name like any other would be deployed or built: that is not what is asked here.
    hostile = [name for name in HOSTILE if not HARMLESS.fullmatch(name)]
    sent = sum(send_all(wire, name) for name in hostile if refused_path(name) or not name)
    assert not strays(plane, outer)
    assert tree(outer) == before
    evidence("names in RPCs", names=len(hostile), RPCs=sent)


@settings(max_examples=25)
@given(name=names)
def test_any_name_anywhere(plane: Watched, outer: Path, wire: Wire, one_upload: tuple[str, str], name: str) -> None:
    name = name.encode("utf-8", "replace").decode()
    before = tree(outer)
    target = quote(name, safe="/")
    for method, path in (
        ("PUT", f"/files/app/multipart/{one_upload[0]}/{one_upload[1]}/{target}"),
        ("PUT", f"/files/app/multipart/{one_upload[0]}/{target}/1"),
        ("PUT", f"/storage/objects/{target}/x"),
        ("POST", f"/files/file/local/{target}"),
    ):
        body, headers = form(b"x")
        assert raw(plane, method, path, body, headers).status < 500
    body = f'{{"file_name": {json.dumps(name)}, "content_type": "text/plain"}}'.encode()
    for path in (f"/files/rename/{target}", "/files/rename/x"):
        destination = json.dumps({"destination": name}).encode()
        assert raw(plane, "POST", path, destination).status < 500
    answer = raw(plane, "POST", "/storage/upload/initiate", body)
    assert answer.status in (200, 422), answer.whole
    if refused_path(name):
        send_all(wire, name)
    assert not strays(plane, outer)
    assert tree(outer) == before


@settings(max_examples=60)
@given(paths=st.lists(names, min_size=1, max_size=4))
def test_files_of_apps_stay_below_their_folder(paths: list[str]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch).resolve()
        stored = root / "stored"
        stored.write_bytes(b"content")
        (root / "sentinel").mkdir()
        around = sorted(path.name for path in root.iterdir())
        app = root / "runner" / "app"
        app.parent.mkdir()
        accepted: list[str] = []
        for path in paths:
            try:
                checks.relative_path("path", path)
            except (Fault, UnicodeEncodeError):
                continue
            assert not refused_path(path), path
            accepted.append(path)
        # One may be a file and the folder of another: the control plane refuses both together before.
        with contextlib.suppress(OSError):
            place_files(app, [(stored, path) for path in accepted])
        written = [path for path in root.rglob("*") if path.is_file() and path != stored]
        assert all(path.is_relative_to(app) for path in written)
        assert sorted(path.name for path in root.iterdir()) == sorted([*around, "runner"])
        # Without the check before it, the placing itself does not leave the folder.
        for path in paths:
            with contextlib.suppress(OSError, ValueError):
                place_files(app, [(stored, path)])
        assert all(path.is_relative_to(app) for path in root.rglob("*") if path.is_file() and path != stored)
        assert stored.read_bytes() == b"content"


def test_links_in_the_folder_of_an_app_lead_nowhere(plane: Watched, outer: Path, wire: Wire) -> None:
    """An app that fills its folder with links harms nothing when the folder is removed."""
    target = outer / "sentinel"
    setup = f"lambda: (os.symlink({str(target)!r}, 'folder'), os.symlink({str(target / 'file')!r}, 'file'))"
    wire.deploy("links", code=server(setup=setup))
    (runner,) = wire.call(rpc.LIST_ALIAS_RUNNERS, alias="links", list_pending=True).runners
    folder = plane.state / "runners" / runner.runner_id
    assert (folder / "app" / "file").is_symlink()
    before = tree(outer)
    wire.call(rpc.DELETE_ALIAS, alias="links")
    eventually(lambda: not folder.exists())
    assert tree(outer) == before
    assert not strays(plane, outer)


# pickles


class Marks:
    """Unpickling this writes down which process did it."""

    def __init__(self, marker: Path, gives: Any = None) -> None:
        self.marker = marker
        self.gives = gives

    def __reduce__(self) -> tuple[Any, ...]:
        code = (
            f"[open({str(self.marker)!r}, 'a').write(str(__import__('os').getpid()) + '\\n'), "
            f"(lambda f: f)(__import__('pickle').loads({self.gives!r}))][1]"
        )
        return (eval, (code,))


def marked(marker: Path, code: bytes) -> bytes:
    """Return a pickle that writes down who unpickles it, and then gives what another one holds."""
    return pickle.dumps(Marks(marker, code))


def test_pickles_are_opened_in_runners_alone(plane: Watched, outer: Path, wire: Wire, evidence: Evidence) -> None:
    markers = {name: outer / "tmp" / name for name in ("app", "function", "setup", "result", "raised")}
    wire.deploy("pickles", code=marked(markers["app"], server()))
    give = f"""
import pickle
class Marks:
    def __reduce__(self):
        return (eval, ("open({str(markers["result"])!r}, 'a').write(str(__import__('os').getpid()))",))
def work(setup):
    return Marks()
"""
    run = pb.HostedRun(
        environments=[VIRTUALENV],
        function=function(marked(markers["function"], pickled(give, "work"))),
        setup_func=function(marked(markers["setup"], pickled("def work(): return 1", "work"))),
    )
    last = list(wire.stream(rpc.RUN, run))[-1]
    assert last.return_value.definition, "the result is there, still pickled"
    for name in ("app", "function", "setup"):
        result = {int(line) for line in markers[name].read_text().split()}
        assert result and plane.process.pid not in result, name
    assert not markers["result"].exists(), "what a function returned is its caller's to open"
    assert plane.happened("pickle") == []
    wire.call(rpc.DELETE_ALIAS, alias="pickles")
    evidence("pickles that were sent to a control plane", pickles=3)


def test_the_watch_would_see_a_pickle(tmp_path: Path) -> None:
    """The proof above is one: the same hook notes a pickle that is opened."""
    record = tmp_path / "record"
    code = (
        "import os, pickle, sys; sys.path.insert(0, sys.argv[1]); from tests.security.watched_plane import watch; "
        "watch(os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT)); "
        "pickle.loads(pickle.dumps(os.getcwd)); open(sys.argv[2] + '2', 'w').close()"
    )
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", code, str(root), str(record)], check=True, timeout=TIMEOUT)
    assert '"pickle"' in record.read_text() and '"write"' in record.read_text()


def test_no_module_but_the_runner_imports_pickle(evidence: Evidence) -> None:
    folder = Path(fal_emulator.__file__).parent
    wanted = {"pickle", "cloudpickle", "marshal", "shelve", "dill", "joblib", "_pickle"}
    collected: dict[str, set[str]] = {}
    files = sorted(folder.rglob("*.py"))
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                names = {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names = {(node.module or "").partition(".")[0]}
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                names = {called} & {"__import__", "import_module", "eval", "exec"}
            else:
                continue
            if names & (wanted | {"__import__", "import_module", "eval", "exec"}):
                collected.setdefault(str(file.relative_to(folder)), set()).update(names)
    assert collected == {"engine/runner_main.py": {"pickle", "cloudpickle", "import_module"}}
    importing = [file for file in files if re.search(r"import runner_main|from .*runner_main import", file.read_text())]
    assert not importing, "the runner is a program, not a module of the control plane"
    evidence("modules of the control plane, for what they import", modules=len(files))
