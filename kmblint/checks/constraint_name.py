"""A constraint whose name doesn't follow the template of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kmblint.findings import Finding, Fix
from kmblint.replay.steps import Step
from kmblint.schema.changes import AddColumn, AddConstraint, AddTable
from kmblint.schema.parts import Check, Constraint, ForeignKey, PrimaryKey, Unique
from kmblint.schema.write import quoted
from kmblint.targets.verdict import Verdict


def check(
    change: AddTable | AddColumn | AddConstraint,
    step: Step,
    *,
    foreign_key: str,
    check: str,
    unique: str,
    primary_key: str,
    require_name: bool,
) -> Iterator[Finding]:
    """Every new constraint with another name, and where it is asked for, every one without a name."""
    if step.outcome.verdict is Verdict.NO_OP:
        return
    templates = {ForeignKey: foreign_key, Check: check, Unique: unique, PrimaryKey: primary_key}
    table = change.table.text
    for constraint in change.declares():
        template = templates[type(constraint)]
        expected = _expected(template, table, constraint)
        if constraint.name is None:
            if require_name and not isinstance(constraint, PrimaryKey):
                yield Finding(
                    step.place(constraint.span),
                    f"a constraint of `{table}` has no name",
                    help=f"begin it with `CONSTRAINT {expected}`",
                    subject=table,
                )
        elif not _follows(template, constraint.name.text, table):
            yield Finding(
                step.place(constraint.name.span),
                f"constraint `{constraint.name}` is not named as `{template}`",
                help=f"call it `{expected}`",
                fix=Fix.instead(step.place(constraint.name.span), quoted(expected)),
                subject=constraint.name.text,
            )


def _follows(template: str, name: str, table: str) -> bool:
    """Whether the name begins and ends as the template; what stands for the columns is free, and may be missing."""
    own = re.escape(table.rpartition(".")[2])
    pattern = re.escape(template).replace(r"\{table\}", own)
    pattern = re.sub(r"_?\\\{columns\\\}", "(?:_?.+)?", pattern)
    return re.fullmatch(pattern, name, re.IGNORECASE) is not None


def _expected(template: str, table: str, constraint: Constraint) -> str:
    columns = [column.text for column in constraint.columns]
    if isinstance(constraint, ForeignKey):
        columns = [column.removesuffix("_id") for column in columns]
    words = "_".join(columns) or "rule"
    return template.replace("{table}", table.rpartition(".")[2]).replace("{columns}", words)
