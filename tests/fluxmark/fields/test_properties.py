"""For any nested data: only markers are added, each where it belongs, and a second run changes nothing."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, strategies as st

from inject_helpers import injected, tree

KEYS = st.sampled_from(
    [
        "image",
        "repository",
        "registry",
        "tag",
        "version",
        "digest",
        "name",
        "imageTag",
        "image_repository",
        "webImage",
        "webTag",
        "value",
        "args",
    ]
)
VALUES = st.sampled_from(
    [
        "reg.io/app:1.0.0",
        "reg.io/app",
        "app",
        "reg.io",
        "1.0.0",
        "1.0",
        "latest",
        "reg.io/other:1.0.0",
        f"reg.io/app:1.0.0@sha256:{'4f' * 32}",
        f"sha256:{'4f' * 32}",
        "${TAG}",
        "reg.io/app:${TAG}",
        "{{ .Values.tag }}",
        "",
        "uses reg.io/app:1.0.0",
        "a\nreg.io/app:1.0.0\n",
    ]
)
DATA = st.recursive(
    VALUES | st.just(3) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=15,
)
HEADS = st.sampled_from(
    [
        ("helm.toolkit.fluxcd.io/v2", "HelmRelease", "spec.values"),
        ("acme.io/v1", "Robot", "spec"),
        ("v1", "ConfigMap", "data"),
        ("apps/v1", "Deployment", "spec.template.spec"),
        ("kustomize.config.k8s.io/v1beta1", "Kustomization", "images"),
    ]
)
MARKER = re.compile(r' # \{"\$imagepolicy": "flux-system:app(?P<part>:tag)?"\}$')


@given(HEADS, DATA)
def test_markers_are_all_that_is_added(head: tuple[str, str, str], data: Any) -> None:
    api_version, kind, path = head
    document: Any = data
    for key in reversed(path.split(".")):
        document = {key: document}
    text = yaml.safe_dump({"apiVersion": api_version, "kind": kind, "metadata": {"name": "x"}, **document})
    with tempfile.TemporaryDirectory() as directory:
        root = tree(Path(directory), {})
        (root / "a.yaml").write_text(text)
        changes = injected(root).changes
        if "a.yaml" not in changes:
            return
        new = changes["a.yaml"][1]
        (root / "a.yaml").write_text(new)
        assert "a.yaml" not in injected(root).changes
    assert yaml.safe_load(new) == yaml.safe_load(text)
    for before, after in zip(text.split("\n"), new.split("\n"), strict=True):
        marker = MARKER.search(after)
        assert MARKER.sub("", after) == before
        if marker is None:
            assert after == before
        elif marker["part"]:
            assert before.endswith(("1.0.0", "'1.0'", "latest", "''"))
        else:
            assert "reg.io/app" in before
            assert "@sha256" not in before
            assert "$" not in before
