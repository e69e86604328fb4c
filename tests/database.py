"""A database without a runner before it, as a client sees it: the program's own replay, one text after the other."""

from __future__ import annotations

from pathlib import Path

from kmblint.history.files import History
from kmblint.history.loose import loose
from kmblint.replay.playing import steps_of
from kmblint.replay.steps import Step, Surroundings
from kmblint.schema.catalog import Catalog
from kmblint.targets import Target
from kmblint.text import Source


class Database:
    """Begins empty; what is refused changes nothing."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.catalog = Catalog()

    def send(self, source: Source) -> tuple[Step, ...]:
        """The steps of a text's statements."""
        migration = loose(source, applied=False)
        # No runner has sent what a baseline holds.
        history = History(Path(), (), baseline=migration)
        steps = tuple(steps_of(Surroundings(history), migration, self.target, self.catalog, actual=True, contain=False))
        if steps:
            self.catalog = steps[-1].after
        return steps
