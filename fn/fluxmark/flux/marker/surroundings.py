"""Values that hold more than an image: Flux replaces all of a marked value.

Source: image-automation-controller, pkg/update/setters.go: the setter's text becomes the scalar's whole value.
"""

from __future__ import annotations

import re

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
# what neither a reference to an image nor a tag or digest can hold; templates are another matter
_FOREIGN = re.compile(r"""[\s=,;{}"'\[\]()?&|]""")


def holds_more(value: str) -> bool:
    """Tell whether a value is more than an image or a part of one: a flag, a URL, JSON, two images."""
    text = value.strip()
    return _SCHEME.match(text) is not None or _FOREIGN.search(text) is not None
