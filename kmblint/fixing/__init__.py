"""Fixes applied: to texts in memory, tried on the whole history, and only then to files.

`Draft` is a folder as it would read with some fixes; `rounds.mend` finds the fixes that make nothing worse;
`disk.write` writes a draft. Whoever edits a history (`check --fix`, suppressions that are added, code actions of an
editor) does it by these three.
"""
