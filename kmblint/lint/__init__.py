"""The engine and what it needs: rulebook, settings, suppressions, grouping, identity, redaction."""
