"""The functions that a template can call, by name; a module is loaded when one of its functions is."""

from __future__ import annotations

import functools
from importlib import import_module
from typing import TYPE_CHECKING

from fluxmark.flux.template.sprig import MODULE_OF

if TYPE_CHECKING:
    from fluxmark.flux.template.types import Function

# in Flux sprig's functions come before text/template's own, of which sprig has `slice` too
BUILTIN_NAMES = frozenset(
    "and call eq ge gt html index js le len lt ne not or print printf println urlquery".split()  # noqa: SIM905
)


def is_function(name: str) -> bool:
    """Tell whether a template can call a function of this name."""
    return name in MODULE_OF or name in BUILTIN_NAMES


@functools.cache
def function(name: str) -> Function | None:
    """Return a function by its name, None if there is none."""
    if name in MODULE_OF:
        found: tuple[Function, ...] = import_module(f"fluxmark.flux.template.sprig.{MODULE_OF[name]}").FUNCTIONS
    elif name in BUILTIN_NAMES:
        found = import_module("fluxmark.flux.template.builtins").BUILTINS
    else:
        return None
    return next(known for known in found if known.name == name)
