"""What a shell completes behind `explain` and the options that name rules; click writes the scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem  # imported where a shell asks


def complete_rules(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The slugs that begin so; the codes and families, where a code was begun."""
    from click.shell_completion import CompletionItem

    from kmblint.lint.rulebook import Rulebook

    rulebook = Rulebook.load()
    # An option takes several with commas between them: the last is the one that is being written.
    before, comma, begun = incomplete.rpartition(",")
    if begun[:1].lower() == "k":
        families = dict.fromkeys(rule.card.code[:4] for rule in sorted(rulebook, key=lambda rule: rule.card.code))
        named = dict.fromkeys(families, "a family of rules")
        named |= {rule.card.code: f"{rule.slug}: {rule.card.summary}" for rule in rulebook}
    else:
        named = {rule.slug: rule.card.summary for rule in rulebook}
    return [
        CompletionItem(before + comma + name, help=about)
        for name, about in sorted(named.items())
        if name.lower().startswith(begun.lower())
    ]
