"""Why a comparison is blind, in words."""

from __future__ import annotations

from kmblint.targets.kimberlite.planner.hazards import Judged
from kmblint.targets.kimberlite.values import stored_in
from kmblint.targets.verdict import BlindComparison, Finds


def because(judged: Judged, hazard: BlindComparison) -> str:
    """Why a comparison is blind, and what it finds."""
    rows = "only the rows where it is NULL" if hazard.finds is Finds.NULLS else hazard.finds.value
    return f"{_why(judged, hazard)}: `{hazard.operator}` finds {rows}"


def _why(judged: Judged, hazard: BlindComparison) -> str:
    table = judged.statement.table
    stored = stored_in(table, hazard.column, judged.statement.facts)
    if hazard.foreign:
        return f"a literal of another kind compares with no {stored}"
    if hazard.operator.endswith("LIKE"):
        return f"the engine looks for patterns in TEXT columns only, and this one is {stored}"
    if stored is not None and stored.name == "DECIMAL":
        row_by_row = hazard.way in {"scan", "or", "computed", "key range"} or hazard.way.startswith("index ")
        if hazard.finds is Finds.OTHER or not row_by_row:
            return "an index keeps decimals as texts, as they were written, so '10.5' is less than '9.5'"
        scale = stored.arguments[1]
        return f"the engine compares a {stored} only with a literal of exactly {scale} digits behind the point"
    if stored is not None and stored.name == "JSON":
        return "the engine compares no JSON column with a literal"
    if stored is not None and stored.name == "UUID" and hazard.finds is Finds.OTHER:
        return "a UUID is kept as it was written and compared as text, capitals before small letters"
    blind = f"{stored} columns compare with no literal"
    match hazard.way:
        case "or":
            return f"the engine uses no index under OR, and row by row {blind}"
        case "computed":
            return f"the engine can't compute with {stored} columns"
        case "key range":
            return f"beside a range of the key the engine compares row by row, where {blind}"
        case "scan":
            if any(index.columns[:1] == (hazard.column,) for index in judged.statement.indexes):
                return f"no index serves `{hazard.operator}` here, and row by row {blind}"
            return f"the engine compares {stored} columns only through an index that begins with them"
        case way if way.startswith("index "):
            name = way.removeprefix("index ")
            return f"the engine comes to the rows by the index `{name}` and compares the rest row by row, where {blind}"
        case _:
            return f"in a key or an index {blind} of that kind"
