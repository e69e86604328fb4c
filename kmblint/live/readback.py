"""The schema that a database tells of itself, the schema that a replay comes to, and how the two differ.

What release 0.9.1 doesn't tell (`NOT_VISIBLE`) is compared by nobody. Everything is asked with `SHOW` and one reading
call of the client: nothing here can change a database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from kmblint.live.client import Connection, DeniedError, RefusedError
from kmblint.schema.catalog import Catalog, Table
from kmblint.schema.kinds import ObjectKind
from kmblint.schema.types import DataType
from kmblint.schema.write import text_literal
from kmblint.targets.capabilities import SYSTEM_PREFIX
from kmblint.text import Place

NOT_VISIBLE: Final = (
    "primary keys: SHOW COLUMNS and `describe_table` mark no column as the key, nor as NOT NULL because of it",
    "indexes: `list_indexes` is empty though an index is there, and EXPLAIN is refused",
    "masks of CREATE MASK, roles, users and grants: no statement shows them",
    "what is left of dropped columns: their values, their masks and their classifications",
)
"""What no call of release 0.9.1 shows."""


class LiveColumn(msgspec.Struct, frozen=True):
    """A column as the server shows it."""

    name: str
    type: str
    nullable: bool
    classification: str = ""


class LivePolicy(msgspec.Struct, frozen=True):
    """A masking policy: its strategy as CREATE MASKING POLICY writes it, and the roles that see through it."""

    name: str
    strategy: str
    roles: tuple[str, ...] | None = None
    """None where that isn't known."""

    def __str__(self) -> str:
        exempt = f" EXEMPT ROLES ({', '.join(map(text_literal, self.roles))})" if self.roles else ""
        return f"{self.strategy}{exempt}"

    def is_like(self, other: LivePolicy) -> bool:
        """Whether it masks as the other does, as far as that is known of both."""
        known = self.roles is not None and other.roles is not None
        same = not known or sorted(self.roles or ()) == sorted(other.roles or ())
        return same and self.strategy.split() == other.strategy.split()


class LiveSchema(msgspec.Struct, frozen=True):
    """What there is, by name; the engine's own tables are left out."""

    tables: Mapping[str, tuple[LiveColumn, ...] | None]
    """Table → its columns in order; None where the server can't be asked about a table of that name."""
    policies: Mapping[str, LivePolicy] | None = None
    """None where the token isn't allowed to see them."""
    attachments: Mapping[tuple[str, str], str] = {}
    """(table, column) → the masking policy on it."""


class Difference(msgspec.Struct, frozen=True):
    """One thing that isn't as it was predicted, or as the migrations say."""

    what: str
    """`table`, `column`, `order`, `type`, `nullability`, `classification`, `policy`, `attachment`, or of a statement
    `verdict`, `rows`, `server`, `read`."""
    subject: str
    """`patients`, `patients.phone`, the name of a policy; empty where it is about a statement."""
    predicted: str
    seen: str
    place: Place | None = None
    """Where a migration makes it."""


def tables_of(connection: Connection) -> tuple[str, ...]:
    """The names of the tables that a tenant has, the engine's own left out."""
    _, rows = connection.send("SHOW TABLES")
    return tuple(sorted(name for row in rows if not (name := str(row[0])).startswith(SYSTEM_PREFIX)))


def read(connection: Connection, only: Iterable[str] | None = None) -> LiveSchema:
    """The schema of a tenant; with `only`, of these tables alone."""
    wanted = None if only is None else set(only)
    names = tables_of(connection)
    tables = {name: _columns(connection, name) if wanted is None or name in wanted else () for name in names}
    if not names and wanted is None:
        return LiveSchema({})  # the call that lists policies enters a tenant that isn't there into the server's list
    try:
        masks: Any = connection.call(lambda client: client.admin.masking_policy.list(True))
    except DeniedError:
        return LiveSchema(tables, None)
    policies = (LivePolicy(each.name, _strategy(each.strategy), tuple(each.exempt_roles)) for each in masks.policies)
    attached = {(str(each.table_name), str(each.column_name)): str(each.policy_name) for each in masks.attachments}
    return LiveSchema(tables, {policy.name: policy for policy in policies}, attached)


def other_tenants(connection: Connection) -> tuple[int, ...]:
    """The tenants beside this one that the server says have tables; it lists those that were asked for their tables
    since it was started, and to a token without the role Admin none."""
    try:
        tenants: Any = connection.call(lambda client: client.admin.list_tenants())
        return tuple(sorted(int(each.tenant_id) for each in tenants if each.table_count))
    except DeniedError:
        return ()


def release_of(connection: Connection) -> str:
    """The release that a server says it is."""
    return str(connection.call(lambda client: client.admin.server_info().build_version))


def _columns(connection: Connection, table: str) -> tuple[LiveColumn, ...] | None:
    """None for a name that SHOW, which is split at white space, can't be asked about."""
    if table.split() != [table] or not table.isprintable() or ";" in table or table[:1] in "\"`'":
        return None
    try:
        _, rows = connection.send(f"SHOW COLUMNS FROM {table}")
        _, words = connection.send(f"SHOW CLASSIFICATIONS FOR {table}")
    except RefusedError:
        return None
    classified = {str(column): str(word) for column, word in words}
    return tuple(
        LiveColumn(str(name), str(kind), bool(nullable), classified.get(str(name), "")) for name, kind, nullable in rows
    )


_STRATEGIES: Final = {
    "RedactSsn": "REDACT_SSN", "RedactPhone": "REDACT_PHONE", "RedactEmail": "REDACT_EMAIL",
    "RedactCreditCard": "REDACT_CC", "RedactCustom": "REDACT_CUSTOM", "Hash": "HASH", "Tokenize": "TOKENIZE",
    "Truncate": "TRUNCATE", "Null": "NULL",
}  # fmt: skip


def _strategy(strategy: Any) -> str:
    """As CREATE MASKING POLICY writes it."""
    word = _STRATEGIES.get(strategy.kind, str(strategy.kind))
    if strategy.replacement is not None:
        return f"{word} '{strategy.replacement}'"
    return word if strategy.max_chars is None else f"{word} {strategy.max_chars}"


def expected(
    catalog: Catalog,
    stored_type: Callable[[DataType], DataType | None],
    roles: Mapping[str, tuple[str, ...]] | None = None,
) -> LiveSchema:
    """What a server would show of an actual catalogue; `roles` are those that each masking policy exempts."""
    exempt = roles or {}
    policies = {
        name: LivePolicy(name, policy.definition, exempt.get(name))
        for name, policy in catalog.named(ObjectKind.MASKING_POLICY).items()
    }
    return LiveSchema(
        {table.name: tuple(_expected(table, stored_type)) for table in catalog.in_order if _is_ours(table)},
        policies,
        {where: policy for where, (policy, _) in catalog.attachments.items()},
    )


def _is_ours(table: Table) -> bool:
    return not table.name.startswith(SYSTEM_PREFIX)


def _expected(table: Table, stored_type: Callable[[DataType], DataType | None]) -> Iterator[LiveColumn]:
    for column in table.columns:
        word = table.classifications.get(column.name)
        kind = str(stored_type(column.type) or column.type)
        yield LiveColumn(column.name, kind, column.nullable, word[0] if word is not None else "")


def differences(
    wanted: LiveSchema, live: LiveSchema, catalog: Catalog, only: Iterable[str] | None = None
) -> list[Difference]:
    """How a live schema differs from the wanted one, by table; with `only`, the columns of these tables alone."""
    differing: list[Difference] = []
    looked_at = None if only is None else set(only)
    for name in sorted({*wanted.tables, *live.tables}):
        mine, theirs = wanted.tables.get(name), live.tables.get(name)
        if name not in live.tables:
            differing.append(
                Difference("table", name, f"there, with {_names(mine)}", "not there", _made(catalog, name))
            )
        elif name not in wanted.tables:
            differing.append(
                Difference("table", name, "not there", f"there, with {_names(theirs)}", _gone(catalog, name))
            )
        elif mine is not None and theirs is not None and (looked_at is None or name in looked_at):
            differing += _in_table(name, mine, theirs, catalog)
    if live.policies is not None and wanted.policies is not None:
        differing += _policies(wanted.policies, live.policies, catalog)
        differing += _attachments(wanted.attachments, live.attachments, catalog)
    return differing


def _names(columns: tuple[LiveColumn, ...] | None) -> str:
    return f"columns {', '.join(f'`{column.name}`' for column in columns)}" if columns else "columns that aren't shown"


def _made(catalog: Catalog, table: str, column: str = "") -> Place | None:
    """Where a table or a column of it is made; None for one that the migrations don't make."""
    there = catalog.table(table)
    part = there.column(column) if there is not None and column else there
    return None if part is None else part.made


def _gone(catalog: Catalog, table: str) -> Place | None:
    dropped = catalog.dropped.get(table)
    return None if dropped is None else dropped.place


def _in_table(
    table: str, mine: tuple[LiveColumn, ...], theirs: tuple[LiveColumn, ...], catalog: Catalog
) -> Iterator[Difference]:
    wanted, live = {each.name: each for each in mine}, {each.name: each for each in theirs}
    there_now = catalog.table(table)
    key = () if there_now is None else there_now.primary_key
    for name in [*wanted, *(name for name in live if name not in wanted)]:
        subject, place = f"{table}.{name}", _made(catalog, table, name)
        one, other = wanted.get(name), live.get(name)
        if one is None or other is None:
            shown = one or other
            assert shown is not None
            word = f", classified '{shown.classification}'" if shown.classification else ""
            there = f"there, {shown.type}{'' if shown.nullable else ' NOT NULL'}{word}"
            pair = ("not there", there) if one is None else (there, "not there")
            yield Difference("column", subject, *pair, place)
            continue
        if one.type != other.type:
            yield Difference("type", subject, one.type, other.type, place)
        if one.nullable != other.nullable and name not in key:
            yield Difference("nullability", subject, _null(one), _null(other), place)
        if one.classification != other.classification:
            words = [f"'{each}'" if each else "none" for each in (one.classification, other.classification)]
            yield Difference("classification", subject, words[0], words[1], place)
    # A column of another type, or NOT NULL unlike before, was made anew, and stands last because of that.
    same = {name for name in wanted if name in live and is_same(wanted[name], live[name], key)}
    common = [each.name for each in mine if each.name in same], [each.name for each in theirs if each.name in same]
    if common[0] != common[1]:
        shown_names = [", ".join(f"`{name}`" for name in names) for names in common]
        yield Difference("order", table, shown_names[0], shown_names[1], _made(catalog, table))
    elif len(mine) != len(live) and len(theirs) != len(live):
        yield Difference("column", table, f"{len(mine)} columns", f"{len(theirs)} columns", _made(catalog, table))


def is_same(one: LiveColumn, other: LiveColumn, key: tuple[str, ...]) -> bool:
    """Whether a column is declared as before; the server calls a column of the key nullable, whatever it is."""
    return one.type == other.type and (one.nullable == other.nullable or one.name in key)


def _null(column: LiveColumn) -> str:
    return "NULL" if column.nullable else "NOT NULL"


def _policies(
    wanted: Mapping[str, LivePolicy], live: Mapping[str, LivePolicy], catalog: Catalog
) -> Iterator[Difference]:
    objects = catalog.named(ObjectKind.MASKING_POLICY)
    for name in sorted({*wanted, *live}):
        one, other = wanted.get(name), live.get(name)
        made = objects.get(name)
        place = made.made if made is not None else None
        if one is None or other is None or not one.is_like(other):
            shown = [f"there, {each}" if each is not None else "not there" for each in (one, other)]
            yield Difference("policy", name, shown[0], shown[1], place)


def _attachments(
    wanted: Mapping[tuple[str, str], str], live: Mapping[tuple[str, str], str], catalog: Catalog
) -> Iterator[Difference]:
    for where in sorted({*wanted, *live}):
        one, other = wanted.get(where), live.get(where)
        if one != other:
            shown = [f"masked by `{each}`" if each is not None else "not masked" for each in (one, other)]
            yield Difference("attachment", ".".join(where), shown[0], shown[1], _made(catalog, *where))
