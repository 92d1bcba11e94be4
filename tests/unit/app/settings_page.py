"""docs/settings.md, written from the table of settings: `python -m tests.unit.app.settings_page`."""

from __future__ import annotations

from pathlib import Path

from fal.app.settings import SETTINGS, Group, Setting

PAGE = Path(__file__).parents[3] / "docs" / "settings.md"
HEAD = """\
# Settings

Every setting of an app has one name, wherever it is written: as an attribute or a keyword of an `App`, as an argument of
`fal.function`, or as a key of `[tool.fal.apps.<name>]` in pyproject.toml. What the code says wins over the file, and the file
over the default. A redeploy keeps the scale settings that were changed at run time, unless it gets `reset_scale=True`;
those marked *code* always come with the code.

`just settings-page` writes this page from `src/fal/app/settings.py`.
"""


def settings_page() -> str:
    """Return the page."""
    parts = [HEAD]
    for group in Group:
        rows = [_row(setting) for setting in SETTINGS.values() if setting.group is group]
        head = [
            "| setting | meaning | default | function | platform | where |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        parts.append("\n".join([f"## {group.value.capitalize()}\n", *head, *rows]) + "\n")
    return "\n".join(parts)


def _row(setting: Setting) -> str:
    where = ["keyword" if setting.keyword else "attribute, keyword"]
    where += (
        ["file"] * setting.in_file + ["`apps.scale`"] * (setting.group is Group.SCALE) + ["*code*"] * setting.of_code
    )
    defaults = [setting.in_app, setting.in_function, setting.on_platform]
    cells = [f"`{setting.name}`", setting.words, *map(_shown, defaults), ", ".join(where)]
    return f"| {' | '.join(cells)} |"


def _shown(value: object) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(f"`{item}`" for item in value)
    return f"`{value}`"


if __name__ == "__main__":
    PAGE.write_text(settings_page(), encoding="utf-8")
