# Generated from spec/; do not edit. Regenerate with: just generate
"""REST operations. Each function returns a request, ready to be sent; nothing here sends it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fal._gen.rest.operations.cancel_app_file_multipart import cancel_app_file_multipart
    from fal._gen.rest.operations.cancel_file_multipart import cancel_file_multipart
    from fal._gen.rest.operations.complete_app_file_multipart import complete_app_file_multipart
    from fal._gen.rest.operations.complete_file_multipart import complete_file_multipart
    from fal._gen.rest.operations.create_api_key import create_api_key
    from fal._gen.rest.operations.create_storage_token import create_storage_token
    from fal._gen.rest.operations.delete_api_key import delete_api_key
    from fal._gen.rest.operations.delete_file import delete_file
    from fal._gen.rest.operations.download_file import download_file
    from fal._gen.rest.operations.find_missing_hashes import find_missing_hashes
    from fal._gen.rest.operations.flush_app_queue import flush_app_queue
    from fal._gen.rest.operations.get_app_queue import get_app_queue
    from fal._gen.rest.operations.get_current_user import get_current_user
    from fal._gen.rest.operations.get_runner import get_runner
    from fal._gen.rest.operations.get_user_metrics import get_user_metrics
    from fal._gen.rest.operations.initiate_app_file_multipart import initiate_app_file_multipart
    from fal._gen.rest.operations.initiate_file_multipart import initiate_file_multipart
    from fal._gen.rest.operations.initiate_multipart_upload import initiate_multipart_upload
    from fal._gen.rest.operations.initiate_upload import initiate_upload
    from fal._gen.rest.operations.list_api_keys import list_api_keys
    from fal._gen.rest.operations.list_directory import list_directory
    from fal._gen.rest.operations.list_logs_history import list_logs_history
    from fal._gen.rest.operations.list_teams import list_teams
    from fal._gen.rest.operations.rename_file import rename_file
    from fal._gen.rest.operations.serverless_download_file import serverless_download_file
    from fal._gen.rest.operations.serverless_flush_app_queue import serverless_flush_app_queue
    from fal._gen.rest.operations.serverless_get_analytics import serverless_get_analytics
    from fal._gen.rest.operations.serverless_get_app_queue_info import serverless_get_app_queue_info
    from fal._gen.rest.operations.serverless_get_metrics import serverless_get_metrics
    from fal._gen.rest.operations.serverless_get_runner_history import serverless_get_runner_history
    from fal._gen.rest.operations.serverless_get_usage import serverless_get_usage
    from fal._gen.rest.operations.serverless_list_app_events import serverless_list_app_events
    from fal._gen.rest.operations.serverless_list_app_revisions import serverless_list_app_revisions
    from fal._gen.rest.operations.serverless_list_apps import serverless_list_apps
    from fal._gen.rest.operations.serverless_list_directory import serverless_list_directory
    from fal._gen.rest.operations.serverless_list_requests_by_endpoint import serverless_list_requests_by_endpoint
    from fal._gen.rest.operations.serverless_list_root import serverless_list_root
    from fal._gen.rest.operations.serverless_logs_history import serverless_logs_history
    from fal._gen.rest.operations.serverless_logs_stream import serverless_logs_stream
    from fal._gen.rest.operations.serverless_upload_from_url import serverless_upload_from_url
    from fal._gen.rest.operations.serverless_upload_local_file import serverless_upload_local_file
    from fal._gen.rest.operations.stream_logs import stream_logs
    from fal._gen.rest.operations.upload_app_file_multipart_part import upload_app_file_multipart_part
    from fal._gen.rest.operations.upload_file_multipart_part import upload_file_multipart_part
    from fal._gen.rest.operations.upload_from_url import upload_from_url
    from fal._gen.rest.operations.upload_local_file import upload_local_file

__all__ = [
    "cancel_app_file_multipart",
    "cancel_file_multipart",
    "complete_app_file_multipart",
    "complete_file_multipart",
    "create_api_key",
    "create_storage_token",
    "delete_api_key",
    "delete_file",
    "download_file",
    "find_missing_hashes",
    "flush_app_queue",
    "get_app_queue",
    "get_current_user",
    "get_runner",
    "get_user_metrics",
    "initiate_app_file_multipart",
    "initiate_file_multipart",
    "initiate_multipart_upload",
    "initiate_upload",
    "list_api_keys",
    "list_directory",
    "list_logs_history",
    "list_teams",
    "rename_file",
    "serverless_download_file",
    "serverless_flush_app_queue",
    "serverless_get_analytics",
    "serverless_get_app_queue_info",
    "serverless_get_metrics",
    "serverless_get_runner_history",
    "serverless_get_usage",
    "serverless_list_app_events",
    "serverless_list_app_revisions",
    "serverless_list_apps",
    "serverless_list_directory",
    "serverless_list_requests_by_endpoint",
    "serverless_list_root",
    "serverless_logs_history",
    "serverless_logs_stream",
    "serverless_upload_from_url",
    "serverless_upload_local_file",
    "stream_logs",
    "upload_app_file_multipart_part",
    "upload_file_multipart_part",
    "upload_from_url",
    "upload_local_file",
]

_MODULES: dict[str, str] = {
    "cancel_app_file_multipart": "operations.cancel_app_file_multipart",
    "cancel_file_multipart": "operations.cancel_file_multipart",
    "complete_app_file_multipart": "operations.complete_app_file_multipart",
    "complete_file_multipart": "operations.complete_file_multipart",
    "create_api_key": "operations.create_api_key",
    "create_storage_token": "operations.create_storage_token",
    "delete_api_key": "operations.delete_api_key",
    "delete_file": "operations.delete_file",
    "download_file": "operations.download_file",
    "find_missing_hashes": "operations.find_missing_hashes",
    "flush_app_queue": "operations.flush_app_queue",
    "get_app_queue": "operations.get_app_queue",
    "get_current_user": "operations.get_current_user",
    "get_runner": "operations.get_runner",
    "get_user_metrics": "operations.get_user_metrics",
    "initiate_app_file_multipart": "operations.initiate_app_file_multipart",
    "initiate_file_multipart": "operations.initiate_file_multipart",
    "initiate_multipart_upload": "operations.initiate_multipart_upload",
    "initiate_upload": "operations.initiate_upload",
    "list_api_keys": "operations.list_api_keys",
    "list_directory": "operations.list_directory",
    "list_logs_history": "operations.list_logs_history",
    "list_teams": "operations.list_teams",
    "rename_file": "operations.rename_file",
    "serverless_download_file": "operations.serverless_download_file",
    "serverless_flush_app_queue": "operations.serverless_flush_app_queue",
    "serverless_get_analytics": "operations.serverless_get_analytics",
    "serverless_get_app_queue_info": "operations.serverless_get_app_queue_info",
    "serverless_get_metrics": "operations.serverless_get_metrics",
    "serverless_get_runner_history": "operations.serverless_get_runner_history",
    "serverless_get_usage": "operations.serverless_get_usage",
    "serverless_list_app_events": "operations.serverless_list_app_events",
    "serverless_list_app_revisions": "operations.serverless_list_app_revisions",
    "serverless_list_apps": "operations.serverless_list_apps",
    "serverless_list_directory": "operations.serverless_list_directory",
    "serverless_list_requests_by_endpoint": "operations.serverless_list_requests_by_endpoint",
    "serverless_list_root": "operations.serverless_list_root",
    "serverless_logs_history": "operations.serverless_logs_history",
    "serverless_logs_stream": "operations.serverless_logs_stream",
    "serverless_upload_from_url": "operations.serverless_upload_from_url",
    "serverless_upload_local_file": "operations.serverless_upload_local_file",
    "stream_logs": "operations.stream_logs",
    "upload_app_file_multipart_part": "operations.upload_app_file_multipart_part",
    "upload_file_multipart_part": "operations.upload_file_multipart_part",
    "upload_from_url": "operations.upload_from_url",
    "upload_local_file": "operations.upload_local_file",
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
