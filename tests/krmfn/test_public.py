"""What is public has a docstring and is in docs/sdk.md, and nothing of it is imported before it is used."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import krmfn
from krmfn import config, selectors
from krmfn.resources import result
from krmfn.yaml import dataclass_io

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("FLUXMARK_SHARED") or ROOT / "../shared")
DOCS = (ROOT / "docs" / "sdk.md").read_text()
EMPTY = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n"


def defined(module: ModuleType) -> dict[str, object]:
    """Return the public functions and classes that a module defines."""
    return {
        f"{module.__name__}.{name}": value
        for name, value in vars(module).items()
        if not name.startswith("_")
        and inspect.isroutine(value) | inspect.isclass(value)
        and value.__module__ == module.__name__
    }


def members(owner: type) -> dict[str, object]:
    """Return the public methods and properties that a class has of krmfn's."""
    return {
        f"{owner.__name__}.{name}": value
        for one in reversed(owner.__mro__)
        if one.__module__.startswith("krmfn")
        for name, value in vars(one).items()
        if not name.startswith("_") and (isinstance(value, property | classmethod) or inspect.isfunction(value))
    }


def public() -> dict[str, object]:
    found = {name: getattr(krmfn, name) for name in krmfn.__all__}
    for module in (config, selectors, result, dataclass_io):
        found |= defined(module)
    for value in list(found.values()):
        if inspect.isclass(value):
            found |= members(value)
    return found


PUBLIC = public()


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_has_a_docstring_and_is_in_the_documentation(name: str) -> None:
    value = PUBLIC[name]
    assert inspect.getdoc(value), f"{name} has no docstring"
    short = name.rpartition(".")[2]
    assert re.search(rf"`[^`\n]*\b{short}\b[^`\n]*`", DOCS), f"docs/sdk.md does not name {name}"


def test_fluxmark_uses_nothing_that_is_not_documented() -> None:
    imported = re.compile(r"from krmfn(?:\.([\w.]+))? import (\w+(?:, \w+)*)|import krmfn\.([\w.]+)")
    found = set()
    for file in (ROOT / "fn" / "fluxmark").rglob("*.py"):
        for module, names, whole in imported.findall(file.read_text()):
            assert not re.search(r"\b_", names), f"{file}: {names}"
            package = module in ("yaml", "resources", "packages", "functions")
            found |= {f"{module}.{name}" for name in names.split(", ")} if package else {module or whole}
    found.discard("")
    named = set(re.findall(r"`krmfn\.([\w.]+)`", DOCS)) | set(krmfn.__all__)
    modules = {getattr(value, "__module__", "").removeprefix("krmfn.") for value in PUBLIC.values()}
    assert {"resources.result", "yaml.parser", "yaml.text"} <= found
    assert found - modules - {"errors"} <= named


def test_what_the_package_exports_is_what_its_modules_define() -> None:
    assert set(krmfn.__all__) <= set(dir(krmfn))
    assert sorted(krmfn.__all__) == krmfn.__all__
    assert krmfn._MODULES.keys() == set(krmfn.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = krmfn.nothing


def python(program: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *options, "-c", program]
    return subprocess.run(
        command,
        input=EMPTY,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": "fn"},
        cwd=ROOT,
    )


def test_run_is_the_function_whatever_was_imported_before() -> None:
    for first in ("", "import krmfn.functions.run", "from krmfn.functions.run import explain"):
        program = f"import sys\n{first}\nfrom krmfn import run\nsys.exit(run(lambda items: None))"
        assert python(program).stdout == EMPTY
        assert python(f"{first}\nimport krmfn\nprint(krmfn.run.__name__)").stdout == "run\n"


def test_importing_the_package_imports_nothing_else_of_it() -> None:
    assert python("import krmfn, sys; print([m for m in sys.modules if 'krmfn.' in m])").stdout == "[]\n"


@pytest.mark.parametrize(
    "program",
    [
        "from krmfn import run; run(lambda items: None)",
        "from fluxmark.function import main; main()",
    ],
)
def test_an_empty_list_needs_none_of_what_functions_may_use(program: str) -> None:
    unused = (
        "resources.sub_object",
        "resources.identity",
        "resources.namespaced_kinds",
        "resources.selectors",
        "yaml.set_value",
        "yaml.dataclass_io",
        "yaml.error_text",
        "functions.config",
        "functions.compose",
        "packages.package",
    )
    names = [*(f"krmfn.{name}" for name in unused), "dataclasses"]
    said = python(f"import sys\n{program}\nprint('#', *(name for name in {names} if name in sys.modules))").stdout
    assert said == f"{EMPTY}#\n"


@pytest.mark.skipif(
    not (SHARED / "facts" / "krm.md").exists(), reason=f"{SHARED}/facts is not here (FLUXMARK_SHARED)"
)
def test_there_is_a_row_for_every_feature_of_the_other_sdks() -> None:
    _, _, rest = (SHARED / "facts" / "krm.md").read_text().partition("\n## 2. SDKs side by side\n")
    features = re.findall(r"^\| (.*?) \|", rest.partition("\n---")[0].partition("\n|---")[2], re.MULTILINE)
    rows = re.findall(r"^\| (.*?) \|", DOCS.partition("## Other SDKs")[2].partition("\n|---")[2], re.MULTILINE)
    assert len(features) > 20
    assert rows == features


def test_the_documentations_links_lead_somewhere() -> None:
    anchors = {
        title.lower().replace(" ", "-").replace(",", "") for title in re.findall(r"^#+ (.*)$", DOCS, re.MULTILINE)
    }
    for link in re.findall(r"\]\(([^)]+)\)", DOCS):
        if link.startswith("#"):
            assert link[1:] in anchors, link
        elif "://" not in link:
            assert (ROOT / "docs" / link).exists(), link
