"""How generated files are formatted, hashed and put in place: whole or not at all."""
