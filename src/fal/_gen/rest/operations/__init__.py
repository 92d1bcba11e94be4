# Generated from spec/; do not edit: correct the specification, the overlay or the template, then run `just generate`.
"""One module per operation."""
