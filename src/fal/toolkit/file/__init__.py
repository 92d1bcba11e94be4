"""Files that endpoints take and return."""

from __future__ import annotations

from .file import CompressedFile as CompressedFile
from .file import File as File
from .file import FileField as FileField
from .file import PendingFile as PendingFile
from .providers.fal import FalFileRepository as FalFileRepository
from .providers.fal import FalFileRepositoryV3 as FalFileRepositoryV3
from .providers.fal import InMemoryRepository as InMemoryRepository
from .repositories import BUILT_IN_REPOSITORIES as BUILT_IN_REPOSITORIES
from .repositories import DEFAULT_REPOSITORY as DEFAULT_REPOSITORY
from .repositories import FALLBACK_REPOSITORY as FALLBACK_REPOSITORY
from .repositories import get_builtin_repository as get_builtin_repository
from .repositories import request_lifecycle_preference as request_lifecycle_preference
from .types import FileData as FileData
from .types import FileRepository as FileRepository
from .types import RepositoryId as RepositoryId
