"""Credentials: an API key, or the login that is stored in the user's home. None of them reveals its secret."""

from __future__ import annotations

import base64
import binascii
import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from fal._core import hosts
from fal._core.frames import forget_frames
from fal._core.locks import ForkSafeLock, file_lock
from fal._core.log import logger
from fal._core.secret import MASK, MaskedStr, Sealed
from fal.exceptions import ConfigurationError, Unauthenticated, Unavailable

_FRESH_FOR = 30 * 60.0  # seconds that an access token must still live to be used
_REFRESH_WAIT = 30.0  # seconds for the login service to answer
AUTH_URL = "https://auth.fal.ai"
CLIENT_ID = "TwXR51Vz8JbY8GUUMy6EyuVR0fTO7N4N"


class Credentials:
    """Who a call is made for. `http_headers()` and `grpc_metadata()` are those of one attempt."""

    def http_headers(self) -> list[tuple[str, str]]:
        raise NotImplementedError

    def grpc_metadata(self) -> list[tuple[str, str]]:
        raise NotImplementedError

    def to_headers(self) -> dict[str, str]:
        """Return the HTTP headers of a request that is made without this library. They hold the secret.

        Raises:
            Unauthenticated: There are no credentials, or a login has expired.
        """
        return dict(self.http_headers())

    @property
    def kind(self) -> str:
        """What these credentials are, without any secret."""
        raise NotImplementedError

    def through(self, *, proxy: str | None, ca_file: str | None) -> None:
        """Set how the login service is reached; other credentials ignore it."""

    def hide(self, text: str) -> str:
        """Return `text` without these credentials in it: a careless server sends back what it was sent."""
        for secret in self._secrets():
            text = text.replace(secret.reveal(), MASK)
        return text

    def _secrets(self) -> list[MaskedStr]:
        return []

    def __repr__(self) -> str:
        return f"{type(self).__name__}({MASK})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("credentials cannot be pickled: the secret would travel with the pickle")


class FalServerlessKeyCredentials(Credentials):
    """An API key.

    Example:
        from fal.sdk import FalServerlessKeyCredentials

        credentials = FalServerlessKeyCredentials("key-id", "key-secret")
    """

    def __init__(self, key_id: str, key_secret: str) -> None:
        for name, part in (("key_id", key_id), ("key_secret", key_secret)):
            fault = _fault(f"x:{MaskedStr(part).reveal()}") if isinstance(part, str) else "it is not a string"
            if fault is not None:
                raise ConfigurationError(f"{name}: {fault}", hint="Give the two halves of the key, without the colon.")
        self.key_id = key_id
        secret = MaskedStr(key_secret)
        self._secret = Sealed(secret)
        # Masked here as well: a debugger or an error reporter that shows locals finds no key.
        header = MaskedStr(f"Key {key_id}:{secret.reveal()}")
        self._headers: Sealed[list[tuple[str, str]]] = Sealed([("Authorization", header)])
        self._metadata: Sealed[list[tuple[str, str]]] = Sealed([("auth-key", secret), ("auth-key-id", key_id)])

    def _secrets(self) -> list[MaskedStr]:
        return [self._secret.value]

    @property
    def key_secret(self) -> MaskedStr:
        """The secret half: a string that shows as a mask."""
        return self._secret.value

    def http_headers(self) -> list[tuple[str, str]]:
        return self._headers.value

    def grpc_metadata(self) -> list[tuple[str, str]]:
        return self._metadata.value

    @property
    def kind(self) -> str:
        return "key"

    def __repr__(self) -> str:
        return f"{type(self).__name__}(key_id={self.key_id!r}, key_secret={MASK!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FalServerlessKeyCredentials):
            return NotImplemented
        return (self.key_id, self.key_secret) == (other.key_id, other.key_secret)

    def __hash__(self) -> int:
        return hash((self.key_id, self.key_secret))


def api_key_of(credentials: object) -> MaskedStr:
    """Return the key that credentials hold, as clients take it.

    Raises:
        ConfigurationError: They are not a key.
    """
    if not isinstance(credentials, FalServerlessKeyCredentials):
        raise ConfigurationError(
            f"credentials: {type(credentials).__name__} is not a key",
            hint="Give FalServerlessKeyCredentials, or leave them out to use the key or login of the settings.",
        )
    return MaskedStr(f"{credentials.key_id}:{credentials.key_secret.reveal()}")


class Anonymous(Credentials):
    """No credentials, on purpose."""

    def http_headers(self) -> list[tuple[str, str]]:
        return []

    def grpc_metadata(self) -> list[tuple[str, str]]:
        return []

    @property
    def kind(self) -> str:
        return "none"


class Missing(Credentials):
    """No credentials were found; the first call says where they were looked for."""

    def __init__(self, looked: tuple[str, ...]) -> None:
        self._looked = looked

    def http_headers(self) -> NoReturn:
        raise Unauthenticated(
            f"no credentials found; looked at: {', '.join(self._looked)}",
            hint="Set FAL_KEY to a key from https://fal.ai/dashboard/keys, or pass api_key=.",
        )

    def grpc_metadata(self) -> NoReturn:
        self.http_headers()

    @property
    def kind(self) -> str:
        return "missing"


def parse_key(text: str, source: str) -> FalServerlessKeyCredentials:
    """Read `KEY_ID:KEY_SECRET`.

    Raises:
        ConfigurationError: when it is not of that form; the error names `source` and never the key.
    """
    if not isinstance(text, str):
        raise ConfigurationError(f"{source}: a key is a string, not {type(text).__name__}")
    text = MaskedStr(text)  # the frame of the error below shows a mask
    fault = _fault(text)
    if fault is not None:
        raise ConfigurationError(
            f"{source}: the key must be in the form 'KEY_ID:KEY_SECRET', but {fault}",
            hint="Copy it again from https://fal.ai/dashboard/keys.",
        )
    key_id, _, key_secret = text.partition(":")
    return FalServerlessKeyCredentials(key_id, key_secret)


def _fault(key: str) -> str | None:
    """Return what is wrong with a key."""
    key_id, colon, key_secret = key.partition(":")
    if not key:
        return "it is empty"
    if any(char.isspace() for char in key):
        return "it contains whitespace or a line break"
    if not (key.isascii() and key.isprintable()):
        return "it contains characters that a key cannot contain"
    if not colon:
        return "it has no colon"
    if not key_id or not key_secret:
        return "the part " + ("before" if not key_id else "behind") + " the colon is empty"
    return None


def colab_key() -> str | None:
    """Return the FAL_KEY of a Google Colab notebook's secrets, None outside of one."""
    if "google.colab" not in sys.modules:
        return None
    try:
        return str(importlib.import_module("google.colab.userdata").get("FAL_KEY"))
    except Exception:
        # Colab raises types of its own for "no such secret" and "no access"; both mean that there is no key.
        return None


def stored_login(env: Mapping[str, str]) -> StoredLogin | None:
    """Return the login that is stored in `FAL_HOME_DIR`, or None.

    Raises:
        ConfigurationError: when `FAL_AUTH_URL` is not a place that a token may be sent to.
    """
    try:
        path = login_file(env)
    except RuntimeError:
        return None
    # A folder that cannot be read counts as one without a login.
    return StoredLogin(path, login_service(env)) if os.path.isfile(path) else None


def login_file(env: Mapping[str, str]) -> Path:
    """Return where a login is stored.

    Raises:
        RuntimeError: There is no home directory.
    """
    return Path(env.get("FAL_HOME_DIR") or "~/.fal").expanduser() / "auth0_token"


def login_service(env: Mapping[str, str]) -> str:
    """Return the address of the login service.

    Raises:
        ConfigurationError: `FAL_AUTH_URL` is not a place that a token may be sent to.
    """
    return hosts.parse(env.get("FAL_AUTH_URL") or AUTH_URL, "variable FAL_AUTH_URL", path_allowed=True).url


class StoredLogin(Credentials):
    """The login that is stored in the user's home: a refresh token, and an access token that is fetched with it.

    Refresh tokens rotate: a refresh writes both anew, under a lock that other processes honour. The file is deleted only
    when the server says that the login is no longer good.
    """

    def __init__(self, path: Path, auth_url: str, *, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._auth_url = auth_url.rstrip("/")
        self._clock = clock
        self._lock = ForkSafeLock()
        self._access: Sealed[MaskedStr | None] = Sealed(None)
        self._proxy: Sealed[str | None] = Sealed(None)
        self._ca_file: str | None = None

    def through(self, *, proxy: str | None, ca_file: str | None) -> None:
        self._proxy, self._ca_file = Sealed(proxy), ca_file

    @property
    def kind(self) -> str:
        return "login"

    def _secrets(self) -> list[MaskedStr]:
        return [] if self._access.value is None else [self._access.value]

    def http_headers(self) -> list[tuple[str, str]]:
        return [("Authorization", MaskedStr("Bearer " + self._token()))]

    def grpc_metadata(self) -> list[tuple[str, str]]:
        return [("authorization", MaskedStr("Bearer " + self._token()))]

    def _token(self) -> MaskedStr:
        with self._lock:
            kept = self._access.value
            if kept is not None and self._fresh(kept):
                return kept
            with file_lock(self._path.with_name(".portalock")):
                # Another process may have refreshed it while this one waited.
                refresh, access = self._read()
                if access is None or not self._fresh(access):
                    access = self._refresh(refresh)
            self._access = Sealed(access)
            return access

    def _fresh(self, token: str) -> bool:
        return _expiry(token) - self._clock() > _FRESH_FOR

    def _read(self) -> tuple[MaskedStr, MaskedStr | None]:
        try:
            lines = [MaskedStr(line.strip()) for line in self._path.read_text(encoding="utf-8-sig").split("\n")]
        except (OSError, UnicodeDecodeError) as error:
            raise Unauthenticated(
                f"the stored login {self._path} cannot be read: {error}", hint="Log in again."
            ) from None
        if not lines[0]:
            raise Unauthenticated(f"the stored login {self._path} is empty", hint="Log in again.")
        if not all(line.isascii() and line.isprintable() for line in lines[:2]):
            raise Unauthenticated(f"the stored login {self._path} is damaged", hint="Log in again.")
        return lines[0], (lines[1] or None) if len(lines) > 1 else None

    def _refresh(self, refresh: MaskedStr) -> MaskedStr:
        status, granted, reason = self._request_tokens(refresh)
        if granted is not None:
            self._keep(*granted)
            return granted[1]
        if reason != "invalid_grant":
            raise Unauthenticated(
                f"the stored login cannot be refreshed: {self._auth_url} answered with status {status}",
                hint="It was kept; try again, or pass a key.",
            )
        # The lock may have timed out or been ignored: then another process has rotated the token.
        current, access = self._read()
        if current == refresh:
            try:
                self._path.unlink(missing_ok=True)
            except OSError as error:
                kept = f"the stored login is no longer valid, and {self._path} cannot be removed: {error.strerror}"
                raise Unauthenticated(kept, hint="Log in again.") from None
            raise Unauthenticated("the stored login is no longer valid and was removed", hint="Log in again.")
        if access is not None and self._fresh(access):
            return access
        raise Unauthenticated("another process is refreshing the stored login", hint="It was kept; try again.")

    def _request_tokens(self, refresh: MaskedStr) -> tuple[int, tuple[MaskedStr, MaskedStr] | None, object]:
        """Return the status, then the new refresh and access token if they were granted, or the reason if not."""
        from fal._core.transport.http_sync import post_form

        form = {"grant_type": "refresh_token", "client_id": CLIENT_ID, "refresh_token": refresh.reveal()}
        try:
            status, answer = post_form(
                f"{self._auth_url}/oauth/token",
                form,
                timeout=_REFRESH_WAIT,
                proxy=self._proxy.value,
                ca_file=self._ca_file,
            )
        except Unavailable as error:
            del form  # no frame of the error holds the token
            raise forget_frames(error) from None
        access, rotated = answer.get("access_token"), answer.get("refresh_token", refresh)
        if status == 200 and access and isinstance(access, str) and rotated and isinstance(rotated, str):
            return status, (MaskedStr(rotated), MaskedStr(access)), None
        return status, None, answer.get("error")

    def _keep(self, refresh: MaskedStr, access: MaskedStr) -> None:
        try:
            self._write(refresh, access)
        except OSError as error:
            # This call has its token, but the next process will not.
            logger.warning("the refreshed login cannot be written to %s: %s", self._path, error.strerror)

    def _write(self, refresh: MaskedStr, access: MaskedStr) -> None:
        write_private(self._path, f"{refresh.reveal()}\n{access.reveal()}\n")


def write_private(path: Path, text: str) -> None:
    """Write a file atomically, readable for its owner only, and through a symbolic link in its place."""
    import tempfile  # with compression and more: only a login writes

    target = Path(os.path.realpath(path))
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")  # made with mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _expiry(token: str) -> float:
    """Return when a JWT expires, in seconds since 1970; 0 when it does not say. The server checks its signature."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(claims["exp"])
    except (IndexError, KeyError, TypeError, ValueError, OverflowError, RecursionError, binascii.Error):
        return 0.0
