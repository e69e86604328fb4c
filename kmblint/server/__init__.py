"""The language server: what an editor is told of the histories that its files belong to.

`desk` keeps what is open and lints it; an `Answer` is what a folder came to when it was linted last. `names`, `hover`,
`completion`, `outline` and `actions` are functions of an answer and know no protocol; `app` and `features` speak it.
Nothing here prints, as standard output is the protocol's.
"""
