"""Find the app that is meant: by reference, in pyproject.toml, in a Python file."""
