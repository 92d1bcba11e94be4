# Generated from spec/; do not edit. Regenerate with: just generate
"""One module per operation."""
