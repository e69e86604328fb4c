"""What ended with an internal error, took minutes, or broke another promise before, made small by hand or machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TEXTS: Final[Mapping[str, bytes]] = {
    "invisible characters alone": "\u200b".encode(),
    "a number of thousands of digits": b"INSERT INTO t (id) VALUES (" + b"9" * 5000 + b");",
    "a LIMIT of thousands of digits": b"SELECT 1 LIMIT " + b"8" * 5000 + b";",
    "a type of thousands of digits": b"CREATE TABLE t (id DECIMAL(" + b"1" * 5000 + b", 2));",
    "casts in a row": b"UPDATE t SET n = 1" + b"::bigint" * 1000 + b";",
    "a key of thousands of digits": b"UPDATE t SET n = 1 WHERE id = 1" + b"0" * 5000 + b";",
    "brackets just over the limit": b"SELECT " + b"(" * 101 + b"1" + b")" * 101 + b";",
    "a placeholder that is broken off": b"UPDATE t SET n = :",
    "a placeholder without a name": b"DELETE FROM t WHERE n IN (1, $); INSERT INTO t (n) VALUES (:)",
    "a sub-query that selects nothing": b"SELECT a FROM t WHERE EXISTS (VALUES (1)) OR a IN (SELECT FROM t);",
    "a key that no store holds": b"CREATE TABLE t (id BIGINT PRIMARY KEY, e TEXT);\n"
    b"INSERT INTO t (id, e) VALUES (9223372036854775808, ''), (-9223372036854775809, '');\nDELETE FROM t;",
    "a decimal key that no store holds": b"CREATE TABLE t (id DECIMAL(9, 2) PRIMARY KEY, e TEXT);\n"
    b"INSERT INTO t (id, e) VALUES ('" + b"9" * 60 + b"', '');\nUPDATE t SET e = 'x' WHERE id > 1.5;\nDELETE FROM t;",
    "a table option that is broken off": b"CREATE TABLE t i =",
    "an index that no statement of down drops": b"EATE ABLE insurers ;CREATE INDEX n ON insurers(n);REATE patients\n"
    b"-- Down Migration\nALTER TABLE patients DROP C",
    "words of which none opens a statement": b"tabel creat altre " * 500,
}
HISTORIES: Final[Mapping[str, Mapping[str, bytes]]] = {
    "nothing but a file that failed": {
        "0001_a.sql": b"-- Failed: why\nCREATE TABLE wards (id BIGINT PRIMARY KEY);\nDROP TABLE beds;",
    },
}
"""File → content."""
