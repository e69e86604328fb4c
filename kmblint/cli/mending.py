"""`check --fix`, `--add-suppressions` and `--diff`: what they make of the opened histories, written or shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from kmblint.cli.histories import Opened
from kmblint.cli.output import complain, write
from kmblint.cli.wanted_fixes import Mending
from kmblint.config.selection import covered, each_alone
from kmblint.errors import GitError
from kmblint.findings import Applicability, Diagnostic, Fix
from kmblint.fixing import disk
from kmblint.fixing.draft import Draft
from kmblint.fixing.rounds import Outcome, mend
from kmblint.fixing.suppressing import suppress
from kmblint.history import base
from kmblint.history.decode import Spelling
from kmblint.history.files import History
from kmblint.history.locate import display
from kmblint.history.names import description_of
from kmblint.lint.engine import Session
from kmblint.lint.rulebook import Rulebook
from kmblint.lint.settings import Settings
from kmblint.reporters.mended import told
from kmblint.reporters.patch import patch
from kmblint.targets import Target
from kmblint.targets.layout import header


class Mended(msgspec.Struct, frozen=True):
    """A history as it was opened, and what its fixes came to."""

    opened: Opened
    outcome: Outcome

    @property
    def history(self) -> History:
        """As the fixes leave it."""
        return replace(self.outcome.history, notes=self.opened.history.notes)

    def shown_in(self, settings: Settings) -> Settings:
        """The settings for a report of it: the wanted files as they are called now, and those that were made."""
        if settings.shown is None:
            return settings
        called = {file.origin: file.name for file in self.outcome.draft.changes if file.origin}
        made = {file.name for file in self.outcome.draft.changes if file.origin is None}
        return replace(settings, shown=frozenset(called.get(name, name) for name in settings.shown) | made)


_PERHAPS: Final = "it may be applied"


def mend_history(one: Opened, settings: Settings, rulebook: Rulebook, target: Target, mending: Mending) -> Mended:
    """The history with the fixes, or the suppressions, that are wanted of it, in memory."""
    if mending.reason is not None:
        return _suppressed(one, settings, rulebook, target, mending.reason)
    alone = each_alone(settings, one.config, rulebook)
    fixable = covered(one.config.fixable.value, rulebook) & settings.rules.keys()

    def wanted(diagnostic: Diagnostic) -> bool:
        finding = diagnostic.finding
        if finding.fix is None or diagnostic.rule not in fixable:
            return False
        return (
            (mending.unsaved is None or _touches_only(finding.fix, mending.unsaved.name))
            and (mending.unsafe or finding.fix.applicability is Applicability.SAFE)
            and finding.confidence.rank <= settings.min_confidence.rank
            and (settings.shown is None or finding.place.file in settings.shown)
        )

    spell = disk.spelling(one.history.root, one.access)
    draft = Draft.of(
        one.history,
        spell=spell if mending.unsaved is None else lambda _: Spelling(),
        frozen=frozen(one) if mending.unsaved is None else {},
        header=lambda name: header(description_of(name), mending.now) if mending.now else "",
    )
    session = Session(rulebook, target)
    return Mended(one, mend(one.history, draft, one.reread, lambda history: session.lint(history, alone), wanted))


def _suppressed(one: Opened, settings: Settings, rulebook: Rulebook, target: Target, reason: str) -> Mended:
    alone = replace(settings, grouped=False)
    root = one.history.root
    draft = Draft.of(one.history, spell=disk.spelling(root, one.access), frozen=disk.outside(root, one.history.by_file))
    session = Session(rulebook, target)
    return Mended(one, suppress(one.history, draft, one.reread, lambda history: session.lint(history, alone), reason))


def _touches_only(fix: Fix, file: str) -> bool:
    return not fix.files and all(edit.place.file == file for edit in fix.edits)


def written(
    mended: Sequence[Mended], unsaved: Path | None, *, writes: bool, quiet: bool, suppressed: bool = False
) -> bool:
    """Writes what fixes made, or prints it as a patch, and tells of it on standard error; whether there is anything.

    Of an unsaved file, the text goes to standard output. Raises InputError where a file can't be written.
    """
    changed = any(each.outcome.draft.changes for each in mended)
    if not writes:
        write("".join(patch(each.outcome.draft.changes, _called(each)) for each in mended))
    elif unsaved is not None:
        write("".join(each.outcome.draft.files[unsaved.name].text for each in mended))
    else:
        disk.write([(each.opened.history.root, each.opened.access, each.outcome.draft) for each in mended])
    if not quiet:
        for one in mended:
            for line in told(one.outcome, _called(one), wrote=writes, suppressed=suppressed):
                complain(line)
        if any(each.why.startswith(_PERHAPS) for one in mended for each in one.outcome.left_out):
            complain("say what is applied: `--applied-through 0007`, or `--applied-through 0` where nothing is")
    return changed


def _called(mended: Mended) -> Callable[[str], str]:
    return lambda name: display(mended.opened.history.root / name)


def frozen(one: Opened) -> Mapping[str, str]:
    """The files beside the applied ones that no fix may touch, each with the reason (a clause)."""
    return {**_perhaps_applied(one), **disk.outside(one.history.root, one.history.by_file)}


def _perhaps_applied(one: Opened) -> Mapping[str, str]:
    """The files that somebody knows of who says nothing of where they were applied, where nobody said what was."""
    history = one.history
    if history.applied_through is not None or history.released is not None:
        return {}
    state = {*history.state.locked, *history.state.applied_here}
    known = {name: "the state files" for name, each in history.by_file.items() if each.number in state}
    try:
        committed = base.before_commit(history.root, one.access)
    except GitError:
        committed = None
    if committed is not None:
        known |= dict.fromkeys(committed.released.keys() & history.by_file.keys(), f"`{committed.name}`")
    return {name: f"{_PERHAPS}: {who} {'holds' if who[0] == '`' else 'know'} it" for name, who in known.items()}
