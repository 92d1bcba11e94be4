"""What maintainers run beside the tests: builds, releases, the snapshot of the public API, the site."""
