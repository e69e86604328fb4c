"""What a database makes of a statement, never whether a parser could read it."""
