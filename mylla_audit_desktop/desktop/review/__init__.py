"""The review page: checklist, findings, decisions, sign-off, policy."""
