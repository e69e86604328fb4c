"""The real readers of our formats, run on one report of many kinds of findings and on an empty one.

They are heavy and come from four package registries, so no test runs them: `python -m tests.consumers FOLDER --install`
puts them into a folder, `python -m tests.consumers FOLDER` runs those that are there and compares what they show with
the report, and `--write` puts the table into docs/formats.md. Vim, Emacs, Node, Java and Go are to be there already.
"""
