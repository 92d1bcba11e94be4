# Generated from spec/; do not edit. Regenerate with: just generate
"""From arguments to messages."""
