"""Build the requests of a deploy, and send them."""
