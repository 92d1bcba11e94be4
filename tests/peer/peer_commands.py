"""Print the commands of the peer's CLI and the methods of its client as JSON: executed by the interpreter that has it."""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def commands(parser: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the name of every command below a parser; of a command with several names, the first."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        yield " ".join(path)
    for group in groups:
        seen: set[int] = set()
        for name, sub in group.choices.items():
            if id(sub) not in seen:
                seen.add(id(sub))
                yield from commands(sub, (*path, name))


def methods(client: Any) -> Iterator[str]:
    """Yield the name of every public method of a client and of its namespaces."""
    for name in dir(client):
        member = None if name.startswith("_") else getattr(client, name)
        if inspect.ismethod(member):
            yield f"client.{name}"
        elif type(member).__module__ == "fal.api.client":
            yield from (f"client.{name}.{m}" for m in dir(member) if not m.startswith("_") and m != "client")


if __name__ == "__main__":
    parser = importlib.import_module("fal.cli.main")._get_main_parser()
    client = importlib.import_module("fal.api").SyncServerlessClient(api_key="an:example")
    print(json.dumps({"commands": sorted(commands(parser)), "methods": sorted(methods(client))}))
