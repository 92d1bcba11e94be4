"""New projects: `create_project`."""

from __future__ import annotations

import os
import re
from pathlib import Path

from fal.exceptions import AlreadyExists, ConfigurationError, InvalidInput

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_APP = '''"""The app {name}: one endpoint. `fal deploy` deploys it, `fal run {name}` tries it."""

import fal
from pydantic import BaseModel, Field


class Question(BaseModel):
    name: str = Field(default="world", description="Whom to greet.")


class Greeting(BaseModel):
    message: str


class {symbol}(fal.App):
    machine_type = "S"
    keep_alive = 60  # seconds that an idle runner is kept
    requirements = ["pydantic"]

    def setup(self) -> None:
        """Load models and the like here: it runs once for each runner, before its first request."""
        self.word = "Hello"

    @fal.endpoint("/")
    def greet(self, question: Question) -> Greeting:
        return Greeting(message=f"{{self.word}}, {{question.name}}!")
'''
_PYPROJECT = """[project]
name = "{name}"
version = "0.1.0"
requires-python = ">=3.11"

[tool.fal.apps.{name}]
ref = "app.py::{symbol}"
auth = "private"  # who may call it: private, public or shared
"""
_README = """# {name}

    fal local exec -- fal deploy    # try it on this machine
    fal deploy {name}               # deploy it
    fal logs {name} --follow        # see what it writes

`app.py` holds the app, `pyproject.toml` how it is deployed.
"""
_IGNORED = "__pycache__/\n*.pyc\n.venv/\n.env\n"


def create_project(folder: str | os.PathLike[str], *, name: str | None = None) -> list[Path]:
    """Write a new project: an app that can be deployed unchanged, and its settings.

    Args:
        folder: The folder to write it in; it is created if needed, and must be empty otherwise.
        name: The name of the app, in lower-case letters, digits and dashes; None takes that of the folder.

    Returns:
        The files that were written.

    Raises:
        InvalidInput: The name cannot be that of an app, or there is no home folder for a ~. A ValueError.
        AlreadyExists: There is something in the folder.
        ConfigurationError: The folder cannot be written to. A ValueError.

    Example:
        for path in create_project("my-app"):
            print(path)
    """
    try:
        root = Path(folder).expanduser()
    except RuntimeError:
        raise InvalidInput(
            f"folder: there is no home folder for the ~ of {str(folder)!r}; write the whole path"
        ) from None
    chosen = root.resolve().name if name is None else name
    if not isinstance(chosen, str) or not _NAME.fullmatch(chosen):
        raise InvalidInput(f"name: {chosen!r} cannot be the name of an app; use lower-case letters, digits and dashes")
    symbol = "".join(part.capitalize() for part in chosen.split("-"))
    symbol = symbol if symbol[0].isalpha() else f"App{symbol}"
    texts = {"app.py": _APP, "pyproject.toml": _PYPROJECT, "README.md": _README}
    try:
        root.mkdir(parents=True, exist_ok=True)
        if any(root.iterdir()):
            raise AlreadyExists(f"{root} is not empty", hint="Name another folder.")
        written = [root / file for file in (*texts, ".gitignore")]
        for path in written[:-1]:
            path.write_text(texts[path.name].format(name=chosen, symbol=symbol), encoding="utf-8")
        written[-1].write_text(_IGNORED, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{root} cannot be written to: {error.strerror}") from None
    return written
