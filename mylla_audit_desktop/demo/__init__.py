"""A believable audit log for trying the application out."""
