"""Which keys and values Kubernetes accepts for labels and annotations.

Source: IsQualifiedName and IsValidLabelValue of
https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go
"""

from __future__ import annotations

import re

from krmfn.yaml.error_text import shown

LONGEST_NAME, LONGEST_PREFIX = 63, 253
_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_PREFIX = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_OF_NAMES = "letters, digits, `-`, `_` and `.`, with a letter or a digit at both ends"


def key_problem(key: str) -> str:
    """Return what is wrong with the key of a label or an annotation; '' if nothing is."""
    prefix, slash, name = key.rpartition("/")
    if slash and not (_PREFIX.fullmatch(prefix) and len(prefix) <= LONGEST_PREFIX):
        return f"is not a key: what is before `/` must be a DNS name of at most {LONGEST_PREFIX} characters"
    if not (_NAME.fullmatch(name) and len(name) <= LONGEST_NAME):
        return f"is not a key: a name has at most {LONGEST_NAME} characters: {_OF_NAMES}"
    return ""


def annotation_problem(key: str) -> str:
    """Return what is wrong with the key of an annotation, whose prefix may have capitals; '' if nothing is."""
    return key_problem(key.lower())


def value_problem(value: str) -> str:
    """Return what is wrong with the value of a label; '' if nothing is."""
    if not value or (_NAME.fullmatch(value) and len(value) <= LONGEST_NAME):
        return ""
    return f"cannot be {shown(value)}: the value of a label has at most {LONGEST_NAME} characters: {_OF_NAMES}"
