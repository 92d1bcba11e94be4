"""From what spec/ says to the text of the generated package."""
