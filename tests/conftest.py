"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

# Machines that run these tests are often busy: an example's time is no property of the code.
settings.register_profile("yinde", deadline=None)
settings.load_profile("yinde")
