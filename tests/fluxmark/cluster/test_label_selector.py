"""Label selectors, as Kubernetes reads them."""

from __future__ import annotations

from typing import Any

import pytest

from fluxmark.cluster.label_selector import SelectorError, selector

LABELS = {"tier": "web", "env": "prod"}


def expression(operator: str, *values: str, key: str = "tier") -> dict[str, Any]:
    return {
        "matchExpressions": [{"key": key, "operator": operator, **({"values": list(values)} if values else {})}]
    }


@pytest.mark.parametrize(
    ("data", "selects"),
    [
        (None, True),
        ({}, True),
        ({"matchLabels": {}}, True),
        ({"matchLabels": {"tier": "web"}}, True),
        ({"matchLabels": {"tier": "db"}}, False),
        ({"matchLabels": {"tier": "web", "other": "x"}}, False),
        (expression("In", "web", "db"), True),
        (expression("In", "db"), False),
        (expression("In", "web", key="other"), False),
        (expression("NotIn", "db"), True),
        (expression("NotIn", "web"), False),
        (expression("NotIn", "web", key="other"), True),
        (expression("Exists"), True),
        (expression("Exists", key="other"), False),
        (expression("DoesNotExist"), False),
        (expression("DoesNotExist", key="other"), True),
        ({"matchLabels": {"env": "prod"}, **expression("In", "db")}, False),
    ],
)
def test_selection(data: Any, selects: bool) -> None:
    assert selector(data).selects(LABELS) is selects


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("web", "mapping"),
        ({"matchExpressions": {"key": "a"}}, "a list"),
        (expression("Has"), '"Has" is not a valid label selector operator'),
        (expression("In"), "In needs values"),
        (expression("Exists", "a"), "Exists takes no values"),
        ({"matchExpressions": [{"operator": "Exists"}]}, "needs a key"),
    ],
)
def test_what_kubernetes_refuses_is_an_error(data: Any, message: str) -> None:
    with pytest.raises(SelectorError, match=message):
        selector(data)
