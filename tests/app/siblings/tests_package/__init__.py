"""A package beside an app's file."""
