"""The generator: the wire specifications in, the low-level client out. Never imported by the SDK."""
