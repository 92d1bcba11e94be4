"""Everything that the SDK makes while it works: clients of every kind, what deploys give, and errors of every cause."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc

import fal.deploy
from fal._aio._namespace import AsyncNamespace
from fal._core import settings
from fal._core.caller import Caller
from fal._gen.proto import controller_pb2 as pb
from fal.api._namespace import Namespace
from fal.exceptions import FalServerlessException
from tests.security import canaries
from tests.security.security_kit import CLIENTS, Driver, Platform, driving, json_reply, new_key, platform
from tests.support.fake_plane import FakePlane, log
from tests.support.servers import Request

PROXY = f"http://proxy-user:{canaries.PROXY_PASSWORD}@127.0.0.1:9"

APP = """
import os
import fal

IMAGE = fal.ContainerImage(
    "FROM python:3.11\\nRUN pip list\\n",
    build_args={"TOKEN": os.environ["CANARY_BUILD_ARGUMENT"]},
    registries={"ghcr.io": {"username": "me", "password": os.environ["CANARY_REGISTRY_PASSWORD"]}},
    secrets={"S": os.environ["CANARY_BUILD_SECRET"]},
)

class MyApp(fal.App):
    %s

    @fal.endpoint("/")
    def run(self) -> str:
        return "x"
"""
APPS = {
    "virtualenv.py": APP % ("requirements = [f\"https://user:{os.environ['CANARY_INDEX_TOKEN']}@index.test/x.whl\"]"),
    "container.py": APP % "image = IMAGE",
}
PROJECT = f"""
[tool.fal.apps.image]
requirements = ["https://user:{canaries.INDEX_TOKEN}@index.test/x.whl"]
[tool.fal.apps.image.image]
dockerfile = "Dockerfile"
build_args = {{ TOKEN = "{canaries.BUILD_ARGUMENT}" }}
secrets = {{ S = "{canaries.BUILD_SECRET}" }}
registries = {{ "r.io" = {{ username = "me", password = "{canaries.REGISTRY_PASSWORD}" }} }}
"""


def environment() -> dict[str, str]:
    """Return variables that hold canaries: what takes a picture of the environment shows them."""
    return {
        "FAL_KEY": f"id-env:{canaries.ENV_SECRET}",
        "CANARY_BUILD_ARGUMENT": canaries.BUILD_ARGUMENT,
        "CANARY_REGISTRY_PASSWORD": canaries.REGISTRY_PASSWORD,
        "CANARY_BUILD_SECRET": canaries.BUILD_SECRET,
        "CANARY_INDEX_TOKEN": canaries.INDEX_TOKEN,
    }


@contextlib.contextmanager
def variables(**changes: str | None) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in changes}
    try:
        for name, value in changes.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


# -------------------------------------------------------------------------------------------------------------- clients


def ways_to_a_key(home: Path) -> dict[str, tuple[dict[str, str | None], dict[str, Any]]]:
    """Return every way in which a client finds a key: variables to set, and arguments to give."""
    config = home / "config.toml"
    config.write_text(f'[work]\nkey = "id-profile:{canaries.PROFILE_SECRET}"\n')
    login = home / "fal"
    login.mkdir(exist_ok=True)
    (login / "auth0_token").write_text(f"{canaries.REFRESH_TOKEN}\n{canaries.ACCESS_TOKEN}\n")
    return {
        "argument": ({}, {"api_key": canaries.KEY}),
        "argument and proxy": ({}, {"api_key": canaries.KEY, "proxy": PROXY, "timeout": 0.3}),
        "FAL_KEY": ({}, {"api_key": None}),
        "FAL_KEY_ID and FAL_KEY_SECRET": (
            {"FAL_KEY": None, "FAL_KEY_ID": "id-env", "FAL_KEY_SECRET": canaries.ENV_SECRET},
            {"api_key": None},
        ),
        "profile": ({"FAL_CONFIG_PATH": str(config)}, {"api_key": None, "profile": "work"}),
        "stored login": ({"FAL_FORCE_AUTH_BY_USER": "1", "FAL_HOME_DIR": str(login)}, {"api_key": None}),
    }


def around(client: Any) -> Iterator[tuple[str, Any]]:
    """Yield a client, its namespaces, and what it works with."""
    yield "client", client
    for name in dir(client):
        member = getattr(client, name) if not name.startswith("__") else None
        if isinstance(member, Namespace | AsyncNamespace):
            yield f"client.{name}", member
    yield "client.auth_info()", client.auth_info()
    yield "client.with_options()", client.with_options(timeout=5, team="acme")
    caller = client._caller
    yield "its caller", caller
    yield "its settings", caller.settings
    yield "its credentials", caller.settings.credentials
    yield "what callers share", caller._connections
    for loop in [caller._connections] if isinstance(caller, Caller) else caller._connections._loops.values():
        for name in ("grpc", "http"):
            yield f"its {name} transport", vars(loop).get(name, vars(loop).get(f"_{name}"))


def use(driver: Driver) -> None:
    """Call over both wires; whether it works does not matter here."""
    for act in (
        lambda client: client.apps.list(),
        lambda client: client.keys.create(preset="API"),
        lambda client: client.secrets.set("NAME", canaries.SECRET_VALUE),
        lambda client: client.runners.gpus(),
    ):
        with contextlib.suppress(FalServerlessException):
            driver.do(act)


def clients(home: Path) -> Iterator[tuple[str, Any]]:
    """Yield every client there is, and all around it: new, used and closed."""
    with platform() as server:
        server.answers["CreateUserKey"] = new_key
        for kind in CLIENTS:
            for way, (changes, options) in ways_to_a_key(home).items():
                with variables(**changes), driving(kind, **{**server.hosts, **options}) as driver:
                    for state in ("new", "used", "closed"):
                        if state == "used":
                            use(driver)
                        elif state == "closed":
                            driver.close_client()
                        for name, item in around(driver.client):
                            yield f"{kind} client, key from {way}, {state}: {name}", item


# --------------------------------------------------------------------------------------------------------------- errors


def refuse(code: str, details: str) -> Callable[[Any, Any], Any]:
    def answer(_request: Any, context: Any) -> Any:
        context.abort(getattr(grpc.StatusCode, code), details)

    return answer


def failing_calls() -> dict[str, Callable[[Any], Any]]:
    """Return calls that fail: before anything is sent, by what the server says, or with the connection."""
    return {
        "set a secret": lambda client: client.secrets.set("NAME", canaries.SECRET_VALUE),
        "set a secret of a malformed name": lambda client: client.secrets.set("", canaries.SECRET_VALUE),
        "set a secret that cannot be encoded": lambda client: client.secrets.set("N", canaries.SECRET_VALUE + "\ud800"),
        "set a secret of another type": lambda client: client.secrets.set("N", [canaries.SECRET_VALUE]),
        "create a key": lambda client: client.keys.create(preset="API"),
        "create a key of an unknown scope": lambda client: client.keys.create(scope="everything"),
        "list over gRPC": lambda client: client.apps.list(),
        "read over REST": lambda client: client.runners.gpus(),
    }


def echo(seen: Request) -> tuple[int, dict[str, str], bytes]:
    """Answer as careless servers do: with all that they were sent."""
    return json_reply({"detail": f"not allowed: {seen.headers}"}, 401)


def errors(home: Path) -> Iterator[tuple[str, BaseException]]:
    """Yield the error of every failing call, for every cause."""

    def both(server: Platform, code: str, status: int) -> None:
        for name in ("SetSecret", "CreateUserKey", "ListAliases"):
            server.answers[name] = refuse(code, "no")
        server.reply = lambda _: json_reply({"detail": "no"}, status)

    causes: dict[str, Callable[[Platform], None]] = {
        "permission denied": lambda server: both(server, "PERMISSION_DENIED", 403),
        "unauthenticated": lambda server: both(server, "UNAUTHENTICATED", 401),
        "internal": lambda server: both(server, "INTERNAL", 500),
        "redirected": lambda server: setattr(
            server, "reply", lambda _: (302, {"Location": f"https://evil.test/?sig={canaries.PRESIGNED}"}, b"")
        ),
        "an answer that does not fit": lambda server: setattr(server, "reply", lambda _: (200, {}, b"[[]")),
        "headers sent back": lambda server: setattr(server, "reply", echo),
    }
    for kind in CLIENTS:
        for cause, prepare in causes.items():
            with platform() as server, driving(kind, **server.hosts, timeout=10) as driver:
                prepare(server)
                yield from ((f"{kind} client, {cause}: {name}", e) for name, e in _failures(driver))
        gone: dict[str, Any] = {"host": "http://127.0.0.1:9", "rest_host": "http://127.0.0.1:9"}
        for cause, options in {
            "nothing listens": gone,
            "nothing listens behind a proxy": {"host": "api.nowhere.test", "proxy": PROXY},
            "a login that cannot be refreshed": {**gone, "api_key": None},
            "a team that cannot be asked for": {**gone, "team": "acme"},
        }.items():
            with login_without_access(home), driving(kind, **{"timeout": 0.3, **options}) as driver:
                yield from ((f"{kind} client, {cause}: {name}", e) for name, e in _failures(driver))
        for cause, options in malformed(home).items():
            with variables(FAL_KEY=None), contextlib.suppress(StopIteration):
                try:
                    Driver(kind, options)
                except FalServerlessException as error:
                    yield f"{kind} client, {cause}", error


@contextlib.contextmanager
def login_without_access(home: Path) -> Iterator[None]:
    folder = home / "stale"
    folder.mkdir(exist_ok=True)
    (folder / "auth0_token").write_text(f"{canaries.REFRESH_TOKEN}\n")
    with variables(FAL_KEY=None, FAL_HOME_DIR=str(folder), FAL_AUTH_URL="http://127.0.0.1:9"):
        yield


def malformed(home: Path) -> dict[str, dict[str, Any]]:
    """Return arguments that a client refuses, with a secret in the wrong place."""
    return {
        "a key without a colon": {"api_key": canaries.KEY_SECRET},
        "a key with a line break": {"api_key": f"id:{canaries.KEY_SECRET}\n"},
        "a key for a host": {"api_key": None, "host": canaries.KEY},
        "a key for a profile": {"api_key": None, "profile": canaries.KEY},
        "a key for a REST host": {"api_key": None, "rest_host": canaries.KEY},
        "a proxy of another kind": {"proxy": f"socks5://u:{canaries.PROXY_PASSWORD}@127.0.0.1:1"},
        "a proxy without a port": {"proxy": f"http://u:{canaries.PROXY_PASSWORD}@127.0.0.1:port"},
        "certificates that are not there": {"proxy": PROXY, "ca_cert": str(home / "nothing.pem")},
        "a timeout that is none": {"proxy": PROXY, "timeout": -1},
    }


def _failures(driver: Driver) -> Iterator[tuple[str, BaseException]]:
    for name, act in failing_calls().items():
        try:
            driver.do(act)
        except FalServerlessException as error:
            yield name, error


# -------------------------------------------------------------------------------------------------------------- deploys


def write_project(folder: Path) -> None:
    (folder / ".git").mkdir(parents=True, exist_ok=True)
    for name, source in APPS.items():
        (folder / name).write_text(source)
    (folder / "Dockerfile").write_text("FROM x\n")
    (folder / "pyproject.toml").write_text(PROJECT)


def deploying(plane: FakePlane) -> Caller:
    return Caller(settings.resolve(api_key=canaries.KEY, environ=plane.environ()))


REFERENCES: dict[str, dict[str, Any]] = {
    "an app with requirements": {"app_ref": "virtualenv.py"},
    "an app with an image": {"app_ref": "container.py"},
    "an image of pyproject.toml": {"app_ref": "image"},
}


def deploys(folder: Path, plane: FakePlane) -> Iterator[tuple[str, Any]]:
    """Yield plans, events, results and what handlers get, of deploys that work."""
    caller = deploying(plane)
    try:
        for name, reference in REFERENCES.items():
            plan = fal.deploy.plan_deploy(caller, reference["app_ref"], root=folder)
            yield f"the plan of {name}", plan
            yield f"the plan of {name} as a dict", plan.to_dict()
            handled: list[Any] = []
            events = list(fal.deploy.deploy_events(caller, plan, result_handler=handled.append))
            for number, item in enumerate([*events, *handled]):
                yield f"deploy of {name}, {number}: {type(item).__name__}", item
            yield f"the result of {name}", events[-1].result  # type: ignore[attr-defined]  # RolledOut has it
    finally:
        caller.close()


def failing_deploys(folder: Path, plane: FakePlane) -> Iterator[tuple[str, BaseException]]:
    """Yield the errors of deploys that fail in every phase; their last event carries the same error."""

    def build_fails(_request: Any, context: Any) -> Iterator[Any]:
        yield pb.BuildEnvironmentResult(logs=[log("building")])
        context.abort(grpc.StatusCode.INTERNAL, "no")

    def build_ends(_request: Any, _context: Any) -> Iterator[Any]:
        failed = pb.HostedRunStatus(state=pb.HostedRunStatus.INTERNAL_FAILURE)
        yield pb.BuildEnvironmentResult(status=failed, logs=[log("building")])

    def register_fails(_request: Any, context: Any) -> Iterator[Any]:
        yield pb.RegisterApplicationResult(logs=[log("registering")])
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, "not healthy")

    good = (plane.build, plane.register)
    caller = deploying(plane)
    (folder / "broken.py").write_text(APPS["container.py"] + "\nraise RuntimeError('while loading')\n")
    (folder / "wrong.py").write_text(
        APPS["container.py"].replace("image = IMAGE", "image = IMAGE\n    app_files = ['x']")
    )
    project = folder / "pyproject.toml"
    try:
        for phase, build, register in (
            ("the build is refused", build_fails, good[1]),
            ("the build fails", build_ends, good[1]),
            ("the registration is refused", good[0], register_fails),
        ):
            plane.build, plane.register = build, register
            for name, reference in REFERENCES.items():
                yield from _deploy_failure(f"{phase}: {name}", caller, reference["app_ref"], folder)
        plane.build, plane.register = good
        for name in ("broken.py", "wrong.py", "nothing.py", "unknown"):
            yield from _deploy_failure(name, caller, name, folder)
        project.write_text(PROJECT.replace("dockerfile =", "docker_file ="))
        yield from _deploy_failure("a wrong key in pyproject.toml", caller, "image", folder)
        project.write_text(PROJECT + "[tool.fal.apps.image\n")
        yield from _deploy_failure("pyproject.toml is broken", caller, "image", folder)
    finally:
        plane.build, plane.register = good
        project.write_text(PROJECT)
        caller.close()


def _deploy_failure(name: str, caller: Caller, reference: str, folder: Path) -> Iterator[tuple[str, BaseException]]:
    events: list[Any] = []
    try:
        fal.deploy.deploy(caller, reference, root=folder, on_event=events.append)
    except FalServerlessException as error:
        yield name, error
        yield f"{name} (the event)", events[-1].error
        return
    raise AssertionError(f"{name} did not fail")


def sent_by(plane: FakePlane) -> dict[str, bytes]:
    """Return all that a control plane was sent, by what it is."""
    result = {f"{number} {name}": request.SerializeToString() for number, (name, request, _) in enumerate(plane.calls)}
    result |= {
        f"{n} {r.method} {r.target}": json.dumps(r.headers).encode() + r.body for n, r in enumerate(plane.requests)
    }
    return result
