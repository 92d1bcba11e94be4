"""A module reached by a relative import."""

SIZES: dict[str, int] = {"many": 1000}
