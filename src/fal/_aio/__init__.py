# Generated; do not edit. Regenerate with: just generate
"""The async twins of the hand-written classes."""
