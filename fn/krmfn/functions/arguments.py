"""What a function does when it is started with arguments, by a person and not by an orchestrator.

- `--help`, `-h`: prints its documentation. `kpt fn doc --image IMAGE` runs this, and shows what is printed.
- `--doc`: prints its documentation as JSON.
- `FILE|DIR …`: runs over these and prints the list; their items are not written back. `--fn-config FILE` or
  `-- KEY=VALUE …` configure it, as with `kpt fn eval`.

Source: AsMain of https://github.com/kptdev/krm-functions-sdk/blob/main/go/fn/run.go, which reads files in this
way, but neither directories nor a functionConfig, and overlooks an option that it does not know.
"""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from krmfn.errors import InputError
from krmfn.functions.run import BAD_ARGUMENTS, OK, own_stdout, run
from krmfn.packages.input_file import text_of
from krmfn.resources.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from krmfn.functions.function import Process

CONFIG = "--fn-config"
_USAGE = """\
Usage:
  {0} < RESOURCE_LIST
  {0} FILE|DIR ... [--fn-config FILE | -- KEY=VALUE ...]
  {0} --help | --doc

A list of resources is read from standard input, or made of files, and printed; the items are not written back.
"""


class UsageError(Exception):
    """The arguments are not to be understood; the message says which."""


def obey(
    process: Process,
    arguments: Sequence[str],
    docs: Path | str | None,
    prog: str,
) -> int:
    """Do what the arguments say; return the exit status: 2 for arguments that cannot be understood, or read."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    try:
        if "--help" in options or "-h" in options:
            return _print(_help(process, docs, prog))
        if "--doc" in options:
            from krmfn.functions.help_text import find

            return _print(find(docs, process).to_json() + "\n")
        text = _list(options, arguments[len(options) + 1 :])
    except (UsageError, InputError) as error:
        print(f"{prog}: {error}", file=sys.stderr)
        return BAD_ARGUMENTS
    with own_stdout() as stdout:
        return run(process, stdin=io.StringIO(text), stdout=stdout)


def _help(process: Process, docs: Path | str | None, prog: str) -> str:
    from krmfn.functions.help_text import find

    try:
        said = find(docs, process).to_text()
    except InputError as error:  # help must be had anyway
        print(f"{prog}: {error}", file=sys.stderr)
        said = ""
    return "\n".join(filter(None, (said, _USAGE.format(prog))))


def _print(text: str) -> int:
    sys.stdout.write(text)
    sys.stdout.flush()
    return OK


def _list(options: Sequence[str], pairs: Sequence[str]) -> str:
    """Return the text of the list that the arguments describe. Raises UsageError, InputError."""
    from krmfn.packages.input_resources import read_sources
    from krmfn.resources.resource_list import ResourceList

    names, config_file = _parse(options)
    if not names:
        raise UsageError("name the files or directories to run over; a ResourceList brings its own functionConfig")
    if config_file and pairs:
        raise UsageError(f"{CONFIG} and KEY=VALUE exclude each other")
    config = _config_file(config_file) if config_file else _config_map(pairs)
    return ResourceList.of(read_sources(names), config).to_text()


def _parse(options: Sequence[str]) -> tuple[list[str], str]:
    """Return the names of files and directories, and of the file with the functionConfig, '' without one."""
    names: list[str] = []
    config = ""
    rest = iter(options)
    for option in rest:
        if not option.startswith("-"):
            names.append(option)
        elif option == CONFIG or option.startswith(f"{CONFIG}="):
            if config:
                raise UsageError(f"{CONFIG} is given twice")
            config = next(rest, "") if option == CONFIG else option.removeprefix(f"{CONFIG}=")
            if not config:
                raise UsageError(f"{CONFIG} needs a file")
        else:
            raise UsageError(f"unknown option {option}; --help shows what there is")
    return names, config


def _config_file(name: str) -> Resource:
    from krmfn.packages.text_file import TextFile

    documents = TextFile(text_of(name), name).resources
    if len(documents) != 1:
        raise InputError(f"{name}: a functionConfig is one resource, and here are {len(documents) or 'none'}")
    return documents[0]


def _config_map(pairs: Sequence[str]) -> Resource | None:
    """Return the ConfigMap that `kpt fn eval … -- KEY=VALUE …` makes; None without pairs."""
    if not pairs:
        return None
    data: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise UsageError(f"{pair!r} is not KEY=VALUE")
        data[key] = value
    head = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "function-input"}}
    return Resource.from_data({**head, "data": data})
