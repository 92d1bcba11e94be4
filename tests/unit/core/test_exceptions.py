"""One tree over both wires: every status has a class, every error can be shown, pickled and caught."""

from __future__ import annotations

import builtins
import inspect
import pickle
import re

import grpc
import pytest

from fal import exceptions
from fal._core.transport.statuses import BY_GRPC_STATUS, BY_HTTP_STATUS, from_grpc, from_http
from fal.exceptions import FalServerlessException

CLASSES = [
    item
    for name, item in vars(exceptions).items()
    if name not in exceptions.MODULES and inspect.isclass(item) and issubclass(item, FalServerlessException)
]


def test_every_grpc_status_has_a_class_of_its_own() -> None:
    assert set(BY_GRPC_STATUS) == {code.name for code in grpc.StatusCode} - {"OK"}
    assert len(set(BY_GRPC_STATUS.values())) == len(BY_GRPC_STATUS)
    assert all(cls.code == name for name, cls in BY_GRPC_STATUS.items())


def test_every_http_status_becomes_one_of_ours() -> None:
    for status in range(300, 600):
        error = from_http(status, "said", method="get_thing", request_id="r")
        assert isinstance(error, FalServerlessException)
        assert error.http_status == status
    assert {status for status in BY_HTTP_STATUS if status < 400} == set()
    assert isinstance(from_http(520, ""), exceptions.Internal)
    assert isinstance(from_http(418, ""), exceptions.InvalidArgument)


def test_a_status_that_nobody_knows_is_still_ours() -> None:
    error = from_grpc("BRAND_NEW", None)
    assert type(error) is exceptions.UnknownError
    assert error.code == "BRAND_NEW"


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_error_survives_pickling_with_what_it_knows(cls: type[FalServerlessException]) -> None:
    error = cls(
        "what", code="X", http_status=1, method="M", request_id="R", attempts=3, retryable=True, hint="Do this."
    )
    error.__cause__ = ValueError("why")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is cls
    assert again.__dict__ == error.__dict__
    assert str(again) == str(error) == "what. Do this. [M, X, HTTP 1, request R, 3 attempts]"
    assert isinstance(again.__cause__, ValueError)
    assert issubclass(cls, Exception)


def test_text_never_raises() -> None:
    class Hostile:
        def __str__(self) -> str:
            raise RuntimeError("no text for you")

    assert str(FalServerlessException(Hostile())) == "<Hostile without text>"
    assert str(FalServerlessException()) == "FalServerlessException"
    assert str(exceptions.NotFound()) == "NotFound [NOT_FOUND]"


def test_misuse_stays_what_it_was_for_existing_handlers() -> None:
    assert issubclass(exceptions.InvalidInput, ValueError)
    assert issubclass(exceptions.InvalidType, TypeError)
    assert issubclass(exceptions.ConfigurationError, ValueError)
    assert issubclass(exceptions.DeadlineExceeded, TimeoutError)
    assert issubclass(exceptions.Unavailable, ConnectionError)
    assert exceptions.FalServerlessError is FalServerlessException
    assert exceptions.UnauthenticatedException is exceptions.Unauthenticated


@pytest.mark.parametrize(
    ("details", "hint"),
    [
        ("failed to connect to all addresses; last error: Connection refused", "Nothing listens there"),
        ("DNS resolution failed for nowhere.example", "cannot be resolved"),
        ("Ssl handshake failed: SSL_ERROR_SSL: certificate verify failed", "not trusted"),
        ("recvmsg:Connection reset by peer", "broke"),
    ],
)
def test_what_the_transport_says_becomes_advice(details: str, hint: str) -> None:
    assert hint in str(from_grpc("UNAVAILABLE", details, connected=False).hint)
    # Of a server behind it, a server may say the same.
    assert "try again" in str(from_grpc("UNAVAILABLE", details).hint)
    assert from_grpc("UNAVAILABLE", details).retryable


def test_the_drawn_tree_is_the_tree() -> None:
    drawn: dict[str, str] = {}
    above = ["FalServerlessException"]
    for line in (exceptions.__doc__ or "").splitlines():
        match = re.fullmatch(r"    ((?:│   )*)[├└]── (\w+)( .*)?", line)
        if match:
            depth = len(match[1]) // 4 + 1
            above[depth:] = [match[2]]
            drawn[match[2]] = above[depth - 1]
            kind = getattr(exceptions, match[2])
            told = re.search(r"an? (\w+)", match[3] or "")
            assert told is None or issubclass(kind, getattr(builtins, told[1])), match[2]
    classes = {
        name: value
        for name, value in vars(exceptions).items()
        if name not in exceptions.MODULES
        and isinstance(value, type)
        and issubclass(value, FalServerlessException)
        and value.__name__ == name
    }
    del classes["FalServerlessException"]
    assert drawn == {name: kind.__bases__[0].__name__ for name, kind in classes.items()}
