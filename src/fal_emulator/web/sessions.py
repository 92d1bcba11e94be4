"""Who may use the page: a browser that was opened with a one-time link.

Being on loopback is not enough: every program and every user of this machine is there, and so is every page that a browser
shows. A link holds a token that is good for one use within ten minutes; what it gives is a cookie that only this page's own
requests can use.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from http.cookies import CookieError, SimpleCookie

LINK_LASTS = 600.0  # seconds
MOST_SESSIONS = 100
_TOKEN_BYTES = 32


class Sessions:
    """The links that were handed out, and the browsers that used one. They end with the control plane.

    Args:
        origin: The address of the page, e.g. `http://127.0.0.1:5650`.
        clock: Seconds, for tests.
    """

    def __init__(self, origin: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._origin = origin
        self._clock = clock
        self._links: dict[str, float] = {}
        self._sessions: dict[str, None] = {}  # the oldest first

    def new_link(self) -> str:
        """Return an address that opens the page once, within ten minutes."""
        self._forget_old_links()
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        self._links[token] = self._clock() + LINK_LASTS
        return f"{self._origin}/?token={token}"

    def open(self, token: str) -> str | None:
        """Use a link up, and return the Set-Cookie header of a new session; None when the token is not good."""
        self._forget_old_links()
        link = next((known for known in self._links if hmac.compare_digest(known.encode(), token.encode())), None)
        if link is None:
            return None
        del self._links[link]
        session = secrets.token_urlsafe(_TOKEN_BYTES)
        self._sessions[session] = None
        while len(self._sessions) > MOST_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        return f"{self._cookie()}={session}; Path=/; HttpOnly; SameSite=Strict"

    def admits(self, headers: Mapping[bytes, bytes], *, reading: bool) -> bool:
        """Return whether a request is one of the page in a browser that has a session.

        A cookie of 127.0.0.1 goes to every port of it, and pages of other ports count as the same site. So what changes
        something, or opens a websocket, must name this page as its origin, too.

        Args:
            headers: The headers of the request, by their names in lower case.
            reading: Whether it only reads; browsers name no origin then.
        """
        origin = headers.get(b"origin")
        if origin is None and not reading:
            return False
        if origin is not None and not self._is_own(
            origin.decode("latin-1"), headers.get(b"host", b"").decode("latin-1")
        ):
            return False
        if headers.get(b"sec-fetch-site", b"same-origin") not in (b"same-origin", b"none"):
            return False
        cookies = SimpleCookie()
        try:
            cookies.load(headers.get(b"cookie", b"").decode("latin-1"))
        except CookieError:
            return False
        sent = cookies.get(self._cookie())
        return sent is not None and any(
            hmac.compare_digest(known.encode(), sent.value.encode()) for known in self._sessions
        )

    def _is_own(self, origin: str, host: str) -> bool:
        return origin in (f"http://{host}", f"https://{host}")

    def _cookie(self) -> str:
        return f"fal_local_{self._origin.rpartition(':')[2]}"

    def _forget_old_links(self) -> None:
        now = self._clock()
        self._links = {token: until for token, until in self._links.items() if until > now}
