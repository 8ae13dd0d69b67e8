"""Latest images: what policies selected, and what a marker writes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCHEMES = ("http://", "https://")
_REPOSITORY = re.compile(r"[a-z0-9_./-]{2,255}")
_TAG = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_DIGEST = re.compile(r"sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}")
_HOST = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:%\[\]-]*")


@dataclass(frozen=True, slots=True)
class LatestImage:
    """What a policy selected; the digest is empty unless the policy reflects it.

    Source: `status.latestRef` of an ImagePolicy.
    """

    name: str
    tag: str
    digest: str = ""

    def __str__(self) -> str:
        """Return the reference as Flux writes it: `name:tag[@digest]`."""
        return f"{self.name}:{self.tag}@{self.digest}" if self.digest else f"{self.name}:{self.tag}"

    def part(self, suffix: str) -> str:
        """Return what a marker with this suffix writes: '' is all, the others are name, tag and digest."""
        if suffix == "tag":
            return self.tag
        if not suffix:
            return str(self)
        return self.name if suffix == "name" else self.digest

    @classmethod
    def from_data(cls, data: Any) -> LatestImage:
        """Read `{"name": …, "tag": …, "digest": …}`. Raises ValueError, which says what is wrong with it."""
        if not isinstance(data, dict):
            raise ValueError("must be a mapping with name and tag")  # noqa: TRY004 - it is data that is wrong
        parts = {key: data.get(key) or "" for key in ("name", "tag", "digest")}
        for key, part in parts.items():
            if not isinstance(part, str):
                raise ValueError(f"{key} is {part!r}, and must be a string; quote it")  # noqa: TRY004 - as above
            if not part and key != "digest":
                raise ValueError(f"has no {key}")
        return cls(**parts)


def objection(image: LatestImage) -> str:
    """Return the error with which Flux would refuse a latest image, and with it its whole run; '' for a good one.

    Source: go-containerregistry `pkg/name`, weak validation: it is looser than what container runtimes take.
    """
    text = str(image)
    if text.startswith(_SCHEMES):
        return (
            f'encountered invalid image ref "{text}": image reference must not contain a URL scheme (http:// or '
            f"https://): {text}; to connect to a registry over plain HTTP, use name.Insecure"
        )
    rest, at, digest = text.partition("@")
    if (at and not _DIGEST.fullmatch(digest)) or not _is_reference(rest):
        return f'encountered invalid image ref "{text}": could not parse reference: {text}'
    return ""


def refused(latest: Mapping[str, LatestImage]) -> dict[str, str]:
    """Return the policies whose latest image Flux would refuse, each with the reason."""
    return {policy: why for policy, image in latest.items() if (why := objection(image))}


def _is_reference(text: str) -> bool:
    base, colon, tag = text.rpartition(":")
    if not colon or "/" in tag:
        base, tag = text, ""
    elif not tag:
        return False
    if tag and not _TAG.fullmatch(tag):
        return False
    host, slash, repository = base.partition("/")
    if not slash or not (host == "localhost" or "." in host or ":" in host):
        host, repository = "", base
    return bool(_REPOSITORY.fullmatch(repository)) and bool(_HOST.fullmatch(host))
