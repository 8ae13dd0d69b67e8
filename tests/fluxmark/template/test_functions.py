"""The tables of functions agree with the modules, with each other and with the documentation."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from fluxmark.flux.template import TemplateError, UnsupportedFunction, render
from fluxmark.flux.template.builtins import BUILTINS
from fluxmark.flux.template.functions import BUILTIN_NAMES, function, is_function
from fluxmark.flux.template.sprig import MODULE_OF, MODULES, UNSUPPORTED

DOC = (Path(__file__).resolve().parents[3] / "docs/commit-message.md").read_text(encoding="utf-8")
NOT_HERMETIC = [
    "date",
    "date_in_zone",
    "date_modify",
    "now",
    "htmlDate",
    "htmlDateInZone",
    "dateInZone",
    "dateModify",
    "randAlphaNum",
    "randAlpha",
    "randAscii",
    "randNumeric",
    "randBytes",
    "uuidv4",
    "env",
    "expandenv",
    "getHostByName",
]


@pytest.mark.parametrize("module", [*MODULES, "unsupported"])
def test_a_module_has_the_functions_that_the_table_says(module: str) -> None:
    functions = import_module(f"fluxmark.flux.template.sprig.{module}").FUNCTIONS
    assert sorted(known.name for known in functions) == sorted(MODULES.get(module, UNSUPPORTED))


def test_the_builtins_are_those_of_the_table() -> None:
    assert {known.name for known in BUILTINS} == BUILTIN_NAMES


def test_each_function_has_one_home() -> None:
    names = [name for names in (*MODULES.values(), UNSUPPORTED) for name in names]
    assert len(names) == len(set(names)) == len(MODULE_OF) == 194


@pytest.mark.parametrize("name", NOT_HERMETIC)
def test_what_is_not_hermetic_is_not_defined(name: str) -> None:
    assert not is_function(name)
    with pytest.raises(TemplateError, match=f'commit message:1: function "{name}" not defined'):
        render(f"{{{{{name}}}}}", (), automation=("a", "b"), values={})


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_an_unsupported_function_checks_its_arguments_as_upstream_does(name: str) -> None:
    with pytest.raises(TemplateError, match=f"wrong number of args for {name}: want") as caught:
        render(f"{{{{{name} 1 2 3 4 5 6 7}}}}", (), automation=("a", "b"), values={})
    assert not isinstance(caught.value, UnsupportedFunction)


def documented(heading: str) -> set[str]:
    section = DOC.split(f"## {heading}\n")[1].split("\n## ")[0]
    return set(re.findall(r"`([A-Za-z_][A-Za-z0-9_]*)`", section))


def test_the_documentation_lists_the_functions() -> None:
    assert documented("Functions") == {name for names in MODULES.values() for name in names} | BUILTIN_NAMES


def test_the_documentation_lists_what_is_not_supported() -> None:
    assert documented("Functions that fluxmark refuses") == set(UNSUPPORTED)


def test_an_unknown_name_is_not_a_function() -> None:
    assert function("nosuch") is None


@pytest.mark.parametrize(
    ("template", "output"),
    [
        ('{{regexReplaceAll "(?P<n>a)|(x)(?P<n>b)" "xb" "<$n>"}}', "<b>"),
        ('{{regexMatch "a\\\\C" "ab"}}', "false"),
        ('{{float64 "+nan"}} {{float64 "0x1p4"}}', "0 16"),
        ('{{semverCompare "1 - 2 || 11 - 2" "1.5.0"}}', "true"),
    ],
)
def test_functions_follow_go_where_its_libraries_differ_from_pythons(template: str, output: str) -> None:
    assert render(template, [], automation=("flux-system", "flux-system"), values={}) == output
