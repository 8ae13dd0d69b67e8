"""What all tests share.

- `@pytest.mark.client("kpt")`: needs a real client. Skipped without it, with the reason.
- `@pytest.mark.slow`: takes a second or more. `--slow` runs these too; `.ci/run` does.
- `--hypothesis-profile thorough` tries more examples; `.ci/run` does.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings

from hosts.clients import pytest_runtest_setup

if TYPE_CHECKING:
    import pytest

# without a deadline and a limit for making examples, a busy machine does not fail a test
_UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("default", _UNTIMED)
settings.register_profile("thorough", _UNTIMED, max_examples=2000)
settings.load_profile("default")


def pytest_configure() -> None:
    """Let programs that tests start be interrupted: a background job of a shell ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--slow`."""
    parser.addoption("--slow", action="store_true", help="also run the tests that are marked slow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out slow tests unless they are asked for."""
    if config.getoption("--slow"):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if not item.get_closest_marker("slow")]


__all__ = ["pytest_addoption", "pytest_collection_modifyitems", "pytest_configure", "pytest_runtest_setup"]
