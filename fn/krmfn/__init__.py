"""krmfn: write KRM functions in Python without losing a comment.

A KRM function reads a ResourceList on standard input and prints one on standard output. This package
reads it with libyaml's events, keeps the source text, and turns every change into a splice on that text.

The names in `__all__` are what functions are written with; docs/sdk.md says what each is for. Each is imported
when it is first used: hosts start a function for every run.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from krmfn import config, selectors
    from krmfn.config import ConfigError
    from krmfn.fields import FieldError
    from krmfn.function import Function, FunctionError
    from krmfn.part import Part
    from krmfn.pipeline import chain, each, on
    from krmfn.resource import Resource
    from krmfn.resource_list import ResourceList
    from krmfn.result import Field, File, ResourceRef, Result, Severity
    from krmfn.run import main, run
    from krmfn.text import EditError, InputError

__all__ = [
    "ConfigError",
    "EditError",
    "Field",
    "FieldError",
    "File",
    "Function",
    "FunctionError",
    "InputError",
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
]

_MODULES = {
    "ConfigError": "config",
    "EditError": "text",
    "Field": "result",
    "FieldError": "fields",
    "File": "result",
    "Function": "function",
    "FunctionError": "function",
    "InputError": "text",
    "Part": "part",
    "Resource": "resource",
    "ResourceList": "resource_list",
    "ResourceRef": "result",
    "Result": "result",
    "Severity": "result",
    "chain": "pipeline",
    "each": "pipeline",
    "main": "run",
    "on": "pipeline",
    "run": "run",
}
_PACKAGE = sys.modules[__name__]


def __getattr__(name: str) -> Any:
    if name not in __all__:  # the import system asks for every submodule here before it looks for a file
        raise AttributeError(f"module 'krmfn' has no attribute {name!r}")
    from importlib import import_module

    module = import_module(f"krmfn.{_MODULES.get(name, name)}")
    found = getattr(module, name) if name in _MODULES else module
    setattr(_PACKAGE, name, found)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """The package as a module in which `run` is the function, also once the module of that name is imported."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "run" and isinstance(value, ModuleType):
            value = value.run
        super().__setattr__(name, value)


_PACKAGE.__class__ = _Package
