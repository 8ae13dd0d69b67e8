"""What a marker should have named, guessed from a value that names no policy."""

from __future__ import annotations

import re

from fluxmark.flux.marker.setter import NAME, SUFFIXES, MarkerError, Setter

# Helm and Go templates, Flux's and the shell's substitution, Kubernetes' $(VAR)
_TEMPLATING = re.compile(r"\{\{.*?(?:\}\}|$)|\$\{[^}]*\}?|\$\([^)]*\)?|\$[A-Za-z_]\w*")
_NAME = re.compile(NAME)


def mend(text: str, namespace: str = "") -> tuple[Setter | None, list[tuple[str, str]]]:
    """Return the setter that `text` was meant to be, if that is plain, and its faults, as (code, reason).

    namespace: what to put in front of a policy that has none, if it is known.
    """
    if piece := _TEMPLATING.search(text):
        return None, [("templating", f"nothing fills in {piece[0]!r}: Flux reads markers as they are in Git")]
    faults = []
    mended = "".join(text.split())
    if mended != text:
        faults.append(("spaces", f"there is white space in {text!r}"))
    if mended.count("/") == 1 and ":" not in mended.partition("/")[0]:
        faults.append(("slash", f"a colon, not a slash, is between namespace and policy in {text!r}"))
        mended = mended.replace("/", ":")
    parts = [part for part in mended.split(":") if part]
    if len(parts) <= mended.count(":"):
        faults.append(("empty-part", f"there is nothing before, after or between the colons of {text!r}"))
    if not parts:
        return None, faults or [("bad-name", "it names no policy")]
    if len(parts) == 1:
        faults.append(("missing-namespace", f"it names no namespace; write '<namespace>:{parts[0]}'"))
        parts = [namespace or "?", *parts]  # no namespace is called '?', so nothing is proposed
    name, suffix = parts[:2], ":".join(parts[2:])
    if suffix not in SUFFIXES:
        faults.append(("unknown-suffix", f"':{suffix}' is none of ':name', ':tag' and ':digest'"))
        suffix = suffix.lower().removesuffix("s")
    if not all(part == "?" or _NAME.fullmatch(part) for part in name):
        faults.append(
            ("bad-name", f"names of policies hold 'a-z', '0-9', '-' and '.', and {':'.join(name)!r} does not")
        )
    try:
        return Setter.parse(":".join([*name, suffix] if suffix else name).lower()), faults
    except MarkerError:
        return None, faults
