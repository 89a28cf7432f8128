"""The audit log page: filters, table, details, export."""
