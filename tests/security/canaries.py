"""Values that must turn up nowhere, and the search for them in any of the forms that hide a text."""

from __future__ import annotations

import base64
import codecs
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache


def _value(name: str) -> str:
    """Return a text like no other: letters and digits, which no escaping changes."""
    return f"Cnry{name}{hashlib.sha256(name.encode()).hexdigest()[:24]}"


def token(name: str) -> str:
    """Return a JWT that stays good for a day; nobody checks its signature here."""
    claims = base64.urlsafe_b64encode(b'{"exp": %d}' % (time.time() + 86400)).decode().rstrip("=")
    return f"{_value(name)}Head.{claims}.{_value(name)}Signature"


KEY_SECRET = _value("KeySecret")
ENV_SECRET = _value("EnvironmentSecret")
PROFILE_SECRET = _value("ProfileSecret")
REFRESH_TOKEN = _value("RefreshToken")
ACCESS_TOKEN = token("AccessToken")
ROTATED_TOKEN = _value("RotatedToken")
NEW_KEY_SECRET = _value("NewKeySecret")
SECRET_VALUE = _value("SecretValue")
PROXY_PASSWORD = _value("ProxyPassword")
REGISTRY_PASSWORD = _value("RegistryPassword")
BUILD_ARGUMENT = _value("BuildArgument")
BUILD_SECRET = _value("BuildSecret")
INDEX_TOKEN = _value("IndexToken")
PRESIGNED = _value("PresignedSignature")
CANARIES: dict[str, str] = {
    "key secret": KEY_SECRET,
    "key secret of the environment": ENV_SECRET,
    "key secret of a profile": PROFILE_SECRET,
    "refresh token": REFRESH_TOKEN,
    "access token": _value("AccessToken"),
    "rotated refresh token": ROTATED_TOKEN,
    "secret of a new key": NEW_KEY_SECRET,
    "value of a secret": SECRET_VALUE,
    "password of a proxy": PROXY_PASSWORD,
    "password of a registry": REGISTRY_PASSWORD,
    "build argument": BUILD_ARGUMENT,
    "build secret": BUILD_SECRET,
    "token in a requirement": INDEX_TOKEN,
    "signature of a presigned address": PRESIGNED,
}
KEY = f"id-1:{KEY_SECRET}"


def _forms(text: str) -> dict[str, bytes]:
    raw = text.encode()
    result = {
        "plain": raw,
        "reversed": raw[::-1],
        "utf-16": text.encode("utf-16-le"),
        "hex": raw.hex().encode(),
        "HEX": raw.hex().upper().encode(),
        "reversed hex": raw[::-1].hex().encode(),
        "rot13": codecs.encode(text, "rot13").encode(),
        "every character percent-encoded": "".join(f"%{byte:02x}" for byte in raw).encode(),
    }
    for skip in range(3):
        # Which characters base64 makes of a text depends on where it begins; the ends depend on its neighbours.
        for name, encode in (("base64", base64.b64encode), ("urlsafe base64", base64.urlsafe_b64encode)):
            result[f"{name} at {skip}"] = encode(b"\0" * skip + raw)[4:-4]
    return result


_SHOWN = 80  # findings that a failing test lists


@cache
def _all_forms() -> tuple[tuple[str, str, bytes], ...]:
    return tuple((name, form, data) for name, text in CANARIES.items() for form, data in _forms(text).items())


FORMS = len(_all_forms()) // len(CANARIES)


def find(content: str | bytes) -> list[str]:
    """Return which canaries are in a text or in bytes, and in which form."""
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return [f"{name} ({form})" for name, form, needle in _all_forms() if needle in data]


@dataclass
class Findings:
    """What was looked at, and what was found there that must not be."""

    looked: int = 0
    lines: list[str] = field(default_factory=list)

    def look(self, where: str, content: str | bytes) -> None:
        self.looked += 1
        self.lines += [f"{where}: {canary}" for canary in find(content)]

    def look_all(self, where: str, contents: Mapping[str, str | bytes]) -> None:
        for name, content in contents.items():
            self.look(f"{where}, {name}", content)

    def check(self) -> None:
        """Fail with what was found."""
        assert not self.lines, f"{len(self.lines)} findings:\n" + "\n".join(self.lines[:_SHOWN])
