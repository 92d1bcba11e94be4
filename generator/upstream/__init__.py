"""Bring spec/ up to date: pull wheels and documents, prune and normalise them."""
