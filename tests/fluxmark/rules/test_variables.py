"""Fields of image resources in which Flux substitutes what is meant for the image controllers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from check_packages import check
from fluxmark.cli import main

if TYPE_CHECKING:
    from pathlib import Path

SYNC = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec:
  interval: 10m0s
  path: ./clusters/home
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
"""
VARIABLES = "  postBuild: {substitute: {domain: example.com}}\n"
POLICY = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: app, namespace: flux-system}
spec:
  imageRepositoryRef: {name: app}
  filterTags:
    pattern: '^main-(?P<ts>[0-9]+)$'
    extract: 'EXTRACT'
  policy: {numerical: {order: asc}}
"""
AUTOMATION = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: {name: all, namespace: flux-system}
spec:
  interval: 1m0s
  sourceRef: {kind: GitRepository, name: flux-system}
  git:
    commit:
      author: {email: flux@example.com}
      messageTemplate: 'bump ${ticket} for ${domain}'
"""


def files(resource: str, variables: str = VARIABLES) -> dict[str, str]:
    return {"clusters/home/sync.yaml": SYNC + variables, "clusters/home/image.yaml": resource}


@pytest.mark.parametrize(
    ("extract", "remedy"),
    [
        ("${ts}", "write $ts"),
        ("v${ts}x", "write $${ts}"),
        ("$ts", ""),
        ("$${ts}", ""),
        ("${ts:-0}", ""),
        ("${domain}", ""),
    ],
)
def test_a_group_in_braces_is_a_variable_to_flux(extract: str, remedy: str) -> None:
    found = check(files(POLICY.replace("EXTRACT", extract)), "variable-undefined")
    assert [one.message.partition("; ")[2] for one in found] == ([remedy] if remedy else [])


@pytest.mark.parametrize("variables", ["", "  postBuild: {}\n", "  postBuild: {substitute: {ts: $ts}}\n"])
def test_nothing_is_said_where_flux_substitutes_nothing_or_what_is_meant(variables: str) -> None:
    assert not check(files(POLICY.replace("EXTRACT", "${ts}"), variables), "variable-undefined")


def test_a_message_template_has_variables_too() -> None:
    (found,) = check(files(AUTOMATION), "variable-undefined")
    assert (found.line, str(found.severity)) == (10, "error")
    assert found.proposed == "bump $${ticket} for ${domain}"


def test_before_flux_2_9_the_text_was_empty() -> None:
    (found,) = check(files(AUTOMATION), "variable-undefined", flux_version="2.8")
    assert str(found.severity) == "warning"
    assert "nothing is put in its place" in found.message


def test_the_fix_leaves_the_variable_to_the_policy(tmp_path: Path) -> None:
    for path, text in files(POLICY.replace("EXTRACT", "${ts}")).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)

    main(["check", str(tmp_path), "--select", "variable-undefined", "--fix"])

    assert "extract: '$ts'" in (tmp_path / "clusters/home/image.yaml").read_text()
