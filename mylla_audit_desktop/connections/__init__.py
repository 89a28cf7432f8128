"""Saved connections, and their secrets in the keyring of the operating system."""
