"""Kimberlite's own statements."""

from __future__ import annotations

import pytest

from kmblint.schema.changes import (
    AddMask,
    AttachPolicy,
    CreateObject,
    DetachPolicy,
    DropObject,
    Grant,
    Read,
    SetClassification,
)
from kmblint.schema.kinds import ObjectKind
from tests.sql.conftest import Changes, ProblemOf, cut_out


@pytest.mark.parametrize(
    ("strategy", "read"),
    [
        ("REDACT_SSN", "REDACT_SSN"),
        ("hash", "HASH"),
        ("TRUNCATE 4", "TRUNCATE 4"),
        ("REDACT_CUSTOM '*'", "REDACT_CUSTOM '*'"),
    ],
)
def test_masking_policy(changes: Changes, strategy: str, read: str) -> None:
    """The strategy with its argument, and the roles without their quotes."""
    (change,) = changes(f"CREATE MASKING POLICY p STRATEGY {strategy} EXEMPT ROLES ('clinician', 'billing desk')")
    assert isinstance(change, CreateObject)
    assert (change.kind, str(change.name), change.strategy) == (ObjectKind.MASKING_POLICY, "p", read)
    assert [role.text for role in change.roles] == ["clinician", "billing desk"]


def test_masking_policy_without_roles_is_still_a_policy(changes: Changes) -> None:
    """That Kimberlite refuses it is the target's to say."""
    (change,) = changes("CREATE MASKING POLICY p STRATEGY HASH")
    assert isinstance(change, CreateObject)
    assert change.roles == ()


def test_policies_of_columns(changes: Changes) -> None:
    """The action's span begins at ALTER COLUMN."""
    sql = "ALTER TABLE patients ALTER COLUMN ssn SET MASKING POLICY p"
    (attached,) = changes(sql)
    assert isinstance(attached, AttachPolicy)
    assert (attached.table.text, attached.column.text, attached.policy.text) == ("patients", "ssn", "p")
    assert cut_out(sql, attached.span) == "ALTER COLUMN ssn SET MASKING POLICY p"
    (detached,) = changes("ALTER TABLE patients ALTER COLUMN ssn DROP MASKING POLICY")
    assert isinstance(detached, DetachPolicy)


def test_classification(changes: Changes) -> None:
    """The label without its quotes."""
    (change,) = changes("ALTER TABLE patients MODIFY COLUMN ssn SET CLASSIFICATION 'PHI'")
    assert isinstance(change, SetClassification)
    assert (change.table.text, change.column.text, change.classification) == ("patients", "ssn", "PHI")


def test_masks(changes: Changes) -> None:
    """Table and column each have their own place."""
    sql = 'CREATE MASK m ON "patients".phone USING REDACT'
    (change,) = changes(sql)
    assert isinstance(change, AddMask)
    assert (change.table.text, change.column.text, change.strategy) == ("patients", "phone", "REDACT")
    assert cut_out(sql, change.column.span) == "phone"
    (dropped,) = changes("DROP MASK IF EXISTS m")
    assert isinstance(dropped, DropObject)
    assert (dropped.kind, dropped.if_exists) == (ObjectKind.MASK, True)


def test_roles_users_and_drops(changes: Changes) -> None:
    """A guard is kept, and so is the role of a user; a password is not."""
    (role,) = changes("CREATE ROLE IF NOT EXISTS r LOGIN")
    assert isinstance(role, CreateObject)
    assert (role.kind, role.if_not_exists) == (ObjectKind.ROLE, True)
    sql = "CREATE USER u WITH PASSWORD 'secret' ROLE admin"
    (user,) = changes(sql)
    assert isinstance(user, CreateObject)
    assert (user.kind, [role.text for role in user.roles]) == (ObjectKind.USER, ["admin"])
    assert "secret" not in repr(user)
    for sql, kind in (("DROP ROLE r", ObjectKind.ROLE), ("DROP MASKING POLICY p", ObjectKind.MASKING_POLICY)):
        (dropped,) = changes(sql)
        assert isinstance(dropped, DropObject)
        assert dropped.kind is kind


def test_grant_and_revoke(changes: Changes) -> None:
    """Column lists are read past, tables and roles each named."""
    (grant,) = changes("GRANT SELECT, UPDATE (a, b) ON TABLE t, u TO x, y")
    assert isinstance(grant, Grant)
    assert grant.privileges == ("SELECT", "UPDATE")
    assert [table.text for table in grant.tables] == ["t", "u"]
    assert [role.text for role in grant.roles] == ["x", "y"]
    (revoke,) = changes("REVOKE ALL ON t FROM x")
    assert isinstance(revoke, Grant)
    assert revoke.revoked


@pytest.mark.parametrize(
    ("sql", "table"), [("SHOW COLUMNS FROM t", "t"), ("SHOW CLASSIFICATIONS FOR t", "t"), ("SHOW TABLES", None)]
)
def test_show(changes: Changes, sql: str, table: str | None) -> None:
    """SHOW reads the table that it names."""
    (change,) = changes(sql)
    assert isinstance(change, Read)
    assert change.word == "SHOW"
    assert [name.text for name in change.tables] == ([table] if table else [])


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("CREATE MASKING POLICY p STRATGY HASH", "STRATGY"),
        ("CREATE MASK m ON patients USING REDACT", "USING"),
        ("ALTER TABLE t MODIFY COLUMN c SET CLASSIFICATION PHI", "PHI"),
        ("DROP MASK", "MASK"),
        ("GRANT SELECT ON t", "t"),
    ],
)
def test_broken_forms_are_pointed_at(problem: ProblemOf, sql: str, words: str) -> None:
    """The token that can't stand there, or the last one where something is missing."""
    assert problem(sql)[1] == words
