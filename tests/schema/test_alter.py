"""How statements change a schema: a golden file of what each of `histories.sql` changes, and what stands against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from pytest_snapshot.plugin import Snapshot

from kmblint import targets
from kmblint.replay.replayer import replay
from kmblint.replay.steps import Step
from kmblint.schema.catalog import Catalog, Dropped, Table
from kmblint.schema.ordered import OrderedMap
from kmblint.schema.predicate import Value
from kmblint.schema.write import constraint_text, value_text
from kmblint.text import Place
from tests.rules_at_hand import history
from tests.sql_catalog import said

HERE = Path(__file__).parent
At: TypeAlias = Callable[[Place | None], str]


def test_what_each_statement_changes(tmp_path: Path, snapshot: Snapshot) -> None:
    """A history a paragraph, a statement a line; `@3` is what the third statement made, `~` what may be so or not."""
    shown: list[str] = []
    for number, paragraph in enumerate((HERE / "histories.sql").read_text(encoding="utf-8").strip().split("\n\n")):
        shown += ["", paragraph.partition("\n")[0]]
        there: dict[str, str] = {}
        text = paragraph.partition("\n")[2]
        target = targets.get("kimberlite" if "kimberlite" in paragraph.partition("\n")[0] else "guide")
        found = replay(history(tmp_path / f"{number}", {"0001_a.sql": text}), target, contain=False)
        for step in found.steps:
            line = step.migration.source.position(step.statement.span.start).line
            if step.number == 0:
                shown.append(f"{line:>2}  {step.migration.source.slice(step.statement.span)}")
            shown += [f"      ! {said(conflict)}" for conflict in step.conflicts]
            shown += [f"      ~ {said(conflict)}" for conflict in step.doubts]
            before, there = there, dict(_lines(step.after, step))
            shown += [f"    - {name}" for name in before if name not in there]
            for name, told in there.items():
                if name not in before:
                    shown.append(f"    + {name}{told}")
                elif told != before[name]:
                    shown.append(f"    = {name}{told}")
    snapshot.snapshot_dir = HERE / "snapshots"
    snapshot.assert_match("\n".join(shown[1:]) + "\n", "histories.txt")


def _lines(catalog: Catalog, step: Step) -> Iterator[tuple[str, str]]:
    """All that a catalogue holds: what it is about, and what it says of that."""

    def at(place: Place | None) -> str:
        return f" @{step.migration.source.position(place.span.start).line}" if place else ""

    for table in catalog.tables.values():
        yield from _of_table(table, catalog, at)
    yield from _dropped("table ", catalog.dropped, at)
    for name in catalog.registered:
        for index in catalog.stale_indexes(name):
            yield f"stale index {index.name} on {name}", at(index.made)
    for mask in catalog.masks.values():
        yield f"mask {mask.name}", f" {mask.definition}{at(mask.made)}"
    for kind, objects in catalog.objects.items():
        for key, made in objects.items():
            owner = at(made.table_made) and f" of the table{at(made.table_made)}"
            yield f"{kind} {key}", f" {made.definition}{owner}{at(made.made)}"
    if catalog.unread:
        yield "unread", f" {', '.join(catalog.unread)}"
    if catalog.opaque is not None:
        settled = f"; settled: {', '.join(catalog.settled)}" if catalog.settled else ""
        yield "unknown", f" by{at(catalog.opaque)}{settled}"


def _of_table(table: Table, catalog: Catalog, at: At) -> Iterator[tuple[str, str]]:
    name = table.name
    referring = ", ".join(dict.fromkeys(other.name for other, _, _ in catalog.referring(name)))
    words = (
        f" ({', '.join(table.column_names)})", f" key ({', '.join(table.primary_key)})" if table.primary_key else "",
        at(table.made), at(table.opaque) and f" incomplete{at(table.opaque)}",
        " may hold others" if table.unseen else "",
        f" beside {', '.join(table.noted)}" if table.noted else "", f" referred to by {referring}" if referring else "",
    )  # fmt: skip
    yield f"table {name}", "".join(words)
    for column in table.columns:
        default = "" if column.default is None else f" DEFAULT {_value(column.default)}"
        flags = f"{'' if column.nullable else ' NOT NULL'}{' generated' if column.generated else ''}"
        changed = f" changed{''.join(map(at, column.changed))}" if column.changed else ""
        yield f"{name}.{column.name}", f" {column.type}{flags}{default}{at(column.made)}{changed}"
    for number, declared in enumerate(table.constraints):
        former = f" or {', '.join(declared.former)}" if declared.former else ""
        yield f"{name} constraint {number}", f" {constraint_text(declared.constraint)}{former}{at(declared.made)}"
    for index in table.indexes:
        parts = zip(index.columns, index.descending, strict=True)
        columns = ", ".join(f"{part or 'an expression'}{' DESC' if descending else ''}" for part, descending in parts)
        flags = f"{' unique' if index.unique else ''}{' partial' if index.partial else ''}"
        yield f"{name} index {index.name}", f" ({columns}){flags}{at(index.made)}"
    for column_name, (policy, place) in table.policies.items():
        yield f"{name}.{column_name} policy", f" {policy}{at(place)}"
    for column_name, (word, place) in table.classifications.items():
        yield f"{name}.{column_name} classified", f" {word}{at(place)}"
    yield from _dropped(f"{name}.", table.dropped, at)
    for number, left in enumerate(table.former):
        rows = ", ".join("/".join(map(str, key)) for key in left.rows)
        yield f"{name} left {number}", f" index {left.index.name} with rows {rows}"
    for key, row in table.rows.items():
        known = None if row.values is None else ", ".join(f"{name} {_value(each)}" for name, each in row.values.items())
        yield f"{name} row {', '.join(map(str, key))}", f": {known or 'of which nothing is known'}{at(row.place)}"


def _dropped(before: str, gone: OrderedMap[str, Dropped], at: At) -> Iterator[tuple[str, str]]:
    for name, dropped in gone.items():
        what = f" {dropped.type}" if dropped.type else ""
        new = f" now {dropped.renamed_to}" if dropped.renamed_to else ""
        yield f"gone: {before}{name}", f"{what}{at(dropped.made)}{at(dropped.place)}{new}"


def _value(value: Value) -> str:
    return value_text(value) or "?"
