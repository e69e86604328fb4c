"""Column types as they are written, and the families that they fall into."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec


class Family(StrEnum):
    """What kind of value a type holds."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    TEXT = "text"
    BYTES = "bytes"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timestamp"
    UUID = "uuid"
    JSON = "json"
    OTHER = "other"


_OTHER: Final = Family.OTHER
_FAMILIES: Final = {
    Family.INTEGER: "TINYINT SMALLINT MEDIUMINT INTEGER BIGINT",
    Family.DECIMAL: "DECIMAL MONEY",
    Family.FLOAT: "REAL FLOAT DOUBLE",
    Family.TEXT: "TEXT VARCHAR CHAR CLOB CITEXT TINYTEXT MEDIUMTEXT LONGTEXT",
    Family.BYTES: "BLOB BYTEA BYTES BINARY VARBINARY TINYBLOB MEDIUMBLOB LONGBLOB",
    Family.BOOLEAN: "BOOLEAN",
    Family.DATE: "DATE",
    Family.TIME: "TIME TIMETZ",
    Family.TIMESTAMP: "TIMESTAMP TIMESTAMPTZ DATETIME",
    Family.UUID: "UUID",
    Family.JSON: "JSON JSONB",
}
_OTHER_NAMES: Final = {
    "SMALLINT": ("INT2", "SMALLSERIAL", "SERIAL2"),
    "INTEGER": ("INT", "INT4", "SERIAL", "SERIAL4"),
    "BIGINT": ("INT8", "BIGSERIAL", "SERIAL8"),
    "DECIMAL": ("NUMERIC", "DEC", "FIXED"),
    "REAL": ("FLOAT4",),
    "DOUBLE": ("FLOAT8", "DOUBLE PRECISION"),
    "BOOLEAN": ("BOOL",),
    "TEXT": ("STRING",),
    "VARCHAR": ("CHARACTER VARYING", "CHAR VARYING", "NVARCHAR"),
    "CHAR": ("CHARACTER", "BPCHAR", "NCHAR"),
    "TIME": ("TIME WITHOUT TIME ZONE",),
    "TIMETZ": ("TIME WITH TIME ZONE",),
    "TIMESTAMP": ("TIMESTAMP WITHOUT TIME ZONE",),
    "TIMESTAMPTZ": ("TIMESTAMP WITH TIME ZONE",),
}
"""The usual name of a type, and its others (PostgreSQL's table 8.1, MySQL's manual)."""
_USUAL: Final = {name: usual for usual, names in _OTHER_NAMES.items() for name in names}
_FAMILY_OF: Final = {
    name: family
    for family, usuals in _FAMILIES.items()
    for usual in usuals.split()
    for name in (usual, *_OTHER_NAMES.get(usual, ()))
}
_INTEGER_BITS: Final = {"TINYINT": 8, "SMALLINT": 16, "MEDIUMINT": 24, "INTEGER": 32, "BIGINT": 64}


class DataType(msgspec.Struct, frozen=True):
    """A type as a column declares it: `VARCHAR(20)` is name `VARCHAR`, arguments `(20,)`."""

    name: str
    """Upper case, words joined by one space."""
    arguments: tuple[int, ...] = ()
    array: bool = False

    def __str__(self) -> str:
        inner = f"({','.join(map(str, self.arguments))})" if self.arguments else ""
        head, _, rest = self.name.partition(" ")
        if inner and rest and head in {"TIME", "TIMESTAMP"}:
            return f"{head}{inner} {rest}{'[]' if self.array else ''}"
        return f"{self.name}{inner}{'[]' if self.array else ''}"

    @property
    def family(self) -> Family:
        """What kind of value it holds; `OTHER` for arrays and types that nobody knows."""
        return _OTHER if self.array else _FAMILY_OF.get(self.name, _OTHER)

    @property
    def canonical(self) -> DataType:
        """The same type under its usual name: `INT4` and `INTEGER` are one."""
        return msgspec.structs.replace(self, name=self._usual)

    @property
    def _usual(self) -> str:
        return _USUAL.get(self.name, self.name)

    @property
    def integer_range(self) -> tuple[int, int] | None:
        """The smallest and the largest number of an integer type."""
        bits = None if self.array else self._bits
        return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if bits else None

    @property
    def serial(self) -> bool:
        """Whether it is one that numbers the rows by itself, as PostgreSQL's do."""
        return "SERIAL" in self.name

    @property
    def _bits(self) -> int:
        return _INTEGER_BITS.get(self._usual, 0)

    def same_as(self, other: DataType) -> bool:
        """Whether the two are one type under two spellings."""
        return self.canonical == other.canonical

    def matches(self, key: DataType) -> bool:
        """Whether a column of this type can refer to a key of that one: one family, and one width of whole numbers."""
        if self.family is Family.OTHER or key.family is Family.OTHER:
            return self.same_as(key)
        return self.family is key.family and self._bits == key._bits

    def holds_every(self, other: DataType) -> bool:
        """Whether every value of the other type fits into this one (a widening loses nothing)."""
        mine, theirs = self.canonical, other.canonical
        if mine == theirs:
            return True
        if self.family is Family.INTEGER and other.family is Family.INTEGER:
            return self._bits >= other._bits
        if self.family is Family.TEXT:
            if not mine.arguments:
                return mine.name != "CHAR"
            return other.family is Family.TEXT and bool(theirs.arguments) and theirs.arguments[0] <= mine.arguments[0]
        if self.family is Family.DECIMAL:
            return _decimal_holds(mine, theirs)
        if self.family is Family.BYTES and other.family is Family.BYTES:
            return not mine.arguments or (bool(theirs.arguments) and theirs.arguments[0] <= mine.arguments[0])
        if self.family is Family.FLOAT and other.family is Family.FLOAT:
            return mine.name == "DOUBLE" or theirs.name == "REAL"
        return (self.family, other.family) == (Family.TIMESTAMP, Family.DATE) or (
            self.family is other.family and self.family in {Family.TIMESTAMP, Family.TIME, Family.JSON}
        )


def _decimal_holds(mine: DataType, theirs: DataType) -> bool:
    if not mine.arguments:
        return theirs.family in {Family.DECIMAL, Family.INTEGER}
    precision, scale = (*mine.arguments, 0)[:2]
    if theirs.family is Family.INTEGER:
        low, _ = theirs.integer_range or (0, 0)
        return precision - scale >= len(str(-low))
    if theirs.family is Family.DECIMAL and theirs.arguments:
        old_precision, old_scale = (*theirs.arguments, 0)[:2]
        return scale >= old_scale and precision - scale >= old_precision - old_scale
    return False
