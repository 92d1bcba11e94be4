"""client.runners: list, stop, kill."""

from datetime import datetime, timedelta

from fal.api import SyncServerlessClient

client = SyncServerlessClient()

all_runners = client.runners.list()
recent = client.runners.list(since=datetime.now() - timedelta(minutes=10))

for runner in all_runners[:1]:
    client.runners.stop(runner.runner_id)
for runner in all_runners[1:]:
    client.runners.kill(runner.runner_id)
