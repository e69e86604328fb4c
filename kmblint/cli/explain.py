"""`kmblint explain`: the cards of rules, set for a terminal."""

from __future__ import annotations

import click

from kmblint.cli.completion import complete_rules
from kmblint.cli.debug import debug_option
from kmblint.cli.output import color_option, complain, wants_color, width, write
from kmblint.config.keys import FAMILY
from kmblint.errors import InputError
from kmblint.lint.rulebook import Rule, Rulebook
from kmblint.reporters.card import rendered
from kmblint.reporters.paint import Paint
from kmblint.reporters.view import PAGE
from kmblint.wording import one_of


@click.command(
    name="explain",
    short_help="Explain rules, by their slugs, codes or family.",
    help="Explain each RULE (a slug, a code, a family such as KMB5): when it speaks, why, and what to write instead.",
)
@click.argument("rules", metavar="RULE...", nargs=-1, required=True, shell_complete=complete_rules)
@color_option
@debug_option
def command(rules: tuple[str, ...], color: str) -> None:
    """Prints the cards, each once; raises `InputError` where no rule is called so."""
    rulebook = Rulebook.load()
    wanted = {rule.slug: rule for name in rules for rule in _called(name, rulebook)}
    paint, columns = Paint(wants_color(color)), min(width(), PAGE)
    cards = ("\n".join(rendered(rule.card, paint, columns)) + "\n" for rule in wanted.values())
    write(f"\n{paint('faint', '─' * columns)}\n\n".join(cards))


def _called(name: str, rulebook: Rulebook) -> list[Rule]:
    """The rule of a name, or those of a family by code."""
    known = rulebook.get(name)
    if known is not None:
        if name in known.card.metadata.aliases:
            complain(f"`{name}` is called `{known.slug}` now")
        return [known]
    family = [rule for rule in rulebook if FAMILY.fullmatch(name) and rule.card.code.startswith(name.upper())]
    if family:
        return sorted(family, key=lambda rule: rule.card.code)
    near = rulebook.near(name)
    hint = f"did you mean {one_of(near)}?" if near else "`kmblint rules` lists them"
    raise InputError(f"there is no rule `{name}`; {hint}")
