"""Build the documentation site into build/site, without a network: python -m tools.docs.

The pages are those of docs/, and one per error class, made from the classes and docs/errors.toml. Every page is also there as
Markdown, and llms.txt lists them.
"""

from __future__ import annotations

import hashlib
import html.parser
import os
import re
import shutil
import subprocess
import sys
import tomllib
import urllib.parse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from fal import app, app_client, exceptions
from fal.cli import _errors as cli_errors
from fal.deploy import errors as deploy_errors
from fal.exceptions import authoring
from tools import reference
from tools.build import environment

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "docs"
PAGES = ROOT / "build" / "docs"
SITE = ROOT / "build" / "site"
CONFIG = ROOT / "build" / "mkdocs.yml"
_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)")


# ------------------------------------------------------------------------------------------------ pages from code


def error_classes() -> dict[str, type[exceptions.FalServerlessException]]:
    """Return every error class of the SDK, by name, the root first."""
    return {
        name: value
        for module in (exceptions, deploy_errors, authoring, app_client, cli_errors)
        for name, value in vars(module).items()
        if isinstance(value, type)
        and issubclass(value, exceptions.FalServerlessException)
        and (value.__module__, value.__name__) == (module.__name__, name)
        and not name.startswith("_")
    }


def error_page(cls: type[exceptions.FalServerlessException], said: Mapping[str, Any]) -> str:
    """Return the page of one error class; `said` is its table in docs/errors.toml."""
    known = error_classes()
    bases = [base.__name__ for base in cls.__mro__[1:] if base.__name__ in known or base.__module__ == "builtins"]
    caught = ", ".join(f"`{name}`" for name in bases if name not in ("object", "BaseException"))
    facts = [f"- **Caught as** {caught}"]
    if cls.__module__ != cli_errors.__name__:  # that one ends the command
        facts.insert(0, f"- **Import** `from {_home(cls)} import {cls.__name__}`")
    if cls.code:
        facts.append(f"- **Code** `{cls.code}`")
    if cls.__module__ != authoring.__name__:  # those are raised by endpoints, for their callers
        facts.append(f"- **The same call may work later** {'yes' if cls.retryable else 'no'}")
    lines = [f"# {cls.__name__}", "", (cls.__doc__ or "").split("\n")[0], "", *facts]
    for title, key in (("Causes", "causes"), ("What to do", "remedies")):
        lines += ["", f"## {title}", "", *(f"- {item}" for item in said[key])]
    if cls.hint:
        lines += ["", f"The error's own hint: {cls.hint}"]
    lines += ["", "[All errors](index.md)", ""]
    return "\n".join(lines)


def _home(cls: type) -> str:
    """Return the module that a class is imported from."""
    return next((module.__name__ for module in (exceptions, app) if hasattr(module, cls.__name__)), cls.__module__)


# -------------------------------------------------------------------------------------------------------- assemble


def assemble() -> None:
    """Put every page of the site together in build/docs, and the configuration beside it."""
    shutil.rmtree(PAGES, ignore_errors=True)
    shutil.copytree(SOURCE, PAGES, ignore=shutil.ignore_patterns("errors.toml"))
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    config = (
        config.replace("build/docs", str(PAGES)).replace("build/site", str(SITE)).replace("[src]", f"[{ROOT / 'src'}]")
    )
    for place, entries in (("COMMANDS", _commands()), ("ERRORS", _write_errors()), ("EVIDENCE", _evidence())):
        config = config.replace(f"[{place}]", "".join(f"\n      {entry}" for entry in entries))
    CONFIG.write_text(config, encoding="utf-8")
    for path in sorted(PAGES.rglob("*.md")):
        path.write_text(_outside(path.read_text(encoding="utf-8"), path), encoding="utf-8")


def _commands() -> list[str]:
    names = sorted(path.stem for path in (SOURCE / "cli").glob("*.md") if path.stem != "README")
    return ["- cli/README.md", *(f'- "{name.replace("-", " ", 1)}": cli/{name}.md' for name in names)]


def _write_errors() -> list[str]:
    said = tomllib.loads((SOURCE / "errors.toml").read_text(encoding="utf-8"))
    (PAGES / "errors").mkdir()
    classes = error_classes()
    for name, cls in classes.items():
        (PAGES / "errors" / f"{name}.md").write_text(error_page(cls, said[name]), encoding="utf-8")
    tree = _error_tree(classes["FalServerlessException"], classes, "")
    about = "Every error of the SDK, below the one that catches it. [Errors](../guides/errors.md) has examples."
    index = "\n".join(["# Error classes", "", about, "", *tree, ""])
    (PAGES / "errors" / "index.md").write_text(index, encoding="utf-8")
    return ["- errors/index.md", *(f"- {name}: errors/{name}.md" for name in classes)]


def _error_tree(cls: type, classes: Mapping[str, type], indent: str) -> Iterator[str]:
    said = (cls.__doc__ or "").split("\n")[0]
    yield f"{indent}- [{cls.__name__}]({cls.__name__}.md): {said}"
    for each in classes.values():
        # A class is below the nearest of its bases that has a page.
        if cls is next((base for base in each.__mro__[1:] if base in classes.values()), None):
            yield from _error_tree(each, classes, f"{indent}    ")


def _evidence() -> list[str]:
    return [f"- {path.stem.capitalize()}: evidence/{path.name}" for path in sorted((SOURCE / "evidence").glob("*.md"))]


def _outside(text: str, path: Path) -> str:
    """Turn links to files of the repository that are no pages into plain text: the site does not hold them."""

    def replace(match: re.Match[str]) -> str:
        target = match[2].partition("#")[0]
        if "://" in target or not target or (path.parent / target).exists():
            return match[0]
        return f"`{match[1].strip('`')}`"

    return _LINK.sub(replace, text)


# ------------------------------------------------------------------------------------------------------------ check


class _Page(html.parser.HTMLParser):
    """The links and the anchors of one page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value is not None:
                self.links.append(value)
            if name == "id" and value:
                self.anchors.add(value)


def broken_links(site: Path) -> list[str]:
    """Return every link of the built site that leads nowhere in it; links to other hosts are not followed."""
    pages: dict[Path, _Page] = {}
    for path in site.rglob("*.html"):
        pages[path] = page = _Page()
        page.feed(path.read_text(encoding="utf-8"))
    links = []
    for path, page in sorted(pages.items()):
        for link in page.links:
            parts = urllib.parse.urlsplit(link)
            if parts.scheme or parts.netloc or path.name == "404.html":
                continue
            target = (path.parent / urllib.parse.unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            anchors = pages[target].anchors if target in pages else set()
            if not target.exists() or (parts.fragment and target in pages and parts.fragment not in anchors):
                links.append(f"{path.relative_to(site)}: {link}")
    return links


# --------------------------------------------------------------------------------------------------------- machines


def write_for_machines() -> list[str]:
    """Lay every page into the site as Markdown, beside its HTML, and list them in llms.txt; return links that lead nowhere."""
    lines = ["# fal-management-sdk", "", "> The Python SDK for managing fal Serverless, with a local control plane."]
    for section, pages in _sections(CONFIG.read_text(encoding="utf-8")).items():
        lines += ["", f"## {section}", ""]
        for name in pages:
            text = reference.rendered((PAGES / name).read_text(encoding="utf-8"))
            target = SITE / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            title = next((line[2:] for line in text.splitlines() if line.startswith("# ")), name)
            lines.append(f"- [{title}]({name}){_first_sentence(text)}")
    (SITE / "llms.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [
        f"{path.relative_to(SITE)}: {link}"
        for path in sorted(SITE.rglob("*.md"))
        for _, link in _LINK.findall(path.read_text(encoding="utf-8"))
        if "://" not in link and not (path.parent / link.partition("#")[0]).exists()
    ]


def _sections(config: str) -> dict[str, list[str]]:
    """Return the pages by the section of the navigation that they are in; those in none come first."""
    sections: dict[str, list[str]] = {"Pages": []}
    for entry in yaml.safe_load(config)["nav"]:
        for title, place in entry.items():
            if isinstance(place, str):
                sections["Pages"].append(place)
            else:
                sections[title] = [
                    page for each in place for page in ([each] if isinstance(each, str) else each.values())
                ]
    return sections


def _first_sentence(text: str) -> str:
    """Return what a page says of itself, to stand behind its link; "" when it begins with something else than words."""
    match = re.search(r"^# .*\n\n([A-Z`][^`](?:.+\n?)+)", text, re.M)
    words = _LINK.sub(r"\1", " ".join(match[1].split())) if match else ""
    return ": " + re.split(r"(?<=[.:]) ", words)[0].rstrip(".:") if words else ""


def _tools() -> Path:
    """Return the interpreter that has mkdocs, installed anew when its requirements changed."""
    requirements = ROOT / "requirements" / "docs.txt"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    folder = ROOT / ".venvs" / "docs"
    stamp = folder / ".ready"
    if not stamp.exists() or stamp.read_text() != wanted:
        environment("docs", "-r", requirements)
        stamp.write_text(wanted)
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def main() -> int:
    """Assemble, build and check the site; return the exit status."""
    assemble()
    environ = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
    build = [str(_tools()), "-m", "mkdocs", "build", "--clean", "--strict", "--quiet", "--config-file", str(CONFIG)]
    status = subprocess.run(build, cwd=ROOT, env=environ, check=False).returncode
    if status:
        return status
    broken = broken_links(SITE) + write_for_machines()
    if broken:
        print("links that lead nowhere:", *broken, sep="\n  ", file=sys.stderr)
        return 1
    print(f"{sum(1 for _ in SITE.rglob('*.html'))} pages in {SITE.relative_to(ROOT)}/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
