"""Which of the rows that the history itself wrote a data change falls on, beside those that its words mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from kmblint.replay.steps import Step
from kmblint.schema.changes import DeleteRows, UpdateRows
from kmblint.schema.rows import KEPT_VALUES, Key, meant_rows
from kmblint.schema.write import text_literal

_SHOWN: Final = 10


def other_rows(step: Step) -> str | None:
    """A clause where a change falls on other known rows than it means, or is refused half-way; None otherwise."""
    change, rows = step.change, step.outcome.found
    if not isinstance(change, UpdateRows | DeleteRows):
        return None
    table = step.before.table(change.table.text)
    if rows is None:
        unfollowed = table is not None and len(table.rows) > KEPT_VALUES and step.outcome.way is not None
        surprising = any(hasattr(hazard, "span") for hazard in step.outcome.hazards)
        return (
            f"more than {KEPT_VALUES} rows of `{change.table}` are known, and not followed"
            if (unfollowed and surprising)
            else None
        )
    verb = "changes" if isinstance(change, UpdateRows) else "deletes"
    if rows.stopped is not None:
        refused, done = rows.sure[rows.stopped], rows.sure[: rows.stopped]
        return f"{verb} {_rows(done)} of `{change.table}`, and is refused at row {_key(refused)}"
    meant = meant_rows(table, change.where) if table is not None else None
    if meant is None or (not rows.unsure and Counter(rows.sure) == Counter(meant)):
        return None
    perhaps = f" and perhaps {_rows(rows.unsure)}" if rows.unsure else ""
    return f"{verb} {_rows(rows.sure)}{perhaps} of `{change.table}`; meant: {_listed(meant) or 'none'}"


def _rows(keys: Iterable[Key]) -> str:
    listed = _listed(keys)
    return f"row{'s' if ',' in listed else ''} {listed}" if listed else "no row"


def _listed(keys: Iterable[Key]) -> str:
    in_order = sorted(keys, key=lambda key: [(str(type(part)), part) for part in key])
    shown = list(map(_key, in_order))
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return ", ".join(shown[:_SHOWN]) + more


def _key(key: Key) -> str:
    parts = [text_literal(part) if isinstance(part, str) else str(part) for part in key]
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"
