"""What checks lean on: questions about several steps, tables or statements at once."""
