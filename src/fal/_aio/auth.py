# Generated from fal.api.auth; do not edit. Regenerate with: just generate
"""Logging in as a person: `client.auth`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fal._aio._namespace import AsyncNamespace
from fal._core import arguments, auth, device_login
from fal._core.secret import MaskedStr
from fal.api._waiting import Patience
from fal.api.auth import _ANSWER, _EXAMPLE, _place, _store, _stored
from fal.exceptions import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from fal._core.device_login import LoginPrompt
    from fal.api.account import Account


class AsyncAuthNamespace(AsyncNamespace):
    """Log in and out. The login is stored in the user's home directory and used by clients created later.

    Example:
        from fal.api import AsyncServerlessClient

        client = AsyncServerlessClient()
        await client.auth.login(print)
    """

    async def login(
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
            await client.auth.login(print, connection="github")
        """
        chosen = None if connection is None else arguments.identifier("connection", connection, _EXAMPLE)
        patience = Patience(timeout)
        path, service = _place(), auth.login_service(os.environ)
        code = device_login.begun(*await self._post(service, *device_login.begin()), chosen)
        on_prompt(code.prompt)
        interval: float | None = code.interval
        answer: dict[str, Any] = {}
        while interval is not None:
            await self._pause(patience.next(f"the code {code.prompt.code} is not confirmed", pause=interval))
            status, answer = await self._post(service, *device_login.poll(code))
            interval = device_login.pause(code, status, answer, interval)
        tokens = [MaskedStr(answer[name]).reveal() for name in ("refresh_token", "access_token")]
        await self._work(_store, path, "\n".join([*tokens, ""]))

    async def logout(self) -> bool:
        """End the stored login: revoke it at the login service and remove it from the user's home directory.

        Returns:
            Whether there was one.

        Raises:
            Unavailable: The login service refused the call or could not be reached; the login stays stored.

        Example:
            await client.auth.logout()
        """
        path, service = _place(), auth.login_service(os.environ)
        token = await self._work(_stored, path)
        if token is None:
            return False
        status, _ = await self._post(service, *device_login.revoke(token))
        if status != 200:
            raise Unavailable(
                f"the login cannot be revoked: {service} answered with status {status}", hint="Try again."
            )
        await self._work(path.unlink, missing_ok=True)
        return True

    async def _account(self) -> Account:
        from fal._gen import rest
        from fal.api.account import account

        user = await self._send(rest.get_current_user())
        teams = await self._send(rest.list_teams()) if self.client._credentials.kind == "login" else []
        return account(user, teams)

    async def _post(self, service: str, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        return await self.client._caller.post_form(service + path, form, timeout=_ANSWER)
