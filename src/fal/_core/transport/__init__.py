"""The two wires, sync and async: the only place that knows grpc and httpx."""
