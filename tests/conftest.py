"""What all tests share: those that need a real client say so with `@pytest.mark.client`."""

from __future__ import annotations

from hosts.clients import pytest_runtest_setup

__all__ = ["pytest_runtest_setup"]
