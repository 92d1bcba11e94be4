"""`fal deploy` and `fal run`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from fal.cli._output import Facts, Output, Text
from fal.cli._tree import deploying
from fal.exceptions import FalServerlessError, InvalidInput

if TYPE_CHECKING:
    from fal.cli._session import Session
    from fal.deploy import DeploymentResult, DeployPlan

_NO_PLAYGROUND = frozenset({"cancel", "health", "object_info"})  # endpoints that serve the platform


@deploying.command(
    "deploy",
    calls=["deploy", "plan_deploy", "deploy_events"],
    without=["result_handler", "build_result_handler", "on_event", "attach_to_deployment", "root"],
    flags={"annotations": ["--annotation"]},
    exclusive=[("attach", "detach"), ("no_scale", "reset_scale")],
    examples=[
        "fal deploy",
        "fal deploy path/to/myfile.py::MyApp --app-name my-app --auth public",
        "fal deploy my-app --attach --annotation GIT_SHA=1234567",
        "fal deploy my-app --plan",
    ],
)
def deploy(
    session: Session,
    app_ref: str | None = None,
    *,
    attach: bool = False,
    detach: bool = False,
    no_scale: bool = False,  # noqa: ARG001 - it is what happens anyway
    reset_scale: bool = False,
    no_cache: bool = False,
    force_env_build: bool = False,
    plan: bool = False,
    check: bool = False,
    yes: bool = False,
    **options: Any,
) -> Output:
    """Deploy an app.

    Settings that are not given come from pyproject.toml, then from the app.

    Args:
        app_ref: A file, "file.py::MyApp", or the name of an app in pyproject.toml. Without it, the only app of
            pyproject.toml or the only Python file of the folder.
        attach: Follow a rolling deployment to its end.
        detach: Return when the revision is registered; the rollout goes on.
        no_scale: Keep the current scaling of the app, which is the default.
        reset_scale: Set the scaling to what the source of the app says.
        no_cache: Build the environment even when it is already there.
        force_env_build: The older name of --no-cache.
        plan: Show what would be sent and what would change, and do nothing.
        check: Show the plan, and ask before deploying.
        yes: Do not ask for confirmation.
    """
    wanted = {
        **options,
        "attach_to_deployment": True if attach else False if detach else None,
        "reset_scale": True if reset_scale else None,
        "force_env_build": no_cache or force_env_build,
    }
    if plan:
        return _planned(session.client.plan_deploy(app_ref, **wanted))
    if check or _truthy(os.environ.get("FAL_DEPLOY_CHECK")):
        planned = session.client.plan_deploy(app_ref, **wanted)
        session.screen.message(str(planned))
        session.screen.confirm(f"Deploy {planned.app_name}?", yes=yes)
        return _deployed(_follow(session, planned, {}), detach=detach)
    return _deployed(_follow(session, app_ref, wanted), detach=detach)


def _truthy(value: str | None) -> bool:
    from fal._core.settings import is_true

    return is_true(value)


def _planned(plan: DeployPlan) -> Output:
    return Text("plan", str(plan), plan.to_dict())


def _follow(session: Session, what: str | DeployPlan | None, options: dict[str, Any]) -> DeploymentResult:
    from fal.cli._deploy_view import DeployView
    from fal.exceptions import DeployError

    with DeployView(session.screen, quiet=session.screen.verbose) as view:
        try:
            return session.client.deploy(what, on_event=view.take, **options)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(f"While {view.doing}; what runs now keeps running.") from None
        except DeployError as error:
            if view.has_shown_log and not session.screen.json:
                error.message = error.message.partition(":\n  ")[0]  # what follows is the log
            raise


def _deployed(result: DeploymentResult, *, detach: bool) -> Output:
    data = {
        "revision": result.revision,
        "app_name": result.app_name,
        "status": "rolling_out" if detach else "deployed",
        "auth_mode": result.auth_mode,
        "env_id": result.env_id,
        "urls": result.urls,
        "log_url": result.log_url,
    }
    return Text("deployment", "\n".join(_lines(result, detach=detach)), data)


def _lines(result: DeploymentResult, *, detach: bool) -> list[str]:
    shown = os.environ.get("FAL_URL_OUTPUT") or "all"
    rows = [("App", result.app_name), ("Revision", result.revision), ("Auth", result.auth_mode)]
    if detach:
        rows += [("Rollout", f"goes on; `fal apps wait {result.app_name}` follows it")]
    if shown in ("all", "playground"):
        pages = dict.fromkeys(page for url in result.urls.get("playground", {}).values() for page in _pages(url))
        rows += [(title, url) for title, url in pages]
    if shown == "all":
        rows += [("Sync", url) for url in result.urls.get("sync", {}).values()]
        rows += [("Queue", url) for url in result.urls.get("async", {}).values()]
        rows += [("Logs", result.log_url)] if result.log_url else []
    lines = [f"{title:10}  {text}" for title, text in rows]
    first = next(iter(result.urls.get("sync", {}).values()), None)
    if first and shown == "all":
        key = "" if result.auth_mode == "public" else ' -H "Authorization: Key $FAL_KEY"'
        lines += ["", f"curl -X POST {first}{key} -H 'Content-Type: application/json' -d '{{}}'"]
    return lines


def _pages(url: str) -> list[tuple[str, str]]:
    """Return the pages of an app on the website by their titles; the platform names that of the model.

    Args:
        url: The address of an endpoint, e.g. https://fal.ai/models/me/my-app/generate.
    """
    from urllib.parse import quote, unquote, urlsplit

    scheme, netloc, path, *_ = urlsplit(url)
    parts = [unquote(part) for part in path.removesuffix("/").split("/")]
    if scheme not in ("http", "https") or parts[:2] != ["", "models"] or len(parts) < 4 or not all(parts[1:]):
        return [("Playground", url)]
    app = f"{scheme}://{netloc}/dashboard/apps/{quote(parts[2], safe='')}/{quote(parts[3], safe='')}"
    links = [("App page", app)]
    if len(parts) == 4 or parts[-1] not in _NO_PLAYGROUND:
        endpoint = quote("/".join(parts[2:]), safe="")
        links.append(("Playground", f"{app}/testing/playground?endpoint={endpoint}"))
    return links


@deploying.command(
    "run",
    calls=["run", "run_local"],
    without=["app_ref", "on_event", "root"],
    metavars={
        "exposed_port": "PORT",
        "exposed_metrics_port": "PORT",
        "machine_type": "TYPE",
        "limit_max_requests": "N",
    },
    examples=[
        "fal run path/to/myfile.py::myfunc",
        "fal run my-app",
        "fal run path/to/myfile.py::MyApp --local --exposed-port 8000",
    ],
)
def run(
    session: Session,
    func_ref: str,
    *,
    no_cache: bool = False,
    force_env_build: bool = False,
    local: bool = False,
    exposed_port: int | None = None,
    exposed_metrics_port: int | None = None,
    limit_max_requests: int | None = None,
    **options: Any,
) -> Output | None:
    """Run a function once, or an app until Ctrl-C. Nothing is deployed.

    Args:
        func_ref: "file.py::function", "file.py::MyApp", a file, or the name of an app in pyproject.toml.
        no_cache: Build the environment even when it is already there.
        force_env_build: The older name of --no-cache.
        local: Run on this machine, without the platform.
        exposed_port: With --local, the port of the endpoints; 8080 when left out.
        exposed_metrics_port: With --local, the port of /metrics; 9090 when left out.
        limit_max_requests: How many requests an app answers before it ends.
    """
    if local:
        try:
            value = session.client.run_local(
                func_ref,
                exposed_port=exposed_port,
                exposed_metrics_port=exposed_metrics_port,
                limit_max_requests=limit_max_requests,
            )
        except FalServerlessError:
            raise
        except Exception as error:  # it is the function's
            from fal.deploy.locate.loader import user_frames

            session.screen.message(f"Traceback (most recent call last):\n{user_frames(error)}")
            raise
        return Facts({"Returned": value}, {"value": value})
    if exposed_port is not None or exposed_metrics_port is not None:
        raise InvalidInput(
            "--exposed-port and --exposed-metrics-port need --local: on the platform, the app says its port"
        )
    from fal.cli._deploy_view import DeployView

    with DeployView(session.screen, quiet=session.screen.verbose, live=True) as view:
        try:
            result = session.client.run(
                func_ref,
                on_event=view.take,
                force_env_build=no_cache or force_env_build,
                limit_max_requests=limit_max_requests,
                **options,
            )
        except KeyboardInterrupt:
            raise KeyboardInterrupt(f"While {view.doing}; the run has ended.") from None
    return Facts({"Returned": result.value}, {"run_id": result.run_id, "value": result.value})
