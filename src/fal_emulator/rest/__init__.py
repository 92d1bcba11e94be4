"""The REST operations."""
