"""The activity page: when the log was written, by whom, and on what."""
