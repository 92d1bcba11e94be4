"""A module a module imports."""

MARK = "!"
