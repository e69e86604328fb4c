"""Text to meaning: the only package that imports sqlglot, and no tree of it ever leaves."""
