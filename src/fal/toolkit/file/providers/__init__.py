"""Repositories: where files are put."""
