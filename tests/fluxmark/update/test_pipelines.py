"""examples/pipelines: of the form that their hosts want, and run here against a Git remote and a registry."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from fluxmark.cli import parser
from registry_server import Answer, Asked, Registry, tags
from update_helpers import tree

if TYPE_CHECKING:
    from collections.abc import Iterator

PIPELINES = Path(__file__).resolve().parents[3] / "examples/pipelines"
GITHUB, GITLAB, TEKTON, ARGO = (
    PIPELINES / name
    for name in ("github-actions.yaml", "gitlab-ci.yaml", "tekton-task.yaml", "argo-workflow.yaml")
)
ALL = pytest.mark.parametrize("path", [GITHUB, GITLAB, TEKTON, ARGO], ids=lambda path: path.stem)
CHECK = Path(sys.executable).with_name("check-jsonschema")
BRANCH = "fluxmark/update-images"
BOT = "fluxcdbot@users.noreply.github.com"
PROGRAMS = pytest.mark.client("git", "jq", "curl", "bash")
ALREADY = {"message": "Validation Failed", "errors": [{"message": "A pull request already exists for a:b."}]}
MARKER = '# {"$imagepolicy": "flux-system:app"}'
FLUX = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {{name: {name}, namespace: flux-system}}
spec: {{image: {host}/{name}, interval: 5m, insecure: true}}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {{name: {name}, namespace: flux-system}}
spec: {{imageRepositoryRef: {{name: {name}}}, policy: {{semver: {{range: 1.x}}}}}}
"""


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def scripts(path: Path) -> list[str]:
    """Every script of a pipeline, in the order in which they run."""
    data = load(path)
    if path == GITHUB:
        return [step["run"] for step in data["jobs"]["update"]["steps"] if "run" in step]
    if path == GITLAB:
        return ["\n".join(job["script"]) for job in data.values() if isinstance(job, dict) and "script" in job]
    if path == TEKTON:
        return [step["script"] for step in data["spec"]["steps"]]
    return [container["args"][0] for container in data["spec"]["templates"][1]["containerSet"]["containers"]]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--builtin-schema", "vendor.github-workflows", str(GITHUB)],
        ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", str(GITLAB)],
    ],
    ids=["github", "gitlab"],
)
@pytest.mark.skipif(not CHECK.exists(), reason="needs check-jsonschema, which brings the schemas of both hosts")
def test_the_hosts_schema_takes_it(arguments: list[str]) -> None:
    subprocess.run([CHECK, *arguments], check=True, capture_output=True)


def test_a_tekton_task_has_what_its_steps_refer_to() -> None:
    task = load(TEKTON)
    spec = task["spec"]
    declared = {
        *(f"params.{param['name']}" for param in spec["params"]),
        *(f"workspaces.{workspace['name']}.path" for workspace in spec["workspaces"]),
        *(f"results.{result['name']}.path" for result in spec["results"]),
    }

    used = set(re.findall(r"\$\(((?:params|workspaces|results)\.[\w.]+)\)", TEKTON.read_text(encoding="utf-8")))

    assert (task["apiVersion"], task["kind"]) == ("tekton.dev/v1", "Task")
    assert used == declared
    assert all({"name", "image", "script"} <= set(step) for step in spec["steps"])


def test_an_argo_workflow_has_what_its_templates_refer_to() -> None:
    workflow = load(ARGO)
    spec = workflow["spec"]
    fleet, repository = spec["templates"]
    ((step,),) = fleet["steps"]
    declared = {
        *(f"workflow.parameters.{one['name']}" for one in spec["arguments"]["parameters"]),
        *(f"inputs.parameters.{one['name']}" for one in repository["inputs"]["parameters"]),
        *(f"item.{key}" for one in json.loads(spec["arguments"]["parameters"][0]["value"]) for key in one),
    }
    used = set(re.findall(r"\{\{([\w.]+)\}\}", ARGO.read_text(encoding="utf-8")))
    given = {one["name"] for one in step["arguments"]["parameters"]}
    names = [one["name"] for one in repository["containerSet"]["containers"]]

    assert (workflow["apiVersion"], workflow["kind"]) == ("argoproj.io/v1alpha1", "WorkflowTemplate")
    assert used == declared
    assert given == {one["name"] for one in repository["inputs"]["parameters"]}
    assert (spec["entrypoint"], step["template"]) == (fleet["name"], repository["name"])
    after = [one.get("dependencies", []) for one in repository["containerSet"]["containers"]]
    assert after == [[], *([name] for name in names[:-1])]


@ALL
def test_scripts_are_shell(path: Path) -> None:
    for script in scripts(path):
        subprocess.run(["sh", "-n"], input=script.encode(), check=True)


@ALL
def test_the_registries_are_read_once(path: Path) -> None:
    found = []
    for script in scripts(path):
        for line in script.replace("\\\n", " ").splitlines():
            command = re.search(r"(?:^|ghcr\.io/)fluxmark(?:/fluxmark:v[\d.]+)?\s+([^>|&]+)", line.strip())
            if command:
                words = shlex.split(command[1])
                arguments = parser(words).parse_args(words)
                found.append((arguments.command, arguments.registry))

    assert found == [("update", True)]


def test_what_pushes_is_the_same_in_all() -> None:
    """A fault that is fixed in one of them is fixed in all."""
    start, end = "bot=", 'git -c user.name=fluxcdbot -c user.email="$bot" commit'
    blocks = set()
    for path in (GITHUB, GITLAB, TEKTON, ARGO):
        (script,) = (one for one in scripts(path) if start in one)
        lines = script[script.index(start) : script.index(end)].splitlines()
        blocks.add("\n".join(line for line in lines if not line.startswith("message=")))
    assert len(blocks) == 1


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, text=True).stdout


@dataclass
class World:
    """A Git remote, a registry, and a host of requests."""

    root: Path
    registry: Registry
    tags: dict[str, list[str]]
    answers: list[Answer] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)

    @property
    def remote(self) -> Path:
        return self.root / "remote.git"

    def answer(self, asked: Asked) -> Answer:
        """Answer as a registry, and as a host of requests."""
        if asked.method == "POST":
            self.requests.append(json.loads(asked.body))
            return self.answers.pop(0)
        found = re.fullmatch(r"/v2/(\w+)/tags/list.*", asked.path)
        if found and found[1] in self.tags:
            return tags(*self.tags[found[1]])
        return Answer({"errors": []}, 404) if found else Answer()

    def commit(self, branch: str, files: dict[str, str], email: str = "a@example.org") -> None:
        """Make a commit on a branch of the remote, on top of what is there."""
        clone = self.root / "person"
        git(self.root, "clone", "--quiet", str(self.remote), "person")
        if f"refs/remotes/origin/{branch}" in git(clone, "for-each-ref"):
            git(clone, "checkout", "--quiet", branch)
        else:
            git(clone, "checkout", "--quiet", "-B", branch)
        tree(clone, files)
        git(clone, "add", ".")
        git(clone, "-c", "user.name=a", "-c", f"user.email={email}", "commit", "--quiet", "--message", "by hand")
        git(clone, "push", "--quiet", "origin", branch)
        shutil.rmtree(clone)

    def head(self, branch: str = BRANCH) -> str:
        """Return a branch's commit on the remote; '' if there is none."""
        return git(self.root, "ls-remote", str(self.remote), f"refs/heads/{branch}").partition("\t")[0]

    def file(self, name: str = "a.yaml") -> str:
        """Return a file on the branch for updates."""
        return git(self.remote, "show", f"{BRANCH}:{name}")

    def run(self, path: Path) -> tuple[int, str]:
        """Run a pipeline's scripts on a new checkout as its host does; return the first failure and the log."""
        for name in ("source", "temp", "home"):
            shutil.rmtree(self.root / name, ignore_errors=True)
        for name in ("temp", "home"):
            (self.root / name).mkdir()
        if path != ARGO:
            git(self.root, "clone", "--quiet", "--branch", "main", str(self.remote), "source")
        return RUN[path](self)

    def shell(self, script: str, *options: str, **env: str) -> tuple[int, str]:
        """Run a script in the checkout, with `docker run … IMAGE` as the command itself."""
        source = self.root / "source"
        done = subprocess.run(
            ["bash", *options, "-c", script],
            cwd=source if source.exists() else self.root,
            env={**os.environ, "PATH": f"{self.root}/bin{os.pathsep}{os.environ['PATH']}", **env},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


def run_github(world: World) -> tuple[int, str]:
    """Run the steps one by one, with what they write to GITHUB_OUTPUT, until one fails."""
    job, log = load(GITHUB)["jobs"]["update"], ""
    outputs: dict[tuple[str, str], str] = {}
    for step in job["steps"]:
        if "run" not in step:
            continue
        condition = step.get("if", "")
        wanted = re.fullmatch(r"steps\.(\w+)\.outputs\.(\w+) != '(.*)'", condition)
        if wanted and outputs.get((wanted[1], wanted[2]), "") == wanted[3]:
            continue
        assert bool(wanted) == bool(condition)
        env = {
            name: re.sub(r"\$\{\{ steps\.(\w+)\.outputs\.(\w+) \}\}", lambda m: outputs[m[1], m[2]], value)
            for name, value in step.get("env", {}).items()
        }
        (world.root / "output").write_text("")
        runner = {"RUNNER_TEMP": str(world.root / "temp"), "GITHUB_OUTPUT": str(world.root / "output")}
        status, said = world.shell(step["run"], "-e", **job["env"], **runner, **env)
        log += said
        if status:
            return status, log
        for line in (world.root / "output").read_text().splitlines():
            name, _, value = line.partition("=")
            outputs[step["id"], name] = value
    return 0, log


def run_gitlab(world: World) -> tuple[int, str]:
    """Run both jobs; the second runs after a failure that is allowed, on a checkout of its own."""
    data = load(GITLAB)
    first, second = data["update-images"], data["request-update"]
    status, log = world.shell("\n".join(first["script"]), "-eo", "pipefail")
    if status not in (0, first["allow_failure"]["exit_codes"]):
        return status, log
    artifacts = {name: world.root / "source" / name for name in first["artifacts"]["paths"]}
    kept = {name: file.read_bytes() for name, file in artifacts.items()}
    shutil.rmtree(world.root / "source")
    git(world.root, "clone", "--quiet", "--branch", "main", str(world.remote), "source")
    for name, content in kept.items():
        artifacts[name].write_bytes(content)
    script = "\n".join(second["script"])
    # a remote on the disk takes no push options unless it is told to, and has no token
    script, count = re.subn(r"^REMOTE=.*$", f'REMOTE="{world.remote}"', script, flags=re.MULTILINE)
    assert count == 1
    variables = {**second["variables"], "CI_DEFAULT_BRANCH": "main"}
    later, said = world.shell(script, "-eo", "pipefail", **variables)
    return later or status, log + said


def run_tekton(world: World) -> tuple[int, str]:
    """Run the steps with paths in the place of variables, until one fails."""
    spec = load(TEKTON)["spec"]
    values = {
        "workspaces.source.path": str(world.root / "source"),
        "workspaces.credentials.path": str(world.root / "credentials"),
        "results.changed.path": str(world.root / "home/changed"),
        "params.pulls": f"{world.registry.url}/pulls",
        **{f"params.{one['name']}": one["default"] for one in spec["params"] if "default" in one},
    }

    def filled(text: str) -> str:
        return re.sub(r"\$\(((?:params|workspaces|results)\.[\w.]+)\)", lambda m: values[m[1]], text)

    log = ""
    for step in spec["steps"]:
        env = {one["name"]: filled(one["value"]) for one in step.get("env", ())}
        status, said = world.shell(filled(step["script"]), HOME=str(world.root / "home"), **env)
        log += said
        if status:
            return status, log
    return 0, log


def run_argo(world: World) -> tuple[int, str]:
    """Run the containers of a repository in their order, until one fails."""
    spec = load(ARGO)["spec"]
    values = {
        "workflow.parameters.branch": spec["arguments"]["parameters"][1]["value"],
        "inputs.parameters.url": str(world.remote),
        "inputs.parameters.base": "main",
        "inputs.parameters.pulls": f"{world.registry.url}/pulls",
    }
    log = ""
    for container in spec["templates"][1]["containerSet"]["containers"]:
        env = {
            one["name"]: re.sub(r"\{\{([\w.]+)\}\}", lambda m: values[m[1]], one["value"])
            for one in container["env"]
        }
        script = container["args"][0].replace("/credentials/", f"{world.root}/credentials/")
        # HOME is the volume that the containers share
        status, said = world.shell(script, **{**env, "HOME": str(world.root)})
        log += said
        if status:
            return status, log
    return 0, log


RUN = {GITHUB: run_github, GITLAB: run_gitlab, TEKTON: run_tekton, ARGO: run_argo}
GH = """\
#!/bin/sh
# `gh` as the workflow uses it: it remembers what it is asked, and knows the requests that a test wrote down
printf '%s\\n' "$*" >> "{root}/gh.log"
case "$2" in
  list) for last; do :; done; jq "$last" "{root}/requests.json" ;;
  create) echo '[{{"state": "OPEN", "headRefOid": ""}}]' > "{root}/requests.json" ;;
esac
"""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A repository with an image to update, its registry, and the programs of a runner."""
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    docker = '#!/bin/sh\nwhile [ "${1#ghcr.io/}" = "$1" ]; do shift; done; shift; exec fluxmark "$@"\n'
    python = f'#!/bin/sh\nexec {sys.executable} "$@"'
    programs = {"docker": docker, "gh": GH.format(root=tmp_path), "python": python}
    tree(tmp_path, {f"bin/{name}": text for name, text in programs.items()})
    (tmp_path / "bin/fluxmark").symlink_to(Path(sys.executable).with_name("fluxmark"))
    for name in programs:
        (tmp_path / "bin" / name).chmod(0o755)
    tree(tmp_path, {"credentials/token": "secret", "credentials/.git-credentials": "", "requests.json": "[]"})
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch", "main", "remote.git")
    git(tmp_path / "remote.git", "config", "receive.advertisePushOptions", "true")
    with Registry(lambda _: Answer()) as registry:
        made = World(tmp_path, registry, {"app": ["1.0.0", "1.1.0"]})
        registry.answer = made.answer
        image = f"image: {registry.host}/app:1.0.0 {MARKER}\n"
        made.commit("main", {"a.yaml": image, "flux.yaml": FLUX.format(host=registry.host, name="app")})
        yield made


@pytest.mark.slow
@PROGRAMS
@ALL
def test_a_pipeline_pushes_what_was_updated_and_asks_once(world: World, path: Path) -> None:
    world.answers = [Answer({}, 201)]
    assert world.run(path)[0] == 0
    pushed = world.head()
    assert ":1.1.0 # {" in world.file()
    assert git(world.remote, "log", "-1", "--format=%an <%ae>", BRANCH) == f"fluxcdbot <{BOT}>\n"
    assert git(world.remote, "log", "--format=%s", f"main..{BRANCH}").count("\n") == 1

    status, log = world.run(path)
    assert (status, world.head()) == (0, pushed), log
    assert f"{BRANCH} is up to date." in log
    asked = (world.root / "gh.log").read_text() if path == GITHUB else ""
    assert asked.count("pr create") + len(world.requests) == (0 if path == GITLAB else 1)


@pytest.mark.slow
@PROGRAMS
@ALL
def test_a_pipeline_follows_its_base_and_the_registry(world: World, path: Path) -> None:
    world.answers = [Answer({}, 201), Answer({"message": "open"}, 409), Answer({}, 409)]
    world.run(path)
    world.tags["app"].append("1.2.0")
    assert world.run(path)[0] == 0
    assert ":1.2.0 # {" in world.file()
    world.commit("main", {"b.yaml": "b: 1\n"})
    assert world.run(path)[0] == 0
    assert world.file("b.yaml") == "b: 1\n"
    assert git(world.remote, "log", "--format=%s", f"main..{BRANCH}").count("\n") == 1


@pytest.mark.slow
@PROGRAMS
@ALL
def test_a_pipeline_keeps_the_commits_of_others_and_says_so(world: World, path: Path) -> None:
    world.answers = [Answer({}, 201)]
    world.run(path)
    world.commit(BRANCH, {"note.txt": "please wait\n"})
    kept = world.head()
    world.tags["app"].append("1.2.0")
    status, log = world.run(path)
    assert (status, world.head()) == (1, kept)
    assert f"{BRANCH} has commits by others. Merge or delete the branch." in log
    assert "by hand" in log


@pytest.mark.slow
@PROGRAMS
@ALL
def test_a_pipeline_removes_its_branch_when_nothing_is_left_to_do(world: World, path: Path) -> None:
    """The hosts close a request when its branch is deleted."""
    world.answers = [Answer({}, 201)]
    world.run(path)
    world.commit("main", {"a.yaml": world.file()})
    status, log = world.run(path)
    assert (status, world.head()) == (0, ""), log
    status, log = world.run(path)
    assert (status, world.head()) == (0, "")
    assert "There is nothing to update." in log


@pytest.mark.slow
@PROGRAMS
@ALL
def test_a_policy_that_fails_is_reported_after_the_others_are_pushed(world: World, path: Path) -> None:
    world.answers = [Answer({}, 201)]
    world.commit("main", {"other.yaml": FLUX.format(host=world.registry.host, name="gone")})
    status, log = world.run(path)
    assert (status, ":1.1.0 # {" in world.file()) == (1, True), log
    assert "gone" in log


@pytest.mark.slow
@PROGRAMS
@ALL
def test_a_registry_that_does_not_answer_stops_the_pipeline(world: World, path: Path) -> None:
    world.tags.clear()
    status, log = world.run(path)
    assert (status, world.head()) == (2, ""), log
    assert "There is nothing to update." not in log


@pytest.mark.slow
@PROGRAMS
@pytest.mark.parametrize("path", [TEKTON, ARGO], ids=lambda path: path.stem)
@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Answer(ALREADY, 422), 0),
        (Answer({"message": "Validation Failed", "errors": [{"field": "base", "code": "invalid"}]}, 422), 1),
        (Answer({"message": "pull request already exists"}, 409), 0),
        (Answer({"message": "Bad credentials"}, 401), 1),
    ],
    ids=["open", "invalid", "gitea", "denied"],
)
def test_a_request_that_fails_is_told_from_one_that_is_open(
    world: World, path: Path, answer: Answer, status: int
) -> None:
    world.answers = [answer]
    found, log = world.run(path)
    assert found == status
    assert ("The request was not opened." in log) == bool(status)


@pytest.mark.slow
@PROGRAMS
def test_a_request_that_somebody_closed_stays_closed(world: World) -> None:
    world.run(GITHUB)
    (world.root / "requests.json").write_text(json.dumps([{"state": "CLOSED", "headRefOid": world.head()}]))
    (world.root / "gh.log").unlink()
    assert world.run(GITHUB)[0] == 0
    assert "pr create" not in (world.root / "gh.log").read_text()
