"""client.keys: list, create, revoke."""

from fal.api import SyncServerlessClient

client = SyncServerlessClient()

keys = client.keys.list()
key_id, key_secret = client.keys.create(scope="admin")
client.keys.revoke(key_id)
