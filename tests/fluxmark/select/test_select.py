"""`fluxmark select`: from a directory and tags to what every policy selects, for people and for programs."""

from __future__ import annotations

import base64
import json
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from fluxmark.__main__ import main
from registry_server import BASIC, SECRET, Answer, Registry, guarded, tags

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Select = Callable[..., tuple[int, str, str]]

REPOSITORY = """\
apiVersion: image.toolkit.fluxcd.io/{version}
kind: ImageRepository
metadata: {{name: {name}, namespace: {namespace}}}
spec: {{image: {image}, interval: 1m0s{more}}}
"""
POLICY = """\
apiVersion: image.toolkit.fluxcd.io/{version}
kind: ImagePolicy
metadata: {{name: {name}, namespace: {namespace}}}
spec:
  imageRepositoryRef: {{name: {ref}}}
  {policy}
"""
NEWEST = (
    "filterTags: {pattern: '^main-[a-f0-9]+-(?P<ts>[0-9]+)$', extract: $ts}\n  policy: {numerical: {order: asc}}"
)
TAGS = "reg.io/app: [main-abc1234-1700000000, main-0000000-1800000000, latest, dev-1]\n"


def repository(
    name: str = "app", namespace: str = "flux", image: str = "reg.io/app", more: str = "", version: str = "v1"
) -> str:
    return REPOSITORY.format(name=name, namespace=namespace, image=image, more=more, version=version)


def policy(
    name: str = "app", namespace: str = "flux", ref: str = "app", policy: str = NEWEST, version: str = "v1"
) -> str:
    return POLICY.format(name=name, namespace=namespace, ref=ref, policy=policy, version=version)


@pytest.fixture
def select(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Select:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))

    def call(manifest: str, *argv: str, tag_list: str = TAGS) -> tuple[int, str, str]:
        root = tmp_path / "tree"
        root.mkdir(exist_ok=True)
        (root / "flux.yaml").write_text(manifest)
        (tmp_path / "tags.yaml").write_text(tag_list)
        source = [] if "--registry" in argv else ["--tags", str(tmp_path / "tags.yaml")]
        monkeypatch.setattr("sys.argv", ["fluxmark", "select", str(root), *source, *argv])
        return (main(), *capsys.readouterr())

    return call


def policies(out: str) -> list[dict[str, Any]]:
    return list(json.loads(out)["policies"])


def test_the_text_says_what_was_dropped_how_the_rest_is_ordered_and_what_wins(select: Select) -> None:
    status, out, err = select(repository() + "---\n" + policy())
    assert (status, err) == (0, "")
    assert out == textwrap.dedent("""\
        flux:app  reg.io/app
          tags      4
          - 2       not matched by filterTags.pattern, such as latest
          ordered   2
            1. main-0000000-1800000000  by 1800000000
            2. main-abc1234-1700000000  by 1700000000
          latest    main-0000000-1800000000
        """)


def test_json_has_the_documented_keys(select: Select) -> None:
    status, out, _ = select(repository() + "---\n" + policy(), "--format", "json")
    (found,) = policies(out)
    assert status == 0
    assert {key: found[key] for key in ("policy", "image", "latest", "extracted", "ties", "error")} == {
        "policy": "flux:app",
        "image": "reg.io/app",
        "latest": "main-0000000-1800000000",
        "extracted": "1800000000",
        "ties": [],
        "error": None,
    }


@pytest.mark.parametrize("version", ["v1", "v1beta2", "v1beta1", "v1alpha2", "v1alpha1"])
def test_every_api_version_is_read(version: str, select: Select) -> None:
    status, out, _ = select(repository(version=version) + "---\n" + policy(version=version), "--format", "json")
    assert (status, policies(out)[0]["latest"]) == (0, "main-0000000-1800000000")


def test_the_items_of_a_list_are_read(select: Select) -> None:
    items = [textwrap.indent(text, "  ").replace("  ", "- ", 1) for text in (repository(), policy())]
    status, out, _ = select("apiVersion: v1\nkind: List\nitems:\n" + "".join(items), "--format", "json")
    assert (status, policies(out)[0]["latest"]) == (0, "main-0000000-1800000000")


def test_a_repository_of_another_namespace_must_be_open(select: Select) -> None:
    far = policy(namespace="apps").replace("{name: app}\n", "{name: app, namespace: flux}\n")
    status, out, _ = select(repository() + "---\n" + far)
    assert status == 1
    assert "error     access denied: 'flux/app' can't be accessed due to missing ACL labels" in out
    opened = repository(more=", accessFrom: {namespaceSelectors: [{matchLabels: {}}]}")
    assert select(opened + "---\n" + far)[0] == 0


def test_a_policy_that_fails_says_why_and_the_others_go_on(select: Select) -> None:
    manifests = [
        repository(),
        policy("missing", ref="nowhere"),
        policy("regex", policy="filterTags: {pattern: '('}\n  policy: {alphabetical: {}}"),
        policy("none", policy="policy: {semver: {range: 1.x}}"),
        policy("good"),
    ]
    status, out, _ = select("---\n".join(manifests), "--format", "json")
    errors = {one["policy"]: one["error"] for one in policies(out)}
    assert status == 1
    assert "flux.yaml:6:1: the ImageRepository flux/nowhere is not in this repository" in errors["flux:missing"]
    assert "invalid regular expression pattern '('" in errors["flux:regex"]
    assert errors["flux:none"] == "unable to determine latest version from provided list"
    assert errors["flux:good"] is None


def test_a_policy_that_matches_nothing_is_told_what_would(select: Select) -> None:
    status, out, _ = select(
        repository() + "---\n" + policy(policy="policy: {semver: {range: '>=1.0.0'}}"),
        "--format",
        "json",
        tag_list="reg.io/app: [main-abc1234-1700000000, main-0000000-1800000000, main-fffffff-1750000000]",
    )
    assert status == 1
    assert "main-" in policies(out)[0]["suggestion"]


def test_images_are_found_in_any_spelling_and_tags_are_text(select: Select) -> None:
    manifest = repository(image="nginx") + "---\n" + policy(policy="policy: {alphabetical: {}}")
    status, out, _ = select(manifest, "--format", "json", tag_list="docker.io/library/nginx: [1.20, 1.10]")
    assert (status, policies(out)[0]["latest"]) == (0, "1.20")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "tags.yaml:1:1: expected a mapping of images to lists of tags"),
        ("reg.io/app: v1", "tags.yaml:1:13: a list of the tags of reg.io/app is expected"),
        ("reg.io/app: [{}]", "tags.yaml:1:14: a tag of reg.io/app is expected"),
        ("Reg.io/App: [v1]", "tags.yaml:1:1: 'Reg.io/App' is not an image"),
        ("a: [", "tags.yaml:1:5: "),
    ],
)
def test_a_list_of_tags_of_another_form_is_bad_input(text: str, message: str, select: Select) -> None:
    status, out, err = select(repository() + "---\n" + policy(), tag_list=text)
    assert (status, out) == (2, "")
    assert message in err


def test_an_image_without_tags_in_the_file_says_what_to_add(select: Select) -> None:
    _, out, _ = select(repository(image="reg.io/other") + "---\n" + policy(), "--format", "json")
    assert policies(out)[0]["error"].endswith("has no tags for reg.io/other; add `reg.io/other: [tag, …]`")


def test_a_file_that_is_not_yaml_is_named_and_left_out(select: Select, tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "bad.yaml").write_text("image.toolkit.fluxcd.io: [\n")
    status, _, err = select(repository() + "---\n" + policy())
    assert status == 0
    assert err.startswith("skipped: ")
    assert "bad.yaml:2:1: " in err


class TestRegistry:
    """Tags from a registry on loopback, with the settings of the ImageRepository."""

    def manifest(self, registry: Registry, more: str = "") -> str:
        return repository(image=f"{registry.host}/app", more=f", insecure: true{more}") + "---\n" + policy()

    def test_a_registry_over_plain_http_is_asked(self, select: Select) -> None:
        with Registry(lambda _: tags("main-a-1", "main-b-2")) as registry:
            status, out, _ = select(self.manifest(registry), "--registry", "--format", "json")
        assert (status, policies(out)[0]["latest"]) == (0, "main-b-2")

    def test_the_secret_of_the_package_logs_in(self, select: Select) -> None:
        with Registry(guarded(lambda _: tags("main-a-1"))) as registry:
            config = {"auths": {registry.host: {"auth": BASIC.removeprefix("Basic ")}}}
            coded = base64.b64encode(json.dumps(config).encode()).decode()
            secret = (
                "---\napiVersion: v1\nkind: Secret\nmetadata: {name: login, namespace: flux}\n"
                f"type: kubernetes.io/dockerconfigjson\ndata: {{.dockerconfigjson: {coded}}}\n"
            )
            manifest = self.manifest(registry, ", secretRef: {name: login}") + secret
            status, out, err = select(manifest, "--registry", "--format", "json")
        assert (status, policies(out)[0]["latest"]) == (0, "main-a-1")
        assert SECRET not in out + err

    def test_a_secret_that_is_not_in_the_clear_is_noted_and_the_refusal_is_the_policys_error(
        self, select: Select
    ) -> None:
        with Registry(guarded(lambda _: tags("main-a-1"))) as registry:
            manifest = self.manifest(registry, ", secretRef: {name: login}")
            status, out, err = select(manifest, "--registry", "--format", "json")
        assert status == 1
        assert "the Secret flux/login is not in this package; your own login is used" in err
        assert policies(out)[0]["error"].startswith(f"{registry.host}/app: ")

    def test_one_registry_that_fails_leaves_the_others(self, select: Select) -> None:
        with Registry(lambda _: Answer(b"<html>", 200)) as bad, Registry(lambda _: tags("main-a-1")) as good:
            manifest = self.manifest(bad) + "---\n"
            manifest += self.manifest(good).replace("name: app", "name: good")
            status, out, _ = select(manifest, "--registry", "--format", "json")
        assert status == 1
        assert [one["latest"] for one in policies(out)] == [None, "main-a-1"]

    def test_a_secret_that_is_none_is_that_policys_error(self, select: Select) -> None:
        with Registry(lambda _: tags("main-a-1")) as registry:
            secret = (
                "---\napiVersion: v1\nkind: Secret\nmetadata: {name: login, namespace: flux}\n"
                "type: kubernetes.io/dockerconfigjson\nstringData: {.dockerconfigjson: '[]'}\n---\n"
            )
            manifest = self.manifest(registry, ", secretRef: {name: login}") + secret
            manifest += self.manifest(registry).replace("name: app", "name: good")
            status, out, _ = select(manifest, "--registry", "--format", "json")
        assert status == 1
        assert "the Secret flux/login is not a JSON object" in policies(out)[0]["error"]
        assert policies(out)[1]["latest"] == "main-a-1"

    def secret(self, registry: Registry, *, key: str = "", kind: str = "kubernetes.io/dockerconfigjson") -> str:
        config = json.dumps({"auths": {key or registry.host: {"auth": BASIC.removeprefix("Basic ")}}})
        return (
            "---\napiVersion: v1\nkind: Secret\nmetadata: {name: login, namespace: flux}\n"
            f"type: {kind}\nstringData: {{.dockerconfigjson: '{config}'}}\n---\n"
        )

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"kind": "Opaque"}, "Flux ignores the Secret flux/login, because its type is Opaque"),
            ({"key": "https://{}/v2"}, "Flux does not use the entry"),
        ],
    )
    def test_a_login_that_flux_does_not_use_is_told_and_fails_where_that_is_wished(
        self, changes: dict[str, str], reason: str, select: Select
    ) -> None:
        with Registry(guarded(lambda _: tags("main-a-1"))) as registry:
            filled = {key: value.format(registry.host) for key, value in changes.items()}
            manifest = self.manifest(registry, ", secretRef: {name: login}") + self.secret(registry, **filled)
            status, out, _ = select(manifest, "--registry", "--format", "json")
            strict, strictly, _ = select(manifest, "--registry", "--format", "json", "--strict-flux")
            _, text, _ = select(manifest, "--registry")
        assert (status, policies(out)[0]["latest"]) == (0, "main-a-1")
        assert reason in policies(out)[0]["fluxRefuses"][0]
        assert (strict, policies(strictly)[0]["latest"]) == (1, None)
        assert reason in policies(strictly)[0]["error"]
        (line,) = [line for line in text.splitlines() if line.startswith("  in Flux")]
        assert reason in line  # a line is not folded in a pipe

    def test_a_secret_of_a_service_account_logs_in(self, select: Select) -> None:
        account = (
            "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: puller, namespace: flux}\n"
            "imagePullSecrets: [{name: login}]\n"
        )
        with Registry(guarded(lambda _: tags("main-a-1"))) as registry:
            manifest = self.manifest(registry, ", serviceAccountName: puller") + account + self.secret(registry)
            status, out, _ = select(manifest, "--registry", "--format", "json")
        assert (status, policies(out)[0]["latest"]) == (0, "main-a-1")

    def test_the_proxy_of_a_secret_is_used(self, select: Select) -> None:
        with Registry(lambda _: tags("main-a-1")) as proxy:
            secret = (
                "---\napiVersion: v1\nkind: Secret\nmetadata: {name: proxy, namespace: flux}\n"
                f"stringData: {{address: 'http://{proxy.host}', username: me, password: {SECRET}}}\n"
            )
            more = ", insecure: true, proxySecretRef: {name: proxy}"
            manifest = repository(image="registry.invalid:5000/app", more=more) + "---\n" + policy() + secret
            status, out, _ = select(manifest, "--registry", "--format", "json")
        assert (status, policies(out)[0]["latest"]) == (0, "main-a-1")
        assert proxy.asked[0].headers["Proxy-Authorization"] == BASIC

    def test_your_own_login_goes_over_plain_http_only_where_you_say_so(
        self, select: Select, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with Registry(guarded(lambda _: tags("main-a-1"))) as registry:
            config = {"auths": {registry.host: {"auth": BASIC.removeprefix("Basic ")}}}
            monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
            (tmp_path / "config.json").write_text(json.dumps(config))
            status, out, err = select(self.manifest(registry), "--registry", "--format", "json")
            assert all("Authorization" not in asked.headers for asked in registry.asked)
            allowed, listed, told = select(
                self.manifest(registry), "--registry", "--format", "json", "--allow-insecure-auth"
            )
        assert status == 1
        assert "is not sent to" in policies(out)[0]["error"]
        assert "--allow-insecure-auth" in err
        assert (allowed, policies(listed)[0]["latest"]) == (0, "main-a-1")
        assert f"{registry.host} is read with your own login from {tmp_path / 'config.json'}; Flux" in told

    def test_a_secret_next_to_a_provider_is_one_that_flux_ignores(self, select: Select) -> None:
        manifest = repository(
            image="123456789012.dkr.ecr.eu-west-1.amazonaws.com/app",
            more=", provider: aws, timeout: 1ms, secretRef: {name: login}",
        )
        _, out, _ = select(f"{manifest}---\n{policy()}", "--registry", "--format", "json")
        assert "Flux ignores the Secret flux/login, because provider: aws" in policies(out)[0]["fluxRefuses"][0]
        _, out, _ = select(
            f"{manifest}---\n{policy()}".replace("provider: aws", "provider: gcp"),
            "--registry",
            "--format",
            "json",
        )
        assert "is not a registry of gcp; write provider: aws" in policies(out)[0]["fluxRefuses"][0]

    def test_a_missing_secret_is_told_once(self, select: Select) -> None:
        with Registry(lambda _: tags("main-a-1")) as registry:
            one = self.manifest(registry, ", secretRef: {name: login}")
            manifest = "---\n".join(one.replace("name: app", f"name: {name}") for name in ("app", "b", "c"))
            _, _, err = select(manifest, "--registry")
        assert err.count("the Secret flux/login is not in this package") == 1

    @pytest.mark.parametrize(
        ("path", "why", "reported"), [("app:1.0", "should not include a tag", 1), ("a", "between 2 and 255", 0)]
    )
    def test_an_image_that_flux_refuses_is_told(self, path: str, why: str, reported: int, select: Select) -> None:
        with Registry(lambda _: tags("main-a-1")) as registry:
            manifest = self.manifest(registry).replace(f"{registry.host}/app", f"{registry.host}/{path}")
            status, out, _ = select(manifest, "--registry", "--format", "json")
            strict, _, _ = select(manifest, "--registry", "--strict-flux")
        assert (status, strict) == (reported, 1)
        assert why in policies(out)[0]["fluxRefuses"][0]
