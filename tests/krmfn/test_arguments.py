"""A function that a person starts: its documentation, and runs over files."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from krmfn.errors import InputError
from krmfn.functions.function import Function
from krmfn.functions.help_text import Docs, parse, read
from krmfn.functions.program import main
from krmfn.resources.resource_list import ResourceList

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

POD = "apiVersion: v1\nkind: Pod # c\nmetadata:\n  name: p\n"
README = """\
# set-team: Simple
<!--mdtogo:Short-->
Label workloads.
<!--mdtogo-->
not shown
<!--mdtogo:Long-->

Puts a label
on workloads.

<!--mdtogo-->
<!--mdtogo:Examples-->
    kpt fn eval
<!--mdtogo-->
"""
METADATA = """\
image: ghcr.io/x/set-team
description: Labels workloads
tags: [mutator, 1]
sourceURL: https://example.com/x
examplePackageURLs:
- https://example.com/y
license: Apache-2.0
hidden: true
emails: [a@example.com]
"""


def set_team(resources: ResourceList) -> None:
    """Label the workloads.

    With the team of data.team.
    """
    print("working")
    for item in resources.items:
        item.set("metadata.labels.team", resources.config.get("data", {}).get("team", "none"))


class Team(Function):
    """Label the workloads, as a class."""

    def visit(self, resource: Any) -> None:
        resource.set("metadata.labels.team", "none")


@pytest.fixture
def call(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    monkeypatch.setattr("sys.argv", ["/usr/bin/set-team"])

    def call(*arguments: str, docs: Path | str | None = None, process: Any = set_team) -> tuple[int, str, str]:
        status = main(process, argv=arguments, docs=docs)
        return status, *capfd.readouterr()

    return call


Call = Any


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/pod.yaml").write_text(POD)
    (tmp_path / "b.yaml").write_text(POD)
    (tmp_path / "config.yaml").write_text("apiVersion: v1\nkind: ConfigMap\n# the team\ndata: {team: shop}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


# documentation


def test_help_prints_the_sections_of_a_readme(call: Call, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(README)
    status, out, err = call("--doc", "x.yaml", "--help", docs=tmp_path)
    assert (status, err) == (0, "")
    said, usage = out.split("\nUsage:\n")
    assert said == "Label workloads.\n\nPuts a label\non workloads.\n\nExamples:\nkpt fn eval\n"
    assert "set-team FILE|DIR ..." in usage


def test_doc_prints_what_go_prints(call: Call, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(README)
    (tmp_path / "metadata.yaml").write_text(METADATA)
    status, out, err = call("--doc", docs=tmp_path)
    assert (status, err) == (0, "")
    assert json.loads(out) == {
        "short": "Label workloads.",
        "long": "Puts a label\non workloads.",
        "examples": "kpt fn eval",
        "image": "ghcr.io/x/set-team",
        "description": "Labels workloads",
        "tags": ["mutator", "1"],
        "sourceURL": "https://example.com/x",
        "examplePackageURLs": ["https://example.com/y"],
        "license": "Apache-2.0",
        "hidden": True,
    }
    assert list(json.loads(out))[:3] == ["short", "long", "examples"]


@pytest.mark.parametrize(
    ("process", "short"),
    [
        (set_team, "Label the workloads."),
        (Team(), "Label the workloads, as a class."),
        (lambda _: None, "A function that a person starts: its documentation, and runs over files."),
    ],
    ids=["function", "class", "module"],
)
def test_without_docs_the_docstring_is_the_documentation(call: Call, process: Any, short: str) -> None:
    _, out, _ = call("--doc", process=process)
    assert json.loads(out)["short"] == short
    assert call("-h", process=process)[1].startswith(short)


def test_a_text_is_documentation_too(call: Call) -> None:
    assert call("--help", docs="Do it.\n\nAt once.\n")[1].startswith("Do it.\n\nAt once.\n\nUsage:")
    assert parse("# Title\n\nText") == Docs(long="# Title\n\nText")
    assert parse("One\ntwo\n\nthree") == Docs(long="One\ntwo\n\nthree")
    assert parse("<!--mdtogo:Short-->\nopen") == Docs()
    assert parse("<!--mdtogo:Short-->a<!--mdtogo:End--><!--mdtogo:Short-->b<!--mdtogo-->") == Docs(short="a")


def test_metadata_alone_is_shown_by_its_description(tmp_path: Path) -> None:
    (tmp_path / "metadata.yaml").write_text(METADATA)
    assert read(tmp_path).to_text() == "Labels workloads\n"


def test_help_is_had_where_documentation_cannot_be_read(call: Call, tmp_path: Path) -> None:
    status, out, err = call("--help", docs=tmp_path)
    assert status == 0
    assert out.startswith("Usage:")
    assert "there is no README.md and no metadata.yaml" in err
    (tmp_path / "metadata.yaml").write_text("a: [")
    with pytest.raises(InputError, match=r"metadata.yaml:1:5"):
        read(tmp_path)
    assert call("--doc", docs=tmp_path)[0] == 2


# files


def test_a_directory_becomes_a_list_and_nothing_is_written_back(call: Call, package: Path) -> None:
    status, out, err = call(".")
    assert (status, err) == (0, "working\n")
    items = ResourceList.read(out).items
    assert [(item.path, item.get("metadata.labels.team")) for item in items] == [
        ("a/pod.yaml", "none"),
        ("b.yaml", "none"),
        ("config.yaml", "none"),
    ]
    assert "kind: Pod # c\n" in out
    assert (package / "b.yaml").read_text() == POD


def test_a_class_visits_what_was_read_from_files(call: Call, package: Path) -> None:
    _, out, _ = call(str(package), process=Team())
    assert out.count("team: none") == 3


def test_paths_of_files_are_relative_to_the_working_directory(call: Call, package: Path) -> None:
    _, out, _ = call("a/pod.yaml", str(package / "b.yaml"))
    assert [item.path for item in ResourceList.read(out).items] == ["a/pod.yaml", "b.yaml"]
    os.chdir(package / "a")
    _, out, _ = call("../b.yaml")
    assert [item.path for item in ResourceList.read(out).items] == ["b.yaml"]


@pytest.mark.parametrize("arguments", [("--fn-config", "config.yaml"), ("--fn-config=config.yaml",)])
def test_a_file_configures(call: Call, package: Path, arguments: tuple[str, ...]) -> None:
    del package
    status, out, _ = call("b.yaml", *arguments)
    assert status == 0
    assert yaml.safe_load(out)["items"][0]["metadata"]["labels"] == {"team": "shop"}
    assert out.endswith(
        "functionConfig:\n  apiVersion: v1\n  kind: ConfigMap\n  # the team\n  data: {team: shop}\n"
    )


def test_pairs_configure_as_with_kpt(call: Call, package: Path) -> None:
    del package
    _, out, _ = call("b.yaml", "--", "team=yes", "a=b=c", "--help=no")
    assert yaml.safe_load(out)["functionConfig"] == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "function-input"},
        "data": {"team": "yes", "a": "b=c", "--help": "no"},
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--frobnicate",), "unknown option --frobnicate; --help shows what there is"),
        (("-x", "b.yaml"), "unknown option -x"),
        (("--fn-config", "config.yaml"), "name the files or directories to run over"),
        (("--", "a=b"), "name the files or directories to run over"),
        (("b.yaml", "--fn-config"), "--fn-config needs a file"),
        (("b.yaml", "--fn-config=a", "--fn-config=b"), "--fn-config is given twice"),
        (("b.yaml", "--fn-config=a", "--", "a=b"), "--fn-config and KEY=VALUE exclude each other"),
        (("b.yaml", "--fn-config=none.yaml"), "none.yaml: cannot be read: No such file"),
        (("b.yaml", "--fn-config=two.yaml"), "two.yaml: a functionConfig is one resource, and here are 2"),
        (("b.yaml", "--", "a"), "'a' is not KEY=VALUE"),
        (("none.yaml",), "none.yaml: cannot be read: No such file"),
        (("broken.yaml",), "broken.yaml:1:5: "),
        ((".", "a/pod.yaml"), ". and a/pod.yaml both hold a/pod.yaml; name them one at a time"),
    ],
)
def test_a_wrong_argument_is_said_in_one_line(
    call: Call, package: Path, arguments: tuple[str, ...], message: str
) -> None:
    (package / "two.yaml").write_text(f"{POD}---\n{POD}")
    (package / "broken.yaml").write_text("a: [")
    if "." in arguments:
        (package / "broken.yaml").unlink()
    status, out, err = call(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("set-team: ")
    assert message in err.splitlines()[0]


def test_a_failing_function_prints_the_files_as_they_are(call: Call, package: Path) -> None:
    def fail(resources: ResourceList) -> None:
        resources.items[0].set("a", "b")
        raise ValueError("no")

    del package
    status, out, _ = call("b.yaml", process=fail)
    assert status == 1
    assert "a: b" not in out
    assert yaml.safe_load(out)["results"] == [{"message": "no", "severity": "error"}]
