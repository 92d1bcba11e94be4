"""Collect, hash and pack everything that is sent; nothing is sent here."""
