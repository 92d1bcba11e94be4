# Generated from spec/; do not edit: correct the specification, the overlay or the template, then run `just generate`.
"""What the REST operations take and answer: frozen dataclasses and open enums, each loaded when it is used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fal._gen.rest.models.app_file_metadata import AppFileMetadata
    from fal._gen.rest.models.app_file_multipart_complete import AppFileMultipartComplete
    from fal._gen.rest.models.app_metrics import AppMetrics
    from fal._gen.rest.models.current_user import CurrentUser
    from fal._gen.rest.models.label_condition_type import LabelConditionType
    from fal._gen.rest.models.label_filter import LabelFilter
    from fal._gen.rest.models.log_entry import LogEntry
    from fal._gen.rest.models.log_run_source import LogRunSource
    from fal._gen.rest.models.logs_page import LogsPage
    from fal._gen.rest.models.missing_hashes_request import MissingHashesRequest
    from fal._gen.rest.models.multipart_part import MultipartPart
    from fal._gen.rest.models.multipart_upload import MultipartUpload
    from fal._gen.rest.models.presigned_upload import PresignedUpload
    from fal._gen.rest.models.queue_info import QueueInfo
    from fal._gen.rest.models.sort_direction import SortDirection
    from fal._gen.rest.models.stored_file import StoredFile
    from fal._gen.rest.models.team_role import TeamRole
    from fal._gen.rest.models.upload_request import UploadRequest
    from fal._gen.rest.models.user_account import UserAccount
    from fal._gen.rest.models.user_member import UserMember
    from fal._gen.rest.models.user_metrics import UserMetrics
    from fal._gen.rest.models.user_metrics_summary import UserMetricsSummary

__all__ = [
    "AppFileMetadata",
    "AppFileMultipartComplete",
    "AppMetrics",
    "CurrentUser",
    "LabelConditionType",
    "LabelFilter",
    "LogEntry",
    "LogRunSource",
    "LogsPage",
    "MissingHashesRequest",
    "MultipartPart",
    "MultipartUpload",
    "PresignedUpload",
    "QueueInfo",
    "SortDirection",
    "StoredFile",
    "TeamRole",
    "UploadRequest",
    "UserAccount",
    "UserMember",
    "UserMetrics",
    "UserMetricsSummary",
]

_MODULES = {
    "AppFileMetadata": "app_file_metadata",
    "AppFileMultipartComplete": "app_file_multipart_complete",
    "AppMetrics": "app_metrics",
    "CurrentUser": "current_user",
    "LabelConditionType": "label_condition_type",
    "LabelFilter": "label_filter",
    "LogEntry": "log_entry",
    "LogRunSource": "log_run_source",
    "LogsPage": "logs_page",
    "MissingHashesRequest": "missing_hashes_request",
    "MultipartPart": "multipart_part",
    "MultipartUpload": "multipart_upload",
    "PresignedUpload": "presigned_upload",
    "QueueInfo": "queue_info",
    "SortDirection": "sort_direction",
    "StoredFile": "stored_file",
    "TeamRole": "team_role",
    "UploadRequest": "upload_request",
    "UserAccount": "user_account",
    "UserMember": "user_member",
    "UserMetrics": "user_metrics",
    "UserMetricsSummary": "user_metrics_summary",
}

# Hidden from type checkers, so that a misspelt name is an error to them.
if not TYPE_CHECKING:

    def __getattr__(name):
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f"{__package__}.{_MODULES[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
