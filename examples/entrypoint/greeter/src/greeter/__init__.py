"""A package that holds an app."""
