"""The model of a database schema; it knows no parser."""
