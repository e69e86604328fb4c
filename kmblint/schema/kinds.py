"""The kinds of things that a schema has names for, and what holds of each: a new kind of object is a line here."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class ObjectKind(StrEnum):
    """What a name names, as messages say it; in upper case, as SQL does."""

    TABLE = "table"
    COLUMN = "column"
    INDEX = "index"
    CONSTRAINT = "constraint"

    MASKING_POLICY = "masking policy"
    MASK = "mask"
    ROLE = "role"
    USER = "user"

    ACCESS_METHOD = "access method"
    AGGREGATE = "aggregate"
    CAST = "cast"
    COLLATION = "collation"
    CONSTRAINT_TRIGGER = "constraint trigger"
    CONVERSION = "conversion"
    DATABASE = "database"
    DOMAIN = "domain"
    EVENT = "event"
    EVENT_TRIGGER = "event trigger"
    EXTENSION = "extension"
    FOREIGN_DATA_WRAPPER = "foreign data wrapper"
    FOREIGN_TABLE = "foreign table"
    FUNCTION = "function"
    GROUP = "group"
    LANGUAGE = "language"
    MACRO = "macro"
    MATERIALIZED_VIEW = "materialized view"
    OPERATOR = "operator"
    OPERATOR_CLASS = "operator class"
    OPERATOR_FAMILY = "operator family"
    OWNED = "owned"
    PACKAGE = "package"
    POLICY = "policy"
    PROCEDURE = "procedure"
    PUBLICATION = "publication"
    ROUTINE = "routine"
    RULE = "rule"
    SCHEMA = "schema"
    SEQUENCE = "sequence"
    SERVER = "server"
    STAGE = "stage"
    STATISTICS = "statistics"
    STREAM = "stream"
    SUBSCRIPTION = "subscription"
    SYNONYM = "synonym"
    TABLESPACE = "tablespace"
    TASK = "task"
    TENANT = "tenant"
    TEXT_SEARCH_CONFIGURATION = "text search configuration"
    TEXT_SEARCH_DICTIONARY = "text search dictionary"
    TEXT_SEARCH_PARSER = "text search parser"
    TEXT_SEARCH_TEMPLATE = "text search template"
    TRANSFORM = "transform"
    TRIGGER = "trigger"
    TYPE = "type"
    USER_MAPPING = "user mapping"
    VIEW = "view"

    @property
    def is_own(self) -> bool:
        """Whether Kimberlite has it; what it hasn't is known by its name alone."""
        return self in _OWN

    @property
    def is_readable(self) -> bool:
        """Whether a query reads it like a table."""
        return self in _READABLE

    @property
    def is_repeatable(self) -> bool:
        """Whether CREATE of a name that is there makes another, or replaces the first, without a word."""
        return self in _REPEATABLE

    @property
    def shares_names(self) -> bool:
        """Whether several of one name stand beside each other: one a table, or one a list of arguments."""
        return self in _SHARING_NAMES

    @property
    def is_of_table(self) -> bool:
        """Whether it belongs to a table, which its CREATE and DROP name."""
        return self in _OF_TABLES

    @property
    def depends(self) -> bool:
        """Whether it goes with what it leans on, where that is dropped with CASCADE."""
        return self in _DEPENDENT

    @property
    def is_accounted_for(self) -> bool:
        """Whether migrations are where it comes from, so that one which none of them makes isn't there."""
        return self in _ACCOUNTED_FOR


_OWN: Final = frozenset({ObjectKind.MASKING_POLICY, ObjectKind.MASK, ObjectKind.ROLE, ObjectKind.USER})
_READABLE: Final = frozenset({ObjectKind.VIEW, ObjectKind.MATERIALIZED_VIEW, ObjectKind.FOREIGN_TABLE})
_REPEATABLE: Final = frozenset({
    ObjectKind.MASK, ObjectKind.USER, ObjectKind.CAST, ObjectKind.OPERATOR, ObjectKind.OPERATOR_CLASS,
    ObjectKind.OPERATOR_FAMILY, ObjectKind.TRANSFORM, ObjectKind.USER_MAPPING, ObjectKind.OWNED,
})  # fmt: skip
_ACCOUNTED_FOR: Final = _OWN - {ObjectKind.USER}
_OF_TABLES: Final = frozenset({ObjectKind.TRIGGER, ObjectKind.CONSTRAINT_TRIGGER, ObjectKind.POLICY, ObjectKind.RULE})
_CALLABLE: Final = frozenset(
    {ObjectKind.FUNCTION, ObjectKind.PROCEDURE, ObjectKind.ROUTINE, ObjectKind.AGGREGATE, ObjectKind.MACRO}
)
_SHARING_NAMES: Final = _OF_TABLES | _CALLABLE | {
    ObjectKind.CAST, ObjectKind.OPERATOR, ObjectKind.OPERATOR_CLASS, ObjectKind.OPERATOR_FAMILY, ObjectKind.TRANSFORM,
    ObjectKind.USER_MAPPING,
}  # fmt: skip
_DEPENDENT: Final = _READABLE | _OF_TABLES | _CALLABLE | {
    ObjectKind.DOMAIN, ObjectKind.SEQUENCE, ObjectKind.STATISTICS, ObjectKind.TYPE,
}  # fmt: skip
