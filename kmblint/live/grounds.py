"""Which facts of a release a prediction rests on, for the report of one that didn't come true."""

from __future__ import annotations

from typing import Final

from kmblint.replay.steps import Step
from kmblint.schema.changes import (
    AddColumn,
    AddIndex,
    AddTable,
    DeleteRows,
    InsertRows,
    UpdateRows,
)
from kmblint.targets.verdict import (
    AttachedPolicyRefusal,
    CatalogueRefusal,
    Crashes,
    EmptyStatement,
    MissingKey,
    OversizedRow,
    PoisonedTableRefusal,
    Poisons,
    RepeatedKey,
    RowShapeRefusal,
    StaleIndexRefusal,
    TransactionControl,
    UnrecognisedForm,
    UnsupportedForm,
    ValueRefusal,
    Verdict,
)

_REFUSALS: Final[dict[type, str]] = {
    UnsupportedForm: "the forms that its parser takes (`forms_*.py`)",
    UnrecognisedForm: "the spelling of its own statements (`forms_own.py`)",
    TransactionControl: "transactions (`forms.py`)",
    EmptyStatement: "comments that are sent as statements (`forms.py`)",
    MissingKey: "the key that a table must have (`forms_tables.py`)",
    CatalogueRefusal: "names that aren't there, or are there already (`refusals.py`)",
    RowShapeRefusal: "how many values a row has (`outcome_rows.py`)",
    ValueRefusal: "the values that a column takes (`values.py`, `checked_at_insert`)",
    RepeatedKey: "rows of one key (`outcome_rows.py`)",
    OversizedRow: "what a page holds (`pages`)",
    StaleIndexRefusal: "indexes that outlive their table (`outcome.py`)",
    PoisonedTableRefusal: "values that nobody can read (`values.py`)",
    AttachedPolicyRefusal: "masking policies that are attached (`outcome.py`)",
}
_CHANGES: Final[dict[type, str]] = {
    AddTable: "what CREATE TABLE takes (`forms_tables.py`, `stored_types`)",
    AddColumn: "what ADD COLUMN takes (`forms_columns.py`, `stored_types`)",
    AddIndex: "what CREATE INDEX takes (`forms_tables.py`, `outcome.py`)",
    InsertRows: "the values that a column takes (`values.py`, `checked_at_insert`)",
    UpdateRows: "the conditions and values that UPDATE takes (`forms_where.py`, `values.py`)",
    DeleteRows: "the conditions that DELETE takes (`forms_where.py`)",
}
_SCHEMA: Final = {
    "type": "what is stored for a declared type (`stored_types`)",
    "nullability": "which NOT NULL is kept (`values.py`)",
    "classification": "SET CLASSIFICATION (`forms_own.py`)",
    "policy": "masking policies (`forms_own.py`, `policy_strategies`)",
    "attachment": "masking policies (`side_effects.py`)",
    "read": "values that nobody can read (`values.py`)",
}


def of_statement(steps: tuple[Step, ...]) -> str:
    """What the verdict on a statement rests on."""
    outcomes = [step.outcome for step in steps]
    if any(outcome.verdict in {Verdict.SKIPPED, Verdict.SPLIT} for outcome in outcomes):
        return "how the runner cuts a file (`runner.py`)"
    if any(step.crash for step in steps):
        return "nothing: kmblint itself failed at it"
    for outcome in outcomes:
        for refusal in outcome.refusals:
            return _REFUSALS[type(refusal)]
    for outcome in outcomes:
        for hazard in outcome.hazards:
            if isinstance(hazard, Crashes | Poisons):
                return "values that a column can't hold (`values.py`)"
    return next(
        (_CHANGES[type(step.change)] for step in steps if type(step.change) in _CHANGES), _REFUSALS[UnsupportedForm]
    )


def of_rows(steps: tuple[Step, ...]) -> str:
    """What the rows that a statement reaches rest on."""
    inserts = any(isinstance(step.change, InsertRows) for step in steps)
    return "the rows that an INSERT leaves (`outcome_rows.py`)" if inserts else "the way to the rows (`planner/`)"


def of_schema(what: str) -> str:
    """What the schema behind a migration rests on."""
    return _SCHEMA.get(what, "what a statement leaves in the catalogue (`side_effects.py`)")
