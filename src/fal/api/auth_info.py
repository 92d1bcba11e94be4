"""What a client resolved to, and from where."""
