"""Which literals are secrets: by the name of their column, by the name beside them, by their look."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis.strategies import from_regex, sampled_from

from kmblint.schema.predicate import Text
from kmblint.schema.secrets import _NAMED, is_secret, is_secret_name, key_in, keys_in, may_name_a_secret, secrets_in
from kmblint.text import Span
from tests.sql_catalog import changes


def found(sql: str) -> list[str]:
    return [sql[secret.span.start : secret.span.end] for change in changes(sql) for secret in secrets_in(change, ())]


@pytest.mark.parametrize(
    "column",
    [
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "password_plaintext",
        *(f"{of}_pass" for of in ("db", "smtp", "ftp", "sftp", "ldap", "admin", "user")),
        *(f"{of}_key" for of in ("access", "secret", "private", "encryption", "auth", "master", "service", "shared")),
        *(f"{of}Token" for of in ("access", "auth", "api", "bearer", "session", "bot", "deploy", "oauth", "personal")),
        "webhook-key",
        "db.password",
        "credential",
        "apikey",
        "smtp_password",
        "apiKey",
        "api_key",
        "client_secret",
        "SIGNING_KEY",
        "refreshToken",
        "credentials",
        "db_pass",
        "passcode",
        "password_plain",
    ],
)
def test_the_column_says_so(column: str) -> None:
    assert found(f"UPDATE t SET \"{column}\" = 'k9-Lm2-77pq-0x' WHERE id = 1") == ["'k9-Lm2-77pq-0x'"]


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO t (id, token) VALUES (1, {})",
        "INSERT INTO t (id, name) VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET token = {}",
        "UPDATE t SET name = 'a', token = {} WHERE id = 1",
        "INSERT INTO settings (name, value) VALUES ('smtp_password', {})",
        "UPDATE settings SET value = {} WHERE name = 'smtp_password'",
    ],
)
def test_wherever_a_value_is_written(sql: str) -> None:
    assert found(sql.format("'k9-Lm2-77pq-0x'")) == ["'k9-Lm2-77pq-0x'"]


@pytest.mark.parametrize(
    "column",
    [
        "password_hash",
        "password_reset_at",
        "token_type",
        "secretary",
        "primary_key",
        "api_key_id",
        "keyboard",
        "boarding_pass",
        "bypass",
    ],
)
def test_the_column_is_about_something_else(column: str) -> None:
    assert found(f"UPDATE t SET {column} = 'k9-Lm2-77pq-0x' WHERE id = 1") == []


@pytest.mark.parametrize(
    "value",
    [
        "",
        "****",
        "none",
        "Disabled",
        "$2b$12$abcdefghijk",
        "vault:kv/x",
        "${PASSWORD}",
        "d41d8cd98f00b204e9800998ecf8427e",
    ],
)
def test_the_value_is_no_secret(value: str) -> None:
    assert found(f"UPDATE t SET password = '{value}' WHERE id = 1") == []


def test_a_bare_digest_is_a_hash_of_a_password_but_a_key() -> None:
    digest = "d41d8cd98f00b204e9800998ecf8427e"
    assert found(f"UPDATE t SET api_key = '{digest}', user_password = '{digest}' WHERE id = 1") == [f"'{digest}'"]
    assert found(f"UPDATE s SET value = '{digest}' WHERE name = 'encryption_key'") == [f"'{digest}'"]


@pytest.mark.parametrize(
    "word",
    [
        "none", "null", "n/a", "unset", "disabled", "enabled", "locked", "invalid", "removed", "redacted", "expired",
        "revoked", "required", "pending", "unknown", "bearer", "basic", "optional", "empty", "missing", "deleted",
    ],
)  # fmt: skip
def test_a_word_about_a_secret_is_none(word: str) -> None:
    """Whatever people write where there is no password, or no longer one."""
    assert found(f"UPDATE t SET password = '{word.upper()}' WHERE id = 1") == []


@pytest.mark.parametrize("column", ["value", "val", "setting_value", "config_value", "VALUE", "settingValue"])
def test_a_table_of_settings_has_its_values_in_a_column_that_says_so(column: str) -> None:
    assert found(f"INSERT INTO s (name, {column}) VALUES ('smtp_password', 'hunter22')") == ["'hunter22'"]
    assert found(f"INSERT INTO s (name, {column}_id) VALUES ('smtp_password', 'hunter22')") == []


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("INSERT INTO t (token) VALUES ('k9-Lm2-77pq-0x')", "t.token: the `token` of `t`"),
        ("INSERT INTO t VALUES (1, 'k9-Lm2-77pq-0x')", "t.password: the `password` of `t`"),
        ("INSERT INTO t (id, token, name) VALUES (1), (2, 'k9-Lm2-77pq-0x')", "t.token: the `token` of `t`"),
        ("INSERT INTO t (name, value) VALUES ('api_key', 'hunter22')", "t.value: the value of `api_key` in `t`?"),
        (
            "UPDATE t SET value = 'hunter22' WHERE id = 1 AND name = 'api_key'",
            "t.value: the value of `api_key` in `t`?",
        ),
        (
            "CREATE TABLE t (id INT DEFAULT 1, note TEXT, token TEXT DEFAULT 'k9-Lm2-77pq-0x')",
            "t.token: the `token` of `t`",
        ),
        ("ALTER TABLE t ADD COLUMN token TEXT DEFAULT 'k9-Lm2-77pq-0x'", "t.token: the `token` of `t`"),
        ("ALTER TABLE t ALTER COLUMN token SET DEFAULT 'k9-Lm2-77pq-0x'", "t.token: the `token` of `t`"),
        ("ALTER TABLE t ADD COLUMN token TEXT", ""),
        ("ALTER TABLE t ALTER COLUMN token DROP DEFAULT", ""),
        ("INSERT INTO t (token) VALUES (12345678901234567890)", ""),
        ("UPDATE t SET token = name || 'k9-Lm2-77pq-0x'", ""),
        ("UPDATE t SET value = 'hunter22' WHERE name <> 'api_key'", ""),
        ("UPDATE t SET value = 'hunter22'", ""),
        ("UPDATE t SET note = 'hunter22' WHERE name = 'api_key'", ""),
        ("INSERT INTO t (name, note) VALUES ('api_key', 'hunter22')", ""),
        ("INSERT INTO t (name, value) VALUES ('host', 'password')", ""),
        ("DELETE FROM t WHERE token = 'k9-Lm2-77pq-0x'", ""),
    ],
)
def test_what_is_said_of_a_secret(sql: str, told: str) -> None:
    """Whose it is; `?` behind it where only the name beside it tells."""
    secrets = [each for change in changes(sql) for each in secrets_in(change, ("id", "password"))]
    assert ", ".join(f"{each.subject}: {each.what}{'' if each.sure else '?'}" for each in secrets) == told


@pytest.mark.parametrize(
    ("column", "value", "secret"),
    [
        ("password", "aba", False), ("password", "abc", True), ("password", "correct horse", False),
        ("token", "abcdefghijkl", False), ("token", "abcdefghijk1", True), ("token", "abcdefghij1", False),
        ("refresh_token", "abcdefghijkl", False), ("api_key", "abcdefghij", True), ("api_key", "X-Api-Key", False),
        ("api_key", "X-api-key", True), ("api_key", " Bearer ", False), ("password", "{SSHA}abcdef", False),
        ("password", "sha256:abcdef", False), ("password", "bcrypt$abcdef", False), ("password", "argon2id$abc", False),
        ("password", "pbkdf2_sha256", False), ("password", "md5abcdef", True), ("password", "<from the vault>", False),
        ("password", "%PASSWORD%", False), ("password", "{{ password }}", False), ("password", "%PASSWORD", True),
        *(("password", f"{where}:a/b", False) for where in (
            "vault", "env", "ref", "kms", "secret", "arn", "ssm", "file", "op", "gcp", "aws", "azure",
        )),
        ("password", "aws/db", False), ("password", "vaults:a", True),
        ("pwd", "d41d8cd98f00b204e9800998ecf8427e", False),
        ("password", "d41d8cd98f00b204e9800998ecf8427", True), ("name", "k9-Lm2-77pq-0x", False),
    ],
)  # fmt: skip
def test_which_value_of_a_column_is_a_secret(column: str, value: str, secret: bool) -> None:
    assert is_secret("t", column, Text(value, Span(0, 0))) is secret


def test_where_keys_stand_in_a_text() -> None:
    text = "first AKIAIOSFODNN7EXAMPLE, then xoxb-123456789012 and no more"
    assert [text[span.start : span.end] for span in keys_in(text)] == ["AKIAIOSFODNN7EXAMPLE", "xoxb-123456789012"]
    assert key_in(text, 100) == Span(106, 126)


def test_a_setting_is_known_by_the_name_beside_it() -> None:
    assert found("INSERT INTO s (name, value) VALUES ('smtp_password', 'hunter22'), ('host', 'mail.example')") == [
        "'hunter22'"
    ]
    assert found("UPDATE s SET value = 'hunter22' WHERE name = 'smtp_password'") == ["'hunter22'"]
    assert found("UPDATE s SET value = 'hunter22' WHERE name = 'smtp_host'") == []


@pytest.mark.parametrize(
    "text",
    ["AKIAIOSFODNN7EXAMPLE", "ghp_" + "a1" * 18, "whsec_" + "Ab3" * 8, "-----BEGIN PRIVATE KEY-----", "redis://:x@h",
     "amqp://app:pa55word@mq.example:5672/v", "host=db.example user=app password=hunter22"],
)  # fmt: skip
def test_keys_are_known_by_their_look(text: str) -> None:
    expected = not text.startswith("redis://:x")
    assert (key_in(f"see {text} here", 100) is not None) is expected


@pytest.mark.parametrize(
    "text",
    [
        "risk-assessment-of-the-department-for-all",
        "https://lab.example:8443/results@1",
        "mailto:a@b.example",
        "host=db.example user=app password=${DB_PASSWORD}",
        "a" * 50_000,
    ],
)
def test_ordinary_texts_are_no_keys(text: str) -> None:
    assert key_in(text, 0) is None


@given(from_regex(f"[A-Za-z_.-]{{0,3}}{_NAMED.pattern}", fullmatch=True), sampled_from((str, str.upper, str.title)))
def test_where_no_part_of_a_name_stands_none_is_a_secret(name: str, spelt: Callable[[str], str]) -> None:
    name = spelt(name)
    assert may_name_a_secret(f'INSERT INTO t (id, "{name}") VALUES') or not is_secret_name(name)
