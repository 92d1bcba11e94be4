"""client.secrets: set, list, unset."""

from fal.api import SyncServerlessClient

client = SyncServerlessClient()

client.secrets.set("API_KEY", "my-secret-value")
secrets = client.secrets.list()
client.secrets.unset("API_KEY")
