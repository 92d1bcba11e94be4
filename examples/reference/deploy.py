"""client.deploy(): every documented form."""

from fal.api import SyncServerlessClient

client = SyncServerlessClient()

# Auto-discover from pyproject.toml
client.deploy()

# Deploy from a file path
client.deploy("path/to/myfile.py")

# Deploy a specific class
client.deploy("path/to/myfile.py::MyApp")

# With options
client.deploy(
    app_ref="path/to/myfile.py::MyApp",
    app_name="myapp",
    auth="public",
    strategy="rolling",
)
