"""Send a prepared deploy: store what it needs, build the environment, register the revision."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fal._core.frames import forget_frames
from fal.exceptions import BuildFailed, DeadlineExceeded, DeployError, FalServerlessException, RolloutFailed

from ..deadline import Deadline
from ..events import (
    BuildLog,
    DeployEvent,
    DeployWarning,
    EnvironmentBuilding,
    EnvironmentBuilt,
    Failed,
    LogLine,
    ProbeLog,
    Probing,
    Registering,
    RegisterLog,
    RequirementBuilding,
    RequirementUploaded,
    RolledOut,
)
from ..options import ResultHandler
from ..package import sdist
from ..package.prepare import Prepared
from ..result import DeploymentResult, DeploymentURLs
from .background import Work
from .live import missing_secrets
from .probe import plain_data
from .upload import Uploader

if TYPE_CHECKING:
    from fal._core.caller import Caller
    from fal._gen import models

Events = Generator[DeployEvent, None, None]

_LOG = logging.getLogger("fal.deploy.logs")
_LOG.addHandler(logging.NullHandler())  # the platform's lines are for those who ask: they are events, too
_LEVELS = {"TRACE": 5, "DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "STDOUT": 20, "STDERR": 20}


class Execution:
    """A running deploy."""

    def __init__(
        self,
        caller: Caller,
        prepared: Prepared,
        deadline: Deadline,
        *,
        build_handler: ResultHandler | None = None,
        register_handler: ResultHandler | None = None,
    ) -> None:
        self._caller = caller
        self._prepared = prepared
        self._draft = prepared.draft
        self._deadline = deadline
        self._build_handler = build_handler
        self._register_handler = register_handler
        self._requirements: dict[str, str] = {}
        self._env_id: str | None = None
        self._tail: list[str] = []
        self._warnings: list[str] = []

    def events(self) -> Events:
        """Run the deploy. The last event is RolledOut; an error is preceded by a Failed event."""
        for event in self._steps():
            if isinstance(event, DeployWarning):
                _LOG.warning("deploy of %s: %s", event.app_name, event.message, extra={"fal_app": event.app_name})
                self._warnings.append(event.message)
            yield event

    def _steps(self) -> Events:
        steps = self._phases()
        phase = "prepare"
        try:
            yield from self._prepared.events
            for phase in steps:
                yield from steps[phase]()
        except Exception as error:
            if isinstance(error, FalServerlessException):
                forget_frames(error)
            _LOG.error("deploy of %s failed (%s): %s", self._draft.name, phase, error)
            yield Failed(app_name=self._draft.name, phase=phase, error=error)
            raise

    def _phases(self) -> Mapping[str, Callable[[], Events]]:
        return {
            "secrets": self._look_for_secrets,
            "requirements": self._build_requirements,
            "files": self._upload_files,
            "build": self._build_environment,
            "metadata": self._read_metadata,
            "register": self._register,
        }

    # ---------------------------------------------------------------------------------------------------- the steps

    def _look_for_secrets(self) -> Events:
        for text in missing_secrets(self._caller, self._draft, self._deadline):
            yield DeployWarning(app_name=self._draft.name, message=text)

    def _build_requirements(self) -> Events:
        stored: dict[Any, tuple[str, str]] = {}
        for item in self._prepared.local:
            if item.folder not in stored:
                yield RequirementBuilding(app_name=self._draft.name, folder=item.folder)
                with sdist.built(item, self._deadline) as (archive, name):
                    url = sdist.store(self._caller, archive, item.text, self._deadline)
                    size = archive.stat().st_size
                stored[item.folder] = name, url
                yield RequirementUploaded(app_name=self._draft.name, folder=item.folder, name=name, size=size)
            name, url = stored[item.folder]
            self._requirements[item.text] = f"{name}{item.extras} @ {url}"

    def _upload_files(self) -> Events:
        if not self._prepared.files:
            return
        work: Work[None] = Work()
        uploader = Uploader(self._caller, self._draft.name, self._deadline, work)
        yield from work.run(lambda _: uploader.upload(self._prepared.files))

    def _build_environment(self) -> Events:
        from fal._gen import convert, rpc

        from . import requests

        draft = self._draft
        request = requests.build_request(draft, self._prepared.alias, self._prepared.files, self._requirements)
        yield EnvironmentBuilding(app_name=draft.name, kind=draft.environment.kind, force=draft.force_env_build)
        for message in self._stream(rpc.BUILD_ENVIRONMENT, request, "its environment to be built", ended):
            result = convert.build_environment_result(message)
            self._env_id = result.env_id or self._env_id
            if self._build_handler:
                self._build_handler(result)
            yield from self._logs(BuildLog, result.logs)
            state = result.status.state.value if result.status else None
            if state == "SUCCESS":
                yield EnvironmentBuilt(app_name=draft.name, env_id=self._env_id)
                return
            if state == "INTERNAL_FAILURE":
                raise BuildFailed(self._with_tail(f"the environment of {draft.name} could not be built"))
        raise BuildFailed(self._with_tail(f"the build of {draft.name}'s environment ended without a result; try again"))

    def _read_metadata(self) -> Events:
        from fal._gen import convert, rpc

        from . import requests

        draft = self._draft
        if draft.entrypoint is None:
            return
        request = requests.probe_request(draft, self._prepared.alias, self._prepared.files, self._requirements)
        yield Probing(app_name=draft.name, entrypoint=draft.entrypoint)
        self._tail.clear()
        for message in self._stream(rpc.RUN, request, "its metadata to be read from the entry point", ended):
            result = convert.hosted_run_result(message)
            yield from self._logs(ProbeLog, result.logs)
            state = result.status.state.value if result.status else None
            if state == "INTERNAL_FAILURE" or (message.HasField("return_value") and message.return_value.was_it_raised):
                raise DeployError(self._with_tail(_probe_failure(draft.entrypoint, message.return_value)))
            if state == "SUCCESS":
                if not message.HasField("return_value"):
                    break
                metadata = plain_data(message.return_value.definition)
                if not isinstance(metadata, dict):
                    raise DeployError(
                        f"{draft.entrypoint}.build_metadata() returned a {type(metadata).__name__}; "
                        "it must return a dict"
                    )
                draft.metadata = metadata
                openapi = metadata.get("openapi")
                paths = openapi.get("paths") if isinstance(openapi, dict) else None
                draft.endpoints = list(paths) if isinstance(paths, dict) and paths else ["/"]
                return
        raise DeployError(self._with_tail(f"{draft.entrypoint}.build_metadata() ended without a result"))

    def _register(self) -> Events:
        from fal._gen import convert, rpc

        from . import requests

        draft = self._draft
        request = requests.register_request(
            draft, self._prepared.alias, self._prepared.files, self._requirements, draft.metadata
        )
        yield Registering(app_name=draft.name, strategy=draft.strategy, reset_scale=draft.reset_scale)
        self._tail.clear()
        revision: str | None = None
        urls: models.ServiceURLs | None = None
        missing = {"result", "service_urls"}

        def confirmed(message: Any) -> bool:
            # They may come apart, in either order. Attached, the stream goes on until the rollout has ended.
            missing.difference_update([part for part in missing if message.HasField(part)])
            return not missing and not draft.options.attach_to_deployment

        for message in self._stream(rpc.REGISTER_APPLICATION, request, "the new revision to be rolled out", confirmed):
            result = convert.register_application_result(message)
            revision = result.result.application_id if result.result else revision
            urls = result.service_urls or urls
            self._env_id = result.env_id or self._env_id
            if self._register_handler:
                self._register_handler(result)
            yield from self._logs(RegisterLog, result.logs)
        if revision is None:
            raise RolloutFailed(self._with_tail(f"the platform did not confirm the deploy of {draft.name}"))
        if urls is None:
            yield DeployWarning(app_name=draft.name, message="the app is deployed, but the platform returned no URLs")
        yield RolledOut(app_name=draft.name, result=self._result(revision, urls))

    def _result(self, revision: str, urls: models.ServiceURLs | None) -> DeploymentResult:
        draft = self._draft
        bases = (urls.playground, urls.run, urls.queue) if urls else ("", "", "")
        return DeploymentResult(
            revision=revision,
            app_name=draft.name,
            urls=DeploymentURLs.of(*bases, draft.endpoints),
            log_url=urls.log if urls else "",
            auth_mode=draft.auth_mode or "private",
            env_id=self._env_id,
            warnings=tuple(self._warnings),
        )

    # ------------------------------------------------------------------------------------------------------ helpers

    def _stream(
        self, method: Any, request: Any, awaited: str, is_last: Callable[[Any], bool], *, longest: float | None = None
    ) -> Iterator[Any]:
        left = self._deadline.remaining()
        stream = self._caller.stream(method, request, timeout=longest if left is None else left, is_last=is_last)
        try:
            yield from stream
        except DeadlineExceeded as error:
            if self._deadline.seconds is None:
                raise
            text = f"the deploy of {self._draft.name} waited {self._deadline.seconds:g} seconds, at last for {awaited}"
            raise DeadlineExceeded(
                self._with_tail(text),
                method=error.method,
                request_id=error.request_id,
                attempts=error.attempts,
                hint="Give it more time with timeout=. The platform may still finish it: see client.apps.list().",
            ) from None
        finally:
            close = getattr(stream, "close", None)
            if close:
                close()  # cancels the call when it has not ended

    def _logs(self, kind: type[LogLine], logs: list[models.Log]) -> Iterator[LogLine]:
        for log in logs:
            level = str(log.level)
            self._tail = [*self._tail[-19:], log.message]
            _LOG.log(_LEVELS.get(level, logging.INFO), "%s", log.message, extra={"fal_app": self._draft.name})
            yield kind(
                app_name=self._draft.name,
                message=log.message,
                level=level,
                source=str(log.source),
                timestamp=log.timestamp,
            )

    def _with_tail(self, text: str) -> str:
        return "\n".join([text + (":" if self._tail else ""), *(f"  {line.rstrip()}" for line in self._tail)])


def ended(message: Any) -> bool:
    """Return whether this is the message with which a build or a run has ended."""
    from fal._gen.proto import controller_pb2 as pb

    return message.status.state in (pb.HostedRunStatus.SUCCESS, pb.HostedRunStatus.INTERNAL_FAILURE)


def _probe_failure(entrypoint: str, value: Any) -> str:
    """Describe a probe that raised, from the texts that came along: the exception itself is never unpickled."""
    message = value.stringized_traceback.strip() or ": ".join(
        part for part in (value.exception_type_name, value.exception_message) if part
    )
    return f"{entrypoint}.build_metadata() failed on the runner" + (f":\n{message}" if message else "")
