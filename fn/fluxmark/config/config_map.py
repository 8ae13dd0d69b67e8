"""The functionConfig as `kpt fn eval … -- key=value` writes it: a ConfigMap with flat keys.

Every key stands for one path in the spec of an ImageAutomation; KEYS is all there is to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fluxmark.config.parse import API_VERSION, KIND, read
from fluxmark.config.problems import ConfigError, Report, headed
from fluxmark.flux.schema.did_you_mean import nearest
from fluxmark.flux.schema.message import show

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fluxmark.config.model import ImageAutomation
    from fluxmark.flux.schema.validator import Path


def _text(text: str) -> str:
    return text


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        msg = f"must be true or false, not {show(text)}"
        raise ValueError(msg)
    return text == "true"


def _list(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _images(text: str) -> list[dict[str, str]]:
    pairs = (item.rpartition("=") for item in _list(text))
    return [{"image": image, "name": name} if separator else {"image": image} for name, separator, image in pairs]


class Key(NamedTuple):
    """A key of the flat form.

    path: in `spec` of the other form. convert: makes the value there of the text, or raises ValueError.
    form: how the text is written, for the documentation.
    """

    name: str
    path: tuple[str, ...]
    convert: Callable[[str], Any] = _text
    form: str = "text"


KEYS = (
    Key("images", ("images",), _images, "`[name=]image`, separated by commas"),
    Key("tagFormat", ("tagFormat",)),
    Key("mode", ("mode",)),
    Key("force", ("force",), _boolean, "`true` or `false`"),
    Key("namespace", ("namespace",)),
    Key("output", ("output",)),
    Key("fluxVersion", ("fluxVersion",)),
    Key("files", ("files",), _list, "paths, separated by commas"),
    Key("interval", ("repository", "interval")),
    Key("secretRef", ("repository", "secretRef", "name")),
    Key("certSecretRef", ("repository", "certSecretRef", "name")),
    Key("serviceAccountName", ("repository", "serviceAccountName")),
    Key("provider", ("repository", "provider")),
    Key("insecure", ("repository", "insecure"), _boolean, "`true` or `false`"),
    Key("filterPattern", ("policy", "filterTags", "pattern")),
    Key("filterExtract", ("policy", "filterTags", "extract")),
    Key("semver", ("policy", "policy", "semver", "range")),
    Key("alphabetical", ("policy", "policy", "alphabetical", "order")),
    Key("numerical", ("policy", "policy", "numerical", "order")),
    Key("digestReflectionPolicy", ("policy", "digestReflectionPolicy")),
    Key("digestInterval", ("policy", "interval")),
    Key("automation", ("automation", "name")),
    Key("automationInterval", ("automation", "interval")),
    Key("gitRepository", ("automation", "sourceRef", "name")),
    Key("branch", ("automation", "git", "checkout", "ref", "branch")),
    Key("pushBranch", ("automation", "git", "push", "branch")),
    Key("authorName", ("automation", "git", "commit", "author", "name")),
    Key("authorEmail", ("automation", "git", "commit", "author", "email")),
    Key("messageTemplate", ("automation", "git", "commit", "messageTemplate")),
    Key("updatePath", ("automation", "update", "path")),
)

_BY_NAME = {key.name: key for key in KEYS}


def from_config_map(data: Mapping[str, str], where: Callable[[Path], str]) -> ImageAutomation:
    """Return the configuration that `data` of a ConfigMap holds; without keys, the default one.

    where: as for `parse`; it is asked for the paths `("data", key)`.
    Raises ConfigError with every problem.
    """
    spec: dict[str, Any] = {}
    document = {"apiVersion": API_VERSION, "kind": KIND, "spec": spec}
    said: list[Key] = []

    def name_of(path: Path) -> str:
        return _name_of(path, said)

    report = Report(document, lambda path: where(("data", name_of(path))), name_of)
    for name, text in data.items():
        key = _BY_NAME.get(name)
        if key is None:
            report.problems.append(f"{where(('data', name))}: {_unknown(name)}")
        elif not isinstance(text, str):
            place = headed(where(("data", name)), name)
            report.problems.append(f"{place}: must be a string: put {show(text)} in quotes")
        else:
            try:
                _put(spec, key.path, key.convert(text))
                said.append(key)
            except ValueError as error:
                report.problems.append(f"{headed(where(('data', name)), name)}: {error}")
    config = read(document, report)
    if report.problems:
        raise ConfigError(report.problems)
    return config


def _unknown(name: object) -> str:
    close = nearest(name, _BY_NAME) if isinstance(name, str) else ()
    if close:
        return f"unknown key {show(name)}: did you mean {' or '.join(close)}?"
    return f"unknown key {show(name)}: known are {', '.join(_BY_NAME)}"


def _put(spec: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    for step in path[:-1]:
        spec = spec.setdefault(step, {})
    spec[path[-1]] = value


def _name_of(path: Path, said: list[Key]) -> str:
    """Return the key, of those that were said, for what is at a path of the other form, or nearest to it."""
    inside = path[1:]

    def shared(key: Key) -> int:
        pairs = zip(key.path, inside, strict=False)
        return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(key.path), len(inside)))

    return max(said, key=shared).name
