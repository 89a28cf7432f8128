"""The review, pure: policy, findings, rules, decisions. No clock, no database, no file."""
