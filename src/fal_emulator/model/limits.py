"""The limits of the control plane; docs/emulator.md lists them all."""

from __future__ import annotations

import resource

_KIB = 1024
_MIB = 1024 * _KIB
_GIB = 1024 * _MIB

# connections
MOST_CONNECTIONS = 1000  # connections at the same time, fewer where few files may be open: HTTP 503
SILENCE = 60.0  # seconds in which a connection must say something, or end when the server has: closed
SLOWEST_HEAD = 30.0  # seconds for the request line and headers, from their first byte on: HTTP 408

# gRPC
LARGEST_MESSAGE = 64 * _MIB  # bytes of a message, after decompression: RESOURCE_EXHAUSTED
LARGEST_METADATA = 16 * _KIB  # bytes of the metadata of a call, as HTTP/2 counts them: RESOURCE_EXHAUSTED
MOST_CALLS = 1000  # RPCs at the same time: RESOURCE_EXHAUSTED
SLOWEST_MESSAGE = 10.0  # seconds for the message of a call that needs one: CANCELLED

# HTTP
LARGEST_HEAD = 64 * _KIB  # bytes of request line and headers: HTTP 431
LARGEST_JSON = 8 * _MIB  # bytes of a body that is JSON: HTTP 413
DEEPEST_JSON = 64  # lists and objects within each other: HTTP 422

# app files
MOST_HASHES = 100_000  # hashes in one question for what is missing: HTTP 422
LARGEST_FILE = 1 * _GIB  # bytes of a file, and of all parts that were uploaded for it: HTTP 413
LARGEST_PART = 64 * _MIB  # bytes of a part, with the multipart form around it: HTTP 413
MOST_PARTS = 10_000  # parts of a file: HTTP 422
MOST_UPLOADS = 1000  # uploads that have begun and are not complete: HTTP 429
MOST_FILES = 100_000  # files of an app: INVALID_ARGUMENT
LONGEST_PATH = 1024  # bytes in UTF-8 of the path of an app file or one of the volume: INVALID_ARGUMENT, HTTP 422
LONGEST_FILE_NAME = 255  # bytes in UTF-8 of each part of such a path: INVALID_ARGUMENT, HTTP 422

# stored objects
LARGEST_OBJECT = 1 * _GIB  # bytes of an object: HTTP 413

# calls to apps
LARGEST_CALL = 1 * _GIB  # bytes of the body of a call: HTTP 413
MOST_WAITING = 1000  # requests for a runner of one app: HTTP 503
LARGEST_FRAME_IN = 16 * _MIB  # bytes of a websocket message to an app: close code 1009
LARGEST_FRAME_OUT = 64 * _MIB  # bytes of a websocket message of an app: close code 1009

# queued calls
LARGEST_QUEUED = 64 * _MIB  # bytes of the body of a queued call: HTTP 413
MOST_QUEUED = 10_000  # queued calls that wait: HTTP 429
MOST_QUEUED_BYTES = 512 * _MIB  # bytes of all requests that wait or arrive: HTTP 429
LARGEST_RESULT = 64 * _MIB  # bytes of the answer to a queued call: it ends with status 502
MOST_RESULTS = 1000  # answers that are kept: the oldest are forgotten
MOST_RESULT_BYTES = 512 * _MIB  # bytes of all answers that are kept: the oldest are forgotten

# logs
MOST_LOG_LINES = 200_000  # lines that are kept: the oldest are forgotten
MOST_LOG_BYTES = 512 * _MIB  # bytes of the lines that are kept: the oldest are forgotten
MOST_UNWRITTEN_BYTES = 32 * _MIB  # bytes of lines while the disk takes none: the oldest are forgotten

# values
LONGEST_NAME = 128  # characters of the name of an app, an environment or a secret: INVALID_ARGUMENT
LONGEST_SECRET = 64 * _KIB  # characters of the value of a secret: INVALID_ARGUMENT
LONGEST_DESCRIPTION = 1024  # characters of the description of a key: INVALID_ARGUMENT
LONGEST_HEALTH_PATH = 1024  # characters of the path of a health check: INVALID_ARGUMENT
MOST_LABELS = 1000  # filters of a query for logs, and texts of one filter: HTTP 422

# Files that this process has open besides those of its connections, and how many a connection needs: two ends here, one
# at the server behind, and one to a runner.
_OTHER_FILES = 128
_FILES_OF_A_CONNECTION = 4
_FEWEST_CONNECTIONS = 16
_FILES = 8192  # what a process that is a control plane and nothing else may have open


def allow_more_files() -> None:
    """Let this process have more files open, as far as it may decide that: each runner needs about seven."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def connections() -> int:
    """Return how many connections this process may have at the same time."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return min(MOST_CONNECTIONS, max(_FEWEST_CONNECTIONS, (soft - _OTHER_FILES) // _FILES_OF_A_CONNECTION))
