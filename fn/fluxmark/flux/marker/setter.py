"""What a marker names: `namespace:policy[:name|:tag|:digest]`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from fluxmark.errors import FluxmarkError

SUFFIXES: Final = ("", "name", "tag", "digest")
"""The parts of a latest image that Flux can write; '' is all of it, `name:tag[@digest]`."""

# Names of Kubernetes objects: an RFC 1123 label for the namespace, a subdomain for the policy.
# Longer ones cannot exist, but a marker that names one is read anyway, as Flux reads it.
LABEL: Final = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
NAME: Final = rf"{LABEL}(?:\.{LABEL})*"
SETTER: Final = rf"(?P<namespace>{LABEL}):(?P<policy>{NAME})(?::(?P<suffix>name|tag|digest))?"

_SETTER = re.compile(SETTER)


class MarkerError(FluxmarkError, ValueError):
    """A text that is not a setter: says what a setter looks like."""


@dataclass(frozen=True, slots=True)
class Setter:
    """What a marker names: a policy, and with a suffix (one of SUFFIXES) only that part of its latest image."""

    namespace: str
    policy: str
    suffix: str = ""

    @classmethod
    def parse(cls, text: str) -> Setter:
        """Read `namespace:policy[:name|:tag|:digest]`. Raises MarkerError for what can name no policy."""
        match = _SETTER.fullmatch(text)
        if match is None:
            raise MarkerError(f"{text!r} is not 'namespace:policy', nor that with ':name', ':tag' or ':digest'")
        return cls(match["namespace"], match["policy"], match["suffix"] or "")

    @property
    def key(self) -> str:
        """The policy alone, `namespace:policy`: how latest images are looked up."""
        return f"{self.namespace}:{self.policy}"

    def __str__(self) -> str:
        """Return the setter as a marker has it."""
        return f"{self.key}:{self.suffix}" if self.suffix else self.key
