"""How generated files are formatted, hashed and put in place, atomically."""
