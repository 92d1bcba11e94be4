# Generated; do not edit. Regenerate with: just generate
"""The async versions of the hand-written classes."""
