"""Faults that a test asks for: slow answers, refusals, and runners that die."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, get_args

from fal._sentences import meant

from ..model.faults import Code, Fault, invalid
from ..model.permissions import RPC_PERMISSION

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class _Rule:
    pattern: str
    left: int | None
    seconds: float = 0.0
    code: Code | None = None


class Faults:
    """What goes wrong on purpose. Rules hold until they are used up, or cleared; any thread may call it.

    A rule is for RPCs by their names (`ListAliases`) and for HTTP by its paths (`/local/hello/`); `*` stands for
    whatever.

    Args:
        kill: Ends a runner of an app, and returns its id; None when there is none.
    """

    def __init__(self, kill: Callable[[str], str | None]) -> None:
        self._kill = kill
        self._rules: list[_Rule] = []
        self._lock = threading.Lock()

    def delay(self, seconds: float, *, only: str = "*", times: int | None = None) -> None:
        """Let answers wait.

        Args:
            seconds: How long.
            only: Which calls: the name of an RPC or a path, with `*` for whatever.
            times: How many of them; None is all until `clear`.

        Raises:
            Fault: A value is not possible.

        Example:
            >>> plane.faults.delay(0.5, only="ListAliases")
        """
        if seconds < 0:
            raise invalid("seconds", f"{seconds} is below 0")
        self._add(_Rule(only, times, seconds=seconds))

    def fail(self, code: Code = "UNAVAILABLE", *, only: str = "*", times: int | None = 1) -> None:
        """Refuse calls before they do anything.

        Args:
            code: The name of the gRPC status; HTTP gets the status that goes with it.
            only: Which calls: the name of an RPC or a path, with `*` for whatever.
            times: How many of them; None is all until `clear`.

        Raises:
            Fault: A value is not possible.

        Example:
            >>> plane.faults.fail("UNAVAILABLE", only="ListAliases", times=2)
        """
        try:
            Fault(code, "")
        except KeyError:
            raise invalid("code", f"{code!r} is none of {', '.join(get_args(Code))}") from None
        self._add(_Rule(only, times, code=code))

    def kill_runner(self, app: str) -> str:
        """End a runner of an app at once, as one ends that crashes; return its id.

        Args:
            app: The full name of the app.

        Raises:
            Fault: No runner of it is alive.

        Example:
            >>> plane.faults.kill_runner("hello")
        """
        runner_id = self._kill(app)
        if runner_id is None:
            raise Fault("NOT_FOUND", f"no runner of app {app!r} is alive")
        return runner_id

    def clear(self) -> None:
        """Let everything work again."""
        with self._lock:
            self._rules.clear()

    def strike(self, name: str) -> tuple[float, Fault | None]:
        """Return how long a call has to wait, and what it is refused with; called for each one."""
        if not self._rules:
            return 0.0, None
        seconds, fault = 0.0, None
        with self._lock:
            for rule in list(self._rules):
                if not fnmatchcase(name, rule.pattern) or (fault is not None and rule.code is not None):
                    continue
                if rule.left is not None:
                    rule.left -= 1
                    if rule.left <= 0:
                        self._rules.remove(rule)
                seconds += rule.seconds
                if rule.code is not None:
                    fault = Fault(rule.code, f"{name} failed on request of a test")
        return seconds, fault

    def _add(self, rule: _Rule) -> None:
        if rule.left is not None and rule.left < 1:
            raise invalid("times", f"{rule.left} is below 1")
        if not rule.pattern.startswith(("/", "*")) and not any(
            fnmatchcase(rpc, rule.pattern) for rpc in RPC_PERMISSION
        ):
            known = meant(rule.pattern, RPC_PERMISSION)
            raise invalid("only", f"{rule.pattern!r} is no RPC, and a path begins with '/'{known}")
        with self._lock:
            self._rules.append(rule)
