"""The one port: protocol detection, the checks of requests, and their dispatch."""
