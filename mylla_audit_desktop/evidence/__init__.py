"""Files that leave the application: atomic writing, manifest, verification."""
