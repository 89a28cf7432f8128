"""The retention page: how long entries are kept, and whether that is what happens."""
