"""All groups of commands, in the order of the help."""

from __future__ import annotations

from fal.cli._command import Command, Group

apps = Group("apps", "app", module="apps", more=["calling"], summary="Manage deployed apps and their revisions.")
runners = Group("runners", "machine", module="runners", summary="Manage the machines that run apps.")
queue = Group("queue", module="queue", summary="Manage the requests that wait for an app.")
environments = Group("environments", "envs", module="environments", summary="Manage environments.")
secrets = Group("secrets", "secret", module="secrets", summary="Manage the secrets of apps.")
keys = Group("keys", "key", module="keys", summary="Manage API keys.")
files = Group("files", "file", module="files", summary="Manage the files of the data volume.")
auth = Group("auth", module="auth", summary="Log in, log out, and see who you are.")
profile = Group("profile", "profiles", module="profile", summary="Manage the profiles of the configuration file.")
account = Group("account", "accounts", "team", "teams", module="account", summary="Choose the account to act for.")
local = Group("local", module="local", summary="Run a control plane on this machine.")
reports = Group("reports", "report", module="reports", summary="See usage, analytics, events, requests and metrics.")

GROUPS = (apps, runners, queue, environments, secrets, keys, files, reports, auth, profile, account, local)

deploying = Group(module="deploying", summary="Deploy and run apps.")
reading = Group(module="reading", summary="Read the logs of apps.")
calling = Group(module="calling", summary="Call apps.")
tools = Group(module="tools", summary="Look after this command.")

TOP_LEVEL = (deploying, calling, reading, tools)


def group(name: str) -> Group | None:
    """Return the group of a name or alias."""
    return next((each for each in GROUPS if name in each.names), None)


def top_level() -> list[Command]:
    """Return the commands that belong to no group, in the order of the help."""
    return [command for each in TOP_LEVEL for command in each.commands]


def everything() -> list[tuple[Group | None, Command]]:
    """Return every command with its group."""
    return [
        *((None, command) for command in top_level()),
        *((each, command) for each in GROUPS for command in each.commands),
    ]


def find(commands: list[Command], name: str) -> Command | None:
    """Return the command of a name or alias."""
    return next((command for command in commands if name in command.names), None)
