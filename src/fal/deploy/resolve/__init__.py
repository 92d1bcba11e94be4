"""Join what code, pyproject.toml and arguments say about an app."""
