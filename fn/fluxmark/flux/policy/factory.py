"""From the spec of an ImagePolicy to what selects.

Source: image-reflector-controller, internal/policy/factory.go and internal/controller/imagepolicy_controller.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fluxmark.flux.policy.errors import InvalidPolicyError
from fluxmark.flux.policy.filter_tags import RegexFilter
from fluxmark.flux.releases import NEWEST, Release
from fluxmark.golang.text import upper

if TYPE_CHECKING:
    from fluxmark.flux.policy.policer import Policer

_DESCENDING = {"": False, "ASC": False, "DESC": True}


def policer_of(spec: Mapping[str, Any], release: Release = NEWEST) -> Policer:
    """Return the policy that a spec chooses: of several the first of semver, alphabetical, numerical, as in Flux.

    Raises InvalidPolicyError: for none of them, an invalid range, an order other than asc and desc, which may
    be in upper case.
    """
    choice = _mapping(spec, "policy", "spec")
    for kind, policer in (("semver", _semver), ("alphabetical", _alphabetical), ("numerical", _numerical)):
        if choice.get(kind) is not None:
            return policer(_mapping(choice, kind, "spec.policy"), release)
    raise InvalidPolicyError("invalid policy: given ImagePolicyChoice object is invalid")


def filter_of(spec: Mapping[str, Any], release: Release = NEWEST) -> RegexFilter | None:
    """Return the filter of a spec, None if it has none; raises InvalidPolicyError for an invalid pattern."""
    if spec.get("filterTags") is None:
        return None
    fields = _mapping(spec, "filterTags", "spec")
    pattern, extract = (_text(fields, name, "spec.filterTags") for name in ("pattern", "extract"))
    return RegexFilter.of_spec(pattern, extract, release)


# Each kind is imported where it is made: their expressions take milliseconds to compile, and a run needs few.


def _semver(fields: Mapping[str, Any], release: Release) -> Policer:
    from fluxmark.flux.policy.semver import SemVer
    from fluxmark.golang.ranges import ConstraintError

    try:
        return SemVer.of_range(_text(fields, "range", "spec.policy.semver"), release)
    except ConstraintError as error:
        raise InvalidPolicyError(f"invalid policy: {error}") from None


def _alphabetical(fields: Mapping[str, Any], _: Release) -> Policer:
    from fluxmark.flux.policy.alphabetical import Alphabetical

    return Alphabetical(_descending(fields, "spec.policy.alphabetical"))


def _numerical(fields: Mapping[str, Any], _: Release) -> Policer:
    from fluxmark.flux.policy.numerical import Numerical

    return Numerical(_descending(fields, "spec.policy.numerical"))


def _descending(fields: Mapping[str, Any], path: str) -> bool:
    order = upper(_text(fields, "order", path))
    if order not in _DESCENDING:
        raise InvalidPolicyError(
            f"invalid policy: invalid order argument provided: '{order}', must be one of: ASC, DESC",
        )
    return _DESCENDING[order]


# The API server refuses values of other types before the controller sees them, so these errors are our own.


def _mapping(parent: Mapping[str, Any], name: str, path: str) -> Mapping[str, Any]:
    value = parent.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InvalidPolicyError(f"{path}.{name} must be a mapping, not {value!r}")
    return value


def _text(parent: Mapping[str, Any], name: str, path: str) -> str:
    value = parent.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidPolicyError(f"{path}.{name} must be a string, not {value!r}")
    return value
