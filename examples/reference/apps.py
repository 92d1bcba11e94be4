"""client.apps: list, runners, scale, rollout."""

from datetime import datetime, timedelta

from fal.api import SyncServerlessClient

client = SyncServerlessClient()

apps = client.apps.list()
filtered = client.apps.list(filter="stable")

runners = client.apps.runners("my-app")
recent = client.apps.runners("my-app", since=datetime.now() - timedelta(hours=1))
running = client.apps.runners("my-app", state=["running"])

client.apps.scale(
    "my-app",
    keep_alive=300,
    max_concurrency=10,
    min_concurrency=1,
    machine_types=["GPU-H100", "GPU-H200"],
)
client.apps.rollout("my-app")
