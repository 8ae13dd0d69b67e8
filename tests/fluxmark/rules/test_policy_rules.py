"""What the rules about policies report of semver, numerical and alphabetical policies, and what they accept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from check_packages import check
from fluxmark.flux.policy import latest
from fluxmark.rules.ordering import judge

RULES = (
    "policy-order",
    "policy-ties",
    "policy-number",
    "policy-range",
    "policy-pattern",
    "policy-anchors",
    "repository-exclusion",
)
ALPHABETICAL = {"alphabetical": {"order": "asc"}}
NUMERICAL = {"numerical": {"order": "asc"}}


def semver(limits: str) -> dict[str, Any]:
    return {"semver": {"range": limits}}


def found(pattern: str, extract: str, policy: dict[str, Any], tag: str = "", **repository: Any) -> dict[str, str]:
    """Return rule and message of what is found of one policy; tag: of its status."""
    spec: dict[str, Any] = {"imageRepositoryRef": {"name": "app"}, "policy": policy}
    if pattern:
        spec["filterTags"] = {"pattern": pattern} | ({"extract": extract} if extract else {})
    documents = [
        {
            "apiVersion": "image.toolkit.fluxcd.io/v1",
            "kind": kind,
            "metadata": {"name": "app", "namespace": "flux-system"},
            **body,
        }
        for kind, body in (
            ("ImageRepository", {"spec": {"image": "example.com/app", "interval": "5m0s", **repository}}),
            ("ImagePolicy", {"spec": spec} | ({"status": {"latestRef": {"tag": tag}}} if tag else {})),
        )
    ]
    text = "---\n".join(json.dumps(one) + "\n" for one in documents)
    return {finding.rule: finding.message for finding in check({"flux.yaml": text}, *RULES)}


@pytest.mark.parametrize(
    ("pattern", "extract", "policy", "rule", "words"),
    [
        (
            r"^v\d+\.\d+\.\d+-rc\d+$",
            "",
            semver(">=1.0.0-0"),
            "policy-order",
            "v1.1.1-rc9 and the newer v1.1.1-rc10",
        ),
        (r"^\d+\.\d+\.\d+-b\d+$", "", semver("^2.1.0-0"), "policy-order", "2.1.0-b9 and the newer 2.1.0-b10"),
        (r"^\d+\.\d+\.\d+-\d+-g[0-9a-f]+$", "", semver("*-0"), "policy-order", "9-gabc1234"),
        (r"^1\.0\.\d+-[a-f0-9]{7}$", "", semver("^1.0.0-0"), "policy-order", "commit hashes"),
        (r"^1\.0\.\d+-[a-f0-9]{7}$", "", semver("^1.0.0"), "policy-range", "commit hashes"),
        (r"^(?P<v>\d+\.\d+\.\d+)-r\d+$", "$v", semver("*"), "policy-ties", "1.1.1-r1 and the newer 1.1.1-r2"),
        (r"^(?P<v>\d+\.\d+\.\d+)\.\d+$", "$v", semver("*"), "policy-ties", "1.1.1.1 and the newer 1.1.1.2"),
        (r"^(?P<v>\d+\.\d+\.\d+)-\d{8}$", "$v", semver("*"), "policy-ties", "1.1.1-20231231"),
        (r"^(?P<v>\d+\.\d+\.\d+)-[a-f0-9]{7}$", "$v", semver("*"), "policy-ties", "of one version"),
        ("^build-(?P<n>[0-9]*)$", "$n", NUMERICAL, "policy-number", "build- this policy gets ''"),
        ("^build(-(?P<n>[0-9]+))?$", "$n", NUMERICAL, "policy-number", "build this policy gets ''"),
        ("^v(?P<n>[0-9.]+)$", "$n", NUMERICAL, "policy-number", "'1.2.3'"),
        ("^main-[a-f0-9]+-(?P<ts>.*)", "$ts", NUMERICAL, "policy-number", "is not a number"),
        (
            r"^(?P<d>\d{4}\.\d{1,2}\.\d{1,2})$",
            "$d",
            ALPHABETICAL,
            "policy-order",
            "2023.9.10 and the newer 2023.10.1",
        ),
        ("^(?P<v>[0-9.]+)$", "$v", ALPHABETICAL, "policy-order", "1.9.0 and the newer 1.10.0"),
        (r"(?i)^rc\b-(?P<n>\p{N}+)$", "$n", ALPHABETICAL, "policy-order", "rc-9 and the newer rc-10"),
        (r"^[0-9]{2}-[0-9]{2}-[0-9]{4}$", "", ALPHABETICAL, "policy-order", "does not come first"),
        ("^pr-[a-f0-9]+-(?P<ts>[0-9]+)", "$ts", NUMERICAL, "policy-anchors", "digits of a commit hash"),
        ("^dev-633-(?P<ts>[0-9]+)", "$ts", ALPHABETICAL, "policy-anchors", "digits of a commit hash"),
        ("^main-.*$", "", semver("*"), "policy-range", "is none"),
        (r"^v\d+\.\d+\.\d+-(alpha|beta|rc)\d+$", "", semver("*-0"), "policy-order", "alpha9' and 'alpha10'"),
        (r"^\d+\.\d+\.\d+-debian-\d+-r\d+$", "", semver("*-0"), "policy-order", "1.1.1-debian-12-r9"),
        (r"^(?P<v>\d+\.\d+\.\d+)-(?P<b>\d+)$", "$v+$b", semver("*"), "policy-ties", "chance decides"),
        (r"^1\.[0-9]+$", "", NUMERICAL, "policy-order", "a decimal number, in which 1.10 is 1.1"),
        (
            r"^20[0-9]{2}\.[0-9]{1,2}\.[0-9]+$",
            "",
            ALPHABETICAL,
            "policy-order",
            "2023.9.10 and the newer 2023.10.1",
        ),
        ("^(?P<ts>[0-9]{8}-[0-9]{6})$", "$ts", NUMERICAL, "policy-number", "20240101-120000"),
        ("main-*", "", ALPHABETICAL, "policy-pattern", "write ^main-.*$"),
        ("*-alpine", "", ALPHABETICAL, "policy-pattern", "write ^.*-alpine$"),
        ("^(?!dev).*$", "", semver("*"), "policy-pattern", "RE2 has no lookarounds"),
        ("^latest$", "", ALPHABETICAL, "policy-pattern", "digestReflectionPolicy: Always"),
    ],
)
def test_a_fault_is_reported(pattern: str, extract: str, policy: dict[str, Any], rule: str, words: str) -> None:
    messages = found(pattern, extract, policy)
    assert rule in messages, messages
    assert words in messages[rule]


@pytest.mark.parametrize(
    ("pattern", "extract", "policy"),
    [
        (r"^v\d+\.\d+\.\d+-rc\.\d+$", "", semver(">=1.0.0-0")),
        (r"^(\d+\.\d+\.\d+(-ls[0-9]+)?)$", "", semver(">=4.0.0")),
        (r"^.*-ls\d{3,}$", "", semver("*-ls")),
        ("^(?P<n>[0-9]+)?$", "$n", NUMERICAL),
        (r"^[0-9]+\.[0-9]+\.[0-9]+-alpine3\.[0-9]+$", "", semver("*-0")),
        (r"^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z$", "", ALPHABETICAL),
        ("^(?P<ts>[0-9]{8}-[0-9]{6})-[a-f0-9]{7}$", "$ts", ALPHABETICAL),
        (r"^v?(?P<version>.*)$", "$version", semver(">=0.0.1")),
        (r"^(?P<v>\d+\.\d+\.\d+)-b(?P<n>\d+)$", "$v-$n", semver("*-0")),
        (r"^v\d+\.\d+\.\d+-(alpha|beta|rc)\.\d+$", "", semver("*-0")),
        (r"^\d+\.\d+\.\d+-alpine$", "", semver("*-0")),
        ("^build-(?P<n>[0-9]+)$", "$n", NUMERICAL),
        (r"^(?P<d>\d{4}\.\d{2}\.\d{2})$", "$d", ALPHABETICAL),
        (r"^(?P<day>\d\d)-(?P<month>\d\d)-(?P<year>\d{4})$", "$year$month$day", ALPHABETICAL),
        (r"^(\d{2})-(\d{2})-(\d{4})$", "$3$2$1", ALPHABETICAL),
        ("^prod-[a-f0-9]+-(?P<ts>[0-9]+)", "$ts", NUMERICAL),
    ],
)
def test_a_sound_policy_is_not(pattern: str, extract: str, policy: dict[str, Any]) -> None:
    assert found(pattern, extract, policy) == {}


def test_a_known_tag_proves_what_an_open_pattern_reads() -> None:
    pattern = "^pr-[a-f0-9]+-(?P<ts>[0-9]+)"
    misread = found(pattern, "$ts", NUMERICAL, tag="pr-1234-9ab12cd-20250101120000")
    assert "the key is 9, a piece of the commit hash 9ab12cd" in misread["policy-order"]
    assert found(pattern, "$ts", NUMERICAL, tag="pr-9ab12cd-20250101120000") == {}


def test_a_known_tag_shows_what_the_extract_leaves_out() -> None:
    pattern = r"^(?P<v>[0-9]+\.[0-9]+\.[0-9]+)"
    message = found(pattern, "$v", semver("*"), tag="3.2.3.1")["policy-ties"]
    assert "3.2.3.1 and a newer 3.2.3.2 have the same key, '3.2.3'" in message
    assert found(pattern, "$v", semver("*"), tag="3.2.3-alpine") == {}


def test_a_revision_that_hardly_reaches_ten_is_an_info() -> None:
    spec = {"filterTags": {"pattern": r"^v1\.23\.[0-9]+-k3s[0-9]+$"}, "policy": semver("1.23.x-0")}
    verdict = judge(spec).order
    assert verdict is not None
    assert verdict.cause == "revision"


def test_no_version_is_proposed_that_forgets_a_word() -> None:
    verdict = judge({"filterTags": {"pattern": r"^\d+\.\d+\.\d+-(alpha|rc)\d+$"}, "policy": semver("*-0")}).order
    assert verdict is not None
    assert verdict.better is None


@pytest.mark.parametrize(
    ("pattern", "policy", "harmed"),
    [
        ("", semver("*"), False),
        ("^[0-9]+$", NUMERICAL, False),
        ("", ALPHABETICAL, True),
        ("^(latest|sha256)", ALPHABETICAL, True),
    ],
)
def test_signatures_matter_where_a_policy_takes_them(pattern: str, policy: dict[str, Any], harmed: bool) -> None:
    messages = found(pattern, "", policy, exclusionList=["^nightly"])
    assert ("repository-exclusion" in messages) is harmed


def test_the_proposed_version_orders_prereleases() -> None:
    spec = {"filterTags": {"pattern": r"^v\d+\.\d+\.\d+-rc\d+$"}, "policy": semver(">=1.0.0-0")}
    verdict = judge(spec).order
    assert verdict is not None
    assert verdict.better is not None
    assert latest(verdict.better, ["v1.2.0-rc9", "v1.2.0-rc10", "v1.1.9-rc99"]).tag == "v1.2.0-rc10"
    assert judge(verdict.better).sound


def test_policies_are_compiled_once_and_latest_only_confirms(monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository with one policy for each pull request: the work follows what is distinct, not what is there."""
    asked = []

    def counting(*arguments: Any, **more: Any) -> Any:
        asked.append(arguments)
        return latest(*arguments, **more)

    monkeypatch.setattr("fluxmark.rules.ordering.evaluator.latest", counting)
    pattern = "^pr-{}-[a-f0-9]+-(?P<ts>[0-9]+)"
    for number in range(9000, 9028):
        for _ in range(3):
            assert found(pattern.format(number), "$ts", NUMERICAL) == {}
    assert len(asked) == 0
    for _ in range(3):
        found("^pr-9100-[a-f0-9]+-[0-9]{10}$", "", ALPHABETICAL)
    assert len(asked) == 1
