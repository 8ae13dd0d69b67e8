"""Image references: the text after `image:`, taken apart and compared.

The grammar and the short names of Docker Hub are those of https://github.com/distribution/reference
(`regexp.go`, `normalize.go`), which container runtimes use: `nginx` is `docker.io/library/nginx`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from fluxmark.errors import FluxmarkError

DEFAULT_REGISTRY: Final = "docker.io"
MAX_REPOSITORY: Final = 255  # RepositoryNameTotalLengthMax; the registry's host is not counted
MAX_TAG: Final = 128  # Docker's limit, part of the grammar
MAX_REFERENCE: Final = 1024
"""Characters of the longest text that is tried as a reference: more than a host, a repository, tag and digest."""
HEX_DIGITS: Final = {"sha256": 64, "sha384": 96, "sha512": 128}  # the algorithms that go-digest knows

_OFFICIAL = "library/"
_LABEL = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)"
_HOST = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_SEGMENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"

_REFERENCE = re.compile(
    rf"(?P<name>(?:{_HOST}/)?{_SEGMENT}(?:/{_SEGMENT})*)(?::(?P<tag>{_TAG}))?(?:@(?P<digest>{_DIGEST}))?"
)
_IS_HOST = re.compile(_HOST)
_IS_REPOSITORY = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")
_IS_TAG = re.compile(_TAG)
_IS_DIGEST = re.compile(_DIGEST)
_IS_IDENTIFIER = re.compile(r"[a-f0-9]{64}")
_LOWER_HEX = re.compile(r"[a-f0-9]+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
# Helm and Go templates, shell, Flux and compose substitution, Kubernetes' $(VAR), environment variables
_TEMPLATING = re.compile(r"\{\{.*?(?:\}\}|$)|\$\{[^}]*\}?|\$\([^)]*\)?|\$[A-Za-z_]\w*", re.DOTALL)


class ImageError(FluxmarkError, ValueError):
    """A text that is not an image reference: says why, and what to write instead where that is plain."""


@dataclass(frozen=True, slots=True)
class ImageRef:
    """An image reference. `name` is as written (`nginx`, `localhost:5000/app`); tag and digest may be empty."""

    name: str
    tag: str = ""
    digest: str = ""

    @property
    def registry(self) -> str:
        """The registry's host, with its port: `docker.io` where the name has none."""
        return split_name(self.name)[0]

    @property
    def repository(self) -> str:
        """The path below the registry: `library/nginx` for `nginx`."""
        return split_name(self.name)[1]

    @property
    def canonical(self) -> str:
        """The full name, without tag and digest: `docker.io/library/nginx` for `nginx`."""
        return "/".join(split_name(self.name))

    def __str__(self) -> str:
        """Return the reference as it is written: `name[:tag][@digest]`."""
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.name}{tag}{digest}"


@lru_cache(maxsize=1024)
def parse(text: str) -> ImageRef:
    """Read an image reference. Raises ImageError for a text that container runtimes would refuse."""
    match = _REFERENCE.fullmatch(text)
    if match is None or _IS_IDENTIFIER.fullmatch(text):
        raise ImageError(_why_not(text))
    name, tag, digest = match["name"], match["tag"] or "", match["digest"] or ""
    registry, repository = split_name(name)
    # A part that the grammar could read as a path is a host once it comes first and looks like one: `a_b.c/x`.
    if not _IS_HOST.fullmatch(registry) or not _IS_REPOSITORY.fullmatch(repository):
        raise ImageError(_why_not(text))
    if len(repository) > MAX_REPOSITORY:
        raise ImageError(
            f"{_quote(text)} is not an image: its repository has {len(repository)} characters, "
            f"{MAX_REPOSITORY} are allowed"
        )
    if digest and (fault := _digest_fault(digest)):
        raise ImageError(f"{_quote(text)} is not an image: {fault}")
    return ImageRef(name, tag, digest)


def parse_templated(text: str) -> ImageRef | None:
    """Read a reference whose tag may hold templating (`nginx:${TAG}`), the tag as written; None for others."""
    if len(text) > MAX_REFERENCE:
        return None
    try:
        if not templating(text):
            return parse(text)
        ref = parse(_TEMPLATING.sub("x", text))
    except ImageError:
        return None
    rest = text.removeprefix(ref.name)
    return ImageRef(ref.name, rest[1:]) if rest != text and rest.startswith((":", "@")) else None


def is_tag(text: str) -> bool:
    """Tell whether a text can be a tag."""
    return _IS_TAG.fullmatch(text) is not None


def same_repository(one: ImageRef, other: ImageRef) -> bool:
    """Say whether both name the same repository, whatever their tags: `nginx` and `docker.io/library/nginx` do.

    Upper and lower case of a host do not count, as in DNS.
    """
    (host, path), (other_host, other_path) = split_name(one.name), split_name(other.name)
    return path == other_path and host.lower() == other_host.lower()


@lru_cache(maxsize=1024)
def split_name(name: str) -> tuple[str, str]:
    """Return the registry and the repository of a name, with Docker Hub's short names written out.

    Source: splitDockerDomain in distribution/reference `normalize.go`. The first part is a host only if it could
    not be a path of Docker Hub: it has a dot, a colon or a capital letter, or is `localhost`.
    """
    host, slash, rest = name.partition("/")
    if not slash or not (host == "localhost" or "." in host or ":" in host or host.lower() != host):
        host, rest = DEFAULT_REGISTRY, name
    elif host == "index.docker.io":  # Docker Hub's name of old
        host = DEFAULT_REGISTRY
    if host == DEFAULT_REGISTRY and "/" not in rest:
        rest = _OFFICIAL + rest
    return host, rest


def templating(text: str) -> str:
    """Return the first piece of `text` that a tool fills in later (`${TAG:-1}`, `{{ .Values.tag }}`), or ''."""
    match = _TEMPLATING.search(text)
    return match[0] if match else ""


def _why_not(text: str) -> str:
    """Say what keeps `text` from being an image reference."""
    if not text:
        return "the image is empty"
    if piece := templating(text):
        return f"{_quote(text)} is not an image until {_quote(piece)} is filled in: it contains templating"
    return f"{_quote(text)} is not an image: {_fault(text)}"


def _fault(text: str) -> str:
    """Name the first part of a refused text that is at fault."""
    if _IS_IDENTIFIER.fullmatch(text):
        return "64 hexadecimal digits are the ID of an image or a container; write 'name@sha256:…' for a digest"
    if text != text.strip() or any(map(str.isspace, text)):
        return "it contains white space"
    if scheme := _SCHEME.match(text):
        return f"it has a URL scheme; remove '{scheme[0]}'"
    rest, at, digest = text.partition("@")
    if at and not _IS_DIGEST.fullmatch(digest):
        return f"the digest {_quote(digest)} is not of the form 'sha256:<64 hexadecimal digits>'"
    slash = rest.rfind("/")
    colon = rest.find(":", slash + 1)
    name, tag = (rest, "") if colon < 0 else (rest[:colon], rest[colon + 1 :])
    if colon >= 0 and not _IS_TAG.fullmatch(tag):
        if not tag:
            return "there is no tag after the colon"
        if len(tag) > MAX_TAG:
            return f"the tag has {len(tag)} characters, {MAX_TAG} are allowed"
        return f"the tag {_quote(tag)} may hold only letters, digits and '_.-', and not begin with '.' or '-'"
    if not name:
        return "there is no name before the tag or digest"
    registry, repository = split_name(name)
    if not _IS_HOST.fullmatch(registry):
        return f"{_quote(registry)} is not a registry's host[:port]"
    if repository != repository.lower():
        return f"the repository {_quote(repository)} must be lower case"
    return (
        f"the repository {_quote(repository)} must be made of 'a-z0-9' with single '.', '_', '__' or '-'s "
        "between them, and of '/' between such parts"
    )


def _digest_fault(digest: str) -> str:
    """Say what is wrong with a digest of the right form, as go-digest's Validate would; '' if nothing is."""
    algorithm, _, encoded = digest.partition(":")
    digits = HEX_DIGITS.get(algorithm)
    if digits is None:
        return f"the digest's algorithm '{algorithm}' is not one of {', '.join(HEX_DIGITS)}"
    if len(encoded) != digits:
        return f"a {algorithm} digest has {digits} hexadecimal digits, not {len(encoded)}"
    return "" if _LOWER_HEX.fullmatch(encoded) else "a digest's hexadecimal digits must be lower case"


def _quote(text: str) -> str:
    """Quote a piece of input for a message: on one line, and not without end."""
    shown = text if len(text) <= 80 else text[:77] + "…"
    return "'" + "".join(char if char.isprintable() else repr(char)[1:-1] for char in shown) + "'"
