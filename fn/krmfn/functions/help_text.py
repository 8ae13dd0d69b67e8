"""The documentation of a function: what `--help` and `--doc` print, and `kpt fn doc` shows.

It is read from a README.md whose parts stand between mdtogo's markers and a metadata.yaml, or from a docstring.
Sources: https://github.com/kptdev/krm-functions-sdk/tree/main/go/fn/internal/docs (the markers, the keys of the
JSON), https://catalog.kpt.dev/metadata-schema/ (metadata.yaml).
"""

from __future__ import annotations

import re
import sys
import textwrap
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from krmfn.errors import InputError
from krmfn.functions.function import Function
from krmfn.packages.input_file import text_of

if TYPE_CHECKING:
    from krmfn.functions.function import Process

README, METADATA = "README.md", "metadata.yaml"
_PART = re.compile(r"<!--mdtogo:(Short|Long|Examples)-->(.*?)<!--mdtogo(?::End)?-->", re.DOTALL)
_MARKER = re.compile(r"<!--mdtogo(?::\w+)?-->")


@dataclass(frozen=True, slots=True)
class Docs:
    """What is reported about a function, its fields named as in Go's JSON; what is not set is empty."""

    short: str = ""
    long: str = ""
    examples: str = ""
    image: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    sourceURL: str = ""  # noqa: N815  (the keys of the JSON)
    examplePackageURLs: tuple[str, ...] = ()  # noqa: N815
    license: str = ""
    hidden: bool = False

    def to_text(self) -> str:
        """Return the documentation for a person: short, long, examples."""
        parts = (self.short or self.description, self.long, self.examples and f"Examples:\n{self.examples}")
        return "\n".join(f"{part}\n" for part in parts if part)

    def to_json(self) -> str:
        """Return the documentation for a program: one object with every key."""
        import json

        data = {field.name: getattr(self, field.name) for field in fields(self)}
        return json.dumps(data, indent=2, ensure_ascii=False)


def find(docs: Path | str | None, process: Process) -> Docs:
    """Return a function's documentation: from a directory, from a text, or from the docstring of the function.

    Raises InputError for a directory without README.md and metadata.yaml, and where one cannot be read.
    """
    if isinstance(docs, Path):
        return read(docs)
    return parse(_docstring(process) if docs is None else docs)


def read(directory: Path) -> Docs:
    """Read a directory's README.md and metadata.yaml, either of which may be missing.

    Raises InputError if both are, where one cannot be read, and where metadata.yaml is not a mapping.
    """
    readme, metadata = (_read(directory / name) for name in (README, METADATA))
    if readme is None and metadata is None:
        raise InputError(f"{directory}: there is no {README} and no {METADATA} with a function's documentation")
    return parse(readme or "", metadata or "", str(directory / METADATA))


def parse(text: str, metadata: str = "", name: str = METADATA) -> Docs:
    """Parse the text of a README or a docstring, and of a metadata.yaml; name: of that, for errors.

    A text without mdtogo's markers is taken for the long description; a first paragraph of one line, which is no
    heading, for the short one. Unknown keys of the metadata, and values of another type, are left out.

    Raises InputError for metadata that is not a mapping.
    """
    return Docs(**_parts(text), **_metadata(metadata, name))


def _parts(text: str) -> dict[str, Any]:
    if _MARKER.search(text):
        found: dict[str, Any] = {}
        for part, content in _PART.findall(text):
            found.setdefault(part.lower(), textwrap.dedent(content).strip())
        return found
    first, _, rest = text.strip().partition("\n\n")
    if first.startswith("#") or "\n" in first:
        return {"long": text.strip()}
    return {"short": first, "long": rest.strip()}


def _metadata(text: str, name: str) -> dict[str, Any]:
    if not text.strip():
        return {}
    from krmfn.resources.resource import Resource
    from krmfn.yaml.data import to_data

    data = to_data(Resource.from_text(text, name).node)
    found: dict[str, Any] = {}
    for field in fields(Docs)[3:]:
        value = data.get(field.name)
        if isinstance(field.default, tuple) and isinstance(value, list):
            found[field.name] = tuple(str(one) for one in value)
        elif isinstance(value, type(field.default)):
            found[field.name] = value
    return found


def _docstring(process: Process) -> str:
    import inspect

    owner = type(process) if isinstance(process, Function) else process
    module = sys.modules.get(getattr(owner, "__module__", "") or "")
    return inspect.cleandoc(getattr(owner, "__doc__", None) or getattr(module, "__doc__", None) or "")


def _read(file: Path) -> str | None:
    return text_of(file) if file.is_file() else None
