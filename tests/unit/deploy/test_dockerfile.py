from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import pathspec
import pytest

from fal.deploy.package.globs import translate
from fal.deploy.resolve.images import image_from_table


def image_of(folder: Path, dockerfile: str, ignore: str | None = None) -> dict[str, Any]:
    (folder / "Dockerfile").write_text(dockerfile)
    if ignore is not None:
        (folder / ".dockerignore").write_text(ignore)
    return cast("dict[str, Any]", image_from_table({"dockerfile": "Dockerfile"}, folder, use_isolate=None))


def test_sources_of_copy_and_add(tmp_path: Path) -> None:
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
    assert image_of(tmp_path, text)["docker_files_list"] == [
        "requirements.txt",
        "setup.cfg",
        "src/",
        "with space.txt",
        "b",
        "data.tar",
        "*.py",
        "pkg/**/*.toml",
        ".",
        "/rooted",
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
def test_ignore_lines_mean_what_git_means(tmp_path: Path, line: str) -> None:
    theirs = pathspec.GitIgnoreSpec.from_lines([line])
    [ours] = image_of(tmp_path, "FROM x\n", line)["docker_ignore"]
    assert [path for path in PATHS if re.search(ours, path)] == [path for path in PATHS if theirs.match_file(path)]


def test_comments_and_blank_lines_ignore_nothing(tmp_path: Path) -> None:
    assert image_of(tmp_path, "FROM x\n", "# x\n\n  \n")["docker_ignore"] == []


@pytest.mark.parametrize(
    ("glob", "matching", "other"),
    [
        ("*.py", "a.py", "x/a.py"),
        ("**/*.py", "x/y/a.py", "x/a.pyc"),
        ("s?c/[ab].txt", "src/a.txt", "src/c.txt"),
        ("[!a]", "b", "a"),
        ("a[", "a[", "ab"),
    ],
)
def test_a_glob_matches_like_docker(glob: str, matching: str, other: str) -> None:
    assert re.fullmatch(translate(glob), matching)
    assert not re.fullmatch(translate(glob), other)


def test_an_image_of_a_dockerfile(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM x\nCOPY a /a\n")
    table = {"dockerfile": "Dockerfile", "build_args": {"A": "1"}, "secrets": {"S": "s"}, "cmd": ["run"]}
    image = cast("dict[str, Any]", image_from_table(table, tmp_path, use_isolate=False))
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
    image = image_of(tmp_path, "FROM x\nCOPY . /a\n", "*.md\n!keep.md\n")
    assert image["docker_ignore"] == []
    assert len(image["local_ignore"]) == 2


def test_an_image_reference(tmp_path: Path) -> None:
    table = {
        "image": "registry/x:1",
        "registries": {"registry": {"username": "u", "password": "p"}},
        "entrypoint": "go",
    }
    assert image_from_table(table, tmp_path, use_isolate=None) == table
