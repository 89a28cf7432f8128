"""Alembic's revisions of what this project creates, and nothing else."""
