"""Do what is asked on standard input with the peer, the PyPI package `fal`: executed by the interpreter that has it.

Each order is a line of JSON, and so is each answer.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import importlib
import json
import os
import sys
from typing import Any

# The peer prints; answers go where it does not reach.
_ANSWERS = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def main() -> None:
    """Obey the orders until there are no more."""
    import fal.api

    names: dict[str, Any] = {"client": fal.api.SyncServerlessClient(), "fal": fal}
    for line in sys.stdin:
        order = json.loads(line)
        try:
            if "call" in order:
                value = _find(names, order["call"])(*order["arguments"], **order["keywords"])
            else:
                value = _run(names, order["code"])
            answer = {"value": value}
        except Exception as error:
            answer = {"error": type(error).__name__, "text": str(error)}
        print(json.dumps(answer, default=_plain), file=_ANSWERS, flush=True)


def _find(names: dict[str, Any], path: str) -> Any:
    first, *rest = path.split(".")
    return functools.reduce(getattr, rest, names[first] if first in names else importlib.import_module(first))


def _run(names: dict[str, Any], code: str) -> Any:
    tree = ast.parse(code)
    last = tree.body.pop()
    exec(compile(tree, "order", "exec"), names)
    assert isinstance(last, ast.Expr)
    return eval(compile(ast.Expression(last.value), "order", "eval"), names)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return getattr(value, "value", None) or str(value)


if __name__ == "__main__":
    main()
