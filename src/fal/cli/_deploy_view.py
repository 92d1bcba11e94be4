"""What people see of a deploy while it goes on: on standard error, so that the answer stays alone on standard output."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from fal.cli._errors import as_commands
from fal.cli._output import size
from fal.cli._progress import Progress
from fal.deploy import events as happened

if TYPE_CHECKING:
    from fal.cli._screen import Screen


class DeployView(Progress):
    """Shows each step; the log of a step is kept back, and shown when the step fails.

    Args:
        screen: Where to.
        quiet: Whether the log is shown elsewhere.
        live: Whether what is run is shown line by line, as it comes.
    """

    def __init__(self, screen: Screen, *, quiet: bool = False, live: bool = False) -> None:
        super().__init__(screen, "Looking for the app")
        self._screen = screen
        self._quiet = quiet
        self._live = live
        self._log: list[str] = []
        self._sent: dict[str, int] = {}
        self._to_send = 0
        self.doing = "looking for the app"
        self.has_shown_log = False  # of the step that failed

    def take(self, event: happened.DeployEvent) -> None:
        """Show one event."""
        match event:
            case happened.RunLog() if self._live:
                self._print(event.message.rstrip())
            case happened.BuildLog(level="WARNING"):
                self._print(f"warning: {event.message}")
            case happened.LogLine():
                self._log.append(event.message)
                self._update(f"{self.doing.capitalize()}: {event.message.strip()}")
            case happened.Failed():
                self._fail()
            case happened.DeployWarning():
                self._print(f"warning: {as_commands(event.message)}")
            case happened.UploadStarted():
                self._to_send = event.total_size
                self._begin(f"uploading {event.count} files, {size(event.total_size)}")
            case happened.UploadProgress():
                self._sent[event.relative_path] = event.sent
                self.show_bytes("Uploading", sum(self._sent.values()), self._to_send)
            case _:
                self._step(event)

    def _step(self, event: happened.DeployEvent) -> None:
        match event:
            case happened.Packaged():
                self._print(f"Packaged {event.app_name}: {size(event.bundle_size)}")
            case happened.RequirementBuilding():
                self._begin(f"building {event.folder}")
            case happened.EnvironmentBuilding():
                self._begin("building the environment")
            case happened.EnvironmentBuilt():
                self._end("Built the environment")
            case happened.Running():
                self._begin(f"running {event.app_name}")
            case happened.Serving():
                for kind, urls in event.urls.items():
                    for url in urls.values():
                        self._print(f"{kind:10}  {url}")
            case happened.Probing():
                self._begin(f"reading the metadata of {event.entrypoint}")
            case happened.Registering():
                self._begin(f"waiting for the new revision to be healthy ({event.strategy})")
            case happened.RolledOut():
                self._end(f"Deployed {event.result.app_name}")

    def _begin(self, doing: str) -> None:
        self.doing = doing
        self._began = time.monotonic()
        self._log.clear()
        if self._status is None:
            self._print(f"{doing.capitalize()} ...")
        else:
            self._update(doing.capitalize())

    def _end(self, done: str) -> None:
        lines = f", {len(self._log)} lines of log (-v shows them)" if self._log and not self._quiet else ""
        self._print(f"{done} in {time.monotonic() - self._began:.1f} s{lines}")
        self._log.clear()

    def _print(self, text: str) -> None:
        """Write a line, above what turns where something does."""
        if self._status is None:
            self._screen.message(text)
        else:
            from rich.text import Text

            from fal.cli._screen import safe

            self._status.console.print(Text(safe(text)), soft_wrap=True)

    def _update(self, text: str) -> None:
        if self._status is not None:
            from rich.text import Text

            from fal.cli._screen import safe

            self._status.update(Text(safe(text).partition("\n")[0], overflow="ellipsis", no_wrap=True))

    def _fail(self) -> None:
        self.has_shown_log = bool(self._log)
        if self._status is not None:
            self._status.stop()
        if not self._quiet:
            for line in self._log:
                self._print(f"  {line.rstrip()}")
