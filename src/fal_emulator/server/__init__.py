"""The one port: which protocol a connection speaks, what a request must be, and who answers it."""
