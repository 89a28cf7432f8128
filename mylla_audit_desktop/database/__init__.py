"""All SQL: schema, connections, reading, exporting, importing."""
