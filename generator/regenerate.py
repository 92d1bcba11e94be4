"""One step from upstream's newest release to a checked package and a report: pull, diff, generate, check, surface, types, tests.

Whatever stops it, spec/ and the generated package are each complete, the report is written, and the last lines say what to do.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from attrs import define, field, frozen

from generator import pipeline, surface
from generator.async_client import config
from generator.compare.changes import Report
from generator.compare.places import places, tables
from generator.compare.report import printable, render, summary
from generator.errors import SpecError
from generator.operands import FAIL_ON, diff
from generator.output import folders
from generator.output.files import TEMPORARY, replace_file
from generator.spec.load import load, read_document
from generator.spec.sources import read_sources
from generator.upstream.pull import Pulled, pull

REPORTS = Path("build") / "regenerate"
_CLEAN = shutil.ignore_patterns("__pycache__", ".generate-*", f"{TEMPORARY}*")


@frozen
class Wanted:
    """What a run is asked to do.

    Attributes:
        versions: Distribution -> an exact version or "newest"; the others keep their pin.
        openapi: Name of a document -> a file or an https URL.
        added: The same of documents that spec/ does not have yet.
        find_links: A folder of wheels to use instead of the package index.
        dry_run: Say what would happen, and write nothing.
        types: Whether the types of the project are checked when something changed.
        tests: Whether the project's tests run then.
        report: Where the report goes; None: a file of its own below `build/regenerate`, and nowhere of a dry run.
        fail_on: The severity of a change that makes the exit status 1: a key of `FAIL_ON`.
    """

    versions: Mapping[str, str] = field(factory=dict)
    openapi: Mapping[str, str] = field(factory=dict)
    added: Mapping[str, str] = field(factory=dict)
    find_links: Path | None = None
    dry_run: bool = False
    types: bool = True
    tests: bool = True
    report: Path | None = None
    fail_on: str = "none"


@define
class _Run:
    """The results of a run so far, for its report."""

    pulled: Pulled
    report: Report | None = None
    edits: list[str] = field(factory=list)
    generated: list[str] = field(factory=list)
    readers: list[str] = field(factory=list)
    tables: list[str] = field(factory=list)
    types: str = ""
    left: list[str] = field(factory=list)
    next_step: str = ""
    tests: str = ""

    def stop(self, problems: Sequence[str], next_step: str) -> None:
        self.left += problems
        self.next_step = self.next_step or next_step


def regenerate(root: Path, wanted: Wanted, say: Callable[[str], None] = print) -> int:
    """Follow upstream; return the exit status: 0 all is done, 1 something is left to do.

    Raises:
        SpecError: when the pull refuses its input; nothing was written then.
    """
    with folders.held(root), tempfile.TemporaryDirectory() as scratch:
        folders.recover(root / "spec")
        read_sources(root / "spec")
        before = Path(scratch) / "before"
        folders.copy(root / "spec", before / "spec", _CLEAN)
        work = _copy(root, Path(scratch) / "project") if wanted.dry_run else root
        pulled = pull(
            work,
            versions=wanted.versions,
            openapi=wanted.openapi,
            added=wanted.added,
            find_links=wanted.find_links,
        )
        run = _Run(pulled)
        for line in (*pulled.versions, *pulled.notes, *(f"changed: spec/{name}" for name in pulled.changed)):
            say(f"  pull      {printable(line)}")
        if not pulled.changed and not _outdated(work):
            say("  nothing changed upstream, and the generated package is what spec/ says")
            return _surface_only(work, say)
        _compare(root, before / "spec", work, run, say)
        _generate(work, run, say)
        target = wanted.report or (None if wanted.dry_run else root / REPORTS / time.strftime("%Y-%m-%d-%H%M%S.md"))
        _report(target, run)
        if wanted.dry_run:
            say(_text(run))
        else:
            if wanted.types and run.generated:
                _check_types(root, run, say)
            if wanted.tests and not run.left:
                _test(root, run, say)
            _report(target, run)
    if target is not None:
        say(f"  report    {target}")
    limit = FAIL_ON[wanted.fail_on]
    worst = run.report.worst if run.report is not None and run.report.changes else None
    if wanted.dry_run:
        say("\nNothing was written: this was a dry run.")
    elif run.left:
        for line in run.left:
            say(f"  left      {printable(line)}")
        say(f"\n{run.next_step}")
    elif limit is not None and worst is not None and worst >= limit:
        say(
            f"\nEverything was generated; exit status 1, because something is {worst.label} and --fail-on is {wanted.fail_on}."
        )
    else:
        say("\nDone. Next: read the report, and commit spec/ together with the generated package.")
    return 1 if run.left or (limit is not None and worst is not None and worst >= limit) else 0


def _copy(root: Path, target: Path) -> Path:
    """Copy what a run reads and writes, so that a dry run can do all of it there."""
    folders.copy(root / "spec", target / "spec", _CLEAN)
    async_config = config.read_config(root)
    output = read_sources(root / "spec").output
    sources = [root / folder for folder in (output.folder, output.surface) if folder] if output else []
    sources += [root / async_config.folder] if async_config else []
    for folder in sources:
        if folder.is_dir():
            folders.copy(folder, target / folder.relative_to(root), _CLEAN)
    for path in async_config.paths if async_config else ():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, target / path)
    return target


def _outdated(root: Path) -> bool:
    """Return whether an earlier run stopped before the package was generated, or somebody edited spec/ since."""
    try:
        return bool(pipeline.check(load(root)))
    except SpecError:
        return True


def _surface_only(root: Path, say: Callable[[str], None]) -> int:
    gaps = surface.problems(load(root))
    for line in gaps:
        say(f"  left      {printable(line)}")
    if gaps:
        say(f"\n{_SIGNATURES}")
    return 1 if gaps else 0


def _compare(root: Path, before: Path, work: Path, run: _Run, say: Callable[[str], None]) -> None:
    """Compare with spec/ as it was; when this run pulled nothing, with the last commit."""
    try:
        if run.pulled.changed:
            report = diff(str(before), str(work / "spec"), root)
            run.report = Report(", ".join(_releases(before)), ", ".join(_releases(work / "spec")), report.changes)
        else:
            run.report = diff("HEAD:", str(work / "spec"), root)
    except SpecError as error:
        if run.pulled.changed:
            run.stop(error.problems, "The comparison failed; spec/ was written. Look at it with: git diff spec")
        return  # without git, an edited spec/ has no earlier version to compare with
    if run.report is None:
        return
    say(f"  diff      {summary(run.report)}")
    readers = places(root, run.report, _operations(before, work), _generated(root), work / "spec")
    run.readers = [str(place) for place in readers]
    if run.readers:
        say(f"  readers   {len(run.readers)} hand-written lines name what changed: see the report")
    run.tables = [str(place) for place in tables(root, run.report, _generated(root))]
    for line in run.tables:
        say(f"  table     {printable(line)}")


def _operations(before: Path, work: Path) -> dict[str, str]:
    """Return "GET /apps" -> operationId, of the documents before and after."""
    operations: dict[str, str] = {}
    for spec in (before, work / "spec"):
        try:
            paths = read_document(spec)["paths"]
        except SpecError:
            continue  # generating reports the reason
        for path, item in paths.items():
            for method, operation in item.items():
                if isinstance(operation, Mapping) and "operationId" in operation:
                    operations[f"{method.upper()} {path}"] = str(operation["operationId"])
    return operations


def _generated(root: Path) -> list[Path]:
    output, asynchronous = read_sources(root / "spec").output, config.read_config(root)
    named = [output.folder if output else None, asynchronous.folder if asynchronous else None]
    return [root / folder for folder in named if folder]


def _releases(spec: Path) -> Iterator[str]:
    """Name the source of a specification."""
    sources = read_sources(spec)
    for name, pin in sources.wheels.items():
        yield f"{name} {pin.version}"
    for name, document in sources.documents.items():
        yield f"{name} {document.release}"


_MANY = 100
_DECIDE = (
    "spec/ holds the new specification; the generated package is still the old one, whole. Next: make the entries "
    "named above in spec/mapping.toml and spec/policy.toml (a user or a waiver with its reason, and a policy), remove those "
    "of what is gone, then run `python -m generator regenerate` again: it continues from here."
)
_SIGNATURES = (
    "The package is generated. Next: extend the signatures that are named above, or waive the fields in spec/mapping.toml "
    "with a reason; then run `python -m generator check-surface`, and the tests."
)


def _generate(work: Path, run: _Run, say: Callable[[str], None]) -> None:
    try:
        spec = load(work)
        run.edits = pipeline.hand_edits(spec)
        for edit in run.edits:
            say(f"  generate  overwrites {edit}")
        run.generated = pipeline.generate(spec)
        say(f"  generate  {len(run.generated)} files changed")
        difference = pipeline.check(spec)
        if difference:
            run.stop(
                [f"the package differs each time that it is generated: {difference[:500]}"],
                "This is a bug in the generator: please report it, with the text above.",
            )
            return
        say("  check     the generated package is what spec/ says")
        missing = surface.problems(spec)
    except SpecError as error:
        say("  generate  stopped")
        run.stop(error.problems, _DECIDE)
        return
    say(f"  surface   {f'{len(missing)} gaps' if missing else 'every RPC, operation and field is exposed or waived'}")
    if missing:
        run.stop(missing, _SIGNATURES)


def _check_types(root: Path, run: _Run, say: Callable[[str], None]) -> None:
    places = [name for name in ("src", "tests") if (root / name).is_dir()]
    if importlib.util.find_spec("mypy") is None or not places:
        run.types = "Not checked: mypy is not installed." if places else "Not checked: there is no src/ and no tests/."
        return
    say(f"  types     python -m mypy {' '.join(places)}")
    command = [sys.executable, "-m", "mypy", "--no-error-summary", *places]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        run.types = "mypy finds nothing."
        return
    errors = [line for line in (done.stdout or done.stderr).splitlines() if ": note:" not in line]
    run.types = f"mypy finds {len(errors)} errors."
    run.stop(
        errors[:_MANY],
        "The package is generated, and hand-written code does not fit it any more. Next: correct the lines that are named above, "
        "then run the tests.",
    )


def _test(root: Path, run: _Run, say: Callable[[str], None]) -> None:
    if not (root / "tests").is_dir():
        run.tests = "There is no tests/ folder."
        return
    command = [sys.executable, "-m", "pytest"]
    if importlib.util.find_spec("xdist") is not None:
        command += ["-n", "2", "--dist", "loadfile"]
    say("  tests     " + " ".join(["python", *command[1:]]))
    # A run inside of a test run must not take its settings for its own.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    status = subprocess.run(command, cwd=root, env=environ, check=False).returncode
    run.tests = "The tests pass." if status == 0 else f"The tests fail (status {status})."
    if status != 0:
        run.stop(
            [run.tests],
            "spec/ and the package are new and agree with each other. Next: see above which tests fail: either a namespace "
            "has to follow, or a test expects what upstream has changed.",
        )


def _text(run: _Run) -> str:
    lines = [render(run.report, "markdown")] if run.report is not None else ["## The generated package"]
    lines += ["", "### The pull", ""]
    lines += [f"- {_line(text)}" for text in (*run.pulled.versions, *run.pulled.notes)]
    lines += [f"- changed: `spec/{name}`" for name in run.pulled.changed] or ["- no file of spec/ changed"]
    lines += ["", "### Generated", ""]
    lines += [f"- overwritten: `{edit}`" for edit in run.edits]
    lines += [f"- `{name}`" for name in run.generated] or ["- no file changed"]
    if run.tables:
        lines += ["", "### Tables of the tests that hold what changed", ""]
        lines += [f"- {_line(text)}" for text in run.tables]
    if run.readers:
        lines += ["", "### Hand-written lines that name what changed", ""]
        lines += [f"- {_line(text)}" for text in run.readers]
    lines += ["", "### Left to do", ""]
    lines += [f"- [ ] {_line(text)}" for text in run.left] or ["Nothing that the generator knows of."]
    if run.next_step:
        lines += ["", run.next_step]
    if run.types:
        lines += ["", "### Types", "", run.types]
    if run.tests:
        lines += ["", "### Tests", "", run.tests]
    return "\n".join(lines)


def _line(text: str) -> str:
    """Return upstream's text as one line without markup."""
    return printable(" ".join(text.split())).replace("<", "&lt;")


def _report(target: Path | None, run: _Run) -> None:
    if target is not None:
        replace_file(target, (_text(run) + "\n").encode())
