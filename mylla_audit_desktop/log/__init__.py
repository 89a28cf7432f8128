"""The domain, pure: entries, queries, the action catalogue and the diff. No I/O."""
