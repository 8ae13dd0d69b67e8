"""No proxy of the environment, and no waiting between tries, in any of these tests."""

from __future__ import annotations

import pytest

from fluxmark.registry import client


@pytest.fixture(autouse=True)
def _no_proxy_and_no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(client, "BACKOFF", 0.001)
