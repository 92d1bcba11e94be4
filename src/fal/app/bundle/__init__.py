"""Pack an app for its runners: the author's code by value, the local modules it imports, and the runtime."""
