"""Mylla Audit Desktop: review the audit log of a Mylla business."""

__version__ = "0.1.0"
