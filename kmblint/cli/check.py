"""`kmblint check`: replays the migrations and shows what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from kmblint.cli.answer import Answer
from kmblint.cli.debug import debug_option, wants_traceback
from kmblint.cli.histories import Request, seek
from kmblint.cli.links import wants_links
from kmblint.cli.options import day, history_options, request_of, rules_option
from kmblint.cli.output import color_option, complain, prefix, wants_color, width, write
from kmblint.cli.progress import progress
from kmblint.cli.remembered import Remembered
from kmblint.cli.wanted_fixes import Mending, mending_of
from kmblint.errors import ExitCode, NoMigrationsError
from kmblint.findings import Confidence, Report, Severity
from kmblint.lint.merging import merged
from kmblint.reporters import FORMATS, REVIEWED, render
from kmblint.reporters.paint import Paint, heading
from kmblint.reporters.positions import ColumnUnit
from kmblint.reporters.tally import summary
from kmblint.reporters.view import View
from kmblint.wording import nearest

_WITH_STATISTICS = ("full", "markdown")
_STANDARD_ERROR = Path("/dev/stderr")


_SHOW_FILES: Final = frozenset({"html"})
"""Formats that show files in which nothing is found: of those, an answer that is kept holds no text."""


class Output(msgspec.Struct, frozen=True):
    """A format, and the file that it goes to (None: standard output)."""

    format: str
    file: Path | None = None


def run(
    request: Request,
    today: date,
    *,
    all_history: bool = False,
    debug: bool = False,
    mending: Mending | None = None,
    cache: bool = False,
) -> Answer:
    """Lints every history of the request; raises KmblintError where the set-up is wrong.

    With `debug`, a rule that raises ends the run. With `mending`, the reports are of what its fixes leave. With
    `cache`, what was answered before is answered from there.
    """
    sought = seek(request)
    shown = {each.config.output_format.value for each in sought}
    if not cache or debug or mending is not None or shown & _SHOW_FILES or not Remembered.may(request):
        from kmblint.cli.judging import judged

        return judged(request, sought, today, all_history=all_history, debug=debug, mending=mending)
    remembered = Remembered(request, sought, today, all_history=all_history)
    known = remembered.answer()
    if known is not None:
        return known
    from kmblint.cli.judging import judged

    answer = judged(request, sought, today, all_history=all_history, known_files=remembered.files())
    remembered.keep(answer)
    return answer


def _output_format(answer: Answer, *, statistics: bool) -> str:
    """The format in force; a configured one that knows no counts by rule gives way where they are asked for."""
    return "full" if statistics and answer.output_format not in _WITH_STATISTICS else answer.output_format


def _rendered(reports: Sequence[Report], output_format: str, view: View) -> str:
    """One report; to read, several histories stand under a heading each, with the sum of them at the end."""
    if output_format != "full" or len(reports) == 1:
        return render(merged(reports), output_format, view)
    paint = Paint(view.color)
    parts = [f"{heading(report.history.root, paint)}\n\n{render(report, 'full', view)}" for report in reports]
    total = f"{len(reports)} histories: {summary(merged(reports))}"
    return "\n".join([*parts, *([] if view.quiet else [f"{paint('strong', total)}\n"])])


def _outputs(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[Output, ...]:
    """The formats that are wanted, each with the file it goes to; one at the most goes to standard output."""
    outputs: list[Output] = []
    for value in values:
        name, _, file = value.partition(":")
        if name not in FORMATS:
            meant = nearest(name, FORMATS)
            hint = f" Did you mean `{meant}`?" if meant else f" Choose from {', '.join(FORMATS)}."
            raise click.BadParameter(f"there is no format `{name}`.{hint}", ctx, param)
        if ":" in value and not file:
            raise click.BadParameter(f"`{value}` names no file behind the colon.", ctx, param)
        outputs.append(Output(name, Path(file) if file else None))
    plain = [output.format for output in outputs if output.file is None]
    if len(plain) > 1:
        message = f"{' and '.join(plain)} can't both be printed; write `{plain[-1]}:FILE`."
        raise click.BadParameter(message, ctx, param)
    return tuple(outputs)


@click.command(name="check", short_help="Replay the migrations and show what is wrong with them.")
@history_options
@rules_option("--select", help="Run these only: slugs, codes, families (KMB5), `all`.")
@rules_option("--extend-select", help="Run these too.")
@rules_option("--ignore", help="Leave these out.")
@click.option(
    "--min-confidence",
    type=click.Choice([confidence.value for confidence in Confidence]),
    help="Leave out findings that are less sure.  [default: low]",
)
@click.option("--baseline", metavar="FILE", help="Leave out the findings that this file knows; see `kmblint baseline`.")
@click.option("--fix", is_flag=True, help="Apply safe fixes, each tried on the whole history; ends with 1 if it wrote.")
@click.option("--unsafe-fixes", is_flag=True, help="Apply also those that may change what a migration does.")
@click.option("--diff", is_flag=True, help="Show what --fix would write, as a patch, and write nothing.")
@rules_option("--fix-only", help="Apply the fixes of these rules only.")
@click.option(
    "--add-suppressions", is_flag=True, help="Write a suppression for each finding into the header of its file."
)
@click.option("--reason", metavar="TEXT", help="Why; it stands behind each suppression that is added.")
@click.option("--all-history", is_flag=True, help="Show also what only an edit of an applied file would mend.")
@click.option("--today", metavar="DATE", callback=day, help="The day that `until=` of suppressions is held against.")
@click.option(
    "--output-format",
    metavar="FORMAT[:FILE]",
    callback=_outputs,
    multiple=True,
    help=f"{', '.join(FORMATS)}; several, where all but one name a FILE.  [default: full]",
)
@click.option(
    "--output-file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write there what would be printed.",
)
@click.option(
    "--column-unit",
    type=click.Choice([unit.value for unit in ColumnUnit]),
    default=ColumnUnit.CHARACTERS.value,
    show_default=True,
    help="What the columns of `concise` and `grouped` count.",
)
@click.option("--statistics", is_flag=True, help="Count the findings by rule instead of showing them.")
@click.option("--quiet", "-q", is_flag=True, help="Show findings only: no summary.")
@click.option("--verbose", "-v", is_flag=True, help="Say on standard error what is read and what is in force.")
@click.option(
    "--fail-on",
    type=click.Choice([*(severity.value for severity in Severity), "never"]),
    help="The mildest severity that ends with exit code 1.  [default: warning]",
)
@click.option("--exit-zero", is_flag=True, help="End with exit code 0 whatever is found.")
@click.option("--no-cache", is_flag=True, help="Neither use nor keep answers in the cache (`kmblint cache dir`).")
@color_option
@debug_option
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> None:
    """Replay the migrations and show what is wrong with them.

    PATHS are migrations folders, project folders or single files; without one, the working directory. The whole folder
    of a single file is replayed, and only the file's own findings are shown. `-` reads the text of --stdin-filename
    from standard input, as an editor gives it; with --fix it is printed as the fixes leave it.

    --fix never touches an applied file, and leaves out what would lead to another finding; nor does --add-suppressions
    touch one.

    Ends with 0 where nothing is at or above --fail-on, 1 where something is or a migration was written to, 2 where the
    set-up is wrong, 3 where kmblint itself fails.
    """
    outputs: tuple[Output, ...] = options["output_format"]
    keys = ("select", "extend-select", "ignore", "fail-on", "min-confidence")
    asked = {key: options[key.replace("-", "_")] for key in keys}
    asked["findings-baseline"] = options["baseline"]
    asked["fixable"] = options["fix_only"]
    asked["output-format"] = next((output.format for output in outputs if output.file is None), None)
    request = request_of(options, asked)
    mending = mending_of(options, request.unsaved)
    today = options["today"] or datetime.now().astimezone().date()
    if outputs and asked["output-format"] is None and options["output_file"]:
        raise click.UsageError("--output-file is for a format without a file of its own; name one.")
    if options["statistics"] and asked["output-format"] not in (None, *_WITH_STATISTICS):
        raise click.UsageError(f"--statistics needs --output-format {' or '.join(_WITH_STATISTICS)}.")
    try:
        with progress("reading and replaying the migrations"):
            answer = run(
                request,
                today,
                all_history=options["all_history"],
                debug=wants_traceback(ctx),
                mending=mending,
                cache=not options["no_cache"] and not {each.format for each in outputs} & _SHOW_FILES,
            )
    except NoMigrationsError:
        from kmblint.history.base import is_without_sql

        if not options["staged"] or not is_without_sql(Path()):
            raise
        complain("git has no `.sql` file staged and knows of none: nothing to check")
        ctx.exit(ExitCode.CLEAN)
    if options["verbose"]:
        complain("\n".join(answer.details))
    wrote = False
    if mending is not None:
        from kmblint.cli.mending import written

        wrote = written(
            answer.mended,
            request.unsaved,
            writes=not options["diff"],
            quiet=options["quiet"],
            suppressed=options["add_suppressions"],
        )
    if options["diff"]:
        ctx.exit(ExitCode.FINDINGS if wrote and not options["exit_zero"] else ExitCode.CLEAN)
    printed = [Output(_output_format(answer, statistics=options["statistics"]))]
    if outputs:
        printed = [output for output in outputs if output.file is None]
    if mending is not None and request.unsaved is not None:  # standard output has the text
        printed = [Output(output.format, output.file or _STANDARD_ERROR) for output in printed]
    for output in (*(output for output in outputs if output.file), *printed):
        file = output.file or options["output_file"]
        view = View(
            color=(color := wants_color(options["color"]) and not file),
            links=wants_links(color=color),
            statistics=options["statistics"],
            quiet=options["quiet"],
            width=width(file),
            column_unit=ColumnUnit(options["column_unit"]),
            reviews=answer.reviews if output.format in REVIEWED and not options["statistics"] else (),
            prefix=prefix(output.format),
        )
        write(_rendered(answer.reports, output.format, view), file, answer.kept)
    code = max(answer.code, ExitCode.FINDINGS) if wrote and request.unsaved is None else answer.code
    ctx.exit(ExitCode.CLEAN if options["exit_zero"] and code is ExitCode.FINDINGS else code)
