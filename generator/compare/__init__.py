"""What changed between two specifications, and for whom."""
