"""What a start costs: the processor time of the function on an empty list, over that of Python alone.

`python benchmarks/start.py [PROGRAM PYTHON]`; in the image both are in /opt/fluxmark/bin.
Importing PyYAML alone is shown beside it: no function that reads YAML with it can do with less.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

LIST = b"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n"
ROUNDS = 30


def processor_time(*command: str) -> float:
    """Return the seconds of processor time of one start: the lower quartile of many."""
    spent = []
    for _ in range(ROUNDS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, input=LIST, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return sorted(spent)[ROUNDS // 4]


def main() -> None:
    """Print the times, and their ratios to that of Python alone."""
    here = Path(sys.executable)
    program, python = sys.argv[1:3] or (str(here.with_name("fluxmark")), str(here))
    alone = processor_time(python, "-c", "pass")
    yaml = processor_time(python, "-c", "import yaml")
    function = processor_time(program)
    print(f"python -c pass         {alone * 1000:5.1f} ms")
    print(f"python -c 'import yaml' {yaml * 1000:4.1f} ms  {yaml / alone:.1f} x")
    print(f"fluxmark < LIST        {function * 1000:5.1f} ms  {function / alone:.1f} x")


main()
