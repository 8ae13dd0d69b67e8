"""How long `fluxmark check` takes, against reading the same files and parsing those that matter.

    python benchmarks/check.py [FILES]

It makes a tree of FILES Deployments (5,000), once with a marker in every tenth file, once in each, and prints the
best of three runs of both in seconds of processor time, and their ratio: the goal is below two.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from fluxmark.cluster.read import is_flux_file, is_of_interest, read_directory
from fluxmark.rules.engine import run
from krmfn.packages.package import Package
from krmfn.yaml.parser import parse
from krmfn.yaml.text import decode

if TYPE_CHECKING:
    from collections.abc import Callable

RESOURCES = """\
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: web, namespace: flux-system}
spec: {image: registry.example.com/shop/web, interval: 5m0s}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: web, namespace: flux-system}
spec:
  imageRepositoryRef: {name: web}
  filterTags: {pattern: '^main-[a-f0-9]{7}-(?P<ts>[0-9]{10})$', extract: $ts}
  policy: {numerical: {order: asc}}
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web-N
  namespace: shop
spec:
  replicas: 3
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: registry.example.com/shop/IMAGE:main-abc1234-1700000000MARKER
          env:
            - name: A
              value: b
          resources:
            limits:
              cpu: 100m
              memory: 128Mi
"""
MARKER = ' # {"$imagepolicy": "flux-system:web"}'


def make(root: Path, files: int, every: int) -> None:
    """Write the tree; files without a marker hold another image."""
    (root / "resources.yaml").write_text(RESOURCES)
    for number in range(files):
        marked = number % every == 0
        path = root / f"app-{number // 100}/web-{number}.yaml"
        path.parent.mkdir(exist_ok=True)
        text = DEPLOYMENT.replace("N", str(number), 1).replace("IMAGE", "web" if marked else "other")
        path.write_text(text.replace("MARKER", MARKER if marked else ""))


def floor(root: Path) -> None:
    """Read every file that Flux would, and parse those that matter."""
    package = Package(root)
    for path in package.walk(is_flux_file):
        text = decode(package.read_bytes(path), path)
        if is_of_interest(text, path.rpartition("/")[2]):
            parse(text, path)


def check(root: Path) -> None:
    """Check; what is found is not printed."""
    run(read_directory(Package(root)))


def best(work: Callable[[Path], None], root: Path) -> float:
    """Return the shortest of three runs, in seconds."""
    times = []
    for _ in range(3):
        gc.collect()
        start = time.process_time()
        work(root)
        times.append(time.process_time() - start)
    return min(times)


def main(files: int) -> None:
    """Measure both trees."""
    gc.disable()
    for every in (10, 1):
        with tempfile.TemporaryDirectory() as name:
            root = Path(name)
            make(root, files, every)
            reading, checking = best(floor, root), best(check, root)
            print(
                f"{files} files, {files // every} with a marker: reading {reading:.2f} s, "
                f"check {checking:.2f} s, ratio {checking / reading:.2f}"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
