"""Send REST operations from a runner, with the standard library and what its environment says."""

from __future__ import annotations

import http.client
import ipaddress
import json
import os
import random
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode, urlsplit

from fal._gen.rest.operations.create_storage_token import create_storage_token
from fal.app.runtime.context import CDN_TOKEN, current

from .exceptions import FileUploadException

if TYPE_CHECKING:
    from fal._core.settings import Settings
    from fal._gen.method import Operation
    from fal._gen.rest.models.storage_token import StorageToken

T = TypeVar("T")

DEFAULT_HOST = "api.alpha.fal.ai"
PUT_TIMEOUT = 300.0
PUT_ATTEMPTS = 5
_RETRIED = frozenset({408, 409, 429, 500, 502, 503, 504})
_LONGEST_SHOWN = 4096


def send(operation: Operation[T]) -> T:
    """Send an operation to the platform, with the key of the environment.

    Raises:
        FileUploadException: There is no key, no answer, or the answer is an error.
    """
    url = f"{address()}{operation.path}" + (f"?{urlencode(operation.params)}" if operation.params else "")
    headers = {
        "Authorization": f"Key {key()}",
        "Accept": "application/json",
        **_for_caller(),
        **dict(operation.headers),
    }
    body = None
    if operation.json is not None:
        body, headers["Content-Type"] = json.dumps(operation.json).encode(), "application/json"
    policy = operation.policy
    status, answered, content = _exchange(
        urllib.request.Request(url, body, headers, method=operation.method),
        operation.name,
        timeout=policy.attempt_timeout or PUT_TIMEOUT,
        attempts=policy.max_attempts,
    )
    try:
        return operation.parse(status, answered, content)
    except ValueError as error:
        raise FileUploadException(f"{operation.name}: {error}") from error


def _for_caller() -> dict[str, str]:
    """Return the header that says whose files these are: the token that came with the request being answered."""
    context = current.get()
    token = None if context is None else context.headers.get(CDN_TOKEN)
    return {"X-Fal-CDN-Token": token} if token else {}


def storage_token() -> StorageToken:
    """Return a token for the stores.

    Raises:
        FileUploadException: There is no key, no answer, or the answer is an error.
    """
    return send(create_storage_token(body={}, storage_type="fal-cdn-v3"))


def put(url: str, data: bytes, content_type: str) -> Mapping[str, str]:
    """Put bytes to an address that takes them without a key, and return the headers of the answer."""
    request = urllib.request.Request(url, data, {"Content-Type": content_type}, method="PUT")
    return _exchange(request, "upload", timeout=PUT_TIMEOUT, attempts=PUT_ATTEMPTS)[1]


def post(url: str, body: bytes) -> None:
    """Post JSON to an address that takes it without a key."""
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    request = urllib.request.Request(url, body, headers, method="POST")
    _exchange(request, "upload", timeout=PUT_TIMEOUT, attempts=PUT_ATTEMPTS)


def address() -> str:
    """Return the base of REST addresses, as the environment or the profile says."""
    host = os.getenv("FAL_REST_HOST")
    if not host:
        settings = None if os.getenv("FAL_GRPC_HOST") or os.getenv("FAL_HOST") else _settings()
        if settings is not None:
            return settings.rest_url
        api = os.getenv("FAL_GRPC_HOST") or os.getenv("FAL_HOST") or DEFAULT_HOST
        host = f"rest.{api.removeprefix('api.')}" if api.startswith("api.") else api
    if "://" in host:
        return host.rstrip("/")
    plain = os.getenv("ISOLATE_TEST_MODE", "").lower() in ("1", "true", "yes") and _is_loopback(host)
    return f"{'http' if plain else 'https'}://{host}"


def key() -> str:
    """Return the key of the environment, or of the profile.

    Raises:
        FileUploadException: There is none.
    """
    credentials = os.getenv("FAL_KEY")
    if not credentials and os.getenv("FAL_KEY_ID") and os.getenv("FAL_KEY_SECRET"):
        credentials = f"{os.environ['FAL_KEY_ID']}:{os.environ['FAL_KEY_SECRET']}"
    if not credentials and (settings := _settings()) is not None and settings.credentials.kind == "key":
        from fal._core.auth import api_key_of

        return api_key_of(settings.credentials).reveal()
    if not credentials:
        raise FileUploadException("storing a file needs a key: set FAL_KEY, or use repository='in_memory'")
    return credentials


def _settings() -> Settings | None:
    """Return the settings of where apps are written; a runner has none beside its environment."""
    try:
        from fal._core.settings import resolve
    except ImportError:
        return None
    return resolve()


def _is_loopback(host: str) -> bool:
    name = urlsplit(f"//{host}").hostname or ""
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _exchange(
    request: urllib.request.Request, what: str, *, timeout: float, attempts: int
) -> tuple[int, Mapping[str, str], bytes]:
    for attempt in range(1, attempts + 1):
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                message = error.read(_LONGEST_SHOWN).decode("utf-8", "replace")
            if error.code not in _RETRIED or attempt == attempts:
                raise FileUploadException(f"{what}: status {error.code} {error.reason}: {message}") from None
        except (OSError, http.client.HTTPException) as error:
            if attempt == attempts:
                raise FileUploadException(f"{what}: {getattr(error, 'reason', error)}") from error
        time.sleep(random.uniform(0.5, 1.0) * 0.1 * 2**attempt)
    raise AssertionError
