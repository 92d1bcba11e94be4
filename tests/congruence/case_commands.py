"""Command lines of the released command: each command, and each of its flags that reaches the wire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.congruence.deploying import ANSWERS, DONE, URLS, hello
from tests.congruence.secure import known_keys, token
from tests.congruence.values import APP, ENVIRONMENT, KEY_INFO, RUNNER, SECRET, WHEN

# Commands that are not compared here, and why.
ELSEWHERE = {
    "doctor": "it sends nothing",
    "create": "it sends nothing",
    "completion": "it sends nothing",
}
# Flags of all commands; one of them tries them for all.
SHARED = frozenset({"--json", "--output", "--team"})
# Flags that change what is shown or done here, and not what is sent.
LOCAL = {
    "deploy": {"--yes": "it answers a question", "--attach": "see --detach", "--check": "it asks on a terminal"},
    "run": {
        "--local": "nothing is sent then",
        "--exposed-port": "it belongs to --local",
        "--exposed-metrics-port": "it belongs to --local",
    },
    "runners logs": {"--follow": "lines that come are in tests/peer"},
    "runners exec": {"--interactive": "it wants a terminal"},
}
SINCE = "2026-01-02T03:04:05+00:00"
USER = {
    "user_id": "user-1",
    "nickname": "acme",
    "full_name": "Acme",
    "email": "a@b.c",
    "is_locked": False,
    "is_personal": True,
    "is_org": False,
    "auth_method": "key",
}
_LOG = {"app": "my-app", "level": "INFO", "message": "hello", "timestamp": WHEN}
_FUNCTION = "import fal\n\n\n@fal.function()\ndef add(a=1, b=2):\n    return a + b\n"
_GPUS = {
    "apps": {"acme/my-app": {"runner_count": 1, "gpu_count": 1, "queue_size": 0, "gpu_count_by_type": {"H100": 1}}},
    "summary": {"total_runners": 1, "total_gpus": 1, "total_queue_size": 0, "total_gpu_by_type": {"H100": 1}},
}


@dataclass(frozen=True)
class Line:
    """One command line.

    Args:
        words: What follows `fal`.
        answers: As for a case.
        typed: What comes from standard input.
        files: Text files in the working directory.
        kept: Text files in the user's folder of settings.
        key: Whether there is a key in the environment.
    """

    words: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    typed: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    key: bool = True


def lines() -> Iterator[Line]:
    yield from _apps()
    yield from _runners()
    yield from _accounts()
    yield from _logins()
    yield from _profiles()
    yield from _calls()
    yield from _files()
    yield from _deploys()


def _apps() -> Iterator[Line]:
    listed = {"ListAliases": {"aliases": [APP, {**APP, "alias": "stable-app"}]}}
    for words in (
        "apps list",
        "app list --json --sort-by-runners",
        "apps list --output json --filter stab",
        "apps list --env staging",
        "apps list --regions us-east eu-west",
        "apps list --team acme",
    ):
        yield Line(words, {**listed, "GET /users/current": (200, USER)})
    revisions = {"ListApplications": {"applications": [{"application_id": "rev-1", "created_at": WHEN}]}}
    for words in ("apps list-rev", "apps list-rev my-app", "apps list-rev my-app --env staging"):
        yield Line(words, revisions)
    pointed = {"SetAlias": {"alias_info": APP}, **listed}
    yield Line("apps set-rev my-app rev-1", pointed)
    yield Line("apps set-rev my-app rev-1 --auth shared --strategy recreate", pointed)
    yield Line("apps set-rev my-app rev-1 --auth public --strategy rolling --env staging", pointed)
    scaled = {"UpdateApplication": {"alias_info": APP}}
    numbers = (
        "keep-alive", "max-multiplexing", "max-concurrency", "min-concurrency", "concurrency-buffer",
        "concurrency-buffer-perc", "scaling-delay", "request-timeout", "request-start-timeout", "startup-timeout",
    )  # fmt: skip
    yield Line("apps scale my-app " + " ".join(f"--{name} {number}" for number, name in enumerate(numbers, 1)), scaled)
    yield Line("apps scale my-app --machine-types GPU-H100 M --regions us-east us-west --env staging", scaled)
    yield Line("apps rollout my-app")
    yield Line("apps rollout my-app --force --env staging")
    result = {"ListAliasRunners": {"runners": [RUNNER, {**RUNNER, "state": "TERMINATED"}]}}
    yield Line("apps runners my-app", result)
    yield Line("apps runners my-app --since 1h --state running terminated --env staging --json", result)
    yield Line("apps gpus my-app --json", {"GET /applications/metrics": (200, _GPUS), **listed})
    yield Line("apps delete my-app", {"DeleteAlias": {"revision": "rev-1"}})
    yield Line("apps delete my-app --env staging", {"DeleteAlias": {"revision": "rev-1"}})
    yield Line("apps delete-rev rev-1")
    queue = {
        "GET /users/current": (200, USER),
        "GET /applications/acme/my-app/queue": (200, {"queue_size": 3, "size": 3, "by_user": {"bob": 3}}),
        "DELETE /applications/acme/my-app/queue": (200, {}),
    }
    yield Line("queue size my-app", queue)
    yield Line("queue size my-app --by-user --json", queue)
    yield Line("queue flush my-app", queue)
    yield Line("queue flush my-app --caller-user-id bob", queue)


def _runners() -> Iterator[Line]:
    yield Line("runners stop runner-1")
    yield Line("machine stop runner-1 -r")
    yield Line("runners stop runner-1 --replace")
    yield Line("runners kill runner-1")
    result = {"ListRunners": {"runners": [RUNNER, {**RUNNER, "state": "TERMINATED"}]}}
    yield Line("runners list", result)
    yield Line("runners list --since 1h --state all --json", result)
    yield Line("runners list --since '60 minutes ago' --json", result)
    yield Line("runners gpus --json", {"GET /applications/metrics": (200, _GPUS)})
    started = {"started_at": "2025-12-31T00:00:00Z", "ended_at": None}
    logs = {"POST /logs/history": (200, {"items": [_LOG]}), "GET /runners/runner-1": (200, started)}
    yield Line("runners logs runner-1", logs)
    yield Line("runners log runner-1 --lines 5 --search hello", logs)
    yield Line("runners logs runner-1 -n +5 --json", logs)
    yield Line(f"runners logs runner-1 --since {SINCE} --until 2026-01-03T03:04:05+00:00", logs)
    said = {"ShellRunner": ({"data": "aGVsbG8K", "stream": 1}, {"close": True, "exit_code": 0})}
    yield Line("runners exec runner-1 ls -la", said)
    yield Line("runners exec runner-1 -- ls --help", said)
    yield Line("runners exec -it runner-1 python", said, typed="1 + 1\n")
    yield Line("runners exec runner-1 -it python -i", said, typed="1 + 1\n")
    yield Line("runners shell runner-1", said, typed="ls\n")


def _accounts() -> Iterator[Line]:
    yield Line("environments list --json", {"ListEnvironments": {"environments": [ENVIRONMENT]}})
    made = {"CreateEnvironment": {"environment": ENVIRONMENT}}
    yield Line("environments create staging", made)
    yield Line("envs create staging --description words", made)
    yield Line("envs delete staging --yes")
    yield Line("auth whoami", {"GET /users/current": (200, USER)})
    created = {"CreateUserKey": {"key_id": "k1", "key_secret": "s1"}}
    for words in (
        "keys create --preset API --desc ci",
        "key create --preset FULL --alias ci",
        "keys create --scope API",
        "keys create --scope ADMIN",
        "keys create --permission apps:read --permission secrets:read",
    ):
        yield Line(words, created)
    yield Line("keys list --json", {"ListUserKeys": {"user_keys": [KEY_INFO]}})
    yield Line("keys revoke k1")
    yield Line("secrets set ONE=1 TWO=a=b")
    yield Line("secret set ONE=1 --not-exposed-by-default --env staging")
    yield Line("secrets list --json", {"ListSecrets": {"secrets": [SECRET]}})
    yield Line("secrets list --env staging", {"ListSecrets": {"secrets": [SECRET]}})
    yield Line("secrets unset ONE")
    yield Line("secrets unset ONE --env staging")


def _logins() -> Iterator[Line]:
    granted = {"access_token": token(sub="person"), "refresh_token": "refresh-1", "id_token": token(sub="person")}
    code = {"device_code": "device-1", "user_code": "ABCD-EFGH", "expires_in": 900, "interval": 0}
    asked = {
        "POST /oauth/device/code": (200, {**code, "verification_uri_complete": "https://auth.fal.ai/activate"}),
        "POST /oauth/token": [(403, {"error": "authorization_pending"}), (200, granted)],
        "POST /oauth/revoke": (200, {}),
        "GET /.well-known/jwks.json": (200, known_keys()),
    }
    teams = {
        "GET /users/teams": (200, [USER, {**USER, "nickname": "team-a", "user_id": "team-1", "is_personal": False}]),
        "GET /users/current": (200, USER),
    }
    login = {"auth0_token": f"refresh-1\n{granted['access_token']}\n"}
    chosen = {**login, "config.toml": '[__internal__]\nteam = "team-a"\n'}
    yield Line("auth login --connection github --no-browser", {**asked, **teams}, typed="1\n", key=False)
    yield Line("auth logout --no-browser", asked, kept=chosen, key=False)
    for words in ("account list --json", "teams list", "account set team-a", "account set 2", "auth whoami"):
        yield Line(words, teams, kept=login, key=False)
    yield Line("account unset", teams, kept=chosen, key=False)
    listed = {**teams, "ListAliases": {"aliases": [APP]}}
    yield Line("apps list --team team-a --json", listed, kept=login, key=False)
    yield Line("apps list --filter my", listed, kept=chosen, key=False)


def _profiles() -> Iterator[Line]:
    two = '# by hand\n[__internal__]\nprofile = "work"\n\n[work]\nkey = "a:b"\n\n[home]\nhost = "api.example.test"\n'
    yield Line("profile create play", kept={"config.toml": two})
    yield Line("profiles create first", kept={"config.toml": ""})
    yield Line("profile set home", kept={"config.toml": two})
    yield Line("profile unset", kept={"config.toml": two})
    yield Line("profile key", typed="an-id:a-secret\n", kept={"config.toml": two})
    yield Line("profile host api.other.test", kept={"config.toml": two})
    yield Line("profile delete work", kept={"config.toml": two})
    yield Line("profile delete home", kept={"config.toml": two})
    yield Line("profile list --json", kept={"config.toml": two})


def _calls() -> Iterator[Line]:
    queue = "/fal-ai/flux/requests/request-1"
    done: dict[str, Any] = {
        "POST /fal-ai/flux/dev": (200, {"request_id": "request-1"}),
        f"GET {queue}/status*": [
            (202, {"status": "IN_QUEUE", "queue_position": 1}),
            (202, {"status": "IN_PROGRESS", "logs": []}),
            (200, {"status": "COMPLETED", "logs": [{"message": "drawn", "timestamp": WHEN}]}),
        ],
        f"GET {queue}*": (200, {"images": []}),
    }
    yield Line("api fal-ai/flux/dev 'prompt=a cat' steps=2 'size[width]=512' 'tags[]=a' 'tags[]=b'", done)
    yield Line("api fal-ai/flux/dev steps:=2", done)
    flow = {
        "POST /workflows/me/flow": (200, {"request_id": "request-2"}),
        "GET /workflows/me/flow/requests/request-2/status*": (200, {"status": "COMPLETED", "logs": []}),
        "GET /workflows/me/flow/requests/request-2*": (200, {}),
    }
    yield Line("api workflows/me/flow name=Ada", flow)
    yield Line(
        "api me/my-app/stream name=Ada",
        {"POST /me/my-app/stream": (200, 'data: {"piece": 1}\n\n', "text/event-stream")},
    )


def _files() -> Iterator[Line]:
    listed = [{"path": "/data/models/a.bin", "name": "a.bin", "is_file": True, "size": 5, "updated_time": 1.5}]
    yield Line("files list", {"GET /files/list/*": (200, listed)})
    yield Line("file ls /data/models", {"GET /files/list/*": (200, listed)})
    yield Line(
        "files download /data/models/a.bin a.bin",
        {"GET /files/list/*": (200, listed), "GET /files/file/*": (200, "bytes")},
    )
    yield Line(
        "files download /data/models models",
        {"GET /files/list/*": (200, listed), "GET /files/file/*": (200, "bytes")},
    )
    stored = {"POST /files/file/local/*": (200, True), "GET /files/list/*": (200, listed)}
    yield Line("files upload a.txt /data/a.txt", stored, files={"a.txt": "text"})
    yield Line("files upload-url https://x/y /data/y", {"POST /files/file/url/*": (200, True)})
    yield Line("files mv /data/a.txt /data/b.txt", {"POST /files/rename/*": (200, True)})
    yield Line("files rm /data/a.txt", {"DELETE /files/file/*": (200, True)})


def _deploys() -> Iterator[Line]:
    app = {"app.py": hello()}
    pages = {"service_urls": {**URLS, "playground": "https://fal.ai/models/acme/my-app"}}
    registered = ({**DONE, **pages},)
    listed = {"ListAliases": {"aliases": [APP]}, "GET /users/current": (200, USER)}
    answers = {**ANSWERS, **listed, "RegisterApplication": registered}
    for words in (
        "deploy app.py::HelloWorld",
        "deploy app.py --json --app-name named --auth public --detach",
        "deploy app.py::HelloWorld --strategy recreate --reset-scale --message words --annotation A=1 --annotation B=2",
        "deploy app.py::HelloWorld --no-scale --env staging",
        "deploy app.py::HelloWorld --no-cache",
        "deploy app.py::HelloWorld --team acme --output json",
        "deploy app.py::HelloWorld --force-env-build",
    ):
        yield Line(words, answers, files=app)
    returned = {"method": "cloudpickle", "definition": "gAROLg=="}
    ran = {**answers, "Run": ({"run_id": "run-1", "status": {"state": "SUCCESS"}, "return_value": returned},)}
    function = {"functions.py": _FUNCTION}
    yield Line("run functions.py::add", ran, files=function)
    yield Line("run functions.py::add --env staging --no-cache --machine-type M", ran, files=function)
    yield Line("run functions.py::add --force-env-build --forward-compat", ran, files=function)
    yield Line("run app.py::HelloWorld", ran, files=app)
    yield Line("run app.py::HelloWorld --app-name named --auth private --limit-max-requests 3", ran, files=app)


LINES = {line.words: line for line in lines()}
