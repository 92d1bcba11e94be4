"""Merge the settings from code, pyproject.toml and arguments."""
