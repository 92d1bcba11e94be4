"""Downloads, repositories, and what endpoints need now and then."""
