"""Runs a function as a legacy exec plugin of kustomize: documents in, documents out.

kustomize starts the program with the name of a file that holds the configuration, in the directory of the
kustomization, and hands a transformer its resources as the documents of standard input; a generator gets none.
What it shows of a run is standard error, and that only when the run fails.
Source: https://github.com/kubernetes-sigs/kustomize/blob/master/api/internal/plugins/execplugin/execplugin.go
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

from krmfn.escape import printable_lines
from krmfn.functions.host import is_validator
from krmfn.functions.run import FAILED, OK, explain
from krmfn.packages.input_file import text_of
from krmfn.packages.text_file import TextFile
from krmfn.resources.resource import INDEX, PATH, SEQUENCES
from krmfn.resources.resource_list import ResourceList
from krmfn.resources.result import Severity
from krmfn.yaml.text import decode

if TYPE_CHECKING:
    from krmfn.functions.function import Function
    from krmfn.resources.resource import Resource


def run(
    function: Function,
    config: Path | str,
    *,
    stdin: BinaryIO | None = None,
    stdout: BinaryIO | None = None,
    stderr: TextIO | None = None,
) -> int:
    """Run a function on the documents of standard input, print its items as documents; return the exit status.

    config: the file with the functionConfig. Results go to `stderr`. A function that fails, or adds a result of
    severity error, gives status 1 and nothing on `stdout`: kustomize stops there. The streams default to the
    process's own.
    """
    stdin = sys.stdin.buffer if stdin is None else stdin
    stdout = sys.stdout.buffer if stdout is None else stdout
    stderr = sys.stderr if stderr is None else stderr
    resources, output = ResourceList.of([]), b""
    with contextlib.redirect_stdout(stderr):  # what the function prints is not a document
        try:
            resources = _read(Path(config), stdin.read())
            function.configure(resources.function_config)
            for item in resources.items:
                if function.wanted(item.api_version, item.kind):
                    function.visit(item)
            function.process(resources)
            if resources.is_changed or not is_validator(resources.function_config):
                output = "---\n".join(map(_document, resources.items)).encode()
        except (Exception, SystemExit) as error:  # noqa: BLE001  (it must be said where kustomize shows it)
            explain(error, resources, stderr)
    for result in resources.results:
        print(printable_lines(str(result)), file=stderr)
    if any(result.severity is Severity.ERROR for result in resources.results):
        return FAILED
    stdout.write(output)
    stdout.flush()
    return OK


def _read(config: Path, items: bytes) -> ResourceList:
    documents = TextFile(text_of(config), str(config)).resources
    config_resource = documents[0] if documents else None
    return ResourceList.of(TextFile(decode(items, "stdin"), "stdin").resources, config_resource)


def _document(item: Resource) -> str:
    """Return an item's text; where a file would be written is nothing to kustomize, which would print it."""
    if item.mentions(PATH):
        for annotation in (PATH, INDEX, SEQUENCES):
            item.delete(("metadata", "annotations", annotation))
    text = item.text.removeprefix("---\n")
    return text if text.endswith("\n") else f"{text}\n"
