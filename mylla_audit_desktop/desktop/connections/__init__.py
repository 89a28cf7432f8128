"""Saved connections in the window: making, trying, choosing and opening them."""
