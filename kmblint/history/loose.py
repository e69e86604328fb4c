"""SQL that lies in no folder of migrations."""

from __future__ import annotations

import os
from pathlib import Path

from kmblint.history.files import Header, Migration
from kmblint.sql.parse import statements
from kmblint.targets.layout import pieces
from kmblint.text import Source, Span


def loose(source: Source, path: Path | None = None, *, applied: bool = True) -> Migration:
    """A text as a migration without number and header: all of it is up, and, as a baseline, applied."""
    whole = source.everything
    return Migration(
        source.name,
        source.name if path is None else os.fspath(path),
        source,
        digits="",
        number=None,
        description="",
        header=Header(Span(0, 0)),
        up=whole,
        sent=whole,
        down=None,
        statements=statements(source),
        pieces=tuple(pieces(source, whole)),
        applied=applied,
    )
