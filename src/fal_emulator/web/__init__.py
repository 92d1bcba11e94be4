"""The web page of the control plane, and the JSON API that it uses."""
