"""A policy that is compiled once and compares many pairs of tags."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from fluxmark.flux.policy import PolicyError, latest
from fluxmark.flux.policy.factory import policer_of
from fluxmark.golang.expand import parse_template
from fluxmark.golang.regexp import RegexpError, compile_pattern
from fluxmark.rules.ordering.samples import TAG

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fluxmark.flux.policy.policer import Policer
    from fluxmark.golang.expand import Expansion
    from fluxmark.golang.regexp import Regexp

KINDS = ("semver", "alphabetical", "numerical")


@dataclass(frozen=True)
class Evaluator:
    """The filter and the policy of an ImagePolicy's spec. kind: semver, alphabetical or numerical."""

    spec: Mapping[str, Any]
    kind: str
    pattern: str
    extract: str
    descending: bool
    _regexp: Regexp
    _expansion: Expansion | None
    _policer: Policer

    @cached_property
    def references(self) -> tuple[int, ...]:
        """The numbers of the groups that the extract refers to, in its order."""
        return tuple(
            number
            for reference in parse_template(self.extract).references
            for number in reference.groups(self._regexp.names)
        )

    @cached_property
    def groups(self) -> frozenset[int] | None:
        """The groups that make the key; None for the whole tag."""
        return None if not self.extract or 0 in self.references else frozenset(self.references)

    def key(self, tag: str) -> str | None:
        """Return what a tag is ordered by; None if the pattern does not match."""
        if self._expansion is None:
            return tag if self._regexp.matches(tag) else None
        match = self._regexp.search(tag)
        return None if match is None else self._expansion.expand(match)

    def group(self, tag: str, number: int) -> str | None:
        """Return what a group matches in a tag."""
        match = self._regexp.search(tag)
        return match[number] if match else None

    def spans(self, tag: str) -> list[tuple[int, int]]:
        """Return where the groups that make the key match in a tag."""
        spans = self._regexp.group_spans(tag)
        return [spans[number] for number in self.references if spans and number and spans[number][0] >= 0]

    def objection(self, key: str) -> str:
        """Return why the policy cannot order a key; '' if it can."""
        return self._policer.objection(key)

    def result(self, older: str, newer: str) -> str:
        """Return which of two tags is selected: 'older', 'newer' or 'tie'; '' if one of them takes no part."""
        first, second = self.key(older), self.key(newer)
        if first is None or second is None or self.objection(first) or self.objection(second):
            return ""
        if first == second:
            return "tie"
        choice = self._policer.choose(sorted((first, second), reverse=True))
        return "tie" if len(choice.ties) > 1 else "older" if choice.key == first else "newer"

    def admits(self, tag: str) -> bool:
        """Tell whether a tag takes part in the selection."""
        key = self.key(tag)
        return key is not None and not self.objection(key)

    def is_chance(self, one: str, other: str) -> bool:
        """Tell whether chance decides between two tags, by the evaluator itself."""
        try:
            return len(latest(self.spec, [one, other]).ties) > 1
        except PolicyError:
            return False

    def confirms(self, older: str, newer: str) -> bool:
        """Tell whether the policy selects the older of two possible tags, by the evaluator itself."""
        if not (TAG.fullmatch(older) and TAG.fullmatch(newer)):
            return False
        try:
            return latest(self.spec, [older, newer]).tag == older
        except PolicyError:
            return False


def evaluator(spec: Mapping[str, Any]) -> Evaluator | None:
    """Return the compiled policy of a spec, the same for equal policies; None for one that Flux refuses."""
    choice, filter_tags = spec.get("policy"), spec.get("filterTags") or {}
    try:
        return _compiled(json.dumps({"policy": choice, "filterTags": filter_tags}, sort_keys=True))
    except (TypeError, ValueError):
        return None


@lru_cache(maxsize=256)
def _compiled(text: str) -> Evaluator | None:
    spec = json.loads(text)
    choice, filter_tags = spec["policy"], spec["filterTags"]
    if not isinstance(choice, dict) or not isinstance(filter_tags, dict):
        return None
    kind = next((name for name in KINDS if choice.get(name) is not None), "")
    pattern, extract = filter_tags.get("pattern") or "", filter_tags.get("extract") or ""
    if not kind or not isinstance(pattern, str) or not isinstance(extract, str):
        return None
    try:
        policer = policer_of(spec)
        regexp = compile_pattern(pattern)
    except (PolicyError, RegexpError):
        return None
    expansion = parse_template(extract).bind(regexp.names) if extract else None
    descending = str(choice[kind].get("order") or "").lower() == "desc"
    return Evaluator(spec, kind, pattern, extract, descending, regexp, expansion, policer)
