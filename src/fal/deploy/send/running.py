"""Run a function or an app for as long as the caller listens: store what it needs, build the environment, and Run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fal.exceptions import DataLoss, DeployError

from ..events import Finished, RunLog, Running, Serving
from ..result import DeploymentURLs, RunResult
from . import requests
from .execute import Events, Execution, ended
from .results import returned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fal._gen import models

    from ..deadline import Deadline
    from ..package.prepare import Prepared

_LONGEST = 30 * 24 * 3600.0  # seconds: a run lasts until its caller leaves, so this is only a last resort


class RunExecution(Execution):
    """One run under way. The last event is Finished.

    Args:
        caller: Who makes the calls.
        prepared: What is run.
        deadline: When it has to be done.
        auth: Who may call it in the meantime.
        strict: Whether a value that cannot be read here is an error, rather than kept as a pickle.
    """

    def __init__(
        self, caller: Any, prepared: Prepared, deadline: Deadline, *, auth: str = "public", strict: bool = False
    ) -> None:
        super().__init__(caller, prepared, deadline)
        self._auth = auth
        self._strict = strict

    def _phases(self) -> Mapping[str, Callable[[], Events]]:
        return {
            "requirements": self._build_requirements,
            "files": self._upload_files,
            "build": self._build_environment,
            "run": self._run,
        }

    def _run(self) -> Events:
        from fal._gen import convert, rpc

        draft, prepared = self._draft, self._prepared
        request = requests.run_request(draft, prepared.alias, prepared.files, self._requirements, self._auth)
        yield Running(app_name=draft.name)
        self._tail.clear()

        def returned_or_ended(message: Any) -> bool:
            return bool(message.HasField("return_value")) or ended(message)

        for message in self._stream(rpc.RUN, request, "the run", returned_or_ended, longest=_LONGEST):
            result = convert.hosted_run_result(message)
            yield from self._logs(RunLog, result.logs)
            if result.service_urls is not None:
                yield self._serving(result.service_urls)
            state = result.status.state.value if result.status else None
            if message.HasField("return_value"):
                yield Finished(app_name=draft.name, result=self._result_of(result.run_id, message.return_value))
                return
            if state == "INTERNAL_FAILURE":
                raise DeployError(self._with_tail(f"{draft.name} could not be run"))
            if state == "SUCCESS":
                yield Finished(app_name=draft.name, result=RunResult(result.run_id, None))
                return
        raise DeployError(self._with_tail(f"{draft.name} ended without a result"))

    def _serving(self, urls: models.ServiceURLs) -> Serving:
        bases = (urls.playground, urls.run, urls.queue)
        addresses = DeploymentURLs.of(*bases, self._draft.endpoints)
        return Serving(app_name=self._draft.name, urls=addresses, service_urls=urls)

    def _result_of(self, run_id: str, value: Any) -> RunResult:
        try:
            return RunResult(run_id, returned(value), bytes(value.definition))
        except DataLoss:
            if self._strict:
                raise
            return RunResult(run_id, None, bytes(value.definition))
