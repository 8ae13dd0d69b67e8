"""How long the function takes on a long list, beside the least that it has to do: one pass of libyaml over it.

    python benchmarks/lists.py [--quick] [--keep DIRECTORY]

Makes ResourceLists of 5,000 Deployments as kpt hands them over (4.6 MB): with a marker on each, without one, and
mixed, where nine in ten items are of no interest. Flux's resources stand in them, too, as the function made them
before; else making those, and reading their schemas, is what would be measured. An empty list is held to Python
importing PyYAML and doing nothing.

Every run is a process of its own, and floor and function take turns, because machines are noisy. Printed are
minimum and median of the processor time, the median of the wall time, the greatest memory, and the ratio of the
medians. Then how the time grows with the items. --quick: three runs instead of five, and no 50,000 items. --keep:
leave the lists in this directory.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ITEMS = 5_000
IMAGE = "192.168.0.40:5000/frontend:main-abc1234-1707300000"
MARKER = ' # {"$imagepolicy": "flux-system:frontend"}'
HEAD = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
CONFIG = """\
functionConfig:
  apiVersion: fluxmark.io/v1alpha1
  kind: ImageAutomation
  metadata:
    name: production
  spec:
    tagFormat: main-<sha:7>-<unix>
    images:
    - image: 192.168.0.40:5000/frontend
    automation:
      name: flux-system
      sourceRef: {kind: GitRepository, name: flux-system}
      git:
        checkout: {ref: {branch: main}}
        commit:
          author: {email: fluxcdbot@users.noreply.github.com, name: fluxcdbot}
        push: {branch: main}
      update: {path: .}
"""
METADATA = """\
  metadata:
    name: NAME
    namespace: prod
    annotations:
      config.kubernetes.io/index: '0'
      config.kubernetes.io/path: 'PATH'
      internal.config.kubernetes.io/index: '0'
      internal.config.kubernetes.io/path: 'PATH'
      internal.config.kubernetes.io/seqindent: 'compact'
"""
DEPLOYMENT = (
    "- apiVersion: apps/v1\n  kind: Deployment\n"
    + METADATA.replace("NAME", "frontend-NUMBER # name comment")
    + """\
  spec:
    replicas: 3
    selector: {matchLabels: {app: x}}
    template:
      metadata:
        labels:
          app: x
          tier: y
      spec:
        containers:
        - name: frontend
          image: IMAGE
          args: ["--a", "--b"]
          env:
          - name: A
            value: b
          - name: C
            value: d
          resources:
            limits:
              cpu: 100m
              memory: 128Mi
"""
).replace("IMAGE", IMAGE + MARKER)
CONFIG_MAP = (
    "- apiVersion: v1\n  kind: ConfigMap\n"
    + METADATA.replace("NAME", "config-NUMBER")
    + "  data:\n"
    + "".join(f"    key{n}: value number {n} of a config map that nobody has to touch\n" for n in range(12))
)

FUNCTION = [sys.executable, "-m", "fluxmark"]
FLOOR = [
    sys.executable,
    "-c",
    """
import gc, sys, yaml
gc.disable()
for _ in yaml.parse(sys.stdin.read(), Loader=yaml.CSafeLoader):
    pass
""",
]
IMPORT = [sys.executable, "-c", "import yaml"]
# an installed package is compiled
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


class Run(NamedTuple):
    """Seconds of processor time and of wall time, and megabytes, that a process took."""

    cpu: float
    wall: float
    memory: float


def make(items: int, every: int = 1) -> Iterator[str]:
    """Yield a list of Deployments with markers, or of ConfigMaps with a Deployment every so many items."""
    yield HEAD + "items:\n"
    for number in range(items):
        item = DEPLOYMENT if number % every == 0 else CONFIG_MAP
        yield item.replace("NUMBER", str(number)).replace("PATH", f"ns{number // 100}/d{number}.yaml")


def run(command: list[str], given: Path, printed: Path) -> Run:
    """Run a command on a file, and return what it took."""
    with given.open("rb") as standard_input, printed.open("wb") as standard_output:
        start = time.perf_counter()
        process = os.posix_spawn(
            command[0],
            command,
            ENVIRONMENT,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, standard_input.fileno(), 0),
                (os.POSIX_SPAWN_DUP2, standard_output.fileno(), 1),
            ],
        )
        _, status, used = os.wait4(process, 0)
        wall = time.perf_counter() - start
    if status:
        raise SystemExit(f"{command} failed with status {os.waitstatus_to_exitcode(status)}")
    kilobytes = used.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return Run(used.ru_utime + used.ru_stime, wall, kilobytes / 1024)


def prepare(list_: Iterable[str], path: Path, *, marked: bool = True) -> None:
    """Write a list as the function leaves it: with Flux's resources, and without its results.

    Line by line: the memory of this process would count as that of those it starts.
    """
    given, printed = path.with_suffix(".in"), path.with_suffix(".out")
    with given.open("w", encoding="utf-8") as file:
        file.writelines(list_)
        file.write(CONFIG)
    run(FUNCTION, given, printed)
    with printed.open(encoding="utf-8") as lines, path.open("w", encoding="utf-8") as file:
        for line in takewhile(lambda line: line != "results:\n", lines):
            file.write(line if marked else line.replace(f"{IMAGE}{MARKER}", IMAGE))


def compare(name: str, path: Path, runs: int, floor: list[str] = FLOOR) -> None:
    """Run floor and function in turns, and print a line."""
    printed = path.with_suffix(".out")
    least, taken = [], []
    for _ in range(runs):
        least.append(run(floor, path, printed))
        taken.append(run(FUNCTION, path, printed))
    ratio = statistics.median(one.cpu for one in taken) / statistics.median(one.cpu for one in least)
    print(f"{name:32} floor {shown(least)}   function {shown(taken)}   ratio {ratio:5.2f}", flush=True)


def shown(runs: list[Run]) -> str:
    """Return minimum and median of the processor time, the median of the wall time, and the greatest memory."""
    cpu = [one.cpu for one in runs]
    wall = statistics.median(one.wall for one in runs)
    memory = max(one.memory for one in runs)
    return f"{min(cpu):6.3f} {statistics.median(cpu):6.3f} s cpu {wall:6.3f} s wall {memory:4.0f} MB"


def main() -> None:
    """Make the lists, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    runs = 3 if options.quick else 5
    with tempfile.TemporaryDirectory() as temporary:
        place = options.keep or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        empty = place / "empty.yaml"
        empty.write_text(f"{HEAD}items: []\n")
        compare("empty list, beside the import", empty, runs, IMPORT)
        for name, every, marked in (("all marked", 1, True), ("none marked", 1, False), ("mixed", 10, True)):
            path = place / f"{name.replace(' ', '-')}.yaml"
            prepare(make(ITEMS, every), path, marked=marked)
            compare(f"{ITEMS:,} items, {name}", path, runs)
        for items in (500, 5_000) if options.quick else (500, 5_000, 50_000):
            path = place / f"marked-{items}.yaml"
            prepare(make(items), path)
            compare(f"{items:,} items, all marked", path, 1 if items > ITEMS else runs)


if __name__ == "__main__":
    main()
