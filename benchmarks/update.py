"""How long `fluxmark update` takes on 5,000 files, beside the least that it has to do: read them, as `cat` does.

Run: python benchmarks/update.py [--quick] [DIRECTORY]. The trees are made below DIRECTORY (default: the directory
of temporary files). Prints the median of five runs of the whole process, and its ratio to `cat` of the same tree.
`writing` flushes each file to the disk, so it tells of the disk. --quick: 1,000 files, and three runs.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

IMAGE = "registry.example.org/shop/frontend"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: frontend-{number} # its name
  namespace: shop
spec:
  replicas: 3
  selector: {{matchLabels: {{app: frontend}}}}
  template:
    metadata:
      labels:
        app: frontend
        tier: web
    spec:
      containers:
      - name: frontend
        image: {image}:main-abc1234-1707300000{marker}
        args: ["--listen", ":8080"]
        env:
        - name: LOG_LEVEL
          value: info
        - name: REGION
          value: north
        resources:
          limits:
            cpu: 100m
            memory: 128Mi
"""
MARKER = ' # {"$imagepolicy": "flux-system:frontend"}'
# an installed package is compiled
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def make(root: Path, files: int, every: int) -> None:
    """Write the files, with a marker in every so manyth."""
    for number in range(files):
        path = root / f"group-{number // 100}" / f"deployment-{number}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        marker = MARKER if number % every == 0 else ""
        path.write_text(DEPLOYMENT.format(number=number, image=IMAGE, marker=marker))


def seconds(command: list[str]) -> float:
    """Return how long a command runs."""
    start = time.perf_counter()
    subprocess.run(command, check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Print a line for each tree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", nargs="?")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    files, runs = (1_000, 3) if options.quick else (5_000, 5)
    with tempfile.TemporaryDirectory(dir=options.directory) as name:
        place = Path(name)
        latest = place / "latest.json"
        image = {"name": IMAGE, "tag": "main-fff1234-1807300000"}
        latest.write_text(json.dumps({"flux-system:frontend": image}))
        fluxmark = [sys.executable, "-m", "fluxmark", "update", "--latest", str(latest)]
        for tree, every in (("a marker in every tenth file", 10), ("a marker in every file", 1)):
            root = place / f"tree-{every}"
            make(root, files, every)
            cat = ["sh", "-c", f"find {root} -type f -print0 | xargs -0 cat"]
            times: dict[str, list[float]] = {"cat": [], "dry run": [], "writing": [], "nothing to do": []}
            for _ in range(runs):
                times["cat"].append(seconds(cat))
                times["dry run"].append(seconds([*fluxmark, "--dry-run", str(root)]))
                times["writing"].append(seconds([*fluxmark, str(root)]))
                times["nothing to do"].append(seconds([*fluxmark, str(root)]))
                shutil.rmtree(root)
                make(root, files, every)
            medians = {what: statistics.median(taken) for what, taken in times.items()}
            for what, taken in medians.items():
                print(f"{tree:30} {what:15} {taken:7.3f} s   {taken / medians['cat']:6.1f} x cat")


if __name__ == "__main__":
    main()
