"""The local part of a deploy: find, load, bundle, collect and hash. Nothing is sent."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fal._core import names
from fal._core.garbage import rare_collections
from fal.exceptions import AppLoadError, InvalidInput

from ..errors import AppInvalid, PythonVersionMismatch
from ..events import DeployEvent, DeployWarning, Discovered, FilesHashed, Packaged
from ..locate.loader import LoadedFile, find_app, load
from ..locate.reference import Target, resolve
from ..options import AppRef, DeployOptions
from ..paths import relative_to
from ..redaction import shown_text
from ..resolve.draft import LOCAL_PYTHON, Draft, draft_from_spec, draft_from_table
from ..resolve.environment import flat
from . import sdist
from .files import LocalFile, collect

if TYPE_CHECKING:
    from .hashing import HashedFile


@dataclass(slots=True)
class Prepared:
    """A deploy that is ready to be sent."""

    draft: Draft
    alias: str
    files: list[HashedFile]
    local: list[sdist.LocalRequirement]
    fingerprints: dict[str, str]
    events: list[DeployEvent] = field(default_factory=list)


@rare_collections()  # loading FastAPI is most of the time
def prepare(app_ref: AppRef, options: DeployOptions, *, limit_max_requests: int | None = None) -> Prepared:
    """Find and package an app.

    Args:
        app_ref: What to find.
        options: What the caller said.
        limit_max_requests: How many requests an app answers before it ends; None sets no limit.

    Raises:
        DeployError: It cannot be found, loaded or packaged; the subclass says why.
        InvalidInput, InvalidType: An argument is wrong.
    """
    target = resolve(app_ref, options.folder)
    sibling_files: list[Path] = []
    if target.file is None:
        draft = draft_from_table(target, options)
        alias, files, notices, local = _packaged_parts(draft)
    else:
        with load(target.file) as loaded:
            draft, app, spec = _describe(target, loaded, options)
            _check_python(draft)
            alias, files, notices, local = _packaged_parts(draft)
            with _bundled(draft, app, spec, loaded, limit_max_requests):
                _describe_endpoints(draft, app)
            sibling_files = loaded.sibling_files
    hashed = _hashed(files)
    prints = {str(path): _digest(path) for path in {*draft.inputs, *sibling_files}}
    prints.update({str(item.file.path): item.hash for item in hashed})
    prints.update({str(item.folder): sdist.fingerprint(item.folder) for item in local})
    prepared = Prepared(draft, alias, hashed, local, prints)
    prepared.events = _events(prepared, notices)
    return prepared


def prepare_object(
    app: Any, options: DeployOptions, arguments: tuple[tuple[Any, ...], dict[str, Any]] | None = None
) -> Prepared:
    """Package an app or function of this process, as it is.

    Args:
        app: A class that derives from `fal.App`, or what `fal.function` made.
        options: As for a deploy.
        arguments: What a function is called with.

    Raises:
        DeployError: It cannot be packaged; the subclass says why.
    """
    from fal.app.bundle import pack
    from fal.app.spec import describe

    symbol = getattr(app, "func", app).__name__
    module = sys.modules.get(app.__module__)
    if module is None or not getattr(module, "__file__", None):
        raise AppLoadError(f"{symbol} is not defined in a file: a function that runs elsewhere must be in one")
    file = Path(str(module.__file__)).resolve()
    spec = describe(app)
    draft = draft_from_spec(Target(file, symbol), spec, "", symbol, options)
    _check_python(draft)
    alias, files, notices, local = _packaged_parts(draft)
    try:
        draft.function = pack.dump(
            app,
            local_python_modules=spec.local_python_modules,
            app_files_dir=_app_files_dir(draft, file),
            arguments=arguments,
            with_fal=_has_fal(draft),
        )
    except ValueError as error:
        raise AppInvalid(str(error)) from error
    prepared = Prepared(draft, alias, _hashed(files), local, {})
    prepared.events = _events(prepared, notices)
    return prepared


def _hashed(files: list[LocalFile]) -> list[HashedFile]:
    if not files:
        return []
    from .hashing import hash_files  # which loads a database

    return hash_files(files)


def _describe(target: Target, loaded: LoadedFile, options: DeployOptions) -> tuple[Draft, Any, Any]:
    from fal.app.spec import describe

    app, symbol = find_app(loaded, target.symbol)
    spec = describe(app)
    return draft_from_spec(target, spec, loaded.source, symbol, options), app, spec


def _describe_endpoints(draft: Draft, app: Any) -> None:
    from fal.app.spec import metadata

    draft.metadata = dict(metadata(app))
    paths = (draft.metadata.get("openapi") or {}).get("paths")
    if paths:
        draft.endpoints = list(paths)


def _check_python(draft: Draft) -> None:
    wanted = draft.environment.configuration["python_version"]
    if wanted.split(".")[:2] != LOCAL_PYTHON.split("."):
        raise PythonVersionMismatch(
            f"{draft.symbol} asks for Python {wanted}, and this is Python {LOCAL_PYTHON}: a bundle only runs on the "
            f"Python that made it. Deploy with Python {wanted}, drop python_version, or use python_entry_point"
        )


def _packaged_parts(draft: Draft) -> tuple[str, list[LocalFile], list[str], list[sdist.LocalRequirement]]:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", draft.name):
        raise InvalidInput(
            f"app_name={draft.name!r} cannot be part of a URL; use letters, digits and hyphens, e.g. 'my-app'"
        )
    alias = names.compose_alias(draft.name, draft.options.environment_name)
    draft.name = names.strip_environment(draft.name, draft.options.environment_name)
    local = sdist.find_local(flat(draft.environment.requirements), draft.requirements_base)
    files, notices = collect(draft.files) if draft.files else ([], [])
    return alias, files, notices, local


@contextmanager
def _bundled(draft: Draft, app: Any, spec: Any, loaded: LoadedFile, limit_max_requests: int | None) -> Iterator[None]:
    """Pack the app; what is packed is loaded once, in a process of its own, while the block runs."""
    from fal.app.bundle import pack
    from fal.app.bundle.verify import verified

    if not draft.serves_isolate:
        yield
        return
    # Modules beside the file that it imports are found and taken along by the bundle itself.
    bundle = pack.dump(
        app,
        local_python_modules=spec.local_python_modules,
        app_files_dir=_app_files_dir(draft, loaded.path),
        limit_max_requests=limit_max_requests,
        with_fal=_has_fal(draft),
    )
    with verified(draft.symbol or draft.name, bundle, (loaded.path.parent, Path.cwd())):
        yield
    draft.function = bundle


def _has_fal(draft: Draft) -> bool:
    """Whether the runner may have the released package: it is required, or an image may hold it."""
    from fal.app.bundle.requirements import names as required

    return draft.environment.image is not None or "fal" in required(flat(draft.environment.requirements))


def _app_files_dir(draft: Draft, file: Path) -> str | None:
    """Return where the app file's folder lies among the files that go along."""
    if draft.environment.image is not None or draft.files is None:
        return None
    return relative_to(file.parent, draft.files.context)


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "missing"


def _events(prepared: Prepared, notices: list[str]) -> list[DeployEvent]:
    draft = prepared.draft
    name = draft.name
    kind = "file" if draft.source else ("entry-point" if draft.entrypoint else "image")
    events: list[DeployEvent] = [
        Discovered(
            app_name=name,
            kind=kind,
            source=draft.source,
            symbol=draft.symbol,
            environment_name=draft.options.environment_name,
        )
    ]
    events += [DeployWarning(app_name=name, message=text) for text in [*draft.warnings, *notices]]
    events.append(
        Packaged(
            app_name=name,
            bundle_size=len(draft.function or b""),
            python_version=draft.environment.configuration["python_version"],
            requirements=tuple(map(shown_text, flat(draft.environment.requirements))),
        )
    )
    if prepared.files:
        events.append(
            FilesHashed(
                app_name=name,
                count=len(prepared.files),
                total_size=sum(item.file.size for item in prepared.files),
                remembered=sum(item.remembered for item in prepared.files),
            )
        )
    return events


def changed_inputs(prepared: Prepared) -> list[str]:
    """Return the local paths that are not as they were when the deploy was prepared."""
    draft = prepared.draft
    now: dict[str, str] = {}
    if draft.files:
        now.update({str(item.file.path): item.hash for item in _hashed(collect(draft.files)[0])})
    now.update({str(item.folder): sdist.fingerprint(item.folder) for item in prepared.local})
    for path in prepared.fingerprints:
        if path not in now and not any(path == str(item.file.path) for item in prepared.files):
            now[path] = _digest(Path(path))
    before = prepared.fingerprints
    return sorted(path for path in {*before, *now} if before.get(path) != now.get(path))
