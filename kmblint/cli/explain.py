"""`kmblint explain`: the card of a rule, set for a terminal."""

from __future__ import annotations

import click

from kmblint.cli.debug import debug_option
from kmblint.cli.output import color_option, complain, wants_color, width, write
from kmblint.config.keys import FAMILY
from kmblint.errors import InputError
from kmblint.lint.rulebook import Rulebook
from kmblint.reporters.card import rendered
from kmblint.reporters.paint import Paint
from kmblint.reporters.view import PAGE
from kmblint.wording import one_of


@click.command(
    name="explain",
    short_help="Explain a rule, by its slug or code.",
    help="Explain RULE (a slug or a code): when it speaks, why, and what to write instead.",
)
@click.argument("rule")
@color_option
@debug_option
def command(rule: str, color: str) -> None:
    """Prints the card; raises `InputError` where no rule is called so."""
    rulebook = Rulebook.load()
    known = rulebook.get(rule)
    if known is None:
        near = rulebook.near(rule)
        if FAMILY.fullmatch(rule):
            raise InputError(f"`{rule}` is a family of rules; `kmblint rules` lists them")
        hint = f"did you mean {one_of(near)}?" if near else "`kmblint rules` lists them"
        raise InputError(f"there is no rule `{rule}`; {hint}")
    if rule in known.card.metadata.aliases:
        complain(f"`{rule}` is called `{known.slug}` now")
    write("\n".join(rendered(known.card, Paint(wants_color(color)), min(width(), PAGE))) + "\n")
