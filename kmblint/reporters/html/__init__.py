"""The reviewer's page: one file that asks nothing of the network, for whoever has to say yes to pending migrations.

Its policy allows the one style and the one script by their hashes, so nothing but classes carries the looks (a hash
covers no `style=`, and beside one `'unsafe-inline'` counts for nothing: seen in Chromium 156). Where a server's own
policy blocks both (Jenkins), the page is plain and complete.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Final

import jinja2
import msgspec
from markupsafe import Markup

from kmblint.findings import Report
from kmblint.replay.review import Review
from kmblint.reporters.html.contents import Contents
from kmblint.reporters.html.diagram import BESIDE, WHOLE, Diagram, chosen, draw
from kmblint.reporters.html.words import inline, safe
from kmblint.reporters.judgement import judged
from kmblint.reporters.schema_view import Views
from kmblint.reporters.view import View

_HERE: Final = Path(__file__).parent
_MOST_LINES: Final = 300
"""Lines of the difference in words."""


class _Schema(msgspec.Struct, frozen=True):
    """The schema of one history, drawn and in words."""

    called: str
    difference: Diagram
    before: Diagram
    behind: Diagram
    lines: tuple[str, ...]
    left_out: int
    first: str
    last: str


def render(report: Report, view: View) -> str:
    """The whole page."""
    reviews = view.reviews
    style, script = ((_HERE / f"page.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        finalize=safe,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["inline"] = inline
    return environment.get_template("page.html.jinja").render(
        contents=Contents(report, reviews),
        judgement=judged(report, reviews),
        report=report,
        schemas=[_schema(review) for review in reviews],
        script=Markup(script),  # noqa: S704 - it is ours, and holds nothing of the user's
        style=Markup(style),  # noqa: S704 - likewise
        policy=_policy(style, script),
    )


def _policy(style: str, script: str) -> str:
    """What the page may do: show itself with this style, and run this script."""
    style_hash, script_hash = (b64encode(sha256(text.encode()).digest()).decode() for text in (style, script))
    return (
        f"default-src 'none'; style-src 'sha256-{style_hash}'; script-src 'sha256-{script_hash}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _schema(review: Review) -> _Schema:
    views = Views(review)
    compared = views.compared
    names = chosen(compared.tables)
    lines = tuple(compared.lines())
    return _Schema(
        called=review.history.called or review.history.root.as_posix(),
        difference=draw(compared.tables, names, BESIDE if compared.changed else WHOLE),
        before=draw(views.before.tables, names, WHOLE),
        behind=draw(views.behind.tables, names, WHOLE),
        lines=lines[:_MOST_LINES],
        left_out=max(0, len(lines) - _MOST_LINES),
        first=review.batch[0].id if review.batch else "",
        last=review.batch[-1].id if review.batch else "",
    )
