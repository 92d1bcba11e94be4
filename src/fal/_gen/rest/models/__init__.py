# Generated from spec/; do not edit. Regenerate with: just generate
"""What the REST operations take and answer: frozen dataclasses and open enums, each loaded when it is used."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fal._gen.rest.models.api_key import ApiKey
    from fal._gen.rest.models.api_key_request import ApiKeyRequest
    from fal._gen.rest.models.api_key_scope import ApiKeyScope
    from fal._gen.rest.models.api_keys_response import ApiKeysResponse
    from fal._gen.rest.models.app_file_metadata import AppFileMetadata
    from fal._gen.rest.models.app_file_multipart_complete import AppFileMultipartComplete
    from fal._gen.rest.models.app_metrics import AppMetrics
    from fal._gen.rest.models.created_api_key import CreatedApiKey
    from fal._gen.rest.models.current_user import CurrentUser
    from fal._gen.rest.models.file_rename import FileRename
    from fal._gen.rest.models.file_spec import FileSpec
    from fal._gen.rest.models.label_condition_type import LabelConditionType
    from fal._gen.rest.models.label_filter import LabelFilter
    from fal._gen.rest.models.log_entry import LogEntry
    from fal._gen.rest.models.log_run_source import LogRunSource
    from fal._gen.rest.models.logs_page import LogsPage
    from fal._gen.rest.models.missing_hashes_request import MissingHashesRequest
    from fal._gen.rest.models.multipart_complete import MultipartComplete
    from fal._gen.rest.models.multipart_part import MultipartPart
    from fal._gen.rest.models.multipart_upload import MultipartUpload
    from fal._gen.rest.models.presigned_upload import PresignedUpload
    from fal._gen.rest.models.queue_info import QueueInfo
    from fal._gen.rest.models.runner_lifetime import RunnerLifetime
    from fal._gen.rest.models.serverless_actor import ServerlessActor
    from fal._gen.rest.models.serverless_analytics_response import ServerlessAnalyticsResponse
    from fal._gen.rest.models.serverless_analytics_time_series import ServerlessAnalyticsTimeSeries
    from fal._gen.rest.models.serverless_app import ServerlessApp
    from fal._gen.rest.models.serverless_app_auth_mode import ServerlessAppAuthMode
    from fal._gen.rest.models.serverless_app_event import ServerlessAppEvent
    from fal._gen.rest.models.serverless_app_event_category import ServerlessAppEventCategory
    from fal._gen.rest.models.serverless_app_event_payload import ServerlessAppEventPayload
    from fal._gen.rest.models.serverless_app_events_response import ServerlessAppEventsResponse
    from fal._gen.rest.models.serverless_app_queue import ServerlessAppQueue
    from fal._gen.rest.models.serverless_app_revision import ServerlessAppRevision
    from fal._gen.rest.models.serverless_app_revision_status import ServerlessAppRevisionStatus
    from fal._gen.rest.models.serverless_app_revisions_response import ServerlessAppRevisionsResponse
    from fal._gen.rest.models.serverless_apps_response import ServerlessAppsResponse
    from fal._gen.rest.models.serverless_bound_to_timeframe import ServerlessBoundToTimeframe
    from fal._gen.rest.models.serverless_endpoint_analytics import ServerlessEndpointAnalytics
    from fal._gen.rest.models.serverless_file import ServerlessFile
    from fal._gen.rest.models.serverless_log_condition import ServerlessLogCondition
    from fal._gen.rest.models.serverless_log_filter import ServerlessLogFilter
    from fal._gen.rest.models.serverless_log_line import ServerlessLogLine
    from fal._gen.rest.models.serverless_logs_response import ServerlessLogsResponse
    from fal._gen.rest.models.serverless_request import ServerlessRequest
    from fal._gen.rest.models.serverless_request_order import ServerlessRequestOrder
    from fal._gen.rest.models.serverless_request_status import ServerlessRequestStatus
    from fal._gen.rest.models.serverless_requests_response import ServerlessRequestsResponse
    from fal._gen.rest.models.serverless_run_source import ServerlessRunSource
    from fal._gen.rest.models.serverless_runner_counts import ServerlessRunnerCounts
    from fal._gen.rest.models.serverless_runner_history import ServerlessRunnerHistory
    from fal._gen.rest.models.serverless_runner_history_aggregation import ServerlessRunnerHistoryAggregation
    from fal._gen.rest.models.serverless_timeframe import ServerlessTimeframe
    from fal._gen.rest.models.serverless_upload_request import ServerlessUploadRequest
    from fal._gen.rest.models.serverless_usage import ServerlessUsage
    from fal._gen.rest.models.serverless_usage_response import ServerlessUsageResponse
    from fal._gen.rest.models.serverless_usage_time_series import ServerlessUsageTimeSeries
    from fal._gen.rest.models.sort_direction import SortDirection
    from fal._gen.rest.models.storage_token import StorageToken
    from fal._gen.rest.models.stored_file import StoredFile
    from fal._gen.rest.models.team_role import TeamRole
    from fal._gen.rest.models.upload_request import UploadRequest
    from fal._gen.rest.models.url_file_upload import UrlFileUpload
    from fal._gen.rest.models.user_account import UserAccount
    from fal._gen.rest.models.user_member import UserMember
    from fal._gen.rest.models.user_metrics import UserMetrics
    from fal._gen.rest.models.user_metrics_summary import UserMetricsSummary

__all__ = [
    "ApiKey",
    "ApiKeyRequest",
    "ApiKeyScope",
    "ApiKeysResponse",
    "AppFileMetadata",
    "AppFileMultipartComplete",
    "AppMetrics",
    "CreatedApiKey",
    "CurrentUser",
    "FileRename",
    "FileSpec",
    "LabelConditionType",
    "LabelFilter",
    "LogEntry",
    "LogRunSource",
    "LogsPage",
    "MissingHashesRequest",
    "MultipartComplete",
    "MultipartPart",
    "MultipartUpload",
    "PresignedUpload",
    "QueueInfo",
    "RunnerLifetime",
    "ServerlessActor",
    "ServerlessAnalyticsResponse",
    "ServerlessAnalyticsTimeSeries",
    "ServerlessApp",
    "ServerlessAppAuthMode",
    "ServerlessAppEvent",
    "ServerlessAppEventCategory",
    "ServerlessAppEventPayload",
    "ServerlessAppEventsResponse",
    "ServerlessAppQueue",
    "ServerlessAppRevision",
    "ServerlessAppRevisionStatus",
    "ServerlessAppRevisionsResponse",
    "ServerlessAppsResponse",
    "ServerlessBoundToTimeframe",
    "ServerlessEndpointAnalytics",
    "ServerlessFile",
    "ServerlessLogCondition",
    "ServerlessLogFilter",
    "ServerlessLogLine",
    "ServerlessLogsResponse",
    "ServerlessRequest",
    "ServerlessRequestOrder",
    "ServerlessRequestStatus",
    "ServerlessRequestsResponse",
    "ServerlessRunSource",
    "ServerlessRunnerCounts",
    "ServerlessRunnerHistory",
    "ServerlessRunnerHistoryAggregation",
    "ServerlessTimeframe",
    "ServerlessUploadRequest",
    "ServerlessUsage",
    "ServerlessUsageResponse",
    "ServerlessUsageTimeSeries",
    "SortDirection",
    "StorageToken",
    "StoredFile",
    "TeamRole",
    "UploadRequest",
    "UrlFileUpload",
    "UserAccount",
    "UserMember",
    "UserMetrics",
    "UserMetricsSummary",
]

_MODULES: dict[str, str] = {
    "ApiKey": "api_key",
    "ApiKeyRequest": "api_key_request",
    "ApiKeyScope": "api_key_scope",
    "ApiKeysResponse": "api_keys_response",
    "AppFileMetadata": "app_file_metadata",
    "AppFileMultipartComplete": "app_file_multipart_complete",
    "AppMetrics": "app_metrics",
    "CreatedApiKey": "created_api_key",
    "CurrentUser": "current_user",
    "FileRename": "file_rename",
    "FileSpec": "file_spec",
    "LabelConditionType": "label_condition_type",
    "LabelFilter": "label_filter",
    "LogEntry": "log_entry",
    "LogRunSource": "log_run_source",
    "LogsPage": "logs_page",
    "MissingHashesRequest": "missing_hashes_request",
    "MultipartComplete": "multipart_complete",
    "MultipartPart": "multipart_part",
    "MultipartUpload": "multipart_upload",
    "PresignedUpload": "presigned_upload",
    "QueueInfo": "queue_info",
    "RunnerLifetime": "runner_lifetime",
    "ServerlessActor": "serverless_actor",
    "ServerlessAnalyticsResponse": "serverless_analytics_response",
    "ServerlessAnalyticsTimeSeries": "serverless_analytics_time_series",
    "ServerlessApp": "serverless_app",
    "ServerlessAppAuthMode": "serverless_app_auth_mode",
    "ServerlessAppEvent": "serverless_app_event",
    "ServerlessAppEventCategory": "serverless_app_event_category",
    "ServerlessAppEventPayload": "serverless_app_event_payload",
    "ServerlessAppEventsResponse": "serverless_app_events_response",
    "ServerlessAppQueue": "serverless_app_queue",
    "ServerlessAppRevision": "serverless_app_revision",
    "ServerlessAppRevisionStatus": "serverless_app_revision_status",
    "ServerlessAppRevisionsResponse": "serverless_app_revisions_response",
    "ServerlessAppsResponse": "serverless_apps_response",
    "ServerlessBoundToTimeframe": "serverless_bound_to_timeframe",
    "ServerlessEndpointAnalytics": "serverless_endpoint_analytics",
    "ServerlessFile": "serverless_file",
    "ServerlessLogCondition": "serverless_log_condition",
    "ServerlessLogFilter": "serverless_log_filter",
    "ServerlessLogLine": "serverless_log_line",
    "ServerlessLogsResponse": "serverless_logs_response",
    "ServerlessRequest": "serverless_request",
    "ServerlessRequestOrder": "serverless_request_order",
    "ServerlessRequestStatus": "serverless_request_status",
    "ServerlessRequestsResponse": "serverless_requests_response",
    "ServerlessRunSource": "serverless_run_source",
    "ServerlessRunnerCounts": "serverless_runner_counts",
    "ServerlessRunnerHistory": "serverless_runner_history",
    "ServerlessRunnerHistoryAggregation": "serverless_runner_history_aggregation",
    "ServerlessTimeframe": "serverless_timeframe",
    "ServerlessUploadRequest": "serverless_upload_request",
    "ServerlessUsage": "serverless_usage",
    "ServerlessUsageResponse": "serverless_usage_response",
    "ServerlessUsageTimeSeries": "serverless_usage_time_series",
    "SortDirection": "sort_direction",
    "StorageToken": "storage_token",
    "StoredFile": "stored_file",
    "TeamRole": "team_role",
    "UploadRequest": "upload_request",
    "UrlFileUpload": "url_file_upload",
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
