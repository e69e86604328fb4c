"""Several findings of one rule with one cause, in one file or throughout a history, made one diagnostic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

import msgspec

from kmblint.findings import Applicability, Diagnostic, Edit, Fix, Related, Severity
from kmblint.lint.rulebook import Rule
from kmblint.wording import counted

_HABIT = 3
"""So many findings in one file are a habit, and so are findings in several; fewer are slips, each told at its place."""
_MANY: Final = 8
"""So many names against a convention are another convention: fewer are told one by one."""
_Groups: TypeAlias = dict[tuple[str, str, object], list[Diagnostic]]
"""By rule, kind of group, and what parts them in it."""
_KEYS: Final[dict[str, Callable[[Diagnostic], object]]] = {
    "file": lambda diagnostic: diagnostic.finding.place.file,
    "habit": lambda _: "",
    "names": lambda _: "",
    "object": lambda diagnostic: (diagnostic.finding.subject, *(r.place for r in diagnostic.finding.related)),
}
"""What those have in common that are one diagnostic."""
_PROMISE = (Applicability.SAFE, Applicability.UNSAFE, Applicability.DISPLAY)


def group(diagnostics: Iterable[tuple[Rule, Diagnostic, int]]) -> list[Diagnostic]:
    """The diagnostics, each given with its rule and the index of its statement, in the order of the history.

    Findings of one statement that have a brief name are one; and where the card groups them, those of a file, of a
    habit, of another convention of names, or of an object and its cause are one with the others as related places.
    """
    alone: list[Diagnostic] = []
    grouped: _Groups = {}
    for rule, diagnostic in _by_statement(diagnostics):
        if rule.card.metadata.group is None:
            alone.append(diagnostic)
        else:
            common = _KEYS[rule.card.metadata.group](diagnostic)
            grouped.setdefault((rule.slug, rule.card.metadata.group, common), []).append(diagnostic)
    for (_, kind, _), members in _advice_together(grouped).items():
        slips = (kind == "names" and len(members) < _MANY) or (
            kind == "habit" and len(members) < _HABIT and len({each.finding.place.file for each in members}) == 1
        )
        alone += members if slips else [_one(members)]
    return alone


def _advice_together(grouped: _Groups) -> _Groups:
    """With the groups of a rule that hold nothing but advice as one."""
    joined: _Groups = {}
    for (slug, kind, common), members in grouped.items():
        advice = kind == "file" and all(member.severity is Severity.INFO for member in members)
        joined.setdefault((slug, kind, "" if advice else common), []).extend(members)
    return joined


def _by_statement(diagnostics: Iterable[tuple[Rule, Diagnostic, int]]) -> Iterator[tuple[Rule, Diagnostic]]:
    """Where the first of a statement's findings stood, the worst of them, which lists the others by their briefs."""
    kept: dict[tuple[object, ...], tuple[Rule, list[Diagnostic]]] = {}
    for number, (rule, diagnostic, statement) in enumerate(diagnostics):
        key = (rule.slug, diagnostic.finding.place.file, statement if diagnostic.finding.brief else -1 - number)
        kept.setdefault(key, (rule, []))[1].append(diagnostic)
    for rule, members in kept.values():
        head, *others = sorted(members, key=lambda member: (member.severity.rank, member.finding.place))
        briefs = list(dict.fromkeys(other.finding.brief for other in others))
        if briefs:
            message = f"{head.finding.message}; so {'is' if len(briefs) == 1 else 'are'} {', '.join(briefs)}"
            head = msgspec.structs.replace(head, finding=msgspec.structs.replace(head.finding, message=message))
        yield rule, head


def _one(members: list[Diagnostic]) -> Diagnostic:
    """The worst of them (the first in the history among equals), which names the others."""
    head, *others = sorted(members, key=lambda member: member.severity.rank)
    if not others:
        return head
    files = {other.finding.place.file for other in others} - {head.finding.place.file}
    where = f", in {counted(len(files) + 1, 'file')}" if files else " in this file"
    finding = msgspec.structs.replace(
        head.finding,
        message=f"{head.finding.message} (and {len(others)} more{where})",
        related=head.finding.related + tuple(Related(o.finding.place, o.finding.message) for o in others),
        fix=_one_fix([member.finding.fix for member in (head, *others)]),
    )
    return msgspec.structs.replace(head, finding=finding)


def _one_fix(fixes: list[Fix | None]) -> Fix | None:
    """One fix of all edits and files, which promises no more than the least of them."""
    given = [fix for fix in fixes if fix is not None]
    if not given:
        return None
    edits: dict[Edit, None] = dict.fromkeys(edit for fix in given for edit in fix.edits)
    return Fix(
        message=given[0].message,
        edits=tuple(sorted(edits)),
        applicability=max((fix.applicability for fix in given), key=_PROMISE.index),
        files=tuple(dict.fromkeys(file for fix in given for file in fix.files)),
    )
