"""Deploys of more than a file: app files, container images, and pyproject.toml.

A requirement that is a folder is left out: the peer stores it over https only, which no server of a test speaks to it.
"""

from __future__ import annotations

import base64
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tests.congruence.case import Case
from tests.congruence.case_callers import TEAMS, token
from tests.congruence.deploying import deploy, hello

DOCKERFILE = "FROM python:3.11\nARG VERSION\nCOPY data /data\nRUN echo $VERSION\n"
IMAGE = """
import fal
from fal.container import ContainerImage


class HelloWorld(fal.App):
    image = ContainerImage.{make}
    kind = "container"

    @fal.endpoint("/")
    def hello(self) -> dict:
        return {}
"""


def files() -> Iterator[Case]:
    data = {"data/one.txt": "one", "data/deep/two.txt": "zwei", "data/skip.pyc": "x", "data/__pycache__/x": "y"}
    yield deploy("app_files: one file", {"app.py": hello('    app_files = ["data/one.txt"]\n'), **data})
    yield deploy("app_files: a folder", {"app.py": hello('    app_files = ["data"]\n'), **data}, unordered=True)
    yield deploy("app_files: everything", {"app.py": hello('    app_files = ["."]\n'), **data}, unordered=True)
    ignored = hello('    app_files = ["data"]\n    app_files_ignore = [r"two\\.txt$", r"\\.pyc$", "__pycache__"]\n')
    yield deploy("app_files: some ignored", {"app.py": ignored, **data}, unordered=True)
    context = hello('    app_files = ["one.txt"]\n    app_files_context_dir = "data"\n')
    yield deploy("app_files: from another folder", {"app.py": context, **data})
    one = {"app.py": hello('    app_files = ["data/one.txt"]\n'), **data}
    known: dict[str, Any] = {"POST /files/missing_hashes": (200, [])}
    yield deploy("app_files: known already", one, answers=known)
    there = {"POST /files/app/multipart/*/initiate": (409, {"detail": "there"})}
    yield deploy("app_files: stored by somebody else meanwhile", one, answers=there)
    refused = {"POST /files/app/multipart/*/initiate": (403, {"detail": "no"})}
    yield deploy("app_files: refused", one, answers=refused)
    yield deploy("app_files: not there", {"app.py": hello('    app_files = ["nothing"]\n')})
    yield deploy("app_files: empty file", {"app.py": hello('    app_files = ["empty"]\n'), "empty": ""})

    large = {"app.py": hello('    app_files = ["large"]\n'), "large": "0123456789abcdef" * 700_000}
    yield deploy("app_files: in two parts", large, unordered=True)
    busy = {"POST /files/app/multipart/*/initiate": [(503, {"detail": "busy"}), (200, {"upload_id": "upload-1"})]}
    yield deploy("app_files: a busy store", one, answers=busy)
    failing = {"PUT /files/app/multipart/*": [(500, {"detail": "oops"}), (200, {"part_number": 1, "etag": "part"})]}
    yield deploy("app_files: a store that fails once", one, answers=failing)
    full = {"PUT /files/app/multipart/*": (507, {"detail": "full"})}
    yield deploy("app_files: a full store", one, answers=full)
    team = {"GET /users/teams": (200, TEAMS)}
    login = deploy("app_files: for a team", one, answers=team)
    yield replace(login, client={"team": "acme"}, files={"auth0_token": f"refresh\n{token()}"})

    made = {
        "a Dockerfile": f"from_dockerfile_str({DOCKERFILE!r})",
        "build arguments": f"from_dockerfile_str({DOCKERFILE!r}, build_args={{'VERSION': '1'}}, secrets={{'S': 'x'}})",
        "a registry": "from_dockerfile_str('FROM a/b', registries={'r.io': {'username': 'u', 'password': 'p'}})",
        "a builder": "from_dockerfile_str('FROM a/b', builder='depot', compression='zstd', force_compression=True)",
        "a Dockerfile in a file": "from_dockerfile('Dockerfile')",
        "patterns to ignore": f"from_dockerfile_str({DOCKERFILE!r}, dockerignore=['*.pyc', 'data/deep'])",
    }
    for what, text in made.items():
        source = {
            "app.py": IMAGE.replace("{make}", text),
            "Dockerfile": "FROM python:3.11\nCOPY data/one.txt /\n",
            **data,
        }
        yield deploy(f"container: {what}", source, unordered=True)


def probed(metadata: Mapping[str, Any]) -> dict[str, Any]:
    value = {"method": "pickle", "definition": base64.b64encode(pickle.dumps(metadata)).decode()}
    return {"Run": ({"run_id": "r", "status": {"state": "SUCCESS"}, "return_value": value},)}


def projects() -> Iterator[Case]:
    """pyproject.toml."""

    def project(table: str) -> dict[str, str]:
        return {
            "pyproject.toml": f'[project]\nname = "p"\nversion = "1"\n\n[tool.fal.apps.named]\n{table}\n',
            "app.py": hello(),
        }

    tables: dict[str, str] = {
        "a reference": 'ref = "app.py::HelloWorld"',
        "auth": 'ref = "app.py::HelloWorld"\nauth = "shared"',
        "a strategy": 'ref = "app.py::HelloWorld"\ndeployment_strategy = "recreate"',
        "app_scale_settings": 'ref = "app.py::HelloWorld"\napp_scale_settings = true',
        "no_scale": 'ref = "app.py::HelloWorld"\nno_scale = true',
        "another name": 'ref = "app.py::HelloWorld"\nname = "other-name"',
        "a machine": 'ref = "app.py::HelloWorld"\nmachine_type = "GPU-H100"\nnum_gpus = 2\nregions = ["us-east"]',
        "scaling": 'ref = "app.py::HelloWorld"\nkeep_alive = 7\nmin_concurrency = 1\nmax_concurrency = 2\nmax_multiplexing = 3\n'
        "concurrency_buffer = 1\nconcurrency_buffer_perc = 5\nscaling_delay = 6",
        "timeouts": 'ref = "app.py::HelloWorld"\nrequest_timeout = 60\nstartup_timeout = 70',
        "secrets": 'ref = "app.py::HelloWorld"\nsecrets = ["TOKEN"]\ndata_mounts = ["/data"]\nprivate_logs = true',
        "retries": 'ref = "app.py::HelloWorld"\nskip_retry_conditions = ["timeout"]\nretry_config = { timeout = { retries = 2 } }',
        "a health check": 'ref = "app.py::HelloWorld"\nhealth_check = { path = "/alive", timeout_seconds = 3, method = "get" }',
        "files": 'ref = "app.py::HelloWorld"\napp_files = ["data.txt"]',
        "requirements": 'ref = "app.py::HelloWorld"\nrequirements = ["numpy"]',
        "an entry point": 'python_entry_point = "pkg.mod:Symbol"\nrequirements = ["numpy"]',
        "an entry point with everything": 'python_entry_point = "pkg.mod:Symbol"\nmachine_type = "M"\nkeep_alive = 3\n'
        'auth = "public"\n'
        'python_version = "3.11"\nsecrets = ["TOKEN"]\napp_files = ["data.txt"]\ntermination_grace_period_seconds = 9\n'
        'health_check = { path = "/alive", timeout_seconds = 3 }',
        "an image": 'exposed_port = 8000\nimage = { image = "registry/thing:1" }',
        "an image from a Dockerfile": 'exposed_port = 8000\nimage = { dockerfile = "Dockerfile", build_args = { A = "b" } }',
        "an unknown key": 'ref = "app.py::HelloWorld"\nnonsense = 1',
        "both a reference and an entry point": 'ref = "app.py::HelloWorld"\npython_entry_point = "a:b"',
        "nothing to deploy": 'auth = "public"',
        "a bad region": 'ref = "app.py::HelloWorld"\nregions = ["mars"]',
    }  # fmt: skip
    answers = probed({"openapi": {"openapi": "3.1.0", "paths": {"/": {}, "/other": {}}}, "billing_components": []})
    for what, table in tables.items():
        extra = {"data.txt": "data", "Dockerfile": "FROM python:3.11\n"}
        yield deploy(f"project: {what}", {**project(table), **extra}, lambda c: c.deploy("named"), answers)
    image = project('ref = "app.py::HelloWorld"\nimage = { dockerfile = "Dockerfile" }')
    with_file = {**image, "Dockerfile": "FROM python:3.11\nCOPY app.py /\n"}
    yield deploy("project: an image for a class", with_file, lambda c: c.deploy("named"))
    plain = project('ref = "app.py::HelloWorld"')
    yield deploy("project: an unknown app", plain, lambda c: c.deploy("nothing"))
    yield deploy("project: with a message", plain, lambda c: c.deploy("named", message="m", annotations={"a": "b"}))
    yield deploy("project: in an environment", plain, lambda c: c.deploy("named", environment_name="staging"))
    yield deploy("project: with a name", plain, lambda c: c.deploy("named", app_name="x"))
    yield deploy("project: with auth", plain, lambda c: c.deploy("named", auth="public"))
    yield deploy("project: with a strategy", plain, lambda c: c.deploy("named", strategy="recreate"))
    yield deploy("project: with reset_scale", plain, lambda c: c.deploy("named", reset_scale=True))
    yield deploy("project: nothing said", plain, lambda c: c.deploy())
