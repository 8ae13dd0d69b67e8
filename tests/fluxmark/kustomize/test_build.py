"""What builds of directories return, for small trees."""

from __future__ import annotations

from fluxmark.kustomize import Build, FluxSettings, Repository
from fluxmark.kustomize.kustomization import COMPONENT_VERSION
from kustomize_trees import Texts

POLICY = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata:
  name: app
spec:
  imageRepositoryRef:
    name: app
  policy:
    semver:
      range: ">=1.0.0"
"""


def build(files: Texts, directory: str, settings: FluxSettings | None = None) -> Build:
    return Repository(files).build(directory, settings)


def names(found: Build) -> list[str]:
    return sorted(f"{one.kind} {one.namespace}/{one.name}" for one in found.objects)


def test_resources_of_a_base_get_the_namespace_and_names_of_an_overlay() -> None:
    files = Texts(
        {
            "base/kustomization.yaml": "resources: [policy.yaml]\n",
            "base/policy.yaml": POLICY,
            "prod/kustomization.yaml": "resources: [../base]\nnamespace: prod\nnamePrefix: a-\nnameSuffix: -z\n",
        }
    )
    found = build(files, "prod")
    assert names(found) == ["ImagePolicy prod/a-app-z"]
    assert not found.problems
    assert found.files == {"base/policy.yaml"}
    assert found.directories == {"prod", "base"}
    one = found.objects[0]
    assert one.original_name == "app"
    # kustomize does not know the references of Flux
    assert one.data["spec"]["imageRepositoryRef"] == {"name": "app"}


def test_a_patched_field_is_written_in_the_patch() -> None:
    kustomization = """\
        resources: [policy.yaml]
        patches:
          - patch: |
              - op: replace
                path: /spec/policy/semver/range
                value: ">=2.0.0"
            target:
              kind: ImagePolicy
        """
    files = Texts({"kustomization.yaml": kustomization, "policy.yaml": POLICY})
    one = build(files, "").objects[0]
    origin = one.origin(("spec", "policy", "semver", "range"))
    assert one.data["spec"]["policy"]["semver"]["range"] == ">=2.0.0"
    assert origin.file == "kustomization.yaml"
    assert files.texts[origin.file][origin.start : origin.end] == '">=2.0.0"'
    below = one.origin(("spec", "imageRepositoryRef", "name"))
    assert files.texts[below.file][below.start : below.end] == "app"


def test_without_a_kustomization_only_flux_builds_a_directory() -> None:
    files = Texts({"apps/a.yaml": POLICY, "apps/deep/b.yaml": POLICY.replace("name: app", "name: b", 1)})
    assert "unable to find one of" in build(files, "apps").problems[0].message
    found = build(files, "apps", FluxSettings(namespace="flux"))
    assert names(found) == ["ImagePolicy flux/app", "ImagePolicy flux/b"]


def test_two_resources_of_one_identity_are_a_problem_with_both_places() -> None:
    files = Texts({"kustomization.yaml": "resources: [a.yaml, b.yaml]\n", "a.yaml": POLICY, "b.yaml": POLICY})
    problem = build(files, "").problems[0]
    assert problem.file == "b.yaml"
    assert problem.other is not None
    assert problem.other.file == "a.yaml"
    assert "already registered id: ImagePolicy.v1.image.toolkit.fluxcd.io/app.[noNs]" in problem.message


def test_what_is_remote_is_not_followed() -> None:
    files = Texts({"kustomization.yaml": "resources: [a.yaml, https://example.org/b]\n", "a.yaml": POLICY})
    found = build(files, "")
    assert names(found) == ["ImagePolicy /app"]
    assert [one.what for one in found.unfollowed] == ["the remote base https://example.org/b"]


def test_a_strategic_merge_replaces_lists_and_deletes_nulls() -> None:
    policy = POLICY + "  filterTags: {pattern: x, extract: y}\n  list: [1, 2]\n"
    patch = POLICY.split("spec:", maxsplit=1)[0] + "spec:\n  filterTags: {extract: null}\n  list: [3]\n"
    kustomization = "resources: [policy.yaml]\npatches: [{path: patch.yaml}]\n"
    files = Texts({"kustomization.yaml": kustomization, "policy.yaml": policy, "patch.yaml": patch})
    found = build(files, "")
    spec = found.objects[0].data["spec"]
    assert spec["filterTags"] == {"pattern": "x"}
    assert spec["list"] == [3]
    assert found.objects[0].origin(("spec", "list")).file == "patch.yaml"
    assert found.patches == {"patch.yaml"}


def test_a_patch_without_a_target_is_a_problem_at_the_patch() -> None:
    kustomization = "resources: [policy.yaml]\npatches: [{path: patch.yaml}]\n"
    patch = POLICY.replace("name: app", "name: other", 1)
    files = Texts({"kustomization.yaml": kustomization, "policy.yaml": POLICY, "patch.yaml": patch})
    problem = build(files, "").problems[0]
    assert problem.file == "patch.yaml"
    assert "no matches for Id ImagePolicy.v1.image.toolkit.fluxcd.io/other.[noNs]" in problem.message


def test_kustomizations_that_name_each_other_are_a_problem_and_end() -> None:
    files = Texts(
        {
            "a/kustomization.yaml": "resources: [../b]\n",
            "b/kustomization.yaml": "resources: [../a]\n",
        }
    )
    assert "cycle detected" in build(files, "a").problems[0].message


def test_a_path_out_of_the_repository_is_a_problem_where_it_is_written() -> None:
    files = Texts({"kustomization.yaml": "resources: [../../elsewhere]\n"})
    problem = build(files, "").problems[0]
    assert files.texts[problem.file][problem.start : problem.end] == "../../elsewhere"


def test_many_paths_to_one_base_are_followed_once() -> None:
    texts = {"d0/kustomization.yaml": "resources: [a.yaml]\n", "d0/a.yaml": POLICY}
    for number in range(1, 40):
        below = f"resources: [../d{number - 1}, ../d{number - 1}]\n"
        texts[f"d{number}/kustomization.yaml"] = below
    files = Texts(texts)
    found = build(files, "d39")
    assert len(files.reads) < 400
    assert "already registered" in found.problems[0].message


def test_a_component_changes_what_is_there_already() -> None:
    files = Texts(
        {
            "kustomization.yaml": "resources: [policy.yaml]\ncomponents: [part]\n",
            "policy.yaml": POLICY,
            "part/kustomization.yaml": f"apiVersion: {COMPONENT_VERSION}\nkind: Component\nnamespace: img\n",
        }
    )
    assert names(build(files, "")) == ["ImagePolicy img/app"]


def test_a_generated_config_map_has_the_hash_of_kustomize_in_its_name() -> None:
    generator = "configMapGenerator:\n- name: vars\n  literals: [a=b, 'c=\"d\"']\n"
    found = build(Texts({"kustomization.yaml": generator}), "").objects[0]
    assert found.name == "vars-fh478f99mk"
    assert found.data["data"] == {"a": "b", "c": "d"}
    assert found.original_name == "vars"


def test_flux_gives_a_directory_its_settings_and_variables() -> None:
    files = Texts({"apps/policy.yaml": POLICY.replace('">=1.0.0"', "${range:=1.x}")})
    settings = FluxSettings(namespace="team", name_prefix="a-", common_labels={"x": "y"}, substitute={"other": ""})
    one = build(files, "apps", settings).objects[0]
    assert (one.namespace, one.name) == ("team", "a-app")
    assert one.data["metadata"]["labels"] == {"x": "y"}
    assert one.data["spec"]["policy"]["semver"]["range"] == "1.x"
    assert not one.uncertain


def test_a_variable_of_an_unknown_value_makes_an_object_uncertain() -> None:
    files = Texts({"apps/policy.yaml": POLICY.replace('">=1.0.0"', "${range}")})
    one = build(files, "apps", FluxSettings(substitute={}, any_unknown=True)).objects[0]
    assert one.uncertain == ("the variable range",)


def test_flux_takes_no_file_that_its_source_leaves_out() -> None:
    files = Texts(
        {
            "apps/a.yaml": POLICY,
            "apps/skip/b.yaml": POLICY.replace("name: app", "name: b", 1),
            "apps/.sourceignore": "skip/\n",
        }
    )
    assert names(build(files, "apps", FluxSettings())) == ["ImagePolicy /app"]
    everything = build(files, "apps", FluxSettings(ignore="# nothing\n!apps/skip/\n"))
    assert names(everything) == ["ImagePolicy /app", "ImagePolicy /b"]


def test_a_directory_is_built_anew_where_a_source_leaves_out_a_file_of_its_base() -> None:
    files = Texts(
        {
            "base/kustomization.yaml": "resources: [policy.yaml]\n",
            "base/policy.yaml": POLICY,
            "prod/kustomization.yaml": "resources: [../base]\n",
        }
    )
    repository = Repository(files)
    assert names(repository.build("prod")) == ["ImagePolicy /app"]
    assert names(repository.build("prod", FluxSettings())) == ["ImagePolicy /app"]
    for ignore in ("base/policy.yaml", "base/kustomization.yaml", "base/"):
        assert not repository.build("prod").problems
        assert repository.build("prod", FluxSettings(ignore=ignore)).problems, ignore


def test_one_kustomization_applies_a_directory_with_variables_and_another_without() -> None:
    policy = POLICY.replace("name: app\nspec", "name: app-${v}\nspec")
    repository = Repository(Texts({"a/kustomization.yaml": "resources: [p.yaml]\n", "a/p.yaml": policy}))
    found = [
        names(repository.build("a", settings))
        for settings in (FluxSettings(substitute={"v": "1"}), FluxSettings(), FluxSettings(substitute={"v": "2"}))
    ]
    assert found == [["ImagePolicy /app-1"], ["ImagePolicy /app-${v}"], ["ImagePolicy /app-2"]]


def test_a_name_reference_of_a_configuration_follows_a_prefix() -> None:
    repository = POLICY.replace("kind: ImagePolicy", "kind: ImageRepository")
    configuration = (
        "nameReference:\n- kind: ImageRepository\n  fieldSpecs:\n  - path: spec/imageRepositoryRef/name\n"
    )
    files = Texts(
        {
            "kustomization.yaml": "resources: [a.yaml, b.yaml]\nnamePrefix: p-\nconfigurations: [c.yaml]\n",
            "a.yaml": POLICY,
            "b.yaml": repository,
            "c.yaml": configuration,
        }
    )
    policy = next(one for one in build(files, "").objects if one.kind == "ImagePolicy")
    assert policy.data["spec"]["imageRepositoryRef"]["name"] == "p-app"
