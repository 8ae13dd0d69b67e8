"""What all tests share: those that need a real client say so with `@pytest.mark.client`.

`--hypothesis-profile thorough` looks longer for what breaks a property; `.ci/run` does.
"""

from __future__ import annotations

from hypothesis import settings

from hosts.clients import pytest_runtest_setup

settings.register_profile("thorough", max_examples=2000, deadline=None)

__all__ = ["pytest_runtest_setup"]
