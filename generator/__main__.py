"""python -m generator {generate,check}: the command line of the generator."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from generator.errors import SpecError

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status: 0 done, 1 something is wrong or out of date."""
    parser = argparse.ArgumentParser(prog="python -m generator", description="Specification in, low-level client out.")
    parser.add_argument("--root", type=Path, default=ROOT, help="the folder that holds spec/ (default: this project)")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("generate", help="write the generated package anew from spec/")
    commands.add_parser("check", help="fail with a difference when the generated package is not what spec/ says")
    commands.add_parser("coverage", help="fail when something on the wire is neither exposed nor waived")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    # The tools behind a command are slow to import: not before the arguments are known to be good.
    from generator import coverage, pipeline

    try:
        if options.command == "generate":
            changed = pipeline.generate(options.root)
            print("\n".join(f"  {name}" for name in changed) if changed else "  nothing changed")
            print(f"generated in {time.monotonic() - started:.1f} s, {len(changed)} files changed")
            return 0
        if options.command == "coverage":
            missing = coverage.problems(options.root)
            print("\n".join(missing) if missing else "every RPC, operation and field is exposed or waived")
            return 1 if missing else 0
        difference = pipeline.check(options.root)
    except SpecError as error:
        print("\n".join(f"error: {problem}" for problem in error.problems), file=sys.stderr)
        return 1
    if difference:
        print(difference)
        print("\nThe generated package is not what spec/ says. Repair it with: just generate", file=sys.stderr)
        return 1
    print(f"the generated package is what spec/ says ({time.monotonic() - started:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
