"""The two rules that an ImagePolicy's CRD states in CEL: digestReflectionPolicy Always and interval go together.

Source: x-kubernetes-validations of ImagePolicy since Flux 2.6; the controller repeats the second at run time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ONLY_WITH_ALWAYS = "spec.interval is only accepted when spec.digestReflectionPolicy is set to 'Always'"
_NEEDED_BY_ALWAYS = "spec.interval must be set when spec.digestReflectionPolicy is set to 'Always'"


def broken_rules(spec: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield the field at fault and upstream's message, for the spec of an ImagePolicy."""
    has_interval = spec.get("interval") is not None
    is_always = spec.get("digestReflectionPolicy") == "Always"
    if has_interval and not is_always:
        yield "interval", _ONLY_WITH_ALWAYS
    if is_always and not has_interval:
        yield "digestReflectionPolicy", _NEEDED_BY_ALWAYS
