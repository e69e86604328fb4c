"""Which literals are secrets: by the name of their column, by the name beside them, by their look."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis.strategies import from_regex, sampled_from

from kmblint.schema.secrets import _NAMED, is_secret_name, key_in, may_name_a_secret, secrets_in
from tests.sql_catalog import changes


def found(sql: str) -> list[str]:
    return [sql[secret.span.start : secret.span.end] for change in changes(sql) for secret in secrets_in(change, ())]


@pytest.mark.parametrize(
    "column",
    [
        "password",
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
