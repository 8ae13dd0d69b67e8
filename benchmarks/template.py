"""How long a commit message takes: python benchmarks/template.py

Prints the best of several runs: the import (in a new process), and rendering a template of the usual kind for one
change and for a thousand.
"""

from __future__ import annotations

import os
import subprocess
import sys
import timeit

from fluxmark.flux.template import render
from fluxmark.flux.value_change import Change
from krmfn.resources.result import ResourceRef

TEMPLATE = """Automated image update

Automation name: {{ .AutomationObject }}

Files:
{{ range $filename, $_ := .Changed.FileChanges -}}
- {{ $filename }}
{{ end -}}

Objects:
{{ range $resource, $changes := .Changed.Objects -}}
- {{ $resource.Kind }} {{ $resource.Name }}
  Changes:
{{- range $_, $change := $changes }}
    - {{ $change.OldValue | trunc 60 }} -> {{ $change.NewValue | upper }}
{{ end -}}
{{ end -}}
"""
# an installed package is compiled
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
IMPORTS = {
    "import krmfn.resources.result": "what a change needs",
    "import fluxmark.flux.template": "the package",
    "from fluxmark.flux.template import render; "
    "render('{{upper `x`}}', (), automation=('', ''), values={})": "a rendering",
}


def changes(count: int) -> list[Change]:
    return [
        Change(
            f"apps/{at}.yaml",
            1,
            f"ns:app{at}",
            "r/app:1.0",
            "r/app:1.1",
            ResourceRef("v1", "Pod", f"app{at}", "ns"),
        )
        for at in range(count)
    ]


def main() -> None:
    for program, what in IMPORTS.items():
        command = [sys.executable, "-c", program]
        best = min(
            timeit.repeat(
                lambda command=command: subprocess.run(command, check=True, env=ENVIRONMENT), number=1, repeat=7
            )
        )
        print(f"{best * 1e3:8.1f} ms  new process: {what}")
    for count in (1, 1000):
        given = changes(count)
        best = min(timeit.repeat(lambda given=given: message(given), number=1, repeat=7))
        print(f"{best * 1e3:8.1f} ms  {count} changes")


def message(given: list[Change]) -> str:
    return render(TEMPLATE, given, automation=("flux-system", "flux-system"), values={})


if __name__ == "__main__":
    main()
