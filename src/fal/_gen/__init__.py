# Generated from spec/; do not edit. Regenerate with: just generate
"""Generated from the wire specifications, all of it."""
