from __future__ import annotations

import re
from pathlib import Path

import pathspec
import pytest

from fal.deploy.dockerfile import DEFAULT_IGNORE, copied_sources, ignore_patterns, ignore_regexes
from fal.deploy.globs import gitignore_regex
from fal.deploy.images import container_image, image_from_table


def test_sources_of_copy_and_add() -> None:
    text = r"""
# COPY commented /x
FROM python:3.11 AS base
COPY requirements.txt setup.cfg /app/
copy --chown=1:1 src/ /app/src
COPY ["with space.txt", "b", "/app/"]
COPY --from=base /venv /venv
ADD https://example.com/x.tar.gz /x
ADD --checksum=sha256:00 data.tar /data
COPY *.py \
     # a comment in between
     pkg/**/*.toml /app/
COPY . /everything
COPY /rooted /r
COPY <<EOF /etc/conf
COPY not/a/source /x
EOF
RUN cat <<'END'
ADD neither /x
END
COPY onlyone
"""
    assert copied_sources(text) == [
        "requirements.txt",
        "setup.cfg",
        "src/",
        "with space.txt",
        "b",
        "data.tar",
        "*.py",
        "pkg/**/*.toml",
        ".",
        "rooted",
    ]


PATHS = [
    "a",
    "a/b",
    "x/a",
    "x/a/b",
    "b.pyc",
    "x/b.pyc",
    "build/o",
    "x/build/o",
    "docs/a.md",
    "docs/x/a.md",
    ".env",
    "[x]",
    "xenv",
]
LINES = [
    "a",
    "/a",
    "a/",
    "*.pyc",
    "build/",
    "docs/*.md",
    "docs/**/*.md",
    "**/a",
    "a/**",
    ".env",
    r"\[x]",
    "[!a]",
    "?",
    "x*v",
    "**/b.pyc",
    "docs/**",
]


@pytest.mark.parametrize("line", LINES)
def test_ignore_lines_mean_what_git_means(line: str) -> None:
    theirs = pathspec.GitIgnoreSpec.from_lines([line])
    ours = gitignore_regex(line)
    assert ours is not None
    assert [path for path in PATHS if re.search(ours, path)] == [path for path in PATHS if theirs.match_file(path)]


def test_comments_blank_lines_and_negations() -> None:
    assert ignore_regexes(["# x", "", "  ", "/"]) == []
    [rule] = ignore_regexes(["!keep.md"])
    assert rule.startswith("!")
    assert re.search(rule[1:], "docs/keep.md")


def test_where_ignore_rules_come_from(tmp_path: Path) -> None:
    assert ignore_patterns(tmp_path) == list(DEFAULT_IGNORE)
    (tmp_path / ".dockerignore").write_text("*.log\n")
    assert ignore_patterns(tmp_path) == ["*.log"]
    assert ignore_patterns(tmp_path, []) == []


def test_an_image_of_a_dockerfile(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM x\nCOPY a /a\n")
    table = {"dockerfile": "Dockerfile", "build_args": {"A": "1"}, "secrets": {"S": "s"}, "cmd": ["run"]}
    image = image_from_table(table, tmp_path, use_isolate=False)
    assert {key: image[key] for key in image if key not in {"docker_ignore", "local_ignore"}} == {
        "dockerfile_str": "FROM x\nCOPY a /a\n",
        "build_args": {"A": "1"},
        "registries": {},
        "builder": None,
        "compression": "gzip",
        "force_compression": False,
        "secrets": {"S": "s"},
        "docker_context_dir": str(tmp_path),
        "docker_files_list": ["a"],
        "cmd": ["run"],
        "use_isolate": False,
    }
    assert any(re.search(rule, "node_modules/x") for rule in image["docker_ignore"])


def test_negations_are_applied_here_and_never_sent(tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").write_text("*.md\n!keep.md\n")
    image = container_image({"dockerfile_str": "FROM x\nCOPY . /a\n"}, tmp_path)
    assert image["docker_ignore"] == []
    assert len(image["local_ignore"]) == 2


def test_an_image_reference(tmp_path: Path) -> None:
    table = {
        "image": "registry/x:1",
        "registries": {"registry": {"username": "u", "password": "p"}},
        "entrypoint": "go",
    }
    assert image_from_table(table, tmp_path, use_isolate=None) == table
