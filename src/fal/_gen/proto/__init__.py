# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""The messages, relocated from upstream's names."""
