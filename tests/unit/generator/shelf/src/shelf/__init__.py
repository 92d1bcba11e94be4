"""A client of a library: its books over gRPC, its branches over REST."""
