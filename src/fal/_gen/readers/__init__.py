# Generated from spec/; do not edit. Regenerate with: just generate
"""From messages to models."""
