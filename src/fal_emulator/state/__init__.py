"""What is kept: SQLite in one folder, with accounts, keys, apps, secrets and logs."""
