"""`mylla-audit`: the same work without a window."""
