"""What runs a function, told by what it hands over."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from krmfn.functions.host import Host, is_validator
from krmfn.functions.run import run
from krmfn.resources.resource_list import ResourceList

if TYPE_CHECKING:
    from pathlib import Path

ANNOTATION = "config.kubernetes.io/function: '{exec: {path: f}}'"
PATH = "internal.config.kubernetes.io/path: a.yaml"
BUILD_ID = "kustomize.config.k8s.io/id: x"


def listed(config: str | None, item: str | None) -> ResourceList:
    """A list with a functionConfig and an item that have these annotations."""
    text = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
    if item is None:
        text = text.replace("items:", "items: []")
    else:
        text += f"- kind: A\n  metadata: {{name: a, annotations: {{{item}}}}}\n"
    if config is not None:
        text += f"functionConfig: {{kind: F, metadata: {{name: f, annotations: {{{config}}}}}}}\n"
    return ResourceList.read(text)


@pytest.mark.parametrize(
    ("config", "item", "host"),
    [
        (None, PATH, Host.FILES),  # kpt fn render
        ("", PATH, Host.FILES),  # kpt fn eval
        ("", None, Host.FILES),  # kpt fn eval in place
        (f"{ANNOTATION}, {PATH}", PATH, Host.FILES),  # kustomize fn run
        (ANNOTATION, PATH, Host.FILES),  # kustomize fn run --image
        (ANNOTATION, "", Host.BUILD),  # a generator
        (ANNOTATION, BUILD_ID, Host.BUILD),  # a transformer
        (ANNOTATION, f"{BUILD_ID}, {PATH}", Host.BUILD),  # a transformer after another one
        (ANNOTATION, None, Host.BUILD),
        (ANNOTATION.replace("kubernetes", "k8s"), "", Host.BUILD),
    ],
)
def test_a_host_is_told_by_annotations(config: str | None, item: str | None, host: Host) -> None:
    assert Host.of(listed(config, item)) is host


@pytest.mark.parametrize(
    ("kustomization", "expected"),
    [
        ("validators: [f.yaml]", True),
        ("validators: [./f.yaml, other]", True),
        ("validators:\n- |\n  kind: F\n  metadata: {name: f}\n", True),
        ("transformers: [f.yaml]", False),
        ("validators: [f.yaml]\ntransformers: [f.yaml]", False),
        ("validators: [g.yaml]", False),
        ("validators: f.yaml", False),
        ("validators: [", False),
    ],
)
def test_a_validator_is_listed_as_one_and_as_nothing_else(
    tmp_path: Path, kustomization: str, expected: object
) -> None:
    (tmp_path / "f.yaml").write_text("kind: F\nmetadata: {name: f}\n")
    (tmp_path / "g.yaml").write_text("kind: F\nmetadata: {name: g}\n")
    (tmp_path / "kustomization.yaml").write_text(kustomization)
    assert is_validator(listed("", "").function_config, str(tmp_path)) is expected


def test_without_a_kustomization_nothing_is_a_validator(tmp_path: Path) -> None:
    assert not is_validator(listed("", "").function_config, str(tmp_path))
    assert not is_validator(None, str(tmp_path))


@pytest.mark.parametrize(("annotations", "shown"), [(ANNOTATION, True), ("", False)])
def test_results_go_to_standard_error_where_nobody_shows_them(annotations: str, shown: object) -> None:
    from krmfn.resources.result import Result

    def process(items: ResourceList) -> None:
        items.results.append(Result.warning("look here"))

    err = io.StringIO()
    text = listed(annotations, PATH).to_text()
    assert run(process, stdin=io.StringIO(text), stdout=io.StringIO(), stderr=err) == 0
    assert ("look here" in err.getvalue()) is shown
