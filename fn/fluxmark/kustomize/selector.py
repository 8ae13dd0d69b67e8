"""What selects resources: regular expressions for their names, and expressions for their labels.

Source: kustomize's `api/types/selector.go`; Kubernetes' `k8s.io/apimachinery/pkg/labels/selector.go`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from fluxmark.kustomize.errors import BuildError
from fluxmark.kustomize.tree import text_at, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping as Dict

    from fluxmark.kustomize.resource import Id, Resource
    from fluxmark.kustomize.tree import Mapping

_REQUIREMENT = re.compile(
    r"""\s*(?:
      !\s*(?P<absent>[^\s,!=<>()]+)
    | (?P<set_key>[^\s,!=<>()]+)\s+(?P<set>in|notin)\s*\((?P<values>[^()]*)\)
    | (?P<key>[^\s,!=<>()]+)\s*(?P<sign>==|=|!=|>|<)\s*(?P<value>[^\s,!=<>()]*)
    | (?P<present>[^\s,!=<>()]+)
    )\s*(?:,|$)""",
    re.VERBOSE,
)
_LITERAL = re.compile(r"[\w-]*")


class Selector:
    """A `target` of a patch."""

    def __init__(self, tree: Mapping) -> None:
        """Read it.

        Raises BuildError for a pattern that is malformed.
        """
        self.patterns = {
            name: _pattern(text_at(tree, name)) for name in ("group", "version", "kind", "name", "namespace")
        }
        self.labels = _requirements(text_at(tree, "labelSelector"))
        self.annotations = _requirements(text_at(tree, "annotationSelector"))

    def matches(self, name: str, *values: str) -> bool:
        """Tell whether the pattern for a field is empty or matches one of these values."""
        pattern = self.patterns[name]
        return pattern is None or any(pattern.fullmatch(value) for value in values)

    def matches_kind(self, identity: Id) -> bool:
        """Compare group, version and kind."""
        return (
            self.matches("group", identity.group)
            and self.matches("version", identity.version)
            and self.matches("kind", identity.kind)
        )

    def matches_metadata(self, resource: Resource) -> bool:
        """Compare labels and annotations."""
        return _all(self.labels, texts(resource.field("metadata", "labels"))) and _all(
            self.annotations, texts(resource.field("metadata", "annotations"))
        )

    def selects(self, resource: Resource) -> bool:
        """Tell whether it selects a resource, by its first or its current identity."""
        first, now = resource.original, resource.id
        return (
            self.matches("namespace", first.effective_namespace, now.effective_namespace)
            and self.matches("name", first.name, now.name)
            and self.matches_kind(now)
            and self.matches_metadata(resource)
        )


class _Pattern:
    def __init__(self, text: str) -> None:
        self.literal = text if _LITERAL.fullmatch(text) else None
        if self.literal is None:
            import re2

            options = re2.Options()
            options.log_errors = False
            try:
                self.regex = re2.compile(f"^(?:{text})$", options)
            except re2.error as error:
                raise BuildError(f"error parsing regexp: {text!r}: {error}") from None

    def fullmatch(self, value: str) -> bool:
        if self.literal is not None:
            return value == self.literal
        return self.regex.search(value) is not None


@lru_cache(512)
def _pattern(text: str) -> _Pattern | None:
    return _Pattern(text) if text else None


@lru_cache(512)
def _requirements(text: str) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Return the requirements of an expression as (key, operator, values)."""
    found: list[tuple[str, str, tuple[str, ...]]] = []
    offset = 0
    while offset < len(text.rstrip()):
        match = _REQUIREMENT.match(text, offset)
        if match is None:
            raise BuildError(f"unable to parse requirement: {text!r}")
        if match["absent"]:
            found.append((match["absent"], "!", ()))
        elif match["set"]:
            values = tuple(value.strip() for value in match["values"].split(","))
            found.append((match["set_key"], match["set"], values))
        elif match["sign"]:
            found.append((match["key"], match["sign"], (match["value"],)))
        else:
            found.append((match["present"], "exists", ()))
        offset = match.end()
    return tuple(found)


def _all(requirements: Iterable[tuple[str, str, tuple[str, ...]]], values: Dict[str, str]) -> bool:
    return all(_holds(key, operator, wanted, values) for key, operator, wanted in requirements)


def _holds(key: str, operator: str, wanted: tuple[str, ...], values: Dict[str, str]) -> bool:
    value = values.get(key)
    if operator in ("=", "==", "in"):
        return value is not None and value in wanted
    if operator in ("!=", "notin"):
        return value is None or value not in wanted
    if operator == "exists":
        return value is not None
    if operator == "!":
        return value is None
    try:
        number, limit = int(value or ""), int(wanted[0])
    except ValueError:
        return False
    return number > limit if operator == ">" else number < limit
