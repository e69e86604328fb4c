"""The language server: what an editor is told of the histories that its files belong to.

Everything but `app` and `messages` is plain functions of an `Answer`, what a folder came to when it was linted last.
Protocol types are made at the edges; nothing here prints, as standard output is the protocol's.
"""
