"""What every call shares: settings, credentials, retries, and the two transports."""
