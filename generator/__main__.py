"""The command line of the generator: python -m generator COMMAND."""

from __future__ import annotations

import argparse
import importlib.util
import signal
import sys
import time
from pathlib import Path

from generator.errors import SpecError

_CHECKOUT = Path(__file__).resolve().parent.parent
ROOT = _CHECKOUT if (_CHECKOUT / "spec").is_dir() else Path.cwd()  # when installed, it works on the current folder
_NO_TOOLS = (
    "grpcio-tools is not installed; it parses the proto files. Install what generating needs: "
    "pip install 'fal-management-sdk[generator]', or, in a checkout, just prepare"
)


def _name() -> str:
    """Return how it was called: installed, it is a command of its own."""
    return "fal-generator" if Path(sys.argv[0]).stem == "fal-generator" else "python -m generator"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status: 0 done, 1 something is wrong or out of date, 130 interrupted."""
    parser = argparse.ArgumentParser(prog=_name(), description="Specification in, low-level client out.")
    parser.add_argument("--root", type=Path, default=ROOT, help="the folder that holds spec/ (default: this project)")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("generate", help="regenerate the package from spec/")
    commands.add_parser("check", help="fail with a difference when the generated package is not what spec/ says")
    commands.add_parser("words", help="copy the wording of spec/ into spec/words.toml, which docstrings are made from")
    commands.add_parser("check-surface", help="fail when something on the wire is neither exposed nor waived")
    _add_pull(commands.add_parser("pull", help="update spec/ from upstream's wheels, or from an OpenAPI document"))
    _add_normalise(commands.add_parser("normalise", help="share and name the inline schemas of an OpenAPI document"))
    _add_diff(commands.add_parser("diff", help="report what changed between two specifications, and for whom"))
    _add_regenerate(
        commands.add_parser("regenerate", help="the whole pipeline: pull, diff, generate, check, check-surface, tests")
    )
    _add_init(commands.add_parser("init", help="start a client of another service, from its documents and proto files"))
    options = parser.parse_args(arguments)
    if importlib.util.find_spec("grpc_tools") is None:
        return _refuse(SpecError(_NO_TOOLS))
    try:
        return _run(options)
    except SpecError as error:
        return _refuse(error)
    except OSError as error:
        return _refuse(SpecError(f"{error.filename or options.root}: {error.strerror or error}"))
    except KeyboardInterrupt:
        print("stopped; run it again to go on: each folder is as it was, or complete", file=sys.stderr)
        return 128 + signal.SIGINT


def _run(options: argparse.Namespace) -> int:
    separate = {"normalise": _normalise, "pull": _pull, "diff": _diff, "regenerate": _regenerate, "init": _init}
    if options.command in separate:
        return separate[options.command](options)
    started = time.monotonic()
    # The tools behind a command are slow to import: not before the arguments are known to be good.
    from generator import pipeline, surface
    from generator.spec.load import load

    spec = load(options.root)
    if options.command == "generate":
        for note in spec.protos.notes:
            print(f"  {note}")
        for edit in pipeline.hand_edits(spec):
            print(f"  overwritten: {edit}")
        changed = pipeline.generate(spec)
        print("\n".join(f"  {name}" for name in changed) if changed else "  nothing changed")
        print(f"generated in {time.monotonic() - started:.1f} s, {len(changed)} files changed")
        return 0
    if options.command == "words":
        renewed = pipeline.renew_words(spec)
        print("\n".join(f"  {name}" for name in renewed) if renewed else "  nothing changed")
        return 0
    if options.command == "check-surface":
        missing = surface.problems(spec)
        print("\n".join(missing) if missing else "every RPC, operation and field is exposed or waived")
        return 1 if missing else 0
    difference = pipeline.check(spec)
    if difference:
        print(difference)
        print(f"\nThe generated package is not what spec/ says. Repair it with: {spec.output.command}", file=sys.stderr)
        return 1
    print(f"the generated package is what spec/ says ({time.monotonic() - started:.1f} s)")
    return 0


def _refuse(error: SpecError) -> int:
    print("\n".join(f"error: {problem}" for problem in error.problems), file=sys.stderr)
    return 1


def _add_pull(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--isolate-proto", metavar="VERSION", help="this version, or 'newest', instead of the pinned one"
    )
    parser.add_argument("--isolate", metavar="VERSION", help="the same for isolate")
    parser.add_argument(
        "--pin", metavar="NAME=VERSION", action="append", default=[], help="the same for any distribution"
    )
    parser.add_argument(
        "--openapi",
        metavar="[NAME=]SOURCE",
        action="append",
        default=[],
        help="write spec/openapi/NAME.yaml from a file or an https URL; NAME is the source's own unless it is given",
    )
    parser.add_argument(
        "--add-openapi",
        metavar="[NAME=]SOURCE",
        action="append",
        default=[],
        help="the same for a document that spec/ does not have yet",
    )
    parser.add_argument(
        "--find-links", metavar="FOLDER", type=Path, help="take the wheels from here, not from the index"
    )


def _sources(options: argparse.Namespace) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Return the versions, documents and new documents that the options of a pull name."""
    versions = {"isolate-proto": options.isolate_proto, "isolate": options.isolate}
    for text in options.pin:
        name, separator, version = text.partition("=")
        if not separator:
            raise SpecError(f"--pin takes NAME=VERSION, and this is {text!r}")
        versions[name] = version
    named = {name: version for name, version in versions.items() if version is not None}
    return named, _documents(options.openapi), _documents(options.add_openapi)


def _documents(texts: list[str]) -> dict[str, str]:
    """Return name -> source of each `[NAME=]SOURCE`."""
    documents: dict[str, str] = {}
    for text in texts:
        name, separator, source = text.partition("=")
        # A URL may hold an equals sign of its own.
        if not separator or not name.replace("-", "").isalnum():
            name, source = Path(text.split("?", 1)[0]).stem.lower(), text
        documents[name] = source
    return documents


def _pull(options: argparse.Namespace) -> int:
    from generator.output import folders
    from generator.upstream.pull import pull

    versions, openapi, added = _sources(options)
    with folders.held(options.root):
        done = pull(options.root, versions=versions, openapi=openapi, added=added, find_links=options.find_links)
    print("\n".join([*done.versions, *(f"  {note}" for note in done.notes)]))
    print("\n".join(f"  changed: spec/{name}" for name in done.changed) or "  nothing changed")
    return 0


def _add_normalise(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="IN", type=Path, help="an OpenAPI document, YAML or JSON")
    parser.add_argument("target", metavar="OUT", type=Path, help="the file to write; its names and comments stay")
    parser.add_argument("--tag", action="append", default=[], help="only operations with this tag; may be repeated")
    parser.add_argument(
        "--path", action="append", default=[], help="only operations at this path or below; may be repeated"
    )
    parser.add_argument(
        "--lock", metavar="FILE", type=Path, help="an earlier OUT whose names stay, instead of OUT itself"
    )


def _normalise(options: argparse.Namespace) -> int:
    from generator.upstream.normalise import normalise_file

    changed, notes = normalise_file(
        options.source, options.target, tags=options.tag, paths=options.path, lock=options.lock
    )
    print(
        "\n".join(
            [*(f"  {note}" for note in notes), f"  {'changed' if changed else 'unchanged'}: {options.target.name}"]
        )
    )
    return 0


def _add_init(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", metavar="FOLDER", type=Path, help="where the project goes; it must not exist, or be empty"
    )
    parser.add_argument(
        "--openapi", metavar="SOURCE", action="append", default=[], help="an OpenAPI document: a file or an https URL"
    )
    parser.add_argument("--proto", metavar="FOLDER", type=Path, help="a folder of proto files")
    parser.add_argument("--package", metavar="NAME", help="the Python package to write (default: the folder's name)")


def _init(options: argparse.Namespace) -> int:
    from generator.init import init

    made = init(options.folder, openapi=options.openapi, proto=options.proto, package=options.package)
    print("\n".join(f"  {note}" for note in made.notes))
    print(f"{made.operations} operations and {made.rpcs} RPCs in {options.folder / 'src' / made.package}")
    return 0


def _add_diff(parser: argparse.ArgumentParser) -> None:
    what = "a folder like spec/, a .proto/.yaml/.json file, a git revision (rev: or rev:path), or isolate-proto==0.34.2"
    parser.add_argument("old", metavar="OLD", help=what)
    parser.add_argument("new", metavar="NEW", help="the same")
    parser.add_argument("--format", choices=("terminal", "markdown", "json"), default="terminal")
    _add_fail_on(parser)
    parser.add_argument(
        "--find-links", metavar="FOLDER", type=Path, help="take the wheels from here, not from the index"
    )


def _add_fail_on(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--fail-on",
        choices=("breaking", "any", "none"),
        default="none",
        help="the severity of a change that gives exit status 1 (default: none)",
    )


def _add_regenerate(parser: argparse.ArgumentParser) -> None:
    _add_pull(parser)
    _add_fail_on(parser)
    parser.add_argument("--dry-run", action="store_true", help="report what would happen, and write nothing")
    parser.add_argument("--no-types", action="store_true", help="skip the check of the project's types")
    parser.add_argument("--no-tests", action="store_true", help="skip the tests")
    parser.add_argument(
        "--report", metavar="FILE", type=Path, help="where the report goes (default: build/regenerate/DATE.md)"
    )


def _regenerate(options: argparse.Namespace) -> int:
    from generator.regenerate import Wanted, regenerate

    versions, openapi, added = _sources(options)
    wanted = Wanted(
        versions=versions,
        openapi=openapi,
        added=added,
        find_links=options.find_links,
        dry_run=options.dry_run,
        types=not options.no_types,
        tests=not options.no_tests,
        report=options.report,
        fail_on=options.fail_on,
    )
    return regenerate(options.root, wanted)


def _diff(options: argparse.Namespace) -> int:
    from generator.compare.report import render
    from generator.operands import FAIL_ON, diff

    report = diff(options.old, options.new, options.root, find_links=options.find_links)
    print(render(report, options.format, colour=sys.stdout.isatty()))
    limit = FAIL_ON[options.fail_on]
    return 1 if limit is not None and report.changes and report.worst >= limit else 0


if __name__ == "__main__":
    sys.exit(main())
