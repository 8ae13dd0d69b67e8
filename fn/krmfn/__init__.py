"""krmfn: write KRM functions in Python without losing a comment.

A KRM function reads a ResourceList on standard input and prints one on standard output. This package
reads it with libyaml's events, keeps the source text, and turns every change into a splice on that text.

The names in `__all__` are what functions are written with; docs/sdk.md says what each is for. Each is imported
when it is first used: hosts start a function for every run.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from krmfn.errors import EditError, InputError, KrmError
    from krmfn.functions import config
    from krmfn.functions.compose import chain, each, on
    from krmfn.functions.config import ConfigError
    from krmfn.functions.function import Function
    from krmfn.functions.program import main
    from krmfn.functions.run import run
    from krmfn.resources import selectors
    from krmfn.resources.fields import FieldError
    from krmfn.resources.function_error import FunctionError
    from krmfn.resources.resource import Resource
    from krmfn.resources.resource_list import ResourceList
    from krmfn.resources.result import Field, File, ResourceRef, Result, Severity
    from krmfn.resources.sub_object import Part

__all__ = [
    "ConfigError",
    "EditError",
    "Field",
    "FieldError",
    "File",
    "Function",
    "FunctionError",
    "InputError",
    "KrmError",
    "Part",
    "Resource",
    "ResourceList",
    "ResourceRef",
    "Result",
    "Severity",
    "chain",
    "config",
    "each",
    "main",
    "on",
    "run",
    "selectors",
    "testing",
]

_MODULES = {
    "ConfigError": "functions.config",
    "EditError": "errors",
    "Field": "resources.result",
    "FieldError": "resources.fields",
    "File": "resources.result",
    "Function": "functions.function",
    "FunctionError": "resources.function_error",
    "InputError": "errors",
    "KrmError": "errors",
    "Part": "resources.sub_object",
    "Resource": "resources.resource",
    "ResourceList": "resources.resource_list",
    "ResourceRef": "resources.result",
    "Result": "resources.result",
    "Severity": "resources.result",
    "chain": "functions.compose",
    "each": "functions.compose",
    "config": "functions",
    "main": "functions.program",
    "on": "functions.compose",
    "run": "functions.run",
    "selectors": "resources",
    "testing": "functions",
}
_PACKAGE = sys.modules[__name__]


def __getattr__(name: str) -> Any:
    if name not in __all__:  # the import system asks for every submodule here before it looks for a file
        raise AttributeError(f"module 'krmfn' has no attribute {name!r}")
    from importlib import import_module

    home = import_module(f"krmfn.{_MODULES[name]}")
    found = getattr(home, name) if hasattr(home, name) else import_module(f"{home.__name__}.{name}")
    setattr(_PACKAGE, name, found)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
