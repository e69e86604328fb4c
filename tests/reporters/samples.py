"""Hand-made reports: what the engine might say, without the engine."""

from __future__ import annotations

from kmblint.findings import (
    Applicability,
    Confidence,
    Diagnostic,
    Edit,
    Finding,
    Fix,
    HistorySummary,
    Related,
    Report,
    Severity,
    Summary,
    point,
)
from kmblint.text import Place, Source, Span

INIT = Source(
    "0001_create_patients.sql",
    """\
-- Migration: create patients

CREATE TABLE patients (
    id BIGINT NOT NULL,
    name TEXT,
    PRIMARY KEY (id)
);
CREATE TABLE visits (id BIGINT, PRIMARY KEY (id));
CREATE TABLE rooms (id BIGINT, PRIMARY KEY (id));
""",
    "migrations/0001_create_patients.sql",
)
CLEAN_UP = Source(
    "0012_clean_up.sql",
    "-- Migration: clean up\n"
    "CREATE TABLE patients (id BIGINT, PRIMARY KEY (id));\n"
    "UPDATE patients\n"
    "   SET name = '診療所'\n"
    "\t\t  || nmae;\n"
    "DROP TABLE rooms;\n",
    "migrations/0012_clean_up.sql",
)
MISNAMED = Source("13-x.sql", "SELECT 1;\n", "migrations/13-x.sql")


def place(source: Source, text: str, occurrence: int = 1) -> Place:
    """Where a text stands in a source."""
    start = -1
    for _ in range(occurrence):
        start = source.text.index(text, start + 1)
    return Place(source.name, Span(start, start + len(text)))


def diagnostic(code: str, rule: str, severity: Severity, finding: Finding) -> Diagnostic:
    """A finding as the engine stamps it."""
    return Diagnostic(code, rule, severity, finding, finding.place.file, fingerprint=f"{code.lower()}-0123456789ab")


def report(
    *diagnostics: Diagnostic, sources: tuple[Source, ...] = (INIT, CLEAN_UP, MISNAMED), hidden: int = 0
) -> Report:
    """A report with its counts."""

    def count(severity: Severity) -> int:
        return sum(found.severity is severity for found in diagnostics)

    return Report(
        diagnostics,
        Summary(
            count(Severity.ERROR),
            count(Severity.WARNING),
            count(Severity.INFO),
            suppressed=1 if diagnostics else 0,
            fixable=sum(found.finding.fix is not None for found in diagnostics),
            hidden=hidden,
        ),
        HistorySummary("migrations", "kimberlite", len(sources)),
        {source.name: source for source in sources},
    )


def everything() -> Report:
    """Each thing that a format must show, in the order in which the engine gives it: by file, then by place."""
    creates = [place(INIT, f"CREATE TABLE {table}") for table in ("patients", "visits", "rooms")]
    guard = Place(INIT.name, Span(creates[0].span.start + len("CREATE TABLE"), creates[0].span.start + 12))
    update = place(CLEAN_UP, CLEAN_UP.text[CLEAN_UP.text.index("UPDATE") : CLEAN_UP.text.index(";\nDROP")])
    return report(
        diagnostic(
            "KMB301",
            "non-idempotent-create",
            Severity.WARNING,
            Finding(
                creates[0],
                "`patients` and 2 other tables are created without `IF NOT EXISTS`",
                help="write `CREATE TABLE IF NOT EXISTS patients`",
                related=tuple(Related(other, "likewise") for other in creates[1:]),
                fix=Fix("add `IF NOT EXISTS`", (Edit(guard, " IF NOT EXISTS"),)),
            ),
        ),
        diagnostic(
            "KMB204",
            "table-exists",
            Severity.ERROR,
            Finding(
                place(CLEAN_UP, "patients", 1),
                "table `patients` exists already",
                help="choose another name, or write\n    CREATE TABLE IF NOT EXISTS patients (…)",
                related=(Related(place(INIT, "patients", 2), "created here"),),
                subject="patients",
            ),
        ),
        diagnostic(
            "KMB501",
            "unbatched-update",
            Severity.WARNING,
            Finding(
                update,
                "`UPDATE patients` has no bound, 100% of its rows change at once, created in 0001",
                fix=Fix("update by key range", applicability=Applicability.UNSAFE),
            ),
        ),
        diagnostic(
            "KMB202",
            "unknown-column",
            Severity.ERROR,
            Finding(
                place(CLEAN_UP, "nmae"),
                "`patients` has no column `nmae`; did you mean `name`?",
                related=(Related(place(CLEAN_UP, "patients", 2), "this table"),),
                confidence=Confidence.MEDIUM,
            ),
        ),
        diagnostic(
            "KMB101",
            "file-name",
            Severity.INFO,
            Finding(point(MISNAMED.name), "`13-x.sql` is not `{sequence}_{description}.sql`"),
        ),
        hidden=4,
    )
