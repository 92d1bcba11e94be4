"""The device flow: a code is confirmed in a browser, which may be on another machine. What to post, and what the answers mean.

Nothing is sent here. The tokens come from the login service itself, over TLS, so that their signatures need no check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fal._core.auth import CLIENT_ID
from fal._core.secret import MaskedStr
from fal.exceptions import DataLoss, FailedPrecondition, PermissionDenied, Unavailable

_SEED = "https://fal.ai/api/auth/cli/session-seed"
_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_INTERVAL = 5.0  # seconds between two questions, when the service does not say


@dataclass(frozen=True)
class LoginPrompt:
    """What a person has to do to log in.

    Attributes:
        url: The page to open.
        code: What the page shows, to be compared.
        expires_in: How long the code is good, in seconds.
    """

    url: str
    code: str
    expires_in: float


@dataclass(frozen=True)
class DeviceCode:
    """A login that has begun."""

    prompt: LoginPrompt
    secret: MaskedStr
    interval: float


def begin() -> tuple[str, dict[str, str]]:
    """Return where to begin a login, and the form."""
    form = {"audience": "fal-cloud", "client_id": CLIENT_ID, "scope": "openid profile email offline_access"}
    return "/oauth/device/code", form


def begun(status: int, answer: Mapping[str, Any], connection: str | None) -> DeviceCode:
    """Return the login that has begun.

    Raises:
        Unavailable: The service refused.
        DataLoss: Its answer is not what was asked for.
    """
    if status != 200:
        raise Unavailable(f"the login cannot be started: {_reason(status, answer)}", hint="Try again later.")
    try:
        code, page = str(answer["user_code"]), str(answer["verification_uri_complete"])
        secret = MaskedStr(str(answer["device_code"]))
        interval, left = float(answer.get("interval", _INTERVAL)), float(answer["expires_in"])
    except (KeyError, TypeError, ValueError):
        raise DataLoss("the login service returned no code") from None
    query = {"user_code": code, "verification_uri_complete": page}
    if connection is not None:
        query["connection"] = connection
    return DeviceCode(LoginPrompt(f"{_SEED}?{urlencode(query)}", code, left), secret, interval)


def poll(code: DeviceCode) -> tuple[str, dict[str, str]]:
    """Return the path and the form of the request that says whether the code was confirmed."""
    form = {"grant_type": _GRANT, "device_code": code.secret.reveal(), "client_id": CLIENT_ID}
    return "/oauth/token", form


def pause(code: DeviceCode, status: int, answer: Mapping[str, Any], interval: float) -> float | None:
    """Return the seconds to wait before the next question; None when the login is granted.

    Raises:
        PermissionDenied: The person declined.
        FailedPrecondition: The code is no longer good.
    """
    reason = answer.get("error")
    if status == 200 and isinstance(answer.get("refresh_token"), str) and isinstance(answer.get("access_token"), str):
        return None
    if reason == "authorization_pending":
        return interval
    if reason == "slow_down":
        return interval + code.interval
    if reason == "access_denied":
        raise PermissionDenied("the login was declined in the browser", hint="Log in again.")
    if reason == "expired_token":
        raise FailedPrecondition("the code was not confirmed in time", hint="Log in again.")
    raise Unavailable(f"the login failed: {_reason(status, answer)}", hint="Log in again.")


def revoke(token: MaskedStr) -> tuple[str, dict[str, str]]:
    """Return where to end a login, and the form."""
    return "/oauth/revoke", {"client_id": CLIENT_ID, "token": token.reveal()}


def _reason(status: int, answer: Mapping[str, Any]) -> str:
    return str(answer.get("error_description") or answer.get("error") or f"it answered with status {status}")
