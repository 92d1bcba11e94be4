"""Find the app: by reference, in pyproject.toml, or in a Python file."""
