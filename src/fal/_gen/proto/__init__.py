# Generated from spec/; do not edit. Regenerate with: just generate
"""The messages, relocated from upstream's names."""
