"""A masking policy that masks nothing at the end of the history."""

from __future__ import annotations

from collections.abc import Iterator

from kmblint.findings import Finding
from kmblint.replay.steps import Replay
from kmblint.schema.kinds import ObjectKind


def check(replay: Replay) -> Iterator[Finding]:
    """Each of them, where it was made."""
    catalog = replay.end
    attached = {policy for table in catalog.tables.values() for policy, _ in table.policies.values()}
    attached |= {policy for policy, _ in catalog.attachments.values()}
    for policy in catalog.named(ObjectKind.MASKING_POLICY).values():
        if policy.name not in attached and policy.made.file in replay.history.by_file:
            yield Finding(
                policy.made,
                f"masking policy `{policy.name}` is attached to no column at the end of the history: it masks nothing",
                help=f"attach it: ALTER TABLE … ALTER COLUMN … SET MASKING POLICY {policy.name}\n"
                f"or drop it: DROP MASKING POLICY {policy.name}",
                subject=policy.name,
            )
