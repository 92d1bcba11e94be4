"""The docstring of an operation's function."""

from __future__ import annotations

import textwrap

from generator.spec.rest_model import Operation, Parameter

_WIDTH = 120


def docstring(operation: Operation) -> str:
    """Return the docstring with its quotes, indented as the body of a function is."""
    blocks = [_wrap(operation.summary or f"{operation.method} {operation.path}")]
    if operation.description:
        blocks.append(_wrap(operation.description))
    if operation.deprecated:
        blocks.append(["Deprecated upstream."])
    ordered = ordered_parameters(operation)
    if ordered:
        blocks.append(["Args:", *(line for item in ordered for line in _wrap(f"{item.name}: {item.doc}", 4, 8))])
    returned = [response.doc for response in operation.responses if response.kind != "nothing"]
    if any(returned):
        blocks.append(["Returns:", *_wrap(" ".join(dict.fromkeys(filter(None, returned))), 4, 4)])
    if ordered:
        blocks.append(["Raises:", *_wrap("ValueError, TypeError: A value does not fit into the request.", 4, 8)])
    lines = [line for number, block in enumerate(blocks) for line in ([""] if number else []) + block]
    if len(lines) == 1 and not lines[0].endswith('"'):
        return f'"""{lines[0]}"""'
    return (
        '"""'
        + "\n".join(("    " + line if line and number else line) for number, line in enumerate(lines))
        + '\n    """'
    )


def _wrap(text: str, first: int = 0, rest: int = 0) -> list[str]:
    safe = text.replace("\\", "\\\\").replace('"""', "'''")
    return textwrap.wrap(safe, _WIDTH - 8, initial_indent=" " * first, subsequent_indent=" " * rest) or [""]


def ordered_parameters(operation: Operation) -> list[Parameter]:
    """Return the parameters as a caller gives them: those of the path by position, then what is required, then the rest."""
    return sorted(operation.parameters, key=lambda item: (item.place != "path", not item.required))
