"""Every way in which a program, a debugger, a log or an error reporter looks at an object."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import inspect
import io
import json
import logging
import logging.handlers
import pickle
import pprint
import reprlib
import string
import traceback
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import cloudpickle  # type: ignore[import-untyped]  # it has no annotations

View = Callable[[Any], str | bytes]


def _variables(item: Any) -> dict[str, Any]:
    """Return the variables of an object, in a dict or in slots."""
    result = dict(getattr(item, "__dict__", {}))
    for kind in type(item).__mro__:
        slots = vars(kind).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            with contextlib.suppress(AttributeError):
                result[name] = getattr(item, name)
    return result


def _logged(item: Any, message: str) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s %(args)r"))
    handler.handle(logging.LogRecord("fal", logging.DEBUG, __file__, 1, message, (item,), None))
    return stream.getvalue()


def _log_packet(item: Any) -> bytes:
    record = logging.LogRecord("fal", logging.DEBUG, __file__, 1, "%r", (item,), None)
    return logging.handlers.SocketHandler("127.0.0.1", 1).makePickle(record)


def _warned(item: Any) -> str:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn(f"{item} {item!r}", UserWarning, stacklevel=1)
    return str(caught[0])


def _raised_with(item: Any) -> str:
    def frame(held: Any) -> None:
        raise RuntimeError("a problem with", held)

    try:
        frame(item)
    except RuntimeError as error:
        return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    raise AssertionError


def _raw_texts(item: Any) -> str:
    """Return every text and bytes that is reachable through variables and containers, unless it masks itself."""
    seen: set[int] = set()
    collected: list[str] = []

    def visit(value: Any, depth: int) -> None:
        if depth > 12 or id(value) in seen:
            return
        seen.add(id(value))
        if type(value) in (str, bytes, bytearray):
            collected.append(value if isinstance(value, str) else bytes(value).decode("latin-1"))
        elif isinstance(value, dict):
            for key, inner in list(value.items()):
                visit(key, depth + 1)
                visit(inner, depth + 1)
        elif isinstance(value, list | tuple | set | frozenset):
            for inner in list(value):
                visit(inner, depth + 1)
        elif _is_ours(value) and "Sealed" not in type(value).__name__:
            visit(_variables(value), depth + 1)
            if isinstance(value, BaseException):
                visit([value.args, value.__cause__, value.__context__, getattr(value, "__notes__", None)], depth + 1)

    visit(item, 0)
    return "\n".join(collected)


def _is_ours(value: Any) -> bool:
    kind = value if isinstance(value, type) else type(value)
    return kind.__module__.partition(".")[0] in ("fal", "builtins") and not inspect.ismodule(value)


def _members(item: Any) -> Iterator[tuple[str, Any]]:
    for name in dir(item):
        if not name.startswith("_"):
            with contextlib.suppress(Exception):
                yield name, getattr(item, name)


def _methods(item: Any) -> str:
    shown = []
    for name, member in _members(item):
        if callable(member):
            shown += [name, repr(member), str(member)]
            with contextlib.suppress(ValueError, TypeError):
                shown.append(str(inspect.signature(member)))
    return "\n".join(shown)


def _attributes(item: Any) -> str:
    exempt = GIVES_BACK.get(type(item).__name__, frozenset())
    return repr({name: value for name, value in _members(item) if name not in exempt and not callable(value)})


# What is documented to give back what the user has put in, or has asked for.
GIVES_BACK: dict[str, frozenset[str]] = {"ContainerImage": frozenset({"registries", "build_args", "secrets"})}


def _asdict(item: Any) -> str:
    plain = dataclasses.asdict(item)
    return f"{plain!r}{json.dumps(plain, default=str, skipkeys=True)}{dataclasses.astuple(item)!r}"


VIEWS: dict[str, View] = {
    "repr": repr,
    "str": str,
    "ascii": ascii,
    "format": format,
    "format of a width": lambda item: f"{item!s:>80}{item!r:^80}{item!a:<80}",
    "f-string": lambda item: f"{item}{item!r}{item!s}{item!a}{item=}",
    "str.format": lambda item: "{0} {0!r} {0!s}".format(item),  # noqa: UP032  # the method is what is tested
    "percent": lambda item: "%s %r %a" % (item, item, item),  # noqa: UP031  # the old style is what is tested
    "string.Template": lambda item: string.Template("$it").substitute(it=item),
    "print": lambda item: _printed(item),
    "reprlib": reprlib.repr,
    "pprint": pprint.pformat,
    "in a container": lambda item: f"{[item]}{ {'k': item} }{(item,)!s}",
    "vars": lambda item: f"{_variables(item)!r}{_variables(item)}",
    "pprint of vars": lambda item: pprint.pformat(_variables(item)),
    "json with default=str": lambda item: json.dumps(item, default=str, skipkeys=True),
    "json with default=repr": lambda item: json.dumps([item], default=repr, skipkeys=True),
    "json of vars": lambda item: json.dumps(_variables(item), default=str, skipkeys=True),
    "json with default=vars": lambda item: json.dumps(
        item, default=lambda inner: {k: repr(v) for k, v in vars(inner).items()}, skipkeys=True
    ),
    "dataclasses.asdict": _asdict,
    "dataclasses.fields": lambda item: repr(
        {entry.name: getattr(item, entry.name) for entry in dataclasses.fields(item)}
    ),
    "copy": lambda item: repr(copy.copy(item)) + repr(_variables(copy.copy(item))),
    "deepcopy": lambda item: repr(copy.deepcopy(item)) + repr(_variables(copy.deepcopy(item))),
    **{f"pickle {number}": lambda item, number=number: pickle.dumps(item, number) for number in range(6)},  # type: ignore[misc]
    "cloudpickle": cloudpickle.dumps,
    "reduce": lambda item: repr(item.__reduce_ex__(4)),
    "getstate": lambda item: repr(item.__getstate__()),
    "log %s": lambda item: _logged(item, "%s"),
    "log %r": lambda item: _logged(item, "%r"),
    "log over a socket": _log_packet,
    "warning": _warned,
    "traceback with locals": _raised_with,
    "methods": _methods,
    "public attributes": _attributes,
    "reachable texts": _raw_texts,
}


def _printed(item: Any) -> str:
    stream = io.StringIO()
    print(item, [item], file=stream)
    return stream.getvalue()


def look_at(item: Any) -> Iterator[tuple[str, str | bytes]]:
    """Yield every view of an object; a view that it refuses yields the refusal, as that is shown as well."""
    for name, view in VIEWS.items():
        try:
            content = view(item)
        except Exception as error:
            report = traceback.TracebackException.from_exception(error, capture_locals=True)
            ours = "".join(str(frame.locals) for frame in report.stack if "fal" in frame.filename.split("/")[-3:])
            content = f"{error}{error!r}{ours}"
        yield name, content


def look_at_error(error: BaseException) -> Iterator[tuple[str, str | bytes]]:
    """Yield what tracebacks and error reporters show of an error and of all that it came from."""
    yield "format_exception", "".join(traceback.format_exception(error))
    yield "format_exception_only", "".join(traceback.format_exception_only(error))
    stream = io.StringIO()
    traceback.print_exception(error, file=stream)
    yield "print_exception", stream.getvalue()
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.handle(
        logging.LogRecord(
            "app", logging.ERROR, __file__, 1, "failed: %s", (error,), (type(error), error, error.__traceback__)
        )
    )
    yield "logger.exception", log.getvalue()
    yield "variables of our frames", "\n".join(_our_locals(error))


def _our_locals(error: BaseException) -> Iterator[str]:
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        link = waiting.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        waiting += [link.__cause__, link.__context__]
        for frame, _ in traceback.walk_tb(link.__traceback__):
            module = frame.f_globals.get("__name__", "")
            if module.partition(".")[0] in ("fal", "grpc", "httpx", "httpcore", "h11"):
                for name, value in frame.f_locals.items():
                    yield f"{module}.{frame.f_code.co_name}: {name} = {_safe_repr(value)}"


def _safe_repr(value: Any) -> str:
    try:
        return repr(value)
    except Exception as error:  # as TracebackException does
        return f"<{type(error).__name__}>"
