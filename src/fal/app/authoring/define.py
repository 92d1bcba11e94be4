"""Checks and stores the settings of a class that derives from App."""

from __future__ import annotations

import re
import sys
import warnings
from contextlib import suppress
from typing import Any

from fal._sentences import meant

from .. import checks as c
from ..errors import AppDefinitionError, AppDefinitionWarning
from ..runtime.app import App
from ..settings import SETTINGS, check_all

KEYWORDS = "_fal_keywords"  # where a class keeps the settings that were given as class keywords
ATTRIBUTES = frozenset(name for name, setting in SETTINGS.items() if not setting.keyword)
IDENTITY = {"name": c.text, "app_name": c.text, "app_auth": c.choice(*c.AUTH_MODES)}


def define(cls: type[App], keywords: dict[str, Any]) -> None:
    """Check a class that derives from App, and note the settings given as class keywords.

    Raises:
        AppDefinitionError: A setting is unknown or invalid, or the class cannot be created on a runner.
    """
    if cls.__init__ is not App.__init__:
        raise AppDefinitionError(f"class {cls.__name__} overrides __init__; move that code into setup(self)")
    owner = f"class {cls.__name__}"
    identity = {name: keywords.pop(name) for name in IDENTITY if name in keywords}
    own = check_all(owner, keywords, extra=tuple(IDENTITY))
    _mend_stray_commas(cls, owner)
    members = dict(vars(cls))
    for attribute, value in members.items():
        if attribute in ATTRIBUTES:
            check_all(owner, {attribute: value})
            if attribute in keywords and keywords[attribute] != value:
                raise AppDefinitionError(f"{owner}: {attribute} is both a class keyword and an attribute; keep one")
        elif not attribute.startswith("_") and not hasattr(App, attribute) and not callable(value):
            _warn_of_near_miss(owner, attribute, value)
    for attribute in ATTRIBUTES & keywords.keys():
        setattr(cls, attribute, keywords[attribute])  # both spellings read the same afterwards
    given = check_all(f"{owner}: host_kwargs", members.get("host_kwargs", {}))
    setattr(cls, KEYWORDS, {**given, **{name: own.get(name) for name in keywords}})
    for name in ("app_name", "app_auth"):
        if members.get(name) is not None:
            identity.setdefault(name, members[name])
    for name, value in identity.items():
        if value is not None:
            IDENTITY[name](f"{owner}: {name}", value)
    cls.app_name = identity.get("name") or identity.get("app_name")
    if not cls.app_name:
        cls.app_name = app_name_of(cls.__name__)
        _warn_of_lost_parts(owner, cls.__name__, cls.app_name)
    if members.get("local_file_path") is None:
        cls.local_file_path = getattr(sys.modules.get(cls.__module__), "__file__", None)
    if identity.get("app_auth") is not None:
        cls.app_auth = identity["app_auth"]


def settings_of(cls: type[App]) -> dict[str, Any]:
    """Return the settings the author of a class gave, own and inherited, checked; a child's None undoes a parent's."""
    values: dict[str, Any] = {}
    for klass in reversed(cls.__mro__):
        if issubclass(App, klass):
            continue
        members = vars(klass)
        given = {name: members[name] for name in ATTRIBUTES if name in members}
        owner = f"class {klass.__name__}"
        for name, value in {**given, **members.get(KEYWORDS, {})}.items():
            values.pop(name, None)
            values.update(check_all(owner, {name: value}))
    return values


def app_name_of(class_name: str) -> str:
    """Turn a class name into an app name, as the PyPI package does: an app that was deployed with it stays the same one.

    Example:
        >>> app_name_of("TextToImage"), app_name_of("my_app"), app_name_of("Flux2Dev")
        ('text-to-image', 'my-app', 'flux-dev')
    """
    words = re.findall(r"[A-Z][a-z]*", class_name) or [word for word in class_name.split("_") if word] or [class_name]
    return "-".join(words).lower()


def _warn_of_lost_parts(owner: str, class_name: str, app_name: str) -> None:
    if app_name.replace("-", "") != class_name.replace("_", "").lower():
        warnings.warn(
            f"{owner}: its app is called {app_name!r}, since only words that begin with a capital letter count; "
            f"pass name={class_name.lower()!r} to call it otherwise, or name={app_name!r} to keep it",
            AppDefinitionWarning,
            stacklevel=4,
        )


def _mend_stray_commas(cls: type[App], owner: str) -> None:
    """Take `keep_alive = 300,` for what it was meant to be, where a setting is no tuple but its only item is a value."""
    checks = {**{name: SETTINGS[name].check for name in ATTRIBUTES}, **IDENTITY}
    for name, value in dict(vars(cls)).items():
        if name not in checks or not (isinstance(value, tuple) and len(value) == 1):
            continue
        with suppress(AppDefinitionError):
            checks[name](name, value)
            continue  # a setting that is a list may be written as a tuple
        with suppress(AppDefinitionError):
            checks[name](name, value[0])
            setattr(cls, name, value[0])
            warnings.warn(
                f"{owner}: a comma after {name} makes a tuple of it; it is taken for {value[0]!r}, remove the comma",
                AppDefinitionWarning,
                stacklevel=4,
            )


def _warn_of_near_miss(owner: str, attribute: str, value: object) -> None:
    if isinstance(value, (classmethod, staticmethod, property)) or len(attribute) < 6:
        return
    close = meant(attribute, [name for name in ATTRIBUTES if abs(len(name) - len(attribute)) <= 2], cutoff=0.85)
    if close:
        warnings.warn(
            f"{owner}: the attribute {attribute!r} is not a setting and has no effect on the deployment{close}",
            AppDefinitionWarning,
            stacklevel=4,
        )
