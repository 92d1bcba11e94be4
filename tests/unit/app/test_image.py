"""Container images: what they accept, what they send, what they never show."""

from __future__ import annotations

import copy
import pickle
import re
from pathlib import Path
from typing import Any

import pytest

import fal
from fal.app import AppDefinitionError, ContainerImage
from fal.app.authoring.dockerfile import copy_sources, ignore_regex

SECRETS: dict[str, Any] = {
    "registries": {"ghcr.io": {"username": "me", "password": "hunter2-a"}},
    "secrets": {"TOKEN": "hunter2-b"},
    "build_args": {"ARG": "hunter2-c"},
}


def test_an_image_is_sent_in_full(tmp_path: Path) -> None:
    image = ContainerImage.from_dockerfile_str(
        "FROM python:3.11\nCOPY app.py /", context_dir=tmp_path, dockerignore=["*.log"], cmd=["run"], **SECRETS
    )
    assert image.to_dict() == {
        "dockerfile_str": "FROM python:3.11\nCOPY app.py /",
        **SECRETS,
        "builder": None,
        "compression": "gzip",
        "force_compression": False,
        "docker_context_dir": str(tmp_path),
        "docker_files_list": ["app.py"],
        "docker_ignore": ["^(?:.+/)?[^/]*\\.log(?:/.*)?$"],
        "local_ignore": ["^(?:.+/)?[^/]*\\.log(?:/.*)?$"],
        "cmd": ["run"],
    }


def test_no_secret_is_shown_or_pickled() -> None:
    image = ContainerImage("FROM python:3.11", **SECRETS)
    assert "hunter2" not in f"{image!r} {image}"
    assert b"hunter2" not in pickle.dumps(image)
    assert copy.deepcopy(image).to_dict() == image.to_dict() == copy.copy(image).to_dict()
    assert "hunter2" not in repr(fal.app.spec.describe(_app_with(image)))


def _app_with(image: ContainerImage) -> type[fal.App]:
    import fal.app.spec

    given = image

    class Contained(fal.App):
        image = given

        @fal.endpoint("/")
        def run(self) -> int:
            return 1

    return Contained


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"dockerfile_str": " \n"}, "the Dockerfile is empty"),
        ({"dockerfile_str": 3}, "dockerfile_str must be a str, not int"),
        ({"registries": {"ghcr.io": {"username": "u"}}}, r"registries\['ghcr.io'\] needs password as str"),
        ({"registries": {"ghcr.io": {}}}, r"needs username and password"),
        ({"registries": ["ghcr.io"]}, "registries must be a dict"),
        ({"builder": "docker"}, "builder is 'docker'; use one of"),
        ({"entrypoint": 3}, "entrypoint must be a list of str"),
        ({"cmd": ["run", 3]}, r"cmd\[1\] must be a str"),
        ({"use_isolate": "no"}, "use_isolate must be True or False"),
        ({"secrets": {"TOKEN": 3}}, r"secrets\['TOKEN'\] must be a str, not int"),
        ({"dockerignore": "x"}, "dockerignore must be a list of str"),
        ({"dockerignore": ["x"], "dockerignore_path": "y"}, "are both set; keep one"),
    ],
)
def test_wrong_images_are_refused_without_showing_values(options: dict[str, Any], told: str) -> None:
    with pytest.raises(AppDefinitionError, match=told):
        ContainerImage(**{"dockerfile_str": "FROM a", **options})


def test_a_dockerfile_is_read_from_its_path(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM a")
    assert ContainerImage.from_dockerfile(tmp_path / "Dockerfile").dockerfile_str == "FROM a"
    with pytest.raises(FileNotFoundError, match=r"the Dockerfile '.*nothing' does not exist"):
        ContainerImage.from_dockerfile(tmp_path / "nothing")


def test_ignore_rules_come_from_the_most_explicit_place(tmp_path: Path) -> None:
    def ignored(**options: Any) -> list[str]:
        rules: list[str] = ContainerImage("FROM a", context_dir=tmp_path, **options).to_dict()["docker_ignore"]
        return rules

    assert any("node_modules" in rule for rule in ignored())
    (tmp_path / ".dockerignore").write_text("# comment\n\nfrom-context\n")
    assert ignored() == [ignore_regex("from-context")]
    (tmp_path / "other").write_text("from-file\n")
    assert ignored(dockerignore_path=tmp_path / "other") == [ignore_regex("from-file")]
    assert ignored(dockerignore=["from-list"]) == [ignore_regex("from-list")]
    with pytest.raises(FileNotFoundError, match="dockerignore_path"):
        ignored(dockerignore_path=tmp_path / "nothing")


def test_ignore_rules_can_be_set_later(tmp_path: Path) -> None:
    image = ContainerImage("FROM a")
    image.add_dockerignore(patterns=["a"])
    assert image.to_dict()["docker_ignore"] == [ignore_regex("a")]
    (tmp_path / "ignore").write_text("b\n\n")
    image.add_dockerignore(path=tmp_path / "ignore")
    assert image.to_dict()["docker_ignore"] == [ignore_regex("b")]
    for options in ({}, {"patterns": ["a"], "path": "b"}):
        with pytest.raises(AppDefinitionError, match="give either patterns or path"):
            image.add_dockerignore(**options)  # type: ignore[arg-type]


def test_rules_that_take_paths_back_are_kept_for_choosing_files_here() -> None:
    image = ContainerImage("FROM a", dockerignore=["*", "!src/"]).to_dict()
    assert image["docker_ignore"] == []
    assert [rule[0] for rule in image["local_ignore"]] == ["^", "!"]


@pytest.mark.parametrize(
    ("pattern", "matched", "unmatched"),
    [
        (".git", [".git", "a/.git", ".git/config"], [".gitignore", "a.git"]),
        ("*.pyc", ["a.pyc", "b/c.pyc"], ["a.py", "a.pyco"]),
        ("/build", ["build", "build/x"], ["a/build", "builds"]),
        ("logs/", ["logs/a", "x/logs/a"], ["logs"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["a/xb", "c/a/b"]),
        ("**/tmp", ["tmp", "a/tmp", "a/b/tmp/c"], ["atmp"]),
        ("foo/*", ["foo/a", "foo/a/b"], ["foo", "bar/foo/a"]),
        ("a?c", ["abc", "x/abc"], ["ac", "a/c"]),
        ("[ab].txt", ["a.txt", "b.txt"], ["c.txt", "ab.txt"]),
        ("[!ab].txt", ["c.txt"], ["a.txt"]),
        (r"\#x", ["#x"], ["x"]),
        ("  spaced  ", ["spaced"], ["  spaced  "]),
    ],
)
def test_ignore_patterns_mean_what_gitignore_means(pattern: str, matched: list[str], unmatched: list[str]) -> None:
    regex = ignore_regex(pattern)
    assert regex is not None
    assert [path for path in matched if not re.search(regex, path)] == []
    assert [path for path in unmatched if re.search(regex, path)] == []


@pytest.mark.parametrize("line", ["", "  ", "# comment", "/", "!", "!#"])
def test_lines_without_a_pattern_ignore_nothing(line: str) -> None:
    assert ignore_regex(line) is None


@pytest.mark.parametrize(
    ("dockerfile", "sources"),
    [
        ("COPY a b /x", ["a", "b"]),
        ("copy ./src /app", ["./src"]),
        ("COPY a \\\n  b /x", ["a", "b"]),
        ("COPY a \\\n # comment\n  b /x", ["a", "b"]),
        ('COPY ["a b", "/x"]', ["a b"]),
        ('ADD --chown=x:y ["q", "/w"]', ["q"]),
        ("COPY --chmod=755 --link x y", ["x"]),
        ("COPY --from=base /x /y", []),
        ("ADD https://example.com/a.tar /z", []),
        ("ADD git@example.com:a/b.git /z", []),
        ("COPY <<EOF /x\nCOPY inside /y\nEOF\nCOPY after /z", ["after"]),
        ("# COPY no /x\nRUN echo COPY no /y", []),
        ("ONBUILD COPY a /x", ["a"]),
        ("COPY a /x\nCOPY a /y", ["a"]),
        ("COPY 'unbalanced /x", ["'unbalanced"]),
    ],
)
def test_what_a_dockerfile_reads_from_its_context(dockerfile: str, sources: list[str]) -> None:
    assert copy_sources(f"FROM a\n{dockerfile}\n") == sources
