"""`kmblint rules`: every rule, by family."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

import click

from kmblint.cli.debug import debug_option
from kmblint.cli.output import color_option, wants_color, width, write
from kmblint.lint.rulebook import Rule, Rulebook
from kmblint.reporters.characters import fold
from kmblint.reporters.json_document import written
from kmblint.reporters.paint import Paint
from kmblint.targets import NAMES

_TARGETS: Final = tuple(sorted(NAMES))
"""The columns of the index."""


@click.command(name="rules", help="List every rule, by family; markdown is the index of `rules/`.")
@click.option("--output-format", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
@color_option
@debug_option
def command(output_format: str, color: str) -> None:
    """Prints the list."""
    rulebook = Rulebook.load()
    if output_format == "json":
        write(written({"version": 1, "rules": [_facts(rule) for rule in rulebook]}))
        return
    if output_format == "markdown":
        write("\n".join(index(rulebook)) + "\n")
        return
    write("\n".join(listing(rulebook, Paint(wants_color(color)), width())) + "\n")


def listing(rulebook: Rulebook, paint: Paint, width: int) -> Iterator[str]:
    """A heading a family and a row a rule; where `width` columns can't hold a summary, it stands below its row."""
    slugs = max((len(rule.slug) for rule in rulebook), default=0)
    for number, (family, rules) in enumerate(groupby(rulebook, key=lambda rule: rule.card.metadata.category)):
        yield from [""] * (number > 0)
        yield paint("strong", family)
        for rule in rules:
            yield from _row(rule, slugs, paint, width)
    yield ""
    yield from fold(
        "● recommended · ○ only when selected · safe, unsafe: the fixes that `check --fix` and `--unsafe-fixes` apply "
        "· guide/kimberlite: one target only",
        width,
    )


def _row(rule: Rule, slugs: int, paint: Paint, width: int) -> Iterator[str]:
    metadata = rule.card.metadata
    fix = ", ".join(metadata.fixes)
    target = metadata.targets[0] if len(metadata.targets) == 1 else ""
    name = f"  {metadata.code} {_mark(rule)} {rule.slug:<{slugs}}  "
    severity = f"{metadata.severity.value:<7}"
    rest = f"  {fix:<12}  {target:<10}  "
    if len(name + severity + rest) > width:
        name, rest = f"{name.rstrip()}  ", f"  {fix} {target}"
    shown = name + paint.severity(metadata.severity, severity) + rest
    if len(name + severity + rest + rule.card.summary) <= width:
        yield shown + rule.card.summary
    else:
        indent = " " * len("  KMB000 ● ")
        yield shown.rstrip()
        yield from (indent + line for line in fold(rule.card.summary, width, first=len(indent), rest=len(indent)))


def index(rulebook: Rulebook) -> Iterator[str]:
    """`rules/README.md`: a table a family, each rule with a link to its card beside it."""
    yield "# Rules"
    yield ""
    yield "<!-- made by: kmblint rules --output-format markdown > rules/README.md -->"
    yield ""
    yield f"{len(rulebook)} rules by family. `kmblint explain RULE` shows a card in the terminal."
    yield "● is part of `recommended`, ○ runs only when selected; ✓ under a target means that the rule speaks there."
    yield "Of the fixes, `kmblint check --fix` applies the safe ones, and with `--unsafe-fixes` the others too."
    for family, rules in groupby(rulebook, key=lambda rule: rule.card.metadata.category):
        yield from ("", f"## {family}", "")
        yield f"| Code | Rule | Default | Severity | Fix | {' | '.join(_TARGETS)} | When it speaks |"
        yield f"| --- | --- | :-: | --- | --- | {' | '.join(':-:' for _ in _TARGETS)} | --- |"
        for rule in rules:
            metadata = rule.card.metadata
            fixes = ", ".join(metadata.fixes)
            marks = ["✓" if name in metadata.targets else "" for name in _TARGETS]
            name = f"[{rule.slug}]({rule.slug}.md)"
            cells = [metadata.code, name, _mark(rule), metadata.severity.value, fixes, *marks]
            cells.append(rule.card.summary.replace("|", r"\|"))
            yield f"| {' | '.join(cells)} |"


def _mark(rule: Rule) -> str:
    return "●" if rule.card.metadata.default and rule.card.metadata.stability == "stable" else "○"


def _facts(rule: Rule) -> dict[str, Any]:
    metadata = rule.card.metadata
    return {
        "code": metadata.code,
        "rule": rule.slug,
        "summary": rule.card.summary,
        "category": metadata.category,
        "severity": metadata.severity.value,
        "recommended": metadata.default and metadata.stability == "stable",
        "stability": metadata.stability,
        "since": metadata.since,
        "targets": list(metadata.targets),
        "fixable": rule.card.fixable,
        "fixes": list(metadata.fixes),
        "supersedes": list(metadata.supersedes),
        "options": {
            name: {"default": option.default, "help": option.help, "choices": list(option.choices)}
            for name, option in metadata.options.items()
        },
    }
