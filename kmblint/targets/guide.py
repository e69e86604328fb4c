"""The guide's contract alone, for another runner or a later engine: SQL as the guide writes it is fine."""

from __future__ import annotations

from collections.abc import Sequence

from kmblint.schema.alter import PlaceOf
from kmblint.schema.catalog import Catalog
from kmblint.schema.changes import Change, DeleteRows, UpdateRows
from kmblint.schema.conflict import (
    ColumnExists,
    Conflict,
    ObjectExists,
    TableExists,
    UnknownColumn,
    UnknownObject,
    UnknownTable,
)
from kmblint.schema.domains import Semantics
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.reach import sql_reach
from kmblint.schema.types import DataType
from kmblint.sql.statement import Statement
from kmblint.targets.capabilities import Capabilities
from kmblint.targets.layout import Piece
from kmblint.targets.outcome import Form, Outcome
from kmblint.targets.verdict import CatalogueRefusal, Refusal, UnsupportedForm, Verdict
from kmblint.text import Source


class Guide:
    """Takes whatever is SQL, and refuses what the catalogue contradicts."""

    name = "guide"
    capabilities = Capabilities(
        Semantics(),
        closed_world=False,
        append_only=False,
        keeps_foreign_keys=True,
        keeps_index_clauses=True,
        heeds_later_columns=True,
        keeps_declarations=True,
        drops_every_object=True,
        drops_dependents=True,
        drops_key_columns=True,
        has_transactions=True,
        splits_at_semicolons=False,
        applies_by_number=False,
        records_in_file=False,
    )

    def fate(
        self,
        statement: Statement,
        source: Source,  # noqa: ARG002 - the protocol's signature
        pieces: Sequence[Piece],  # noqa: ARG002 - the protocol's signature
    ) -> Verdict | None:
        """Its runner sends every statement whole."""
        return Verdict.UNREADABLE if statement.conflict else None

    def fails_split(
        self,
        statement: Statement,  # noqa: ARG002 - the protocol's signature
        source: Source,  # noqa: ARG002 - the protocol's signature
        pieces: Sequence[Piece],  # noqa: ARG002 - the protocol's signature
    ) -> bool:
        """None is sent in pieces."""
        return False

    def form(self, statement: Statement, source: Source) -> Form:  # noqa: ARG002 - the protocol's signature
        """What isn't SQL is refused, and nothing else."""
        problem = statement.problem
        return Form() if problem is None else Form((UnsupportedForm(problem.message, problem.span, problem.help),))

    def outcome(
        self,
        form: Form,
        change: Change,
        catalog: Catalog,
        conflicts: tuple[Conflict, ...],
    ) -> Outcome:
        """Only the catalogue refuses, and a guard is heeded."""
        refusals: tuple[Refusal, ...] = tuple(_refusal(conflict) for conflict in conflicts if not conflict.guarded)
        refusals = (*form.refusals, *refusals)
        verdict = Verdict.REFUSED if refusals else Verdict.NO_OP if conflicts else Verdict.TAKEN
        reach = None
        if isinstance(change, UpdateRows | DeleteRows) and (table := catalog.table(change.table.text)):
            reach = sql_reach(change, table, self.capabilities.semantics)
        return Outcome(verdict, refusals, form.hazards, reach)

    def side_effects(
        self,
        catalog: Catalog,
        change: Change,  # noqa: ARG002 - the protocol's signature
        outcome: Outcome,  # noqa: ARG002 - the protocol's signature
        place_of: PlaceOf,  # noqa: ARG002 - the protocol's signature
    ) -> Catalog:
        """The contract leaves nothing behind."""
        return catalog

    def stored_type(self, declared: DataType) -> DataType:
        """The contract keeps every type."""
        return declared


def _refusal(conflict: Conflict) -> CatalogueRefusal:
    match conflict:
        case UnknownTable(table=name):
            return CatalogueRefusal(f"there is no table `{name.text}`", name.span)
        case UnknownColumn(column=name, table=table):
            return CatalogueRefusal(f"there is no column `{name.text}` in `{table}`", name.span)
        case UnknownObject(kind=kind, name=name):
            return CatalogueRefusal(f"there is no {kind} `{name.text}`", name.span)
        case ObjectExists(kind=kind, name=name):
            article = "an" if kind is ObjectKind.INDEX else "a"
            return CatalogueRefusal(f"there is {article} {kind} `{name.text}` already", name.span, cause=conflict.made)
        case TableExists(table=name):
            return CatalogueRefusal(f"there is a table `{name.text}` already", name.span, cause=conflict.made)
        case ColumnExists(column=name):
            return CatalogueRefusal(f"there is a column `{name.text}` already", name.span, cause=conflict.made)
