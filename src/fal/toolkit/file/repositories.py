"""Which repositories there are, and which of them takes a file."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from fal.app.runtime.context import UPLOAD_POLICY, RequestContext, current
from fal.exceptions.authoring import AppException

from ..exceptions import FileUploadFallbackException
from .providers.fal import FalFileRepository, FalFileRepositoryV3, InMemoryRepository
from .types import FileRepository, Lifecycle, RepositoryId

if TYPE_CHECKING:
    from starlette.requests import Request

T = TypeVar("T")
Repository = FileRepository | RepositoryId
Fallback = Repository | list[Repository] | None

DEFAULT_REPOSITORY: Repository = "fal_v3"
FALLBACK_REPOSITORY: list[Repository] = ["fal"]


def _google() -> FileRepository:
    from .providers.gcp import GoogleStorageRepository

    return GoogleStorageRepository()


def _r2() -> FileRepository:
    from .providers.r2 import R2Repository

    return R2Repository()


BUILT_IN_REPOSITORIES: dict[str, Callable[[], FileRepository]] = {
    "fal": FalFileRepository,
    "fal_v3": FalFileRepositoryV3,
    "in_memory": InMemoryRepository,
    "gcp_storage": _google,
    "r2": _r2,
}
_RENAMED = {"fal_v2": "fal_v3", "cdn": "fal_v3"}


def get_builtin_repository(id: Repository) -> FileRepository:
    """Return the repository of a name; a repository is returned as it is.

    Raises:
        ValueError: There is none of that name.
    """
    if isinstance(id, FileRepository):
        return id
    name: str = id
    if name in _RENAMED:
        warnings.warn(f"the repository {name!r} is now called {_RENAMED[name]!r}", DeprecationWarning, stacklevel=2)
        name = _RENAMED[name]
    if name not in BUILT_IN_REPOSITORIES:
        known = ", ".join(map(repr, BUILT_IN_REPOSITORIES))
        raise ValueError(f"repository: {name!r} is not one of {known}; give one of them or a FileRepository")
    return BUILT_IN_REPOSITORIES[name]()


def request_lifecycle_preference(request: Request) -> Lifecycle | None:
    """Return how long the caller of a request wants produced files to be kept, or None."""
    return RequestContext.from_headers(request.headers).lifecycle_preference


def lifecycle(request: Request | None) -> Lifecycle | None:
    """Return how long files are kept, as the given request says, or the one being answered."""
    if request is not None:
        return request_lifecycle_preference(request)
    context = current.get()
    return None if context is None else context.lifecycle_preference


def _refuse_policy(request: Request | None) -> None:
    context = current.get() if request is None else RequestContext.from_headers(request.headers)
    if context is not None and UPLOAD_POLICY in context.headers:
        raise AppException(f"This app stores no files in a bucket of the caller's: leave {UPLOAD_POLICY} out.", 501)


def store(
    save: Callable[[FileRepository, dict[str, Any]], T],
    repositories: tuple[Repository, Fallback],
    options: tuple[dict[str, Any], dict[str, Any]],
    request: Request | None,
) -> T:
    """Store with the first repository that takes the file.

    Args:
        save: Stores with one repository and its options.
        repositories: The one, and what it falls back to.
        options: For the one, and for the others.
        request: Says how long the file is kept; None for the request being answered.

    Raises:
        FileUploadFallbackException: None took it; a single repository's own error passes as it is.
        AppException: The caller wants the file in a bucket of its own, which this library cannot do.
    """
    _refuse_policy(request)
    first, fallback = repositories
    others = fallback if isinstance(fallback, list) else [] if fallback is None else [fallback]
    attempts: list[tuple[Any, dict[str, Any]]] = [
        (first, options[0]),
        *((other, options[1]) for other in others),
    ]
    keep = {"object_lifecycle_preference": lifecycle(request)}
    failures: list[str] = []
    for repository, given in attempts:
        to = get_builtin_repository(repository)
        try:
            return save(to, {**keep, **given})
        except Exception as error:
            if len(attempts) == 1:
                raise
            # By its name or class: a repository may hold credentials.
            name = repository if isinstance(repository, str) else type(repository).__name__
            failures.append(f"{name}: {type(error).__name__}: {error}")
            print(f"the file was not stored: {failures[-1]}", flush=True)
    raise FileUploadFallbackException(f"no repository stored the file: {'; '.join(failures)}")
