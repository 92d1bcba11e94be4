"""The commands of each group, against the local control plane."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import fal
from fal.cli import _errors
from tests.unit.cli.conftest import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fal.api import SyncServerlessClient
    from fal_emulator import Plane
    from tests.unit.cli.conftest import Ran

    Fal = Callable[..., Ran]

HELLO = str(Path(__file__).parents[3] / "examples" / "hello.py") + "::Hello"


@pytest.fixture
def app(fal_command: Fal, client: SyncServerlessClient) -> Iterator[str]:
    """Return the name of an app that is deployed for one test."""
    yield client.deploy(HELLO, app_name="tested", auth="public").app_name
    client.apps.delete("tested")


def test_an_app_is_scaled_and_looked_at(fal_command: Fal, app: str) -> None:
    scaled = fal_command("apps", "scale", app, "--max-concurrency", "7", "--machine-types", "S", "M", "--json")
    assert (scaled.json["app"]["max_concurrency"], scaled.json["app"]["machine_types"]) == (7, ["S", "M"])
    (runner,) = fal_command("app", "runners", app, "--json").json["runners"]
    assert runner["alias"] == app
    assert {"machine_type", "in_flight_requests", "expiration_countdown", "uptime_seconds", "state"} <= runner.keys()
    assert fal_command("apps", "runners", app, "--state", "terminated", "--json").json == {"runners": []}
    assert fal_command("apps", "gpus", app, "--json").json == {"gpus": {}, "total": 0}
    assert fal_command("apps", "wait", app).code == 0


def test_a_rollback_goes_to_the_revision_before(fal_command: Fal, client: SyncServerlessClient, app: str) -> None:
    def revision() -> str:
        return str(fal_command("apps", "list", "--filter", app, "--json").json["apps"][0]["revision"])

    first = revision()
    newest = client.deploy(HELLO, app_name=app).revision
    assert {first, newest} <= {
        each["application_id"] for each in fal_command("apps", "history", app, "--json").json["revisions"]
    }
    back = fal_command("apps", "rollback", app, "--strategy", "recreate", "--json")
    assert back.json["app"]["revision"] == first == revision()
    assert fal_command("apps", "set-rev", app, newest, "--json").json["app"]["revision"] == newest == revision()


def test_what_is_lost_is_asked_for(fal_command: Fal, app: str, client: SyncServerlessClient) -> None:
    refused = fal_command("apps", "delete", app, "--json")
    assert (refused.code, refused.json["error"]["hint"]) == (2, "Add --yes to do it.")
    assert app in {each.alias for each in client.apps.list()}


def test_the_size_of_a_queue_is_shown_and_it_is_drained(fal_command: Fal, app: str) -> None:
    assert fal_command("queue", "size", app, "--by-user", "--json").json["by_user"] == {}
    assert fal_command("queue", "drain", app).code == 0
    assert fal_command("queue", "flush", app, "--yes").code == 0


def test_secrets_come_from_words_a_file_and_standard_input(
    fal_command: Fal, client: SyncServerlessClient, tmp_path: Path
) -> None:
    (tmp_path / "secrets.env").write_text("export ONE='1'\n# for tests\n\nTWO=a=b\n", encoding="utf-8-sig")
    ran = fal_command(
        "secrets", "set", "THREE=3", "FOUR=-", "--from-file", str(tmp_path / "secrets.env"), "--json", typed="typed\n"
    )
    assert ran.json["names"] == ["ONE", "TWO", "THREE", "FOUR"]
    listed = fal_command("secrets", "list", "--json").json["secrets"]
    assert {"ONE", "TWO", "THREE", "FOUR"} <= {each["name"] for each in listed}
    assert all({"name", "environment", "created_at", "default_exposed"} <= each.keys() for each in listed)
    for name in ran.json["names"]:
        assert fal_command("secrets", "unset", name, "--yes").code == 0
    assert not {"ONE", "TWO"} & {each.name for each in client.secrets.list()}


@pytest.mark.parametrize("typed", ["", None])
def test_a_secret_is_not_set_to_what_nobody_sent(
    fal_command: Fal, client: SyncServerlessClient, typed: str | None
) -> None:
    ran = fal_command("secrets", "set", "UNSENT=-", typed=typed)
    assert (ran.code, ran.err) == (
        2,
        "error: UNSENT=-: nothing is left on standard input; send the value there, or give UNSENT=VALUE.\n",
    )
    assert "UNSENT" not in {each.name for each in client.secrets.list()}
    assert fal_command("profile", "key", typed=typed).code == 2


def test_a_secret_that_is_none_is_not_repeated(fal_command: Fal) -> None:
    ran = fal_command("secrets", "set", "hunter2")
    assert ran.code == 2
    assert "hunter2" not in ran.err


def test_a_key_is_rotated(fal_command: Fal) -> None:
    made = fal_command("keys", "create", "--preset", "API", "--desc", "rotated", "--json").json
    listed = {each["key_id"]: each for each in fal_command("keys", "list", "--json").json["keys"]}
    assert (listed[made["key_id"]]["scope"], listed[made["key_id"]]["description"]) == ("API", "rotated")
    assert fal_command("keys", "revoke", made["key_id"]).code == 0, (
        "a script for the released command revokes unattended"
    )
    assert made["key_id"] not in fal_command("keys", "list").out
    shown = fal_command("key", "create", "--permission", "apps:read,secrets:read")
    assert shown.code in (0, 1), shown.err


def test_environments(fal_command: Fal, client: SyncServerlessClient) -> None:
    made = fal_command("environments", "create", "staging", "--description", "before production", "--json").json
    assert made["environment"]["description"] == "before production"
    assert "staging" in fal_command("envs", "list").out
    client.deploy(HELLO, app_name="tested", environment_name="staging")
    (listed,) = fal_command("apps", "list", "--env", "staging", "--json").json["apps"]
    assert listed["alias"] == "tested--staging"
    assert "tested " in fal_command("apps", "list", "--env", "staging").out  # beside the column of environments
    assert fal_command("envs", "delete", "staging", "--yes").code == 0
    gone = fal_command("envs", "delete", "staging", "--yes", "--json")
    assert (gone.code, gone.json["error"]["code"]) == (3, "NOT_FOUND")


def test_files_and_folders_go_there_and_back(fal_command: Fal, tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "deep").mkdir(parents=True)
    (source / "a.txt").write_text("a")
    (source / "deep" / "b.txt").write_text("b")
    assert fal_command("files", "upload", str(source), "/data/sent").code == 0
    assert [each["path"] for each in fal_command("files", "ls", "/data/sent", "--json").json["files"]] == [
        "/data/sent/a.txt",
        "/data/sent/deep",
    ]
    assert fal_command("files", "download", "/data/sent", str(tmp_path / "back")).code == 0
    assert (tmp_path / "back" / "deep" / "b.txt").read_text() == "b"
    assert fal_command("files", "mv", "/data/sent/a.txt", "/data/sent/c.txt").code == 0
    assert fal_command("files", "download", "sent/c.txt", str(tmp_path / "c.txt")).code == 0
    assert fal_command("files", "download", "sent/c.txt", str(tmp_path / "c.txt"), "--no-overwrite").code == 1
    assert fal_command("files", "rm", "/data/sent/c.txt", "--yes").code == 0


def test_logs_of_an_app_and_of_a_runner(fal_command: Fal, app: str) -> None:
    runner = fal_command("apps", "runners", app, "--json").json["runners"][0]["runner_id"]
    stored = fal_command("runners", "logs", runner, "--json").json["logs"]
    assert stored
    assert {"timestamp", "level", "message", "app", "labels", "revision"} <= stored[0].keys()
    assert fal_command("machine", "log", runner, "-n", "1", "--json").json["logs"] == stored[-1:]
    assert fal_command("runners", "logs", runner, "-n", "+1", "--json").json["logs"] == stored[:1]
    assert stored[-1]["message"] in fal_command("logs", app, "--since", "1h").out
    many = fal_command("logs", app, "-n", "many")
    assert (many.code, "--lines many is not a number" in many.err) == (2, True)
    for line in ("runners logs nobody", "runners logs nobody --follow", "logs --runner nobody"):
        unknown = fal_command(*line.split())
        assert (unknown.code, "no runner 'nobody'" in unknown.err, unknown.out) == (3, True, "")
    assert fal_command("logs", app, "--follow", "-n", "5").code == 2


def test_a_runner_is_stopped(fal_command: Fal, app: str) -> None:
    runner = fal_command("apps", "runners", app, "--json").json["runners"][0]["runner_id"]
    assert fal_command("runners", "stop", runner).code == 0
    assert fal_command("runners", "wait", runner).code == 0
    assert fal_command("runners", "stop", "no-such-runner").code == 3


def test_the_doctor_shows_where_the_key_comes_from_and_not_the_key(fal_command: Fal, plane: Plane) -> None:
    ran = fal_command("doctor", "--json")
    assert {"fal", "python", "platform", "FAL_HOST", "FAL_KEY"} <= ran.json.keys()
    assert "variable FAL_KEY" in ran.json["credentials"]
    assert plane.key.partition(":")[2] not in ran.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell", "tcsh"])
def test_a_shell_gets_its_script(fal_command: Fal, shell: str) -> None:
    ran = fal_command("completion", shell)
    assert ran.code == 0
    assert "_ARGCOMPLETE" in ran.out or "argcomplete" in ran.out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("apps lst", "error: there is no command `fal apps lst`. Did you mean `fal apps list`?"),
        ("apps scale app --keepalive 3", "error: there is no option --keepalive. Did you mean --keep-alive?"),
        ("apps scale app --nope", "error: there is no option --nope. See `fal apps scale --help`."),
        ("apps scale", "error: the following arguments are required: APP_NAME. See `fal apps scale --help`."),
    ],
)
def test_a_line_that_cannot_be_run_is_reported_in_one_sentence(fal_command: Fal, line: str, said: str) -> None:
    ran = fal_command(*line.split())
    assert (ran.code, ran.out, ran.err) == (2, "", said + "\n")
    assert fal_command(*line.split(), "--json").json["error"]["hint"]


def test_an_error_speaks_of_commands_and_not_of_python(home: Path) -> None:
    ran = run("apps", "list")
    assert ran.code == 4
    assert "or log in with `fal auth login`" in ran.err
    assert "as `fal apps list` shows it" in run("apps", "scale", "a b").err
    assert "For its pyproject.toml, change into the folder." in run("deploy", str(home)).err
    assert "`fal deploy file.py`" in run("deploy", str(home / "nothing")).err + run("deploy").err


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("client.apps.list()", "`fal apps list`"),
        ("client.secrets.set(...)", "`fal secrets set`"),
        ("client.secrets.set(..., environment_name='e')", "`fal secrets set --env e`"),
        ("client.deploy('a.py')", "`fal deploy a.py`"),
        ("client.logs.history('a', request_id='r')", "`fal logs a --request r`"),
        ("client.apps.scale('a', request_timeout=SECONDS)", "`fal apps scale a --request-timeout SECONDS`"),
        ("client.nothing.at_all('a')", "client.nothing.at_all('a')"),
        ("client.apps.scale('a', nothing='b')", "client.apps.scale('a', nothing='b')"),
        ("client.apps.scale(app_name='b')", "client.apps.scale(app_name='b')"),
    ],
)
def test_a_call_is_told_as_a_command(said: str, typed: str) -> None:
    assert _errors.as_commands(f"See {said}.") == f"See {typed}."


def test_what_the_sdk_advises_is_what_the_command_translates() -> None:
    """An entry whose sentence was reworded would do nothing."""
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(fal.__file__).parent.rglob("*.py"))
    own = Path(_errors.__file__).read_text(encoding="utf-8")
    assert [said for said, _ in _errors.ADVICE if sources.count(said) <= own.count(said)] == []


def test_where_the_time_goes(fal_command: Fal) -> None:
    ran = fal_command("envs", "list", "--json", "--cprofile")
    assert "cumulative" in ran.err
    assert "environments" in ran.json


def test_the_platform_reports_history(fal_command: Fal, app: str) -> None:
    assert fal_command("apps", "run", app, "--json").code in (0, 1)
    for line, key in (
        ("usage --bucket day", "usage"),
        ("usage-summary", "usage"),
        (f"analytics {app} --since 1h", "analytics"),
        (f"analytics-summary {app}", "analytics"),
        (f"revisions {app}", "revisions"),
        (f"events {app} --since 1h --limit 2", "events"),
        (f"requests {app} --since 1h", "requests"),
        ("metrics", "metrics"),
        (f"runner-history {app} --since 1h --bucket minute", "history"),
    ):
        ran = fal_command("reports", *line.split(), "--json")
        assert ran.code == 0, f"{line}: {ran.out}"
        assert key in ran.json, line
        assert fal_command("report", *line.split()).code == 0, line
    events = fal_command("reports", "events", app, "--limit", "2", "--json").json["events"]
    assert 0 < len(events) <= 2
    assert all(each["created_at"] for each in events)
    assert fal_command("reports", "metrics", "--text").out.startswith("#")
    assert fal_command("reports", "events", "no-such-app").code in (0, 3)
