"""`fal deploy` from its words to what answers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fal.cli.commands import deploying

if TYPE_CHECKING:
    from collections.abc import Callable

    from fal.api import SyncServerlessClient
    from fal_emulator import Plane
    from tests.unit.cli.conftest import Ran

HELLO = str(Path(__file__).parents[3] / "examples" / "hello.py") + "::Hello"


def test_a_deploy_answers_with_one_document(fal_command: Callable[..., Ran], client: SyncServerlessClient) -> None:
    ran = fal_command("deploy", HELLO, "--app-name", "greeter", "--auth", "public", "--json")
    assert ran.code == 0, ran.err
    assert (ran.json["app_name"], ran.json["status"]) == ("greeter", "deployed")
    (app,) = [app for app in client.apps.list() if app.alias == "greeter"]
    assert (app.revision, app.auth_mode) == (ran.json["revision"], "public")
    listed = fal_command("apps", "list", "--filter", "greeter", "--json").json["apps"]
    assert [each["revision"] for each in listed] == [app.revision]


def test_people_see_the_steps_apart_from_the_addresses(fal_command: Callable[..., Ran], plane: Plane) -> None:
    ran = fal_command("deploy", HELLO, "--app-name", "shown", "--auth", "public")
    assert f"curl -X POST {plane.host}/local/shown/" in ran.out
    assert "Building the environment" in ran.err
    assert "Building the environment" not in ran.out


def test_a_warning_names_the_command_that_helps(fal_command: Callable[..., Ran], tmp_path: Path) -> None:
    file = tmp_path / "listing.py"
    file.write_text(
        "import fal\n\n\nclass Listing(fal.App):\n    secrets = ['NOT_SET']\n\n    @fal.endpoint('/')\n"
        "    def one(self) -> int:\n        return 1\n"
    )
    ran = fal_command("deploy", str(file))
    assert (
        "warning: secret 'NOT_SET' does not exist in the environment 'main'; set it with `fal secrets set`" in ran.err
    )
    assert fal_command("apps", "delete", "listing", "--yes").code == 0


def test_a_plan_changes_nothing(fal_command: Callable[..., Ran], client: SyncServerlessClient) -> None:
    ran = fal_command("deploy", HELLO, "--app-name", "planned", "--plan", "--json")
    assert ran.json["alias"] == "planned"
    assert "planned" not in {app.alias for app in client.apps.list()}


def test_a_file_that_is_not_there(fal_command: Callable[..., Ran]) -> None:
    ran = fal_command("deploy", "no-such-file.py", "--json")
    assert ran.code == 3
    assert "no-such-file.py" in ran.json["error"]["message"]
    assert ran.err == ""


TWO = """
import fal

class One(fal.App):
    @fal.endpoint("/")
    def one(self) -> int: return 1

class Two(fal.App):
    @fal.endpoint("/")
    def two(self) -> int: return 2
"""
NO_SELF = """
import fal

class Odd(fal.App):
    @fal.endpoint("/")
    def odd() -> int: return 1
"""


@pytest.mark.parametrize(
    ("name", "text", "code", "lines"),
    [
        ("two.py", TWO, 2, ["  'two.py::One'", "  'two.py::Two'"]),
        ("bad.py", "def x(:\n", 1, ["    def x(:", "SyntaxError: invalid syntax"]),
        (
            "pyproject.toml",
            "[tool.fal.apps.a]\nfoo = 1\nbar = 2\n",
            2,
            ["  line 2: tool.fal.apps.a.foo is not a known key"],
        ),
        ("self.py", NO_SELF, 1, ["Odd.odd has no parameter self; an endpoint is a method."]),
    ],
)
def test_what_is_wrong_is_told_line_by_line(
    fal_command: Callable[..., Ran],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    text: str,
    code: int,
    lines: list[str],
) -> None:
    (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    ran = fal_command("deploy", *([name] if name.endswith(".py") else []))
    assert ran.code == code
    assert all(line in ran.err for line in lines), ran.err


def test_an_option_may_stand_between_arguments(fal_command: Callable[..., Ran]) -> None:
    ran = fal_command("api", "nobody/nothing", "--path", "/x", "number:=1")
    assert (ran.code, "not found" in ran.err) == (3, True), ran.err


def test_what_an_extra_brings_is_named_with_how_to_install_it(
    fal_command: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "argcomplete", None)
    ran = fal_command("completion", "bash")
    assert ran.code == 1
    # Where the package was installed from, it is installed again.
    assert "python -m pip install" in ran.err and "[cli]'" in ran.err
    assert fal_command("apps", "list", "--json").code == 0, "what does not need it works without it"


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        (
            "https://fal.ai/models/me/my-app",
            ["/dashboard/apps/me/my-app", "/dashboard/apps/me/my-app/testing/playground?endpoint=me%2Fmy-app"],
        ),
        (
            "https://fal.ai/models/me/my-app/a b/",
            ["/dashboard/apps/me/my-app", "/dashboard/apps/me/my-app/testing/playground?endpoint=me%2Fmy-app%2Fa%20b"],
        ),
        ("https://fal.ai/models/me/my-app/health", ["/dashboard/apps/me/my-app"]),
        (
            "https://fal.ai/models/me/health",  # an app may be called so
            ["/dashboard/apps/me/health", "/dashboard/apps/me/health/testing/playground?endpoint=me%2Fhealth"],
        ),
        ("https://fal.ai/models/me", None),
        ("https://fal.ai/models//my-app", None),
        ("http://127.0.0.1:1/local/my-app/", None),
        ("ftp://fal.ai/models/me/my-app", None),
    ],
)
def test_an_app_has_pages_on_the_website(address: str, wanted: list[str] | None) -> None:
    pages = [url for _, url in deploying._pages(address)]
    assert pages == ([address] if wanted is None else [f"https://fal.ai{each}" for each in wanted])


def test_a_rollout_that_goes_on_is_told(fal_command: Callable[..., Ran]) -> None:
    ran = fal_command("deploy", HELLO, "--app-name", "left", "--detach")
    assert "`fal apps wait left` follows it" in ran.out, ran.err
