"""Hostile inputs: each writes a tree in which something is as bad as it can be, small enough to keep in Git.

A new kind of attack is one entry of INPUTS; every command is tried on it.
"""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MARKER = ' # {"$imagepolicy": "flux-system:app"}'
FLUX = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: app, namespace: flux-system}
spec: {image: reg.io/app, interval: 1m}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: app, namespace: flux-system}
spec: {imageRepositoryRef: {name: app}, policy: {semver: {range: 1.x}}}
status: {latestRef: {name: reg.io/app, tag: 1.1.0}}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: {name: app, namespace: flux-system}
spec:
  interval: 1m
  sourceRef: {kind: GitRepository, name: flux-system}
  git: {commit: {author: {email: a@b}, messageTemplate: "{{range .Changed.Changes}}{{.NewValue}}{{end}}"}}
"""
CONFIG = """\
apiVersion: fluxmark.io/v1alpha1
kind: ImageAutomation
metadata: {name: x}
spec:
  output: out
  images: [{image: reg.io/app, policy: {policy: {semver: {range: 1.x}}}}]
"""
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: a\n    image: reg.io/app:1.0.0\n"
KUSTOMIZATION = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
SYNC = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 1m, path: ./PATH, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}
"""
TAGS = '{"reg.io/app": ["1.0.0", "1.2.0"]}'
LATEST = '{"flux-system:app": {"name": "reg.io/app", "tag": "1.2.0"}}'

INPUTS: dict[str, Callable[[Path], None]] = {}


def base(root: Path) -> None:
    """Write what every tree has: Flux's resources, a workload, and lists of tags."""
    (root / "flux.yaml").write_text(FLUX)
    (root / "pod.yaml").write_text(POD + f"    # x\n  - name: b\n    image: reg.io/app:1.0.0{MARKER}\n")
    (root / "tags.json").write_text(TAGS)
    (root / "latest.json").write_text(LATEST)


def text(name: str, content: str | bytes, file: str = "bad.yaml") -> None:
    """Add an input that is one file."""
    data = content if isinstance(content, bytes) else content.encode(errors="surrogatepass")

    def write(root: Path) -> None:
        target = root / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    INPUTS[name] = write


def tree(name: str, files: dict[str, str]) -> None:
    """Add an input that is several files."""

    def write(root: Path) -> None:
        for path, content in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(content)

    INPUTS[name] = write


def numbered(count: int, line: str) -> str:
    return "".join(line.replace("N", str(number)) for number in range(count))


MARKED = f"kind: A\nimage: reg.io/app:1{MARKER}\n"
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 30))
MERGES = "x0: &a0 {a: 1}\n" + "".join(
    f"x{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}\n" for n in range(1, 30)
)

# what a file can be

text("empty", "")
text("only a byte order mark", "\ufeff")
text("two byte order marks", f"\ufeff\ufeff{MARKED}")
text("zero bytes", b"\0" * 1000)
text("UTF-16", MARKED.encode("utf-16"))
text("not UTF-8", MARKED.encode() + b"a: \xff\xfe\xfd\n")
text("overlong UTF-8", MARKED.encode() + b"a: \xc0\x80\xe0\x80\x80\n")
text("surrogates", f"{MARKED}a: \ud800\n")
text("control characters", f"{MARKED}a: \x01\x1b[31m\x7f\n")
text("a line of hashes", f"{MARKED}{'#' * 300_000}\n")
text("hashes and blanks", f"{MARKED}{'# ' * 150_000}imagepolicy\n")
text("hashes in quotes", MARKED + "a: [" + '"# imagepolicy", ' * 5000 + "]\n")
text("blank lines", f"{MARKED}{chr(10) * 200_000}b: 1\n")
text("blank lines and comments", MARKED + "\n# c\n" * 50_000)
text("blanks at line ends", MARKED + "a: x \t \t\n" * 20_000)
text("one long line of blanks", f"{MARKED}a: x{' ' * 300_000}y\n")
text("CRs alone", MARKED.replace("\n", "\r"))
text("line separators", MARKED.replace("\n", "\u2028") + MARKED)
text("directives", "%YAML 1.1\n%TAG ! x:\n---\na: 1\n...\n" * 2000 + MARKED)
text("thousands of documents", "---\na: 1\n" * 5000 + f"---\n{MARKED}")
text("separators without documents", "---\n" * 30_000 + MARKED)
text("text behind separators", f"---x\n--- y\n---\n{MARKED}" * 300)

# what YAML can be

text("deep brackets", f"{MARKED}a: " + "[" * 50_000)
text("deep braces", f"{MARKED}a: " + "{a: " * 20_000)
text("deep dashes", MARKED + "- " * 20_000)
text("as deep as allowed", f"{MARKED}a: " + "[" * 250 + "]" * 250 + "\n")
text("deep mappings", "".join(" " * n + "a:\n" for n in range(250)) + MARKED)
text("an alias bomb", BOMB + MARKED)
text(
    "a merge bomb",
    MERGES + f"services: {{web: {{<<: *a29}}}}\n{MARKED.replace('kind: A', 'b: 1')}",
    "compose.yaml",
)
text("a merge bomb of a resource", FLUX.replace("spec: {image", f"{MERGES}spec: {{<<: *a29, image"))
text("aliases in a circle", f"a: &a\n  b: *a\n  <<: *a\n{MARKED}")
text("an alias without an anchor", f"a: *x\n{MARKED}")
text("anchors", MARKED + numbered(5000, "aN: &aN {b: *a0}\n").replace("a0: &a0 {b: *a0}", "a0: &a0 x"))
text("duplicate keys", f"{MARKED}" + "k: v\n" * 5000)
text("duplicate marked keys", f"image: reg.io/app:1{MARKER}\n" * 5000)
text("explicit keys", MARKED + numbered(3000, "? [kN]\n: v\n"))
text("null keys", f"{MARKED}? \n: \n~: 1\n'': 2\nnull: 3\n")
text("tags", f"{MARKED}a: !!python/object/apply:os.system [id]\nb: !!binary zzzz\nc: !x y\nd: !!int x\n")
text("numbers", f"{MARKED}a: {'9' * 10_000}\nb: .nan\nc: -.inf\nd: 1:2:3\ne: 0x{'f' * 5000}\nf: 1e999999999\n")
text("long keys", f"{MARKED}{'k' * 100_000}: v\n? {'y' * 100_000}\n: v\n")
text("a list at the top", f"- image: reg.io/app:1{MARKER}\n" * 2000)
text("a scalar at the top", f"reg.io/app:1{MARKER}\n")
text("not closed", MARKED + 'a: "' + "x\n" * 30_000)
text("an error at the end", MARKED + "a: [" + "x, " * 50_000 + "}\n")
text("tabs", f"{MARKED}a:\n\t- b\n")
text("a template", MARKED + "{{- range .Values }}\na: {{ . }}\n{{ end }}\n" * 500)
text("quotes and escapes", f'{MARKED}a: "{chr(92)}u00e9{chr(92)}n"\nb: "{(chr(92) + "u00e9") * 50_000}"\n')
text("folded scalars", MARKED + "a: >-\n" + "  some text\n\n" * 20_000)

# what a marker can be

text("a long marker", f'kind: A\nimage: x # {{"$imagepolicy": "{"a" * 200_000}:b"}}\n')
text("a marker of many members", "kind: A\nimage: x # {" + '"$imagepolicy": "a:b", ' * 5000 + "}\n")
text("a deep marker", "kind: A\nimage: x # " + '{"$imagepolicy": ' * 3000 + "\n")
text("misspelt markers", "kind: A\n" + 'image: x # {$imagePolicy: "flux-system:app" x y z}\n' * 1000)
text("commented-out markers", "kind: A\n" + f"#  -   {' ' * 4000}# imagepolicy x\n" * 100)
text("markers above and behind", f"kind: A\nitems:\n{MARKER}\n- x{MARKER}\n" * 500)
text("markers without values", f"kind: A\nimage:{MARKER}\nother: |{MARKER}\n  x\nflow: [a, b]{MARKER}\n" * 500)
text("long values", f"kind: A\nimage: reg.io/{'a' * 100_000}:1{MARKER}\nb: {'a/' * 50_000}:1{MARKER}\n")
text("image-like text", "kind: A\n" + numbered(2000, "kN: a.b-c__d/e-f.g:h@sha256:" + "0" * 64 + "x\n"))

# what Flux's resources can be

for field, values in {
    "interval: 1m": ("interval: [1]", f"interval: {'9' * 50_000}m", "interval: 1m" + "1m" * 20_000),
    "image: reg.io/app": (
        "image: {a: 1}",
        f"image: {'a/' * 50_000}",
        "image: https://x",
        "exclusionList: [.nan, [], {}]",
    ),
    "metadata: {name: app": ("metadata: [{name: app", "metadata: {name: 1", f"metadata: {{name: {'a' * 50_000}"),
    "range: 1.x": (
        f"range: '{'>1 || <2 || ' * 5000}1'",
        "range: '1 - 2 || '",
        f"range: '{' ' * 50_000}x'",
        "range: [1]",
    ),
    "{name: reg.io/app, tag: 1.1.0}": (
        "[1]",
        "{name: 'a b', tag: '::x'}",
        f"{{name: reg.io/app, tag: {'1' * 50_000}}}",
    ),
    "{imageRepositoryRef: {name: app}, ": (
        "{filterTags: {pattern: '(a+)+$', extract: '$x$1'}, imageRepositoryRef: {name: app}, ",
        "{filterTags: {pattern: '(a{1000}){1000}'}, imageRepositoryRef: {name: app}, ",
        "{filterTags: {pattern: '" + "(" * 900 + ")" * 900 + "'}, imageRepositoryRef: {name: app}, ",
        "{filterTags: [1], imageRepositoryRef: [app], ",
        "{<<: *x, ",
    ),
    "sourceRef: {kind: GitRepository, name: flux-system}": (
        "update: {path: ../../../..}",
        "update: {path: /etc}",
        f"update: {{path: {'a/' * 20_000}}}",
        'update: {path: "a\\0b"}',
        "update: [1]",
        "policySelector: {matchExpressions: [{key: a, operator: In, values: [" + "a, " * 2000 + "b]}]}",
    ),
    "{{range .Changed.Changes}}{{.NewValue}}{{end}}": (
        "{{range until 1000000}}{{range until 1000000}}{{end}}{{end}}",
        "{{$b := repeat 500000 `a `}}{{range until 200000}}{{$x := snakecase $b}}{{end}}",
        "{{$x := list 1}}{{range 60}}{{$x = list $x $x}}{{end}}{{deepCopy $x}}{{toJson $x}}",
        "{{define `t`}}{{template `t`}}{{end}}{{template `t`}}",
        "{{" + "(" * 20_000 + "}}",
        "{{if 1}}" * 5000,
        "{{env `HOME`}}{{expandenv `$HOME`}}{{getHostByName `x`}}{{genPrivateKey `rsa`}}",
    ),
}.items():
    for number, value in enumerate(values):
        text(f"{field[:20]} {number}", FLUX.replace(field, value) + f"---\n{MARKED}", "flux.yaml")

text(
    "thousands of policies",
    "---\n".join([numbered(1500, FLUX.split("---")[1].replace("name: app, n", "name: appN, n") + "---\n")]),
)
text("policies of one name", (FLUX + "---\n") * 300, "flux.yaml")
text(
    "automations",
    numbered(150, "---\n" + FLUX.split("---")[2].replace("name: app,", "name: appN,")) + f"---\n{MARKED}",
)
text(
    "a List in a List",
    "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  - "
    + POD.replace("\n", "\n    "),
)
text("a List of nonsense", "apiVersion: v1\nkind: List\nitems: [1, null, [], {}, {kind: 1}, {metadata: []}]\n")
text(
    "path annotations",
    POD.replace(
        "{name: p}",
        "{name: p, annotations: {config.kubernetes.io/path: ../../x, internal.config.kubernetes.io/path: [1], config.kubernetes.io/index: x}}",
    ),
)
text(
    "a Secret",
    'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: flux-system}\ntype: kubernetes.io/dockerconfigjson\nstringData: {.dockerconfigjson: \'{"auths": {"*a*a*a*a*a*a*a*b": {}}}\'}\n',
)

# what kustomizations can be

tree(
    "a kustomization of itself",
    {"k/kustomization.yaml": f"{KUSTOMIZATION}resources: [., ../k, ./]\n", "sync.yaml": SYNC.replace("PATH", "k")},
)
tree(
    "kustomizations that double",
    {
        "sync.yaml": SYNC.replace("PATH", "k24"),
        "k0/kustomization.yaml": f"{KUSTOMIZATION}resources: [pod.yaml]\n",
        "k0/pod.yaml": POD,
        **{
            f"k{n}/kustomization.yaml": f"{KUSTOMIZATION}namePrefix: a\nresources: [../k{n - 1}, ../l{n}]\n"
            for n in range(1, 25)
        },
        **{
            f"l{n}/kustomization.yaml": f"{KUSTOMIZATION}nameSuffix: b\nresources: [../k{n - 1}]\n"
            for n in range(1, 25)
        },
    },
)
tree(
    "a long chain of kustomizations",
    {
        "sync.yaml": SYNC.replace("PATH", "k149"),
        "k0/kustomization.yaml": f"{KUSTOMIZATION}resources: [pod.yaml]\n",
        "k0/pod.yaml": POD,
        **{f"k{n}/kustomization.yaml": f"{KUSTOMIZATION}resources: [../k{n - 1}]\n" for n in range(1, 150)},
    },
)
tree(
    "kustomizations that lead out",
    {
        "k/kustomization.yaml": f"{KUSTOMIZATION}resources: [../../../../../etc, /etc/passwd, 'https://x.invalid/y', \"a\\0b\"]\n"
        "configMapGenerator: [{name: a, files: [/etc/passwd, ../../../../etc/passwd], envs: [/etc/passwd]}]\n"
        "patches: [{path: /etc/passwd}, {patch: '[{\"op\": \"test\"}]', target: {kind: '(a+)+$'}}]\n",
        "sync.yaml": SYNC.replace("PATH", "k"),
    },
)
tree(
    "a kustomization of nonsense",
    {
        "kustomization.yaml": f"{KUSTOMIZATION}resources: {{a: 1}}\nimages: [1, null, {{}}, {{name: [1]}}]\npatches: 1\nreplacements: [[]]\nvars: x\n"
    },
)
tree(
    "many images",
    {"kustomization.yaml": KUSTOMIZATION + "images:\n" + numbered(3000, "- {name: reg.io/aN, newTag: '1'}\n")},
)

# what a configuration and lists of tags can be

for number, change in enumerate(
    (
        ("output: out", "output: ../../../../tmp/out"),
        ("output: out", "output: /tmp/out"),
        ("output: out", 'output: "a\\0b"'),
        (
            "output: out",
            "output: out\n  files: ['**/**/**/**/**/**/**/**/**/**/**/**/x', '[', '*a*a*a*a*a*a*a*b']",
        ),
        ("output: out", "output: out\n  files: [../../.., /etc/passwd]"),
        ("image: reg.io/app", f"image: reg.io/app, tagFormat: '{'<sha><unix>' * 2000}'"),
        ("image: reg.io/app", f"image: '{'a/' * 20_000}'"),
        ("images: [", f"images: [{'{image: reg.io/app}, ' * 1000}"),
        ("spec:", "spec: &a\n  <<: *a"),
        ("kind: ImageAutomation", "kind: [1]"),
    )
):
    text(f"a configuration {number}", CONFIG.replace(*change), "fluxmark.yaml")
text("a bomb as configuration", BOMB, "fluxmark.yaml")
text("many tags", '{"reg.io/app": [' + ", ".join(f'"1.0.{n}"' for n in range(20_000)) + "]}", "tags.json")
text("long tags", '{"reg.io/app": ["' + "1" * 200_000 + '", "a' + "1a" * 20_000 + '"]}', "tags.json")
text("deep tags", "[" * 20_000, "tags.json")
text("tags of nonsense", '{"reg.io/app": {"a": 1}, "": [], "x": [1, null, {}]}', "tags.json")
text("latest images of nonsense", '{"flux-system:app": [1], "x": {"name": 1}, "": null}', "latest.json")
text(
    "a latest image with a command",
    '{"flux-system:app": {"name": "reg.io/app", "tag": "1\\n::error::x"}}',
    "latest.json",
)


# what a directory can hold


def links(root: Path) -> None:
    (root / "circle.yaml").symlink_to("circle.yaml")
    (root / "dangling.yaml").symlink_to("nowhere.yaml")
    (root / "passwd.yaml").symlink_to("/etc/passwd")
    (root / "above.yaml").symlink_to("../outside/secret.yaml")
    (root / "above").symlink_to("..")
    (root / "self").symlink_to(".")


def special(root: Path) -> None:
    os.mkfifo(root / "pipe.yaml")
    (root / "directory.yaml").mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        here = os.open(".", os.O_RDONLY)
        try:
            os.chdir(root)
            server.bind("socket.yaml")
        finally:
            os.fchdir(here)
            os.close(here)


def names(root: Path) -> None:
    for name in (
        b"\xff\xfe.yaml",
        b"new\nline.yaml",
        b"-q.yaml",
        b"--diff",
        b"a:b:1.yaml",
        b"..yaml",
        b"\x1b[31m.yaml",
        b"x" * 250 + b".yaml",
    ):
        with open(os.fsencode(root) + b"/" + name, "w") as file:  # noqa: PTH123 - a name that is not UTF-8
            file.write(MARKED)


def deep(root: Path) -> None:
    where = root
    for _ in range(300):
        where /= "d"
    where.mkdir(parents=True)
    (where / "a.yaml").write_text(MARKED)


def large(root: Path) -> None:
    with (root / "large.yaml").open("wb") as file:
        file.write(MARKED.encode())
        file.truncate(40 << 20)


def staging(root: Path) -> None:
    left = root / ".krmfn-0123456789abcdef.tmp"
    left.mkdir()
    (left / ".gitignore").write_text("*\n")
    (left / "evil.yaml").write_text(MARKED)
    (root / ".krmfn-fedcba9876543210.tmp").symlink_to("../outside")


def git(root: Path) -> None:
    (root / ".git").mkdir()
    (root / ".git/config").write_text('[remote "origin"]\n\turl = ::x\n' + "[" * 10_000)
    (root / ".git/HEAD").write_text("ref: " + "x" * 10_000)


INPUTS |= {
    "links": links,
    "special files": special,
    "names": names,
    "deep directories": deep,
    "a file above the limit": large,
    "a directory like ours": staging,
    "a repository of nonsense": git,
}
