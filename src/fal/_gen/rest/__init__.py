# Generated from spec/; do not edit: correct the specification, the overlay or the template, then run `just generate`.
"""REST operations. Each function returns a request, ready to be sent; nothing here sends it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fal._gen.rest.operations.cancel_app_file_multipart import cancel_app_file_multipart
    from fal._gen.rest.operations.complete_app_file_multipart import complete_app_file_multipart
    from fal._gen.rest.operations.find_missing_hashes import find_missing_hashes
    from fal._gen.rest.operations.flush_app_queue import flush_app_queue
    from fal._gen.rest.operations.get_app_queue import get_app_queue
    from fal._gen.rest.operations.get_current_user import get_current_user
    from fal._gen.rest.operations.get_user_metrics import get_user_metrics
    from fal._gen.rest.operations.initiate_app_file_multipart import initiate_app_file_multipart
    from fal._gen.rest.operations.initiate_upload import initiate_upload
    from fal._gen.rest.operations.list_logs_history import list_logs_history
    from fal._gen.rest.operations.list_teams import list_teams
    from fal._gen.rest.operations.stream_logs import stream_logs
    from fal._gen.rest.operations.upload_app_file_multipart_part import upload_app_file_multipart_part

__all__ = [
    "cancel_app_file_multipart",
    "complete_app_file_multipart",
    "find_missing_hashes",
    "flush_app_queue",
    "get_app_queue",
    "get_current_user",
    "get_user_metrics",
    "initiate_app_file_multipart",
    "initiate_upload",
    "list_logs_history",
    "list_teams",
    "stream_logs",
    "upload_app_file_multipart_part",
]

_MODULES = {
    "cancel_app_file_multipart": "operations.cancel_app_file_multipart",
    "complete_app_file_multipart": "operations.complete_app_file_multipart",
    "find_missing_hashes": "operations.find_missing_hashes",
    "flush_app_queue": "operations.flush_app_queue",
    "get_app_queue": "operations.get_app_queue",
    "get_current_user": "operations.get_current_user",
    "get_user_metrics": "operations.get_user_metrics",
    "initiate_app_file_multipart": "operations.initiate_app_file_multipart",
    "initiate_upload": "operations.initiate_upload",
    "list_logs_history": "operations.list_logs_history",
    "list_teams": "operations.list_teams",
    "stream_logs": "operations.stream_logs",
    "upload_app_file_multipart_part": "operations.upload_app_file_multipart_part",
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
