"""Prints how far the rows of a condition agree with the real engine's: `python -m tests.engine.row_agreement`.

Each scenario is a table with rows and some data changes. Before a change, its condition is asked by SELECT; after it,
the whole table. Rows are compared one by one, with the engine and with what SQL means, of which SQLite is the judge.

Arguments: nothing measures the recorded scenarios; `--live COUNT SEED` asks a real engine as many new ones, and
`--record FILE` keeps the answers.
"""

from __future__ import annotations

import argparse
import gzip
import re
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Final

import msgspec
import tomli

from kmblint import targets
from kmblint.schema.apply import apply
from kmblint.schema.catalog import Catalog, Table
from kmblint.schema.changes import Change, DeleteRows, UpdateRows
from kmblint.schema.conflicts import conflicts
from kmblint.schema.reach import Reach
from kmblint.schema.rows import Key, meant_rows
from kmblint.sql.parse import statements
from kmblint.targets.kimberlite.planner.rows import Cells, store_key
from kmblint.targets.kimberlite.release_0_9_1 import RELEASE_0_9_1
from kmblint.targets.kimberlite.typed import shown
from kmblint.targets.outcome import FoundRows
from kmblint.targets.verdict import (
    BlindComparison,
    IgnoredCondition,
    NullRows,
    OpenBound,
    OverwrittenCondition,
    Verdict,
)
from kmblint.text import Place, Source, Span
from tests.engine.real import ask, missing
from tests.engine.row_scenarios import TYPES, Asked, RowScenarios
from tests.engine.row_scenarios import Scenario as Drawn

CASES: Final = Path(__file__).with_name("row_cases.toml")
ANSWERED: Final = Path(__file__).with_name("row_cases.jsonl")
SPOKEN: Final = (BlindComparison, NullRows, IgnoredCondition, OpenBound, OverwrittenCondition)
"""What the rules about conditions speak of."""
RECORDED: Final = Path(__file__).with_name("rows.jsonl.gz")
Rows = list[list[object]]


class Told(msgspec.Struct, frozen=True, array_like=True):
    """A statement and what the engine said of it; `found` and `after` are what SELECT shows before and after it."""

    sql: str
    ok: bool
    affected: int | None = None
    where: str = ""
    meant: str = ""
    found: Rows | None = None
    after: Rows | None = None


class Scenario(msgspec.Struct, frozen=True):
    """A scenario with the engine's answers."""

    id: str
    table: str
    told: list[Told]


def told_by_engine(name: str, scenario: Drawn) -> Scenario:
    """The answers of a real engine to a scenario."""
    texts: list[str] = []
    for each in scenario.statements:
        texts += [f"SELECT * FROM {scenario.table} WHERE {each.where}"] if each.where else []
        texts += [each.sql]
        texts += [f"SELECT * FROM {scenario.table}"]
    answers = iter(ask(name, texts).statements)
    told: list[Told] = []
    for each in scenario.statements:
        found = next(answers).rows if each.where else None
        done = next(answers)
        after = next(answers).rows
        told.append(Told(each.sql, done.ok, done.affected, each.where, each.meant, found, after))
    return Scenario(name, scenario.table, told)


class Ours(msgspec.Struct, frozen=True):
    """What we say of one statement."""

    ok: bool
    affected: int | None
    found: Rows | None
    after: Rows | None
    speaks: bool = False
    """Whether the rows that we say it changes are others than those that we say it means."""
    rules: bool = False
    """Whether a rule about conditions has something to say."""
    reach: Reach | None = None
    nothing: bool = False
    """Whether we say that a blind comparison changes nothing."""
    unsure: int = 0
    """Of how many rows we don't know whether it changes them."""


def ours(scenario: Scenario) -> Iterator[Ours]:
    """What becomes of each statement, and which rows SELECT shows."""
    target = targets.get("kimberlite")
    catalog = Catalog()
    for number, each in enumerate(scenario.told):
        source = Source(str(number), each.sql)

        def place_of(span: Span, name: str = source.name) -> Place:
            return Place(name, span)

        (statement,) = statements(source)
        assert len(statement.changes) == 1, each.sql
        (change,) = statement.changes
        outcome = target.outcome(target.form(statement, source), change, catalog, conflicts(catalog, change))
        found = outcome.found
        before = catalog.table(scenario.table)
        if outcome.verdict is not Verdict.REFUSED:
            catalog = target.side_effects(apply(catalog, change, place_of), change, outcome, place_of)
        yield Ours(
            outcome.verdict is not Verdict.REFUSED and (found is None or found.stopped is None),
            len(found.sure) if found else 0 if isinstance(change, UpdateRows | DeleteRows) else None,
            None if not each.where else _shown(before, found.sure if found else ()),
            _all_shown(catalog.table(scenario.table)),
            _differs(before, change, found),
            any(isinstance(hazard, SPOKEN) for hazard in outcome.hazards),
            outcome.reach,
            any(isinstance(hazard, BlindComparison) and hazard.alone for hazard in outcome.hazards),
            len(found.unsure) if found else 0,
        )


def _differs(table: Table | None, change: Change, found: FoundRows | None) -> bool:
    """Whether we say that a change falls on other rows than SQL means."""
    if table is None or found is None or not isinstance(change, UpdateRows | DeleteRows):
        return False
    meant = meant_rows(table, change.where)
    return meant is not None and Counter(found.sure) != Counter(meant)


def _shown(table: Table | None, keys: Iterable[Key]) -> Rows | None:
    if table is None:
        return None
    cells = [Cells(table, table.rows[key], RELEASE_0_9_1) for key in keys]
    return [[None if cell is None else shown(cell) for cell in each.values()] for each in cells]


def _all_shown(table: Table | None) -> Rows | None:
    if table is None:
        return None
    return _shown(table, sorted(table.rows, key=lambda key: store_key(key, RELEASE_0_9_1)))


class Measure(msgspec.Struct):
    """Counts of agreement; `misses` says which statements disagree, and how."""

    scenarios: int = 0
    scenarios_right: int = 0
    statements: int = 0
    statements_right: int = 0
    differing: int = 0
    """Statements that change other rows than SQL means …"""
    differing_found: int = 0
    """… of which we say so, naming the rows that the engine changes."""
    same: int = 0
    """Statements that change the rows that SQL means …"""
    same_silent: int = 0
    """… of which we say nothing else."""
    differing_ruled: int = 0
    """Differing statements of which a rule speaks."""
    same_ruled: int = 0
    """Statements of which a rule speaks though these rows don't show it."""
    unsure: int = 0
    """Statements of which we don't know for some row whether they change it."""
    misses: list[str] = []

    def shares(self) -> dict[str, float]:
        """Each agreement as a share of 1."""
        return {
            "scenarios": _share(self.scenarios_right, self.scenarios),
            "statements": _share(self.statements_right, self.statements),
            "other rows than meant, found": _share(self.differing_found, self.differing),
            "the rows that are meant, silent": _share(self.same_silent, self.same),
            "other rows than meant, a rule speaks": _share(self.differing_ruled, self.differing),
            "the rows that are meant, no rule speaks": _share(self.same - self.same_ruled, self.same),
        }


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def measure(found: Iterable[Scenario]) -> Measure:
    """Holds every scenario against the model."""
    result = Measure(misses=[])
    for scenario in found:
        result.scenarios += 1
        before = len(result.misses)
        _measure_one(result, scenario)
        result.scenarios_right += len(result.misses) == before
    return result


def _measure_one(result: Measure, scenario: Scenario) -> None:
    for number, (each, mine) in enumerate(zip(scenario.told, ours(scenario), strict=True)):
        difference = _difference(each, mine)
        result.unsure += mine.unsure > 0
        if each.where:
            result.statements += 1
            result.statements_right += not difference
        if difference:
            result.misses.append(f"{_before(scenario, number)}\n  {each.sql}\n    {difference}")
            return  # from here on the rows are others
        if each.meant and each.ok and each.found is not None:
            _judge(result, scenario, number, mine)


def _judge(result: Measure, scenario: Scenario, number: int, mine: Ours) -> None:
    """Whether the engine changes what SQL means, and what we say of that."""
    each, before = scenario.told[number], scenario.told[number - 1].after
    meant = meant_by_sqlite(scenario, number, before or [])
    if _bag(each.found) != _bag(meant):
        result.differing += 1
        result.differing_found += mine.speaks
        result.differing_ruled += mine.rules
        wrong = not mine.speaks
    else:
        result.same += 1
        result.same_silent += not mine.speaks
        result.same_ruled += mine.rules
        wrong = mine.speaks
    if wrong:
        said = "we speak" if mine.speaks else "we are silent"
        shows = f"engine {each.found}, SQL {meant}, {said}"
        result.misses.append(f"{_before(scenario, number)}\n  {each.sql}\n    {shows}")


def _before(scenario: Scenario, number: int) -> str:
    return f"{scenario.id}: {'; '.join(told.sql for told in scenario.told[:number])}"


def meant_by_sqlite(scenario: Scenario, number: int, rows: Rows) -> Rows:
    """The rows that SQL means by a condition, of those that are there."""
    columns = _columns(scenario, number)
    definitions = ", ".join(f"{name} {TYPES[type_][1]}" for name, type_ in columns.items())
    marks = ", ".join("?" for _ in columns)
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("PRAGMA case_sensitive_like = ON")
        database.execute(f"CREATE TABLE t ({definitions})")
        database.executemany(f"INSERT INTO t VALUES ({marks})", [[_plain(cell) for cell in row] for row in rows])
        found = database.execute(f"SELECT rowid FROM t WHERE {scenario.told[number].meant}").fetchall()
    return [rows[rowid - 1] for (rowid,) in found]


_CREATED: Final = re.compile(r"CREATE TABLE \w+ \((.*), PRIMARY KEY \(.*\)\)")
_DEFINED: Final = re.compile(r"(\w+) ([A-Z]+(?:\([\d,]+\))?)(?:, |$)")
_ALTERED: Final = re.compile(r"ALTER TABLE \w+ (ADD|DROP) COLUMN (\w+)(?: (.+))?")


def _columns(scenario: Scenario, number: int) -> dict[str, str]:
    """The columns of the table before a statement, with their types."""
    columns: dict[str, str] = {}
    for told in scenario.told[:number]:
        if told.ok and (made := _CREATED.match(told.sql)):
            columns = dict(_DEFINED.findall(made[1]))
        elif told.ok and (altered := _ALTERED.match(told.sql)):
            columns.pop(altered[2], None)
            columns |= {altered[2]: altered[3]} if altered[1] == "ADD" else {}
    return columns


def _difference(each: Told, mine: Ours) -> str:
    if each.ok != mine.ok:
        return f"taken: {each.ok}, we say {mine.ok}"
    if each.ok and each.affected != mine.affected and each.where:
        return f"changes {each.affected}, we say {mine.affected}; SELECT {each.found}, we say {mine.found}"
    if each.where and each.found is not None and _bag(each.found) != _bag(mine.found):
        return f"SELECT shows {each.found}, we say {mine.found}"
    if each.after is not None and _bag(each.after) != _bag(mine.after):
        return f"afterwards {each.after}, we say {mine.after}"
    return ""


def _bag(rows: Rows | None) -> Counter[tuple[object, ...]] | None:
    return None if rows is None else Counter(tuple(map(_plain, row)) for row in rows)


_WRAPPED: Final = re.compile(r"(?:Date|Time|Timestamp)\((-?\d+)\)")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")


def _plain(cell: object) -> object:
    """A cell without what the client makes of it, which shows a number in several ways."""
    if cell is None or isinstance(cell, bool):
        return cell
    text = _WRAPPED.sub(r"\1", str(cell))
    return f"{Decimal(text).normalize():f}" if _NUMBER.fullmatch(text) else text


def live(count: int, seed: int) -> Iterator[Scenario]:
    """New scenarios, put to a real engine."""
    drawn = RowScenarios(seed)
    for number in range(count):
        yield told_by_engine(f"{seed}/{number}", drawn.scenario())


def cases() -> Iterator[Drawn]:
    """What surprises, one statement each."""
    for case in tomli.loads(CASES.read_text("utf-8"))["case"]:
        change, where = case["change"], case["where"]
        asked = Asked(f"{change} WHERE {where}", where)
        yield Drawn("t", [*map(Asked, case["setup"]), asked])


def recorded(path: Path = RECORDED) -> list[Scenario]:
    """The scenarios of a file, one JSON object a line."""
    data = path.read_bytes()
    lines = (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines()
    return [msgspec.json.decode(line, type=Scenario) for line in lines]


def record(scenarios: Iterable[Scenario], path: Path) -> None:
    """Keeps scenarios, the same bytes for the same scenarios."""
    lines = b"\n".join(msgspec.json.encode(scenario) for scenario in scenarios) + b"\n"
    path.write_bytes(gzip.compress(lines, mtime=0) if path.suffix == ".gz" else lines)


def main(arguments: list[str]) -> int:
    """Prints the shares and the disagreements."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--live", nargs=2, type=int, metavar=("COUNT", "SEED"))
    parser.add_argument("--cases", action="store_true", help="ask the engine the cases of row_cases.toml anew")
    parser.add_argument("--record", type=Path)
    parser.add_argument("--file", type=Path, default=RECORDED)
    options = parser.parse_args(arguments)
    if (options.live or options.cases) and missing():
        print(missing())
        return 2
    if options.cases:
        names = [case["name"] for case in tomli.loads(CASES.read_text("utf-8"))["case"]]
        found = [told_by_engine(name, case) for name, case in zip(names, cases(), strict=True)]
        record(found, ANSWERED)
    else:
        found = list(live(*options.live)) if options.live else recorded(options.file)
    if options.record:
        record(found, options.record)
    result = measure(found)
    for miss in result.misses[:12]:
        print("-", miss[:2000])
    for name, share in result.shares().items():
        print(f"{name:40} {share:7.2%}")
    print(
        f"{result.scenarios} scenarios, {result.statements} statements; {result.differing} change other rows than meant"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
