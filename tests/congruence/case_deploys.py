"""Deploys of a file: classes, functions, every setting, every option, and what the server may say."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from tests.congruence.case import KEY, Case
from tests.congruence.deploying import BUILT, DONE, SERVED, URLS, Requests, deploy, hello


def apps() -> Iterator[Case]:
    plain = {"app.py": hello()}
    yield deploy("a class", plain, requests=SERVED)
    yield deploy("the only app of a file", plain, lambda c: c.deploy("app.py"))
    yield deploy("a class that is not there", plain, lambda c: c.deploy("app.py::Nothing"))
    yield deploy("a file that is not there", plain, lambda c: c.deploy("nothing.py::HelloWorld"))
    yield deploy("a file with an error", {"app.py": "import fal\n\nraise RuntimeError('broken')\n"})
    second = "\n\nclass Second(fal.App):\n    @fal.endpoint('/')\n    def f(self) -> dict:\n        return {}\n"
    two = {"app.py": hello() + second}
    yield deploy("one of two classes", two, lambda c: c.deploy("app.py::Second"))
    yield deploy("a file of two classes", two, lambda c: c.deploy("app.py"))

    yield deploy("a path", plain, lambda c: c.deploy(Path("app.py")))
    yield deploy("a pair of file and class", plain, lambda c: c.deploy(("app.py", "HelloWorld")))
    yield deploy("what a handler sees", plain, lambda c: _watched(c, "result_handler"))
    yield deploy("what two handlers see", plain, lambda c: _watched(c, "result_handler", "build_result_handler"))

    options: dict[str, dict[str, Any]] = {
        "app_name": {"app_name": "other-name"},
        "message": {"message": "why, grün 火"},
        "annotations": {"annotations": {"commit": "abc", "ticket": "T-1"}},
        "no annotations": {"annotations": {}},
        "environment_name main": {"environment_name": "main"},
        "environment_name staging": {"environment_name": "staging"},
        "attach_to_deployment": {"attach_to_deployment": True},
        "not attach_to_deployment": {"attach_to_deployment": False},
        "force_env_build": {"force_env_build": True},
        "reset_scale": {"reset_scale": True},
        "no reset_scale": {"reset_scale": False},
        "everything": {
            "app_name": "other",
            "auth": "public",
            "strategy": "recreate",
            "reset_scale": True,
            "message": "m",
            "annotations": {"a": "b"},
            "environment_name": "staging",
            "force_env_build": True,
        },
        "attach_to_deployment with recreate": {"attach_to_deployment": True, "strategy": "recreate"},
        "a message that is too long": {"message": "x" * 2049},
        "a message that is not a text": {"message": 7},
        "an annotation that is reserved": {"annotations": {"openapi": "x"}},
        "an annotation that is not a text": {"annotations": {"a": 1}},
        "too many annotations": {"annotations": {f"a{number}": "" for number in range(33)}},
        "an unknown auth": {"auth": "everyone"},
        "an unknown strategy": {"strategy": "canary"},
        **{f"auth {auth}": {"auth": auth} for auth in ("public", "private", "shared")},
        **{f"strategy {strategy}": {"strategy": strategy} for strategy in ("rolling", "recreate")},
    }
    for what, given in options.items():
        yield deploy(what, plain, partial(_deploy, given))


def _deploy(options: dict[str, Any], client: Any) -> Any:
    return client.deploy("app.py::HelloWorld", **options)


def _watched(client: Any, *handlers: str) -> list[tuple[str, str, int]]:
    """Return what each handler was called with."""
    seen: list[tuple[str, str, int]] = []

    def watch(name: str) -> Callable[[Any], None]:
        return lambda result: seen.append((name, type(result).__name__, len(result.logs)))

    client.deploy("app.py::HelloWorld", **{name: watch(name) for name in handlers})
    return seen


SETTINGS: dict[str, str] = {
    "machine_type": 'machine_type = "GPU-H100"',
    "machine types": 'machine_type = ["GPU-H100", "GPU-A100"]',
    "num_gpus": 'machine_type = "GPU-H100"\n    num_gpus = 2',
    "regions": 'regions = ["us-east", "eu-west"]',
    "requirements": 'requirements = ["pyjokes==0.6.0", "numpy"]',
    "layers of requirements": 'requirements = [["torch"], ["numpy", "pyjokes"]]',
    "scaling": "min_concurrency = 1\n    max_concurrency = 5\n    concurrency_buffer = 2\n    concurrency_buffer_perc = 10\n"
    "    scaling_delay = 30\n    max_multiplexing = 4\n    keep_alive = 120",
    "zeros": "min_concurrency = 0\n    concurrency_buffer = 0\n    keep_alive = 0",
    "timeouts": "request_timeout = 600\n    startup_timeout = 300\n    request_start_timeout = 20",
    "termination_grace_period_seconds": "termination_grace_period_seconds = 15",
    "secrets": 'secrets = ["TOKEN", "OTHER"]',
    "no secrets": "secrets = []",
    "data_mounts": 'data_mounts = ["/data/models"]',
    "skip_retry_conditions": 'skip_retry_conditions = ["timeout", "server_error"]',
    "retry_config": 'retry_config = {"timeout": {"retries": 2}, "server_error": {"retries": 0}}',
    "app_auth": 'app_auth = "public"',
    "app_name": 'app_name = "named-in-class"',
    "metrics_port": "metrics_port = 9191",
    "host_kwargs without a resolver": 'host_kwargs = {"max_concurrency": 3}',
    "host_kwargs": 'host_kwargs = {"keep_alive": 33, "_scheduler": "nomad", "resolver": "pip"}',
}
KEYWORDS: dict[str, str] = {
    "name": ', name="named-by-keyword"',
    "keep_alive": ", keep_alive=5, max_concurrency=2",
    "private_logs": ", private_logs=True",
    "metadata": ', metadata={"billing": "x"}',
    "resolver": ', resolver="pip"',
    "_scheduler": ', _scheduler="kubernetes", _scheduler_options={"a": 1, "b": [True, None]}',
    "exposed_port": ", exposed_port=9000",
}

CALLER = """
import fal


@fal.function(machine_type="S")
def helper():
    return 7


class Caller(fal.App):
    @fal.endpoint("/")
    def call(self) -> dict:
        return {"seven": helper()}
"""

REALTIME = """
import fal
from pydantic import BaseModel


class Step(BaseModel):
    by: int = 1


class Total(BaseModel):
    value: int


class Counter(fal.App):
    @fal.realtime("/realtime")
    def count(self, step: Step) -> Total:
        return Total(value=step.by)

    @fal.endpoint("/")
    async def read(self) -> Total:
        return Total(value=7)

    @fal.endpoint("/fails")
    def fail(self) -> Total:
        raise ValueError("broken")

    @fal.endpoint("/alive", health_check=fal.HealthCheck(start_period_seconds=60, timeout_seconds=7, failure_threshold=4))
    def alive(self) -> dict:
        return {"ok": True}
"""


def settings() -> Iterator[Case]:
    for what, text in SETTINGS.items():
        yield deploy(f"class attribute {what}", {"app.py": hello(f"    {text}\n")})
    for what, text in KEYWORDS.items():
        yield deploy(f"class keyword {what}", {"app.py": hello(keywords=text)})
    asked: Requests = (
        ("POST", "/", {}), ("POST", "/fails", {}), ("GET", "/alive", None), ("POST", "/alive", {}), ("GET", "/openapi.json", None),
    )  # fmt: skip
    yield deploy(
        "realtime, async and a health check",
        {"app.py": REALTIME},
        lambda c: c.deploy("app.py::Counter"),
        requests=asked,
    )
    sibling = hello('    local_python_modules = ["words"]\n').replace(
        "import fal\n", "import fal\nfrom words import GREETING\n"
    )
    modules = {"app.py": sibling.replace('"hello"', "GREETING"), "words.py": 'GREETING = "good day"\n'}
    yield deploy("local_python_modules", modules, requests=SERVED[2:3])
    sibling = (
        hello().replace("import fal\n", "import fal\nfrom words import GREETING\n").replace('"hello"', "GREETING()")
    )
    modules = {"app.py": sibling, "words.py": 'def GREETING():\n    return "good day"\n'}
    yield deploy("a module beside the file", modules, requests=SERVED[2:3])
    caller = deploy(
        "an app that names a function of the file", {"app.py": CALLER}, lambda c: c.deploy("app.py::Caller")
    )
    yield replace(caller, client={}, environ={"FAL_KEY": KEY})


FUNCTION = '''
import fal


@fal.function({settings})
def shout(text: str = "hey") -> dict:
    """Say it louder."""
    return {"text": text.upper()}
'''


def function(settings: str) -> str:
    return FUNCTION.replace("{settings}", settings)


FUNCTIONS: dict[str, str] = {
    "nothing set": "serve=True",
    "kind and requirements": '"virtualenv", serve=True, requirements=["pyjokes"], machine_type="M"',
    "a machine": 'serve=True, machine_type=["GPU-H100", "GPU-A100"], num_gpus=2, regions=["us-east"]',
    "scaling": "serve=True, keep_alive=30, min_concurrency=1, max_concurrency=3, max_multiplexing=2, concurrency_buffer=1, "
    "concurrency_buffer_perc=5, scaling_delay=9",
    "timeouts": "serve=True, request_timeout=60, startup_timeout=70, request_start_timeout=80",
    "ports": "serve=True, exposed_port=9000, metrics_port=9001",
    "metadata": 'serve=True, metadata={"a": {"b": [1, "c"]}}',
    "python_version": f'serve=True, python_version="{sys.version_info[0]}.{sys.version_info[1]}"',
    "conda packages": '"conda", serve=True, packages=["numpy"], channels=["conda-forge"], pip=["pyjokes"]',
    "conda env_dict": '"conda", serve=True, env_dict={"dependencies": ["numpy", {"pip": ["pyjokes"]}]}',
    "force_env_build": "serve=True, force_env_build=True",
    "internals": 'serve=True, _base_image="image", _scheduler="nomad"',
    "not served": 'machine_type="S"',
    "a setup function": "setup_function=lambda: 7",
}


def functions() -> Iterator[Case]:
    asked: Requests = (
        ("POST", "/", {"text": "hey"}), ("POST", "/", {}), ("POST", "/", {"text": [1]}), ("GET", "/openapi.json", None),
    )  # fmt: skip
    for what, text in FUNCTIONS.items():
        yield deploy(
            f"function: {what}",
            {"app.py": function(text)},
            lambda c: c.deploy("app.py::shout"),
            requests=asked if what == "nothing set" else (),
        )
    called = {"app.py": function('machine_type="S"')}
    yield deploy("function: called once", called, lambda c: c.deploy("app.py::shout"), arguments={"text": "grün"})


def servers() -> Iterator[Case]:
    """What the server may say to a deploy."""
    plain = {"app.py": hello()}
    urls, result = {"service_urls": URLS}, {"result": DONE["result"]}
    said: dict[str, Mapping[str, Any]] = {
        "the build fails": {"BuildEnvironment": ({"status": {"state": "INTERNAL_FAILURE"}},)},
        "the build ends without a word": {"BuildEnvironment": ()},
        "the build is refused": {"BuildEnvironment": "INVALID_ARGUMENT"},
        "the build is not permitted": {"BuildEnvironment": "PERMISSION_DENIED"},
        "the registration is refused": {"RegisterApplication": "INVALID_ARGUMENT"},
        "the registration ends without a word": {"RegisterApplication": ()},
        "the addresses come first": {"RegisterApplication": (urls, result)},
        "the addresses come last": {"RegisterApplication": (result, urls)},
        "no addresses come": {"RegisterApplication": (result,)},
        "the build is not known in this version": {"BuildEnvironment": ({"status": {"state": 42}}, *BUILT)},
        "an environment id": {"BuildEnvironment": ({"env_id": "env-1"}, *BUILT)},
    }
    for what, answers in said.items():
        yield deploy(what, plain, answers=answers)
