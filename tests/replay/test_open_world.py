"""Under the guide, whose contract is any database's, what the history can't tell isn't called wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmblint import targets
from kmblint.replay.replayer import replay
from tests.rules_at_hand import history

WARDS = "CREATE TABLE wards (id BIGINT PRIMARY KEY, floor BIGINT UNIQUE, CHECK (floor > 0));"
BEDS = "CREATE TABLE beds (id BIGINT PRIMARY KEY, ward_id BIGINT REFERENCES wards (id));"
TOUCHED = "FOR EACH ROW EXECUTE FUNCTION touched();"


def refused(root: Path, sql: str, target: str = "guide") -> list[str]:
    """The statements of a migration that the catalogue holds something against."""
    found = replay(history(root, {"0001_step.sql": sql}), targets.get(target))
    steps = (step for step in found.steps if step.conflicts)
    return [step.migration.source.text[step.statement.span.start : step.statement.span.end] for step in steps]


@pytest.mark.parametrize(
    "sql",
    [
        # names that several objects have
        WARDS + BEDS + f"CREATE TRIGGER touch BEFORE UPDATE ON wards {TOUCHED} CREATE TRIGGER touch BEFORE UPDATE ON "
        f"beds {TOUCHED}",
        WARDS + BEDS + "CREATE POLICY own ON wards USING (true); CREATE POLICY own ON beds USING (true);",
        WARDS + BEDS + "CREATE RULE r AS ON DELETE TO wards DO INSTEAD NOTHING; CREATE RULE r AS ON DELETE TO beds DO "
        "INSTEAD NOTHING;",
        WARDS + f"CREATE TRIGGER touch BEFORE UPDATE ON wards {TOUCHED} DROP TRIGGER touch ON wards; "
        f"CREATE TRIGGER touch BEFORE INSERT ON wards {TOUCHED}",
        WARDS + f"CREATE TRIGGER touch BEFORE UPDATE ON wards {TOUCHED} DROP TABLE wards;" + WARDS
        + f"CREATE TRIGGER touch BEFORE UPDATE ON wards {TOUCHED}",
        ("CREATE FUNCTION total(a int) RETURNS int AS 'select a' LANGUAGE sql; CREATE FUNCTION total(a bigint) RETURNS "
        "bigint AS 'select a' LANGUAGE sql;"),
        ("CREATE FUNCTION total(a int) RETURNS int AS 'select a' LANGUAGE sql; DROP FUNCTION total(int); "
        "CREATE FUNCTION total(a int) RETURNS int AS 'select a + 1' LANGUAGE sql;"),
        # tables of triggers and policies
        "CREATE VIEW v AS SELECT 1; CREATE TRIGGER t INSTEAD OF INSERT ON v " + TOUCHED,
        "CREATE POLICY own ON storage.objects USING (true); CREATE TRIGGER t AFTER INSERT ON auth.users " + TOUCHED,
        "CREATE TRIGGER t ON DATABASE FOR CREATE_TABLE AS PRINT 'x';",
        # names of a schema, and in another case
        WARDS + "ALTER TABLE public.wards ADD COLUMN wing TEXT; UPDATE wards SET wing = 'east' WHERE id = 1;",
        WARDS.replace("wards", "public.wards") + "ALTER TABLE wards ADD COLUMN wing TEXT; SELECT wing FROM wards;",
        WARDS + 'ALTER TABLE "public"."wards" RENAME COLUMN floor TO storey; UPDATE wards SET storey = 1 WHERE id = 1;',
        WARDS + "CREATE INDEX by_floor ON wards (floor); DROP INDEX public.by_floor;",
        WARDS + "ALTER TABLE WARDS RENAME COLUMN Floor TO storey; UPDATE Wards SET storey = 1 WHERE ID = 1;",
        "CREATE TYPE public.mood AS ENUM ('low'); DROP TYPE mood; CREATE TYPE mood AS ENUM ('high');",
        "DELETE FROM auth.users; SELECT * FROM information_schema.tables; SELECT relname FROM pg_class;",
        "DELETE FROM _sqlx_migrations WHERE version = 1; SELECT version_id FROM goose_db_version;",
        # what others make
        WARDS + "GRANT SELECT ON wards TO anon; REVOKE ALL ON wards FROM authenticated;",
        "CALL install('2026'); DELETE FROM archive;",
        "DO $$ BEGIN CREATE TABLE archive (id int); END $$; INSERT INTO archive (id) VALUES (1);",
        "DO $$ BEGIN EXECUTE 'CREATE TABLE ' || quote_ident(n); END $$; DELETE FROM archive;",
        ("DO $$ BEGIN CREATE TYPE mood AS ENUM ('low'); EXCEPTION WHEN duplicate_object THEN NULL; END $$; "
        "DROP TYPE mood; CREATE TYPE mood AS ENUM ('high');"),
        WARDS + "DO $$ BEGIN ALTER TABLE wards ADD COLUMN wing TEXT; END $$; UPDATE wards SET wing = 'a' WHERE id = 1;",
        WARDS + "DO $$ BEGIN DROP TABLE IF EXISTS wards; END $$;" + WARDS,
        ("CREATE FUNCTION fill() RETURNS void AS $$ CREATE TABLE filled (id int) $$ LANGUAGE sql; SELECT fill(); "
        "DELETE FROM filled;"),
        # columns that come from elsewhere
        WARDS + "CREATE TABLE copies AS SELECT * FROM wards; CREATE INDEX i ON copies (a); UPDATE copies SET b = 1;",
        WARDS + "CREATE TABLE copies (LIKE wards INCLUDING ALL); ALTER TABLE copies DROP CONSTRAINT copies_pkey;",
        WARDS + "CREATE TABLE old_wards (closed DATE) INHERITS (wards); UPDATE old_wards SET floor = 1 WHERE id = 1;",
        # other names behind a statement that isn't followed
        WARDS + "CREATE INDEX a ON wards (floor); ALTER INDEX a RENAME TO b; DROP INDEX b;",
        "CREATE TYPE mood AS ENUM ('low'); ALTER TYPE mood RENAME TO mood_old; CREATE TYPE mood AS ENUM ('high');",
        "CREATE SCHEMA a; CREATE TABLE a.t (id int PRIMARY KEY); ALTER SCHEMA a RENAME TO b; DELETE FROM b.t;",
        "CREATE VIEW v AS SELECT 1; CREATE VIEW w AS SELECT * FROM v; DROP VIEW v CASCADE; CREATE VIEW w AS SELECT 2;",
        # names of what stands beside the table
        WARDS + "WITH n AS (SELECT 1 AS many) UPDATE wards SET floor = many FROM n WHERE many > 0;",
        WARDS + "UPDATE wards SET floor = many FROM (SELECT 1 AS many) AS n WHERE many > 0;",
        "CREATE TABLE t (id BIGINT PRIMARY KEY, place address); UPDATE t SET place.city = 'x' WHERE id = 1;",
        # names that a database gives
        WARDS + "ALTER TABLE wards DROP CONSTRAINT wards_pkey; ALTER TABLE wards DROP CONSTRAINT wards_floor_key;",
        WARDS + "ALTER TABLE wards DROP CONSTRAINT wards_floor_check; ALTER TABLE wards DROP CONSTRAINT wards_check1;",
        WARDS + BEDS + "ALTER TABLE beds RENAME TO places; ALTER TABLE places DROP CONSTRAINT beds_ward_id_fkey;",
        WARDS + BEDS + "ALTER TABLE beds RENAME COLUMN ward_id TO w; ALTER TABLE beds DROP CONSTRAINT "
        "beds_ward_id_fkey;",
        WARDS + BEDS + "ALTER TABLE beds DROP FOREIGN KEY beds_ibfk_1;",
        WARDS + "ALTER TABLE wards DROP CONSTRAINT wards_id_not_null;",
        WARDS + "ALTER TABLE wards RENAME CONSTRAINT wards_floor_key TO one; ALTER TABLE wards DROP CONSTRAINT one;",
        WARDS + BEDS + "ALTER TABLE beds DROP CONSTRAINT beds_ward_id_fkey; ALTER TABLE beds ADD CONSTRAINT "
        "beds_ward_id_fkey FOREIGN KEY (ward_id) REFERENCES wards (id);",
        ("CREATE TABLE t (a INT, b INT, KEY by_a (a), INDEX (b), UNIQUE KEY one_b (b)); DROP INDEX by_a ON t; "
        "ALTER TABLE t DROP KEY b; DROP INDEX one_b ON t;"),
        ("CREATE TABLE t (a INT, CONSTRAINT apart EXCLUDE USING gist (a WITH =), EXCLUDE (a WITH =)); "
        "ALTER TABLE t DROP CONSTRAINT apart; ALTER TABLE t DROP CONSTRAINT t_a_excl;"),
        # what goes with CASCADE
        ("CREATE SCHEMA a; CREATE TABLE a.t (id int); DROP SCHEMA a CASCADE; CREATE TABLE a.t (n int); SELECT n FROM "
        "a.t; UPDATE a.t SET n = 1;"),
        WARDS + "DROP SCHEMA public CASCADE; CREATE SCHEMA public;" + WARDS,
        ("CREATE TYPE mood AS ENUM ('low'); CREATE TABLE t (id int, m mood); DROP TYPE mood CASCADE; ALTER TABLE t ADD "
        "COLUMN m TEXT;"),
        WARDS + "CREATE VIEW v AS SELECT floor FROM wards; ALTER TABLE wards DROP COLUMN floor CASCADE; "
        "CREATE VIEW v AS SELECT id FROM wards;",
    ],
)  # fmt: skip
def test_what_the_history_cannot_tell_is_not_called_wrong(tmp_path: Path, sql: str) -> None:
    assert refused(tmp_path, sql) == []


@pytest.mark.parametrize(
    ("sql", "wrong"),
    [
        (WARDS + f"CREATE TRIGGER touch BEFORE UPDATE ON wards {TOUCHED}" * 2,
         f"CREATE TRIGGER touch BEFORE UPDATE ON wards {TOUCHED}"),
        (WARDS + "CREATE POLICY own ON wards USING (true); CREATE POLICY own ON public.wards USING (false);",
         "CREATE POLICY own ON public.wards USING (false)"),
        (("CREATE FUNCTION f(a int) RETURNS int AS 'select 1' LANGUAGE sql; CREATE FUNCTION f(A INT) RETURNS int AS "
         "'select 2' LANGUAGE sql;"), "CREATE FUNCTION f(A INT) RETURNS int AS 'select 2' LANGUAGE sql"),
        ("CREATE TYPE mood AS ENUM ('low'); CREATE TYPE public.mood AS ENUM ('high');",
         "CREATE TYPE public.mood AS ENUM ('high')"),
        ("CREATE VIEW v AS SELECT 1; CREATE VIEW v AS SELECT 2;", "CREATE VIEW v AS SELECT 2"),
        (WARDS + "DELETE FROM ward;", "DELETE FROM ward"),
        (WARDS + f"CREATE TRIGGER touch BEFORE UPDATE ON ward {TOUCHED}",
         f"CREATE TRIGGER touch BEFORE UPDATE ON ward {TOUCHED}"),
        (WARDS + "CREATE POLICY own ON public.ward USING (true);", "CREATE POLICY own ON public.ward USING (true)"),
        (WARDS + "DELETE FROM public.ward;", "DELETE FROM public.ward"),
        ("CREATE SCHEMA a; CREATE TABLE a.t (id int PRIMARY KEY); DELETE FROM a.s;", "DELETE FROM a.s"),
        (WARDS + "UPDATE public.wards SET flor = 1 WHERE id = 1;", "UPDATE public.wards SET flor = 1 WHERE id = 1"),
        (WARDS + "WITH n AS (SELECT 1 AS many) UPDATE wards SET flor = many FROM n WHERE many > 0;",
         "WITH n AS (SELECT 1 AS many) UPDATE wards SET flor = many FROM n WHERE many > 0"),
        (WARDS + "UPDATE wards SET wards.flor = 1 WHERE id = 1;", "UPDATE wards SET wards.flor = 1 WHERE id = 1"),
        (WARDS + "CREATE TABLE public.wards (id BIGINT PRIMARY KEY);",
         "CREATE TABLE public.wards (id BIGINT PRIMARY KEY)"),
        (WARDS + "DROP TABLE wards; DELETE FROM wards;", "DELETE FROM wards"),
        (WARDS + "CREATE ROLE clerk; DROP ROLE clerk; GRANT SELECT ON wards TO clerk;",
         "GRANT SELECT ON wards TO clerk"),
        (WARDS + "DO $$ BEGIN CREATE TABLE archive (id int); END $$; DELETE FROM archives;", "DELETE FROM archives"),
        (WARDS + "DO $$ BEGIN UPDATE wards SET floor = 1; END $$; DELETE FROM archive;", "DELETE FROM archive"),
        (WARDS + "ALTER TYPE mood ADD VALUE 'high'; DELETE FROM archive;", "DELETE FROM archive"),
        (WARDS + "CREATE INDEX a ON wards (floor); ALTER INDEX a RENAME TO b; DROP INDEX c;", "DROP INDEX c"),
        (WARDS + "ALTER TABLE wards DROP CONSTRAINT wards_flor_key;",
         "ALTER TABLE wards DROP CONSTRAINT wards_flor_key"),
        (WARDS + "ALTER TABLE wards DROP CONSTRAINT wards_floor_key;" + "DROP INDEX wards_floor_key;",
         "DROP INDEX wards_floor_key"),
        ("CREATE TABLE t (a INT, KEY by_a (a)); DROP INDEX by_b ON t;", "DROP INDEX by_b ON t"),
        (("CREATE SCHEMA a; CREATE TABLE a.t (id int); CREATE TABLE t (id int); DROP SCHEMA a CASCADE; CREATE TABLE t "
         "(id int);"), "CREATE TABLE t (id int)"),
    ],
)  # fmt: skip
def test_what_the_history_tells_is_held_against_it(tmp_path: Path, sql: str, wrong: str) -> None:
    assert refused(tmp_path, sql) == [wrong.removesuffix(";")]


@pytest.mark.parametrize(
    "statement", ["DELETE FROM public.wards;", "DELETE FROM WARDS;", "GRANT SELECT ON wards TO anon;"]
)
def test_kimberlite_compares_names_exactly_and_knows_no_other_makers(tmp_path: Path, statement: str) -> None:
    assert refused(tmp_path, WARDS + statement, "kimberlite") == [statement.removesuffix(";")]
