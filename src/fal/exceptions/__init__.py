"""The error tree: one root for gRPC, HTTP, and what is refused before anything is sent.

    FalServerlessException              = FalServerlessError
    │   nothing was sent
    ├── ConfigurationError              a ValueError
    ├── InvalidInput                    a ValueError
    ├── InvalidType                     a TypeError
    ├── ClientClosed                    a RuntimeError
    ├── MissingExtra                    an ImportError
    │   what the server answered
    ├── InvalidArgument                 a ValueError
    ├── Unauthenticated                 = UnauthenticatedException
    ├── PermissionDenied
    ├── NotFound                        a LookupError
    ├── AlreadyExists
    ├── FailedPrecondition
    ├── OutOfRange                      a ValueError
    ├── Aborted
    ├── ResourceExhausted
    ├── Cancelled
    ├── DeadlineExceeded                a TimeoutError
    ├── Unimplemented
    ├── Internal
    ├── Unavailable                     a ConnectionError
    │   └── ConnectionFailed
    ├── DataLoss
    ├── UnknownError
    │   of a deploy, and of what authors wrote
    ├── DeployError
    │   ├── AppLoadError
    │   ├── AppNotFoundError            a LookupError
    │   ├── ProjectError                a ValueError
    │   ├── BuildFailed
    │   ├── RolloutFailed
    │   ├── UploadFailed
    │   ├── PlanStale
    │   └── FalSerializationError
    └── UserFunctionException

Every error says what failed (`method`), how (`code`, `http_status`), under which `request_id`, after how many `attempts`,
whether the same call may succeed later (`retryable`), and what to do next (`hint`). No error holds a key, token or secret.
"""

from __future__ import annotations

from fal._lazy import lazy as _lazy
from fal._sentences import followed as _followed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .authoring import AppException as AppException
    from .authoring import AppFileUploadException as AppFileUploadException
    from .authoring import CUDAOutOfMemoryException as CUDAOutOfMemoryException
    from .authoring import FieldException as FieldException
    from .authoring import FileTooLargeError as FileTooLargeError
    from .authoring import GPUException as GPUException
    from .authoring import GPUOutOfMemoryException as GPUOutOfMemoryException
    from .authoring import RequestCancelledException as RequestCancelledException
    from .authoring import catch_gpu_exceptions as catch_gpu_exceptions

__all__ = [
    "Aborted",
    "AlreadyExists",
    "AppException",
    "AppFileUploadException",
    "AppLoadError",
    "AppNotFoundError",
    "BuildFailed",
    "CUDAOutOfMemoryException",
    "Cancelled",
    "ClientClosed",
    "ConfigurationError",
    "ConnectionFailed",
    "DataLoss",
    "DeadlineExceeded",
    "DeployError",
    "FailedPrecondition",
    "FalSerializationError",
    "FalServerlessError",
    "FalServerlessException",
    "FieldException",
    "FileTooLargeError",
    "GPUException",
    "GPUOutOfMemoryException",
    "Internal",
    "InvalidArgument",
    "InvalidInput",
    "InvalidType",
    "MissingExtra",
    "NotFound",
    "OutOfRange",
    "PermissionDenied",
    "PlanStale",
    "ProjectError",
    "RequestCancelledException",
    "ResourceExhausted",
    "RolloutFailed",
    "Unauthenticated",
    "UnauthenticatedException",
    "Unavailable",
    "Unimplemented",
    "UnknownError",
    "UploadFailed",
    "UserFunctionException",
    "catch_gpu_exceptions",
]

# The errors that endpoints raise: a script that manages apps does not load them. Packing an app reads this, too.
MODULES = {
    "AppException": ".authoring",
    "AppFileUploadException": ".authoring",
    "CUDAOutOfMemoryException": ".authoring",
    "FieldException": ".authoring",
    "FileTooLargeError": ".authoring",
    "GPUException": ".authoring",
    "GPUOutOfMemoryException": ".authoring",
    "RequestCancelledException": ".authoring",
    "catch_gpu_exceptions": ".authoring",
}

__getattr__, __dir__ = _lazy(globals(), MODULES)


class FalServerlessException(Exception):
    """The root of every error that the SDK raises.

    Example:
        from fal.exceptions import FalServerlessException

        try:
            client.apps.rollout("my-app")
        except FalServerlessException as error:
            print(error.code, error.request_id, error.retryable)
    """

    code: str | None = None
    """The gRPC status name, e.g. "NOT_FOUND"; None when nothing was sent."""
    http_status: int | None = None
    """The HTTP status, when the response came over REST."""
    method: str | None = None
    """The RPC or REST operation."""
    request_id: str | None = None
    """The id that the call was sent with."""
    attempts: int = 0
    """How often the call was sent."""
    retryable: bool = False
    """Whether the same call may succeed later."""
    hint: str | None = None
    """What to do next."""

    def __init__(
        self,
        message: object = "",
        *,
        code: str | None = None,
        http_status: int | None = None,
        method: str | None = None,
        request_id: str | None = None,
        attempts: int | None = None,
        retryable: bool | None = None,
        hint: str | None = None,
    ) -> None:
        self.message = _text(message)
        super().__init__(self.message)
        # Arguments that are left out keep the value of the class.
        given = {
            "code": code,
            "http_status": http_status,
            "method": method,
            "request_id": request_id,
            "attempts": attempts,
            "retryable": retryable,
            "hint": hint,
        }
        self.__dict__.update({name: value for name, value in given.items() if value is not None})

    def __str__(self) -> str:
        about = [part for part in (self.method, self.code) if part]
        if self.http_status is not None:
            about.append(f"HTTP {self.http_status}")
        if self.request_id is not None:
            about.append(f"request {self.request_id}")
        if self.attempts:
            about.append("1 attempt" if self.attempts == 1 else f"{self.attempts} attempts")
        text = self.message or type(self).__name__
        if self.hint:
            text = _followed(text, self.hint)
        return f"{text} [{', '.join(about)}]" if about else text

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message, dict(self.__dict__), _portable(self.__cause__))


FalServerlessError = FalServerlessException


def _rebuild(
    cls: type[FalServerlessException], message: str, state: dict[str, Any], cause: BaseException | None
) -> FalServerlessException:
    error = cls.__new__(cls, message)
    Exception.__init__(error, message)
    error.__dict__.update(state)
    error.__cause__ = cause
    return error


def _portable(cause: BaseException | None) -> BaseException | None:
    """Return `cause` if it can be pickled, else a stand-in, so that the error itself can always be pickled."""
    if cause is None:
        return None
    import pickle

    try:
        pickle.loads(pickle.dumps(cause))
    except Exception:
        return FalServerlessException(f"{type(cause).__name__}: {_text(cause)}")
    return cause


def _text(value: object) -> str:
    """Return any `value` as printable text: creating an error must not fail.

    Control, bidirectional and invalid characters are escaped, as servers write some of the text.
    """
    try:
        text = str(value)
    except Exception:
        return f"<{type(value).__name__} without text>"
    if text.isprintable():
        return text
    return "".join(char if _is_plain(char) else ascii(char)[1:-1] for char in text.replace("\r\n", "\n"))


def _is_plain(char: str) -> bool:
    if char.isprintable() or char in "\n\t\u200c\u200d":  # the last two join letters or keep them apart
        return True
    return char.isspace() and char >= "\xa0" and char not in "\u2028\u2029"


# ------------------------------------------------------------------------------------------------ nothing was sent


class ConfigurationError(FalServerlessException, ValueError):
    """A setting, profile, key or host is malformed, unknown or contradicts another."""


class InvalidInput(FalServerlessException, ValueError):
    """An argument has a value that cannot be sent."""


class InvalidType(FalServerlessException, TypeError):
    """An argument is of the wrong type."""


class ClientClosed(FalServerlessException, RuntimeError):
    """The client was closed before the call."""


# ------------------------------------------------------------------------------------------- the server's answers


class InvalidArgument(FalServerlessException, ValueError):
    """The server refuses a value."""

    code = "INVALID_ARGUMENT"


class Unauthenticated(FalServerlessException):
    """There are no credentials, or the server does not accept them."""

    code = "UNAUTHENTICATED"
    hint = "Check the key with client.auth_info(), or get one at https://fal.ai/dashboard/keys."


UnauthenticatedException = Unauthenticated


class PermissionDenied(FalServerlessException):
    """The key is valid but lacks the permission."""

    code = "PERMISSION_DENIED"
    hint = "Use a key with a wider scope; client.auth_info() says which key was used."


class NotFound(FalServerlessException, LookupError):
    """There is no such app, runner, key, secret or environment."""

    code = "NOT_FOUND"


class AlreadyExists(FalServerlessException):
    """The resource already exists."""

    code = "ALREADY_EXISTS"


class FailedPrecondition(FalServerlessException):
    """The resource is not in the state that the call needs."""

    code = "FAILED_PRECONDITION"


class OutOfRange(FalServerlessException, ValueError):
    """A value is out of range."""

    code = "OUT_OF_RANGE"


class Aborted(FalServerlessException):
    """The call conflicted with another change."""

    code = "ABORTED"
    retryable = True


class ResourceExhausted(FalServerlessException):
    """A quota or rate limit is exhausted."""

    code = "RESOURCE_EXHAUSTED"
    retryable = True
    hint = "Wait, or send fewer or smaller requests."


class Cancelled(FalServerlessException):
    """The call was cancelled."""

    code = "CANCELLED"


class DeadlineExceeded(FalServerlessException, TimeoutError):
    """There was no response in time."""

    code = "DEADLINE_EXCEEDED"
    retryable = True
    hint = "Give it more time with client.with_options(timeout=SECONDS)."


class Unimplemented(FalServerlessException):
    """The server does not know the method."""

    code = "UNIMPLEMENTED"
    hint = "The server may be older than this client, or the wrong one: check the host."


class Internal(FalServerlessException):
    """The server failed."""

    code = "INTERNAL"


class Unavailable(FalServerlessException, ConnectionError):
    """The server cannot be reached or is temporarily unavailable."""

    code = "UNAVAILABLE"
    retryable = True


class ConnectionFailed(Unavailable):
    """No connection could be established; nothing was sent."""


class DataLoss(FalServerlessException):
    """The response is damaged or cannot be read."""

    code = "DATA_LOSS"


class UnknownError(FalServerlessException):
    """The server failed without saying how."""

    code = "UNKNOWN"


# --------------------------------------------------------------------------------------------------------- deploy


class DeployError(FalServerlessException):
    """Deployment failed."""


class AppLoadError(DeployError):
    """The app's file cannot be loaded; the message shows the author's own frames."""


class AppNotFoundError(DeployError, LookupError):
    """The reference names no app."""


class ProjectError(DeployError, ValueError):
    """`[tool.fal]` in pyproject.toml is invalid; the message names every wrong key."""


class BuildFailed(DeployError):
    """The environment could not be built."""


class RolloutFailed(DeployError):
    """The revision was not registered or did not become healthy."""


class UploadFailed(DeployError):
    """A file could not be uploaded."""


class PlanStale(DeployError):
    """Something changed after the plan was made."""


class UserFunctionException(FalServerlessException):
    """A function that was run on the platform has raised; the cause is what it raised, where that can be read here."""

    traceback: str = ""
    """The traceback, as text."""

    def __init__(self, message: object = "", *, traceback: str = "", **about: Any) -> None:
        super().__init__(message, **about)
        self.traceback = traceback

    def __str__(self) -> str:
        return "\n".join(filter(None, [super().__str__(), self.traceback.rstrip()]))


class FalSerializationError(DeployError):
    """An object cannot be serialized for a runner."""


class MissingExtra(FalServerlessException, ImportError):
    """A package of an extra is not installed."""
