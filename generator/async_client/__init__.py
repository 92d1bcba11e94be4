"""From the hand-written sync classes to the async ones."""
