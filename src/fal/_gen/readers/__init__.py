# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""From messages to models."""
