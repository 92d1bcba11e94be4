"""Requests to build, register and run, as records."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fal._gen.proto import controller_pb2 as pb
from fal._gen.wellknown import to_dict

from ..model import checks, limits
from ..model.faults import Fault, invalid
from ..model.records import Revision
from .wire import enum_name, set_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from ..state.store import Store

_KINDS = ("virtualenv", "conda", "container")
# A pickle of the standard library's is one that cloudpickle can read, too.
_SERIALIZERS = ("cloudpickle", "pickle")

_WithFiles = pb.BuildEnvironmentRequest | pb.RegisterApplicationRequest | pb.HostedRun
_Environments = _WithFiles | pb.HostedMap
_Apps = pb.RegisterApplicationRequest | pb.HostedRun
_Callables = _Apps | pb.HostedMap


def definition(request: _Environments) -> dict[str, Any]:
    """Return the one environment of a request, as `kind`, `configuration` and `force`.

    Raises:
        Fault: There is none, several, or one of a kind that does not exist.
    """
    if len(request.environments) != 1:
        raise invalid("environments", f"exactly one is needed; {len(request.environments)} were given")
    environment = request.environments[0]
    if environment.kind not in _KINDS:
        raise invalid("environments[0].kind", f"{environment.kind!r} is not one of {', '.join(_KINDS)}")
    return {"kind": environment.kind, "configuration": to_dict(environment.configuration), "force": environment.force}


def machine(request: _Environments) -> dict[str, Any]:
    """Return the machine requirements of a request, under their names on the wire.

    Raises:
        Fault: A value is not possible.
    """
    requirements = set_fields(request.machine_requirements)
    prefix = "machine_requirements."
    if "machine_type" in requirements and "machine_types" not in requirements:
        requirements["machine_types"] = [requirements["machine_type"]]
    checks.scaling(requirements, prefix)
    for name in ("exposed_port", "metrics_port", "num_gpus"):
        if name in requirements:
            checks.setting(prefix + name, requirements[name], name)
    return requirements


def files(request: _WithFiles, blob_path: Callable[[str], Path]) -> tuple[tuple[str, str], ...]:
    """Return hash and relative path of each file of a request.

    Raises:
        Fault: A path leads out of the app's folder, or a file was not uploaded.
    """
    if len(request.files) > limits.MOST_FILES:
        raise invalid("files", f"{len(request.files)} were given; the limit is {limits.MOST_FILES}")
    contents: dict[str, str] = {}
    for index, file in enumerate(request.files):
        path = checks.relative_path(f"files[{index}].relative_path", file.relative_path)
        digest = checks.digest(f"files[{index}].hash", file.hash)
        if contents.setdefault(path, digest) != digest:
            raise invalid(f"files[{index}].relative_path", f"{path!r} is listed twice, with different contents")
        if not blob_path(digest).exists():
            raise invalid(f"files[{index}].hash", f"the content of {path!r} was not uploaded")
    for path in contents:
        above = path.rpartition("/")[0]
        while above:
            if above in contents:
                raise invalid("files", f"{above!r} is a file and also a folder of {path!r}")
            above = above.rpartition("/")[0]
    return tuple((digest, path) for path, digest in contents.items())


def secrets(request: _WithFiles) -> list[str] | None:
    """Return the names of the secrets that an app asks for; None when it does not say.

    Raises:
        Fault: A name is not possible.
    """
    if not request.HasField("secrets"):
        return None
    return [checks.secret_name(f"secrets.names[{i}]", name) for i, name in enumerate(request.secrets.names)]


def callable_of(request: _Callables, environment: dict[str, Any]) -> tuple[bytes | None, str | None]:
    """Return the pickled function or the entrypoint of a request; neither when its image runs by itself.

    Raises:
        Fault: There is none, or one that cannot be read.
    """
    given = request.WhichOneof("callable")
    if given == "function":
        return serialized("function", request.function), None
    if given == "entrypoint":
        module, colon, symbol = request.entrypoint.partition(":")
        if not (module and colon and symbol):
            raise invalid("entrypoint", f"{request.entrypoint!r} is not of the form 'package.module:Symbol'")
        return None, request.entrypoint
    image = environment["configuration"].get("image")
    if environment["kind"] == "container" and isinstance(image, dict) and image.get("use_isolate") is False:
        return None, None
    raise invalid("function", "is unset, and so is entrypoint: one of them is needed")


def serialized(field: str, value: Any) -> bytes:
    """Return a pickled object, unread: only runners unpickle.

    Raises:
        Fault: It is empty, or was made by a serializer that runners do not know.
    """
    if value.method not in _SERIALIZERS:
        raise invalid(f"{field}.method", f"{value.method!r} is not one of {', '.join(_SERIALIZERS)}")
    if not value.definition:
        raise invalid(f"{field}.definition", "is empty")
    return bytes(value.definition)


def revision(
    request: pb.RegisterApplicationRequest,
    owner: str,
    name: str,
    environment: str,
    blob_path: Callable[[str], Path],
) -> Revision:
    """Return the revision that a request describes.

    Args:
        request: What was sent.
        owner: The account.
        name: The full name of the app.
        environment: Its environment.
        blob_path: Where uploaded files are.

    Raises:
        Fault: A value is not possible.
    """
    built = definition(request)
    function, entrypoint = callable_of(request, built)
    if request.HasField("setup_func"):
        raise Fault("UNIMPLEMENTED", "setup_func: deployed apps do their own setup; leave it unset")
    required = machine(request)
    if request.HasField("max_concurrency"):
        required.setdefault(
            "max_concurrency", checks.setting("max_concurrency", request.max_concurrency, "max_concurrency")
        )
    grace = _optional(request, "termination_grace_period_seconds")
    if grace is not None and grace < 0:
        raise invalid("termination_grace_period_seconds", f"{grace} is less than 0")
    return Revision(
        application_id=str(uuid.uuid4()),
        owner=owner,
        application_name=name,
        environment_name=environment,
        created_at=datetime.now(UTC),
        definition={"kind": built["kind"], "configuration": built["configuration"]},
        machine=required,
        function=function,
        entrypoint=entrypoint,
        files=files(request, blob_path),
        metadata=to_dict(request.metadata),
        health_check=_health_check(request),
        secrets=secrets(request),
        env_id=_optional(request, "env_id"),
        source_code=_optional(request, "source_code"),
        termination_grace_period_seconds=grace,
        private_logs=_optional(request, "private_logs"),
        skip_retry_conditions=_skip_retry_conditions(request.skip_retry_conditions),
        retry_config=_retry_config(_optional(request, "retry_config")),
        data_mounts=tuple(request.data_mounts),
        volumes=_volumes(request),
    )


def serves(entrypoint: str | None, required: dict[str, Any]) -> bool:
    """Return whether what is run answers requests, rather than returning a value."""
    if entrypoint is not None:
        return entrypoint.endswith(".run_local")
    return "exposed_port" in required


def ephemeral_revision(request: pb.HostedRun, owner: str, environment: str, store: Store) -> Revision:
    """Return a revision that lasts as long as a run; its name is its id.

    Raises:
        Fault: A value is not possible.
    """
    built = definition(request)
    function, entrypoint = callable_of(request, built)
    application_id = str(uuid.uuid4())
    return Revision(
        application_id=application_id,
        owner=owner,
        application_name=application_id,
        environment_name=environment,
        created_at=datetime.now(UTC),
        definition={"kind": built["kind"], "configuration": built["configuration"]},
        machine=machine(request),
        function=function,
        entrypoint=entrypoint,
        files=files(request, store.blob_path),
        health_check=_health_check(request),
        secrets=secrets(request),
        data_mounts=tuple(request.data_mounts),
        volumes=_volumes(request),
    )


def _optional(request: pb.RegisterApplicationRequest, field: Any) -> Any:
    return getattr(request, field) if request.HasField(field) else None


def _health_check(request: _Apps) -> dict[str, Any] | None:
    if not request.HasField("health_check_config"):
        path = request.health_check_path if isinstance(request, pb.RegisterApplicationRequest) else ""
        return {"path": checks.health_path("health_check_path", path)} if path else None
    config = request.health_check_config
    if not config.path:
        raise invalid("health_check_config.path", "is empty")
    checks.health_path("health_check_config.path", config.path)
    fields = set_fields(config)
    for name in ("start_period_seconds", "timeout_seconds", "failure_threshold"):
        least = 0 if name == "start_period_seconds" else 1
        if fields.get(name, least) < least:
            raise invalid(f"health_check_config.{name}", f"{fields[name]} is less than {least}")
    method = enum_name(pb.ApplicationHealthCheckConfig.Method, "method", config)
    return fields | ({} if method is None else {"method": method.upper()})


def _skip_retry_conditions(numbers: Iterable[int]) -> tuple[str, ...]:
    for number in (conditions := list(numbers)):
        if number not in pb.RetryCondition.values():
            raise invalid("skip_retry_conditions", f"{number} is not one of {', '.join(pb.RetryCondition.keys())}")
    return tuple(pb.RetryCondition.Name(number) for number in conditions)  # type: ignore[arg-type,unused-ignore]


def _retry_config(text: str | None) -> str | None:
    if text is not None:
        checks.checked_retries("retry_config", text)
    return text


def _volumes(request: _Apps) -> tuple[tuple[str, str], ...]:
    for index, volume in enumerate(request.volumes):
        if not volume.volume_name:
            raise invalid(f"volumes[{index}].volume_name", "is empty")
        if not volume.mount_path.startswith("/") or ".." in volume.mount_path.split("/"):
            raise invalid(f"volumes[{index}].mount_path", f"{volume.mount_path!r} is not an absolute path")
    return tuple((volume.volume_name, volume.mount_path) for volume in request.volumes)
