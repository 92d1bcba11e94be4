# Generated from spec/; do not edit. Regenerate with: just generate
"""What models can do beside holding fields: bases that mapping.toml names."""

from __future__ import annotations


class LogLine:
    """One line of a log, as handlers written for the released client read it."""

    __slots__ = ()

    message: str

    @property
    def is_json(self) -> bool:
        """Whether the message is JSON; over the wire it never is."""
        return False

    @property
    def bound_env(self) -> None:
        """The environment that the line is about; the wire does not tell."""
        return

    def message_str(self) -> str:
        """Return the text of the line."""
        return self.message

    def message_meta(self) -> dict[str, object]:
        """Return what a line of JSON says beside its text."""
        return {}
