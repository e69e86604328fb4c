"""What a check may be asked about, and what it may ask for beside that."""

from __future__ import annotations

from typing import Final, get_args

from kmblint.findings import Crash
from kmblint.history.files import History, IgnoredFile, Migration, Unreadable
from kmblint.lint.suppressions import Suppression
from kmblint.replay.rollback import Rollback
from kmblint.replay.steps import Part, Replay, Step
from kmblint.schema.changes import Change
from kmblint.schema.conflict import Conflict
from kmblint.sql.statement import Problem, Statement
from kmblint.targets import Target
from kmblint.targets.layout import Piece
from kmblint.targets.verdict import Hazard, Refusal

STEP_SUBJECTS: Final = frozenset(
    {Step, Statement, Problem, *get_args(Change), *get_args(Conflict), *get_args(Refusal), *get_args(Hazard)}
)
MIGRATION_SUBJECTS: Final = frozenset({Migration, Part, Piece, Rollback, Suppression})
WHOLE_SUBJECTS: Final = frozenset({History, Replay, Unreadable, IgnoredFile, Crash})
_WHOLE_CONTEXT: Final = frozenset({History, Replay, Target})
CONTEXT: Final = {
    **dict.fromkeys(WHOLE_SUBJECTS, _WHOLE_CONTEXT),
    **dict.fromkeys(MIGRATION_SUBJECTS, _WHOLE_CONTEXT | {Migration}),
    **dict.fromkeys(STEP_SUBJECTS, _WHOLE_CONTEXT | {Migration, Part, Statement, Step}),
}
"""What a check may ask for beside its subject."""

BY_NAME: Final = {kind.__name__: kind for kind in (*CONTEXT, Target)}
"""Each of these classes by its name, as the table of the wheel calls it."""
