"""The releases of the engine that there are facts of."""

from __future__ import annotations

from typing import Final

from kmblint.targets.kimberlite.release_0_9_1 import RELEASE_0_9_1

RELEASES: Final = {facts.engine: facts for facts in (RELEASE_0_9_1,)}
"""By the number of the release."""
