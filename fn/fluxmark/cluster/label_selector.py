"""Label selectors of Kubernetes: `matchLabels` and `matchExpressions`.

Source: k8s.io/apimachinery, `metav1.LabelSelectorAsSelector` and `labels.Requirement.Matches`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_WITH_VALUES = ("In", "NotIn")
_WITHOUT_VALUES = ("Exists", "DoesNotExist")


class SelectorError(ValueError):
    """A selector that Kubernetes refuses: says why."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition on the labels of an object."""

    key: str
    operator: str
    values: frozenset[str] = frozenset()

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Tell whether labels meet it; NotIn is met by an object without the label, too."""
        present = self.key in labels
        if self.operator == "In":
            return present and labels[self.key] in self.values
        if self.operator == "NotIn":
            return not present or labels[self.key] not in self.values
        return present == (self.operator == "Exists")


@dataclass(frozen=True, slots=True)
class Selector:
    """All conditions must be met; none at all selects everything."""

    requirements: tuple[Requirement, ...] = ()

    def selects(self, labels: Mapping[str, str]) -> bool:
        """Tell whether an object with these labels is selected."""
        return all(requirement.holds(labels) for requirement in self.requirements)


def selector(data: Any) -> Selector:
    """Read a LabelSelector; None selects everything. Raises SelectorError."""
    if data is None:
        return Selector()
    if not isinstance(data, dict):
        raise SelectorError("it must be a mapping of matchLabels and matchExpressions")
    labels, expressions = data.get("matchLabels") or {}, data.get("matchExpressions") or []
    if not isinstance(labels, dict) or not isinstance(expressions, list):
        raise SelectorError("matchLabels must be a mapping, matchExpressions a list")
    found = [Requirement(str(key), "In", frozenset([str(value)])) for key, value in labels.items()]
    return Selector((*found, *(_requirement(expression) for expression in expressions)))


def _requirement(data: Any) -> Requirement:
    if not isinstance(data, dict) or not data.get("key"):
        raise SelectorError("an expression needs a key")
    operator, values = data.get("operator"), data.get("values") or []
    if operator not in _WITH_VALUES + _WITHOUT_VALUES:
        raise SelectorError(f'"{operator}" is not a valid label selector operator')
    if not isinstance(values, list) or (operator in _WITH_VALUES) != bool(values):
        need = "needs values" if operator in _WITH_VALUES else "takes no values"
        raise SelectorError(f"{operator} {need}")
    return Requirement(str(data["key"]), operator, frozenset(map(str, values)))
