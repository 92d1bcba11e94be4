"""Every method and every parameter of the namespaces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from fal.sdk import KeyPreset, KeyScope
from tests.congruence.case import Case, varied
from tests.congruence.values import (
    APP,
    COUNTS,
    ENVIRONMENT,
    ENVIRONMENTS,
    FLAGS,
    KEY_INFO,
    LISTS,
    NAMES,
    RUNNER,
    SECRET,
    STATES,
    TEXTS,
    TIMES,
)

SCALES = (
    "keep_alive", "max_multiplexing", "max_concurrency", "min_concurrency", "concurrency_buffer", "concurrency_buffer_perc",
    "scaling_delay", "request_timeout", "request_start_timeout", "startup_timeout",
)  # fmt: skip


def apps() -> Iterator[Case]:
    listed = {"ListAliases": {"aliases": [APP, {**APP, "alias": "stable-app"}, {**APP, "alias": "grün-app"}]}}
    yield Case("apps.list", lambda c: c.apps.list(), listed)
    yield Case("apps.list: none there", lambda c: c.apps.list())
    filters = {"a part": "stable", "unknown": "nothing", "unicode": "grün", "upper case": "STABLE"}
    yield from varied("apps.list filter", {**TEXTS, **filters}, lambda c, v: c.apps.list(filter=v), listed)
    suffixed = {
        "ListAliases": {"aliases": [{**APP, "alias": "my-app--staging", "environment_name": "staging"}, APP]},
    }
    yield from varied(
        "apps.list environment_name", ENVIRONMENTS, lambda c, v: c.apps.list(environment_name=v), suffixed
    )
    yield Case(
        "apps.list: filter in an environment",
        lambda c: c.apps.list(filter="stag", environment_name="staging"),
        suffixed,
    )

    result = {"ListAliasRunners": {"runners": [RUNNER]}}
    yield from varied("apps.runners app_name", NAMES, lambda c, v: c.apps.runners(v), result)
    yield from varied("apps.runners since", TIMES, lambda c, v: c.apps.runners("my-app", since=v), result)
    every = {
        "ListAliasRunners": {
            "runners": [{**RUNNER, "runner_id": f"runner-{number}", "state": number} for number in range(10)]
        }
    }
    yield from varied("apps.runners state", STATES, lambda c, v: c.apps.runners("my-app", state=v), every)
    yield from varied(
        "apps.runners environment_name", ENVIRONMENTS, lambda c, v: c.apps.runners("my-app", environment_name=v), result
    )
    yield Case(
        "apps.runners: everything at once",
        lambda c: c.apps.runners("my-app", since=TIMES["UTC"], state=["running"], environment_name="staging"),
        result,
    )
    yield Case("apps.runners: name with the suffix", lambda c: c.apps.runners("my-app--staging"), result)
    yield Case(
        "apps.runners: name with the suffix, and its environment",
        lambda c: c.apps.runners("my-app--staging", environment_name="staging"),
        result,
    )


def scaling() -> Iterator[Case]:
    scaled = {"UpdateApplication": {"alias_info": APP}}
    yield Case("apps.scale", lambda c: c.apps.scale("my-app"), scaled)
    yield from varied("apps.scale app_name", NAMES, lambda c, v: c.apps.scale(v, keep_alive=1), scaled)
    for name in SCALES:
        yield from varied(f"apps.scale {name}", COUNTS, _scale(name), scaled)
    for name in ("machine_types", "regions"):
        yield from varied(f"apps.scale {name}", LISTS, _scale(name), scaled)
    yield from varied(
        "apps.scale environment_name",
        ENVIRONMENTS,
        lambda c, v: c.apps.scale("my-app", environment_name=v),
        {"UpdateApplication": {"alias_info": {**APP, "alias": "my-app--staging", "environment_name": "staging"}}},
    )
    yield Case(
        "apps.scale: everything at once",
        lambda c: c.apps.scale(
            "my-app",
            **{name: number for number, name in enumerate(SCALES)},
            machine_types=["GPU-H100"],
            regions=["us-east"],
            environment_name="staging",
        ),
        scaled,
    )
    yield from varied("apps.rollout app_name", NAMES, lambda c, v: c.apps.rollout(v))
    yield from varied("apps.rollout force", FLAGS, lambda c, v: c.apps.rollout("my-app", force=v))
    yield from varied(
        "apps.rollout environment_name", ENVIRONMENTS, lambda c, v: c.apps.rollout("my-app", environment_name=v)
    )
    yield Case("apps.rollout: all by name", lambda c: c.apps.rollout(app_name="a", force=True, environment_name="b"))


def _scale(name: str) -> Callable[[Any, Any], Any]:
    return lambda c, v: c.apps.scale("my-app", **{name: v})


def gpus() -> Iterator[Case]:
    names = (
        "GPU-H100", "GPU-H200", "GPU-A100", "GPU-B200", "GPU-L40", "GPU-RTX5090", "GPU-RTX4090", "GPU-A6000", "NVIDIA L40S",
        "NVIDIA H100 80GB HBM3", "NVIDIA H100 80GB HBM3 MIG 3g.40gb", "NVIDIA RTX PRO 6000 Blackwell", "NVIDIA A10G",
        "NVIDIA GeForce RTX 4090", "AMD Instinct MI300X", "B300", "NVIDIA GB200", "Tesla T4", "XS", "S", "M", "L", "XL", "h100",
        "Some GPU", "Short",
    )  # fmt: skip
    summary = {
        "every kind of name": dict.fromkeys(names, 1),
        "one name alone that is longer than eight": {"Something else": 2},
        "zero and negative": {"GPU-H100": 0, "GPU-A100": -1, "GPU-B200": 3},
        "none": {},
        "null": None,
    }
    for what, counts in summary.items():
        yield Case(
            f"runners.gpus counts: {what}",
            lambda c: c.runners.gpus(),
            {"GET /applications/metrics": (200, {"summary": {"total_gpu_by_type": counts}, "apps": {}})},
        )
    bodies: dict[str, Any] = {
        "nothing in it": (200, {}),
        "no summary": (200, {"apps": None, "summary": None}),
        "a list": (200, []),
        "null": (200, "null"),
        "no JSON": (200, "<html>"),
        "not found": (404, {"detail": "Not Found"}),
        "not allowed": (403, {"detail": "no"}),
        "no key": (401, {"detail": "no"}),
        "unprocessable": (422, {"detail": [{"loc": ["query"], "msg": "bad", "type": "value_error"}]}),
        "failing": (500, "broken"),
        "busy once": [(503, "busy"), (200, {"summary": {"total_gpu_by_type": {"GPU-H100": 1}}})],
        "throttled once": [(429, "slow"), (200, {"summary": {"total_gpu_by_type": {"GPU-H100": 1}}})],
    }
    for what, body in bodies.items():
        yield Case(f"runners.gpus: {what}", lambda c: c.runners.gpus(), {"GET /applications/metrics": body})
    used = {"gpu_count_by_type": {"GPU-H100": 2, "S": 1, "GPU-B200": 0}}
    apps = {
        "acme/my-app": used,
        "acme/other": {"gpu_count_by_type": None},
        "acme/twin": used,
        "umbrella/twin": {"gpu_count_by_type": {"GPU-A100": 1}},
        "bare": used,
    }
    answers = {"GET /applications/metrics": (200, {"summary": {}, "apps": apps})}
    wanted = {"no GPUs": "other", "unknown": "nothing", "the owner too": "acme/my-app", "no owner there": "bare"}
    wanted |= {"another owner": "umbrella/my-app", "two owners": "twin", "one of two owners": "umbrella/twin"}
    yield from varied("apps.gpus app_name", {**NAMES, **wanted}, lambda c, v: c.apps.gpus(v), answers)


def runners() -> Iterator[Case]:
    result = {"ListRunners": {"runners": [RUNNER]}}
    yield Case("runners.list", lambda c: c.runners.list(), result)
    yield from varied("runners.list since", TIMES, lambda c, v: c.runners.list(since=v), result)
    yield from varied("runners.stop runner_id", NAMES, lambda c, v: c.runners.stop(v))
    yield from varied("runners.stop replace_first", FLAGS, lambda c, v: c.runners.stop("r", replace_first=v))
    yield from varied("runners.stop replace_first by place", FLAGS, lambda c, v: c.runners.stop("r", v))
    yield from varied("runners.kill runner_id", NAMES, lambda c, v: c.runners.kill(v))


def keys() -> Iterator[Case]:
    made = {"CreateUserKey": {"key_id": "new-id", "key_secret": "new-secret"}}
    presets = {preset.value: preset for preset in KeyPreset}
    texts = {"a text": "DEPLOY", "a text in lower case": "deploy", "a typo": "FULLL", "empty": "", "a number": 7}
    yield from varied("keys.create preset", {**presets, **texts}, lambda c, v: c.keys.create(preset=v), made)
    scopes = {scope.value: scope for scope in KeyScope}
    texts = {
        "admin": "admin",
        "api": "api",
        "a text in upper case": "ADMIN",
        "a typo": "root",
        "a number": 0,
        "empty": "",
    }
    yield from varied("keys.create scope", {**scopes, **texts}, lambda c, v: c.keys.create(scope=v), made)
    yield from varied(
        "keys.create permissions",
        {**LISTS, "real ones": ["serverless:read", "keys:write"]},
        lambda c, v: c.keys.create(permissions=v),
        made,
    )
    yield from varied(
        "keys.create description", TEXTS, lambda c, v: c.keys.create(preset=KeyPreset.API, description=v), made
    )
    yield Case("keys.create: nothing said", lambda c: c.keys.create(), made)
    yield Case("keys.create: only described", lambda c: c.keys.create(description="ci"), made)
    yield Case("keys.create: two said", lambda c: c.keys.create(preset=KeyPreset.API, permissions=["a:b"]), made)
    yield Case(
        "keys.create: all said",
        lambda c: c.keys.create(preset=KeyPreset.API, permissions=["a:b"], scope=KeyScope.API),
        made,
    )
    yield from varied("keys.revoke key_id", NAMES, lambda c, v: c.keys.revoke(v))
    yield Case("keys.list", lambda c: c.keys.list(), {"ListUserKeys": {"user_keys": [KEY_INFO]}})


def secrets() -> Iterator[Case]:
    yield from varied("secrets.set name", NAMES, lambda c, v: c.secrets.set(v, "value"))
    yield from varied("secrets.set value", TEXTS, lambda c, v: c.secrets.set("TOKEN", v))
    yield from varied("secrets.set environment_name", ENVIRONMENTS, lambda c, v: c.secrets.set("TOKEN", "v", v))
    yield from varied("secrets.set default_exposed", FLAGS, lambda c, v: c.secrets.set("TOKEN", "v", default_exposed=v))
    listed = {"ListSecrets": {"secrets": [SECRET]}}
    yield Case("secrets.list", lambda c: c.secrets.list(), listed)
    yield from varied(
        "secrets.list environment_name", ENVIRONMENTS, lambda c, v: c.secrets.list(environment_name=v), listed
    )
    yield from varied("secrets.unset name", NAMES, lambda c, v: c.secrets.unset(v))
    yield from varied(
        "secrets.unset environment_name", ENVIRONMENTS, lambda c, v: c.secrets.unset("TOKEN", environment_name=v)
    )


def environments() -> Iterator[Case]:
    made = {"CreateEnvironment": {"environment": ENVIRONMENT}}
    yield from varied("environments.create name", NAMES, lambda c, v: c.environments.create(v), made)
    yield from varied("environments.create description", TEXTS, lambda c, v: c.environments.create("staging", v), made)
    yield Case(
        "environments.list", lambda c: c.environments.list(), {"ListEnvironments": {"environments": [ENVIRONMENT]}}
    )
    yield from varied("environments.delete name", NAMES, lambda c, v: c.environments.delete(v))
