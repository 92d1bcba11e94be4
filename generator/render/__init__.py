"""Rendering: from spec/ to the text of the generated package."""
