"""What the control plane knows: records, limits, the checks of values, and how it refuses."""
