"""What an app is written with: the classes and decorators, and the checks of what they are given."""
