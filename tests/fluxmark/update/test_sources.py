"""Latest images: from a file, from the status of policies, from tags; and which of them Flux refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from check_packages import repository_of
from fluxmark.flux.latest_image import LatestImage, objection
from fluxmark.select import FileTags, tag_lists
from fluxmark.update.downgrade import Ages
from fluxmark.update.latest_sources import from_status, from_tags, from_text
from krmfn.errors import InputError
from krmfn.resources.result import Severity

if TYPE_CHECKING:
    from fluxmark.cluster import Cluster, Manifest

REPOSITORY = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: app, namespace: flux-system}
spec: {image: reg.io/app, interval: 1m}
---
"""
POLICY = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: app, namespace: flux-system}
spec:
  imageRepositoryRef: {name: app}
  policy: {semver: {range: 1.x}}
"""
STATUS = "status: {latestRef: {name: reg.io/app, tag: 1.0.0, digest: 'sha256:" + "1" * 64 + "'}}\n"
TAGS = FileTags(tag_lists.read("reg.io/app: [1.0.0, 1.2.0, 2.0.0]", "tags.yaml"), "tags.yaml")


def cluster(text: str) -> Cluster:
    (found,) = repository_of({"f.yaml": text}).clusters
    return found


def test_a_file_is_read_as_it_is_written() -> None:
    text = '{"a:b": {"name": "reg.io/b", "tag": 1.20, "digest": null}, "a:c": {"name": "x", "tag": "2"}}'

    assert from_text(text, "-") == {"a:b": LatestImage("reg.io/b", "1.20"), "a:c": LatestImage("x", "2")}


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("- a", "1:1: expected latest images"),
        ("", "1:1: expected latest images"),
        ("b: {name: x, tag: y}", "1:1: a policy is expected"),
        ("a:b:tag: {name: x, tag: y}", "1:1: a policy is expected"),
        ("a:b: x", "1:6: the name and the tag"),
        ("a:b: {name: x}", "1:6: a:b's latest image needs"),
        ("a:b:\n  name: x\n  image: y", "3:3: one of name, tag, digest"),
        ("a:b: {name: x, tag: [y]}", "1:21: the tag of a:b"),
    ],
)
def test_a_file_of_another_form_is_an_error_with_its_place(text: str, where: str) -> None:
    with pytest.raises(InputError) as failure:
        from_text(text, "latest.yaml")

    assert str(failure.value).startswith(f"latest.yaml:{where}")


def test_the_status_of_policies() -> None:
    latest, findings = from_status(cluster(POLICY + STATUS))

    assert latest == {"flux-system:app": LatestImage("reg.io/app", "1.0.0", "sha256:" + "1" * 64)}
    assert findings == []


@pytest.mark.parametrize(
    ("status", "rule"),
    [
        ("", "no-latest-image"),
        ("status: {latestRef: {name: reg.io/app, tag: 1.2}}\n", "latest-ref"),
        ("status: {latestRef: {name: reg.io/app}}\n", "latest-ref"),
        ("status: {latestRef: x}\n", "latest-ref"),
    ],
)
def test_a_status_without_a_latest_image_is_said(status: str, rule: str) -> None:
    latest, findings = from_status(cluster(POLICY + status))

    assert latest == {}
    assert [finding.rule for finding in findings] == [rule]


def test_tags_are_selected_from_as_the_policies_do() -> None:
    latest, findings = from_tags(cluster(REPOSITORY + POLICY + STATUS), TAGS)

    assert latest == {"flux-system:app": LatestImage("reg.io/app", "1.2.0")}
    assert findings == []


def test_a_policy_that_selects_nothing_keeps_its_latest_image_as_in_flux() -> None:
    latest, findings = from_tags(cluster(REPOSITORY + POLICY.replace("1.x", "9.x") + STATUS), TAGS)

    assert latest["flux-system:app"].tag == "1.0.0"
    assert [finding.rule for finding in findings] == ["selects-nothing"]


def test_a_suspended_policy_keeps_its_latest_image() -> None:
    latest, findings = from_tags(cluster(f"{REPOSITORY}{POLICY}  suspend: true\n{STATUS}"), TAGS)

    assert latest["flux-system:app"].tag == "1.0.0"
    assert [finding.rule for finding in findings] == ["suspended"]


def test_a_digest_is_looked_up_where_the_policy_reflects_it() -> None:
    def digest(repository: Manifest, tag: str) -> tuple[str, tuple[str, ...]]:
        return f"sha256:{repository.name}-{tag}", ("no header",)

    text = f"{REPOSITORY}{POLICY}  digestReflectionPolicy: Always\n  interval: 1m\n{STATUS}"

    latest, findings = from_tags(cluster(text), TAGS, digest)
    assert latest["flux-system:app"].digest == "sha256:app-1.2.0"
    assert [(finding.rule, finding.severity) for finding in findings] == [("registry-refused", Severity.WARNING)]
    latest, findings = from_tags(cluster(text), TAGS, digest, strict=True)
    assert latest["flux-system:app"].tag == "1.0.0"
    assert [(finding.rule, finding.severity) for finding in findings] == [("no-digest", Severity.ERROR)]
    latest, findings = from_tags(cluster(text), TAGS)
    assert latest["flux-system:app"].tag == "1.0.0"  # without a look-up nothing new can be written
    assert [finding.rule for finding in findings] == ["no-digest"]


def test_a_digest_that_is_present_stays_where_the_policy_says_so() -> None:
    text = f"{REPOSITORY}{POLICY.replace('1.x', '1.0.0')}  digestReflectionPolicy: IfNotPresent\n{STATUS}"

    assert from_tags(cluster(text), TAGS)[0]["flux-system:app"].digest == "sha256:" + "1" * 64


@pytest.mark.parametrize(
    ("name", "tag", "digest"),
    [
        ("reg.io/app", "1.2.0", ""),
        ("app", "1", ""),
        ("localhost/ab", "1", ""),
        ("192.168.0.40:5000/app", "main-1", ""),
        ("[::1]:5000/app", "1", ""),
        ("reg.io/a_b/c.d-e", "_1", "sha256:" + "0" * 64),
        ("reg.io/app", "1", "sha512:" + "f" * 128),
    ],
)
def test_images_that_flux_takes(name: str, tag: str, digest: str) -> None:
    assert objection(LatestImage(name, tag, digest)) == ""


@pytest.mark.parametrize(
    ("name", "tag", "digest"),
    [
        ("reg.io/App", "1", ""),
        ("reg.io/a", "1", ""),
        ("a", "1", ""),
        ("reg.io/app", "1+2", ""),
        ("reg.io/app", "", ""),
        ("reg.io/app", "a" * 129, ""),
        ("reg.io/app", "1", "sha256:abc"),
        ("reg.io/app", "1", "md5:" + "0" * 32),
        ("reg io/app", "1", ""),
        ("https://reg.io/app", "1", ""),
    ],
)
def test_images_that_fail_a_run_of_flux(name: str, tag: str, digest: str) -> None:
    image = LatestImage(name, tag, digest)

    assert objection(image).startswith(f'encountered invalid image ref "{image}": ')


@pytest.mark.parametrize(
    ("policy", "present", "selected", "older"),
    [
        ("flux-system:app", "1.3.0", "1.2.0", True),
        ("flux-system:app", "1.1.0", "1.2.0", False),
        ("flux-system:app", "1.2.0", "1.2.0", False),
        ("flux-system:app", "2.0.0", "1.2.0", False),  # out of range: nothing to compare
        ("flux-system:app", "main", "1.2.0", False),
        ("other:app", "1.3.0", "1.2.0", False),
    ],
)
def test_a_tag_is_older_if_its_policy_says_so(policy: str, present: str, selected: str, older: bool) -> None:
    assert Ages(cluster(POLICY)).older(policy, present, selected) is older


def test_a_policy_without_a_name_is_a_template_and_none() -> None:
    template = POLICY.replace("name: app", "name: {{ .Release.Name }}", 1)
    assert template != POLICY

    assert repository_of({"f.yaml": template}).clusters == ()
