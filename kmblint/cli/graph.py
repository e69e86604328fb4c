"""`kmblint graph`: what depends on what, among the objects of the schema or among the migrations."""

from __future__ import annotations

from typing import Any

import click

from kmblint.analysis.dependencies import of_migrations, of_objects
from kmblint.cli.debug import debug_option
from kmblint.cli.histories import left_out, open_one
from kmblint.cli.options import history_options, request_of, view_option
from kmblint.cli.output import complain, output_file_option, show, width
from kmblint.errors import InputError
from kmblint.replay.replayer import replay
from kmblint.reporters.graph import RENDERERS
from kmblint.wording import did_you_mean

_HELP = """Show what depends on what.

Among the objects of the schema: references, declared or by a column's name, indexes, masks and masking policies, each
with the migration that made it. Among the migrations (`--of migrations`): which need what another one made, so that
neither can stand before the other. The columns of the tables are what `kmblint schema` shows.

\b
Examples:
  kmblint graph --about patients
  kmblint graph --of migrations --output-format mermaid
"""


@click.command(name="graph", short_help="Show what depends on what.", help=_HELP)
@history_options
@click.option("--of", type=click.Choice(["objects", "migrations"]), default="objects", show_default=True)
@click.option("--about", metavar="NAME", help="Only what this table, object or file needs, and what needs it.")
@view_option("The schema as it was written, or what the database takes of it.")
@click.option("--output-format", type=click.Choice(tuple(RENDERERS)), default="text", show_default=True)
@output_file_option
@debug_option
def command(of: str, about: str | None, **options: Any) -> None:
    """Draws the graph."""
    one = open_one(request_of(options))
    complain(left_out(one.history))
    target = one.target
    done = replay(one.history, target, actual=options["view"] == "actual")
    graph = of_objects(done.end) if of == "objects" else of_migrations(done)
    if about is not None:
        names = [name for node in graph.nodes for name in (node.name, node.file) if name]
        if about not in names:
            raise InputError(f"there is no `{about}` among them{did_you_mean(about, names)}")
        graph = graph.about(about)
    file = options["output_file"]
    show(RENDERERS[options["output_format"]](graph, width(file)), file, one.kept)
