"""What holds of every test: properties are judged by what they find, never by how fast the machine is."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A loaded machine is slow for no fault of ours: neither one slow example nor slow generation is a failure.
settings.register_profile("kmblint", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("kmblint")
