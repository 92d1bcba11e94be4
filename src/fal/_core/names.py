"""Names of apps: an app outside of the main environment has the environment's name behind its own."""

from __future__ import annotations

SEPARATOR = "--"
MAIN = "main"


def compose_alias(app: str, environment: str | None) -> str:
    """Return the name that the wire knows an app by: `app`, or `app--environment` outside of the main environment.

    A name that carries the suffix already is left as it is, so that what a listing shows can be given back.
    """
    if environment is None or environment == MAIN or app.endswith(SEPARATOR + environment):
        return app
    return f"{app}{SEPARATOR}{environment}"


def strip_environment(alias: str, environment: str | None) -> str:
    """Return `alias` without the suffix of `environment`; unchanged when it has none."""
    if environment is None or environment == MAIN:
        return alias
    return alias.removesuffix(SEPARATOR + environment)
