# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""Generated from the wire specifications, all of it."""
