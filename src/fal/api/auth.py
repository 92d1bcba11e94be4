"""Logging in as a person: `client.auth`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fal._core import arguments, auth, device_login
from fal._core.locks import file_lock
from fal._core.secret import MaskedStr
from fal.api._namespace import Namespace
from fal.api._waiting import Patience
from fal.exceptions import ConfigurationError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from fal._core.device_login import LoginPrompt
    from fal.api.account import Account

_ANSWER = 30.0  # seconds for the login service to answer
_EXAMPLE = 'a connection such as "github" or "google", or the domain of a single sign-on'


class AuthNamespace(Namespace):
    """Log in and out. The login is stored in the user's home directory and used by clients created later.

    Example:
        from fal.api import SyncServerlessClient

        client = SyncServerlessClient()
        client.auth.login(print)
    """

    def login(
        self, on_prompt: Callable[[LoginPrompt], object], *, connection: str | None = None, timeout: float = 900.0
    ) -> None:
        """Log in with a browser, possibly on another machine, and store the login.

        Args:
            on_prompt: Called once with the page to open and the code that the page shows.
            connection: How to log in, e.g. "github", "google" or the domain of a single sign-on; None lets the page ask.
            timeout: How long to wait for the login to be confirmed, in seconds.

        Raises:
            PermissionDenied: The person declined.
            FailedPrecondition: The code expired before it was confirmed.
            DeadlineExceeded: The login was not confirmed within `timeout`. A TimeoutError.
            ConfigurationError: The login cannot be stored. A ValueError.
            Unavailable: The login service refused the call or could not be reached.

        Example:
            client.auth.login(print, connection="github")
        """
        chosen = None if connection is None else arguments.identifier("connection", connection, _EXAMPLE)
        patience = Patience(timeout)
        path, service = _place(), auth.login_service(os.environ)
        code = device_login.begun(*self._post(service, *device_login.begin()), chosen)
        on_prompt(code.prompt)
        interval: float | None = code.interval
        answer: dict[str, Any] = {}
        while interval is not None:
            self._pause(patience.next(f"the code {code.prompt.code} is not confirmed", pause=interval))
            status, answer = self._post(service, *device_login.poll(code))
            interval = device_login.pause(code, status, answer, interval)
        tokens = [MaskedStr(answer[name]).reveal() for name in ("refresh_token", "access_token")]
        self._work(_store, path, "\n".join([*tokens, ""]))

    def logout(self) -> bool:
        """End the stored login: revoke it at the login service and remove it from the user's home directory.

        Returns:
            Whether there was one.

        Raises:
            Unavailable: The login service refused the call or could not be reached; the login stays stored.

        Example:
            client.auth.logout()
        """
        path, service = _place(), auth.login_service(os.environ)
        token = self._work(_stored, path)
        if token is None:
            return False
        status, _ = self._post(service, *device_login.revoke(token))
        if status != 200:
            raise Unavailable(
                f"the login cannot be revoked: {service} answered with status {status}", hint="Try again."
            )
        self._work(path.unlink, missing_ok=True)
        return True

    def _account(self) -> Account:
        from fal._gen import rest
        from fal.api.account import account

        user = self._send(rest.get_current_user())
        teams = self._send(rest.list_teams()) if self.client._credentials.kind == "login" else []
        return account(user, teams)

    def _post(self, service: str, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        return self.client._caller.post_form(service + path, form, timeout=_ANSWER)


def _place() -> Path:
    try:
        return auth.login_file(os.environ)
    except RuntimeError:
        raise ConfigurationError("there is no home directory to store a login in", hint="Set FAL_HOME_DIR.") from None


def _store(path: Path, text: str) -> None:
    try:
        with file_lock(path.with_name(".portalock")):
            auth.write_private(path, text)
    except OSError as error:
        raise ConfigurationError(f"the login cannot be stored in {path}: {error.strerror}") from None


def _stored(path: Path) -> MaskedStr | None:
    try:
        token = path.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError):
        return None
    return MaskedStr(token) if token else None
