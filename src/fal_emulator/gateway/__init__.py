"""Calls to apps, at once or queued."""
