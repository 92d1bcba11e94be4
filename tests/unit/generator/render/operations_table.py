"""The REST operations that the SDK is made for, in tests/data/operations.json: `python -m` this renews them from spec/."""

from __future__ import annotations

import json
from pathlib import Path

from generator.spec.load import read_document

ROOT = Path(__file__).parents[4]
DATA = ROOT / "tests" / "data" / "operations.json"


def stated(spec: Path) -> dict[str, list[str]]:
    """Return operationId -> method and path, of the documents below `spec`."""
    table = {
        item["operationId"]: [method.upper(), path]
        for path, entry in read_document(spec)["paths"].items()
        for method, item in entry.items()
        if method != "parameters"
    }
    return dict(sorted(table.items()))


if __name__ == "__main__":
    lines = [f"  {json.dumps(name)}: {json.dumps(place)}" for name, place in stated(ROOT / "spec").items()]
    DATA.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
