"""What functions do beside computing, that a query may call in any database: most make and change nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_COMPUTING: Final = """
abs age any_value array array_agg array_append array_cat array_length array_position array_remove array_to_string
ascii asin atan atan2 avg bit_and bit_length bit_or bool_and bool_or btrim cardinality cast cbrt ceil ceiling char
char_length character_length charindex checksum chr clock_timestamp coalesce col_description collate concat
concat_ws convert cos count cume_dist curdate current_database current_date current_role current_schema
current_schemas current_setting current_time current_timestamp current_user curtime database date date_add date_bin
date_format date_part date_sub date_trunc dateadd datediff datepart datetime day dayofmonth dayofweek decode degrees
dense_rank div encode every exists exp extract field find_in_set first_value floor format format_type found_rows
from_unixtime gen_random_uuid generate_series generate_subscripts getdate greatest group_concat grouping
has_column_privilege has_schema_privilege has_table_privilege hashbytes hex hour if ifnull iif initcap instr isnull
json json_agg json_array json_array_elements json_array_length json_arrayagg json_build_array json_build_object
json_contains json_each json_extract json_extract_path json_extract_path_text json_object json_object_agg
json_object_keys json_type json_typeof json_unquote json_valid jsonb_agg jsonb_array_elements
jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text
jsonb_extract_path jsonb_object_agg jsonb_object_keys jsonb_set jsonb_typeof julianday justify_days lag last_day
last_insert_id last_value lcase lead least left len length listagg ln localtime localtimestamp locate log log10 log2
lower lpad ltrim make_date make_interval make_timestamp max md5 median mid min minute mod month monthname newid now
nth_value ntile nullif num_nonnulls num_nulls nvl obj_description object_id octet_length overlay percent_rank
percentile_cont percentile_disc pg_backend_pid pg_column_size pg_database_size pg_get_constraintdef pg_get_expr
pg_get_indexdef pg_get_serial_sequence pg_get_viewdef pg_is_in_recovery pg_relation_size pg_size_pretty
pg_table_is_visible pg_table_size pg_total_relation_size pg_typeof pi position pow power quarter quote quote_ident
quote_literal radians rand random rank regexp_like regexp_match regexp_matches regexp_replace regexp_split_to_array
regexp_split_to_table regexp_substr repeat replace reverse right round row row_count row_number row_to_json rpad
rtrim schema second session_user sha1 sha2 sha224 sha256 sha384 sha512 sign sin space split_part sqrt stddev
stddev_pop stddev_samp str_to_date strftime string_agg string_to_array strpos substr substring substring_index sum
sysdate sysdatetime system_user tan time timediff timestamp timestampdiff to_char to_date to_json to_jsonb to_number
to_regclass to_regproc to_regrole to_regtype to_timestamp total translate trim trunc truncate try_cast txid_current
typeof ucase unhex unix_timestamp unixepoch unnest upper user uuid uuid_generate_v1 uuid_generate_v4
uuid_generate_v5 uuidv4 uuidv7 values var_pop var_samp variance version week weekday width_bucket year
"""
_CHANGING: Final = """
currval dblink_exec get_lock lastval lo_creat lo_create lo_import lo_unlink nextval pg_advisory_lock
pg_advisory_unlock pg_advisory_unlock_all pg_advisory_xact_lock pg_cancel_backend pg_logical_emit_message pg_notify
pg_reload_conf pg_sleep pg_stat_reset pg_terminate_backend pg_try_advisory_lock pg_try_advisory_xact_lock
release_lock set_config setseed setval sleep
"""
_WORDS: Final = """
all any array as cube exists filter in interval lateral materialized not on over partition pivot rollup row sets some
tablesample union unpivot using values within
"""
"""What may stand before a parenthesis and is no function; where another parser read the query, it looks like one."""
_COMPUTES: Final = frozenset((*_COMPUTING.split(), *_WORDS.split()))
_CHANGES_NO_OBJECT: Final = frozenset(_CHANGING.split())
"""What they change are rows, settings, sequences, locks and sessions."""


def effect_of(called: Iterable[str]) -> tuple[str, bool] | None:
    """The first of these functions that may do more than compute, and whether it can make, change or drop an object.

    None where all of them only compute. One that nobody knows may do anything.
    """
    others = [name for name in called if name.rpartition(".")[2].casefold() not in _COMPUTES]
    unknown = [name for name in others if name.rpartition(".")[2].casefold() not in _CHANGES_NO_OBJECT]
    if unknown:
        return unknown[0], True
    return (others[0], False) if others else None
