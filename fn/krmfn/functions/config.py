"""functionConfig: a mapping of texts, or a dataclass; everything that is wrong with it is said at once.

kpt makes a ConfigMap of `kpt fn eval … -- key=value` and of a Kptfile's `configMap:`, and sends one without data
where nothing was given; with `kpt fn render`, nothing at all. kustomize sends the resource that its
`transformers:` name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from krmfn.resources.function_error import FunctionError
from krmfn.resources.result import Field, Result, Severity
from krmfn.yaml.path import Path, Step, show, steps

if TYPE_CHECKING:
    from collections.abc import Iterable

    from krmfn.resources.resource import Resource
    from krmfn.resources.resource_list import ResourceList

_T = TypeVar("_T")
Source: TypeAlias = "ResourceList | Resource | None"
"""Where the configuration is: in a list, or what `Function.configure` is given."""

_PLACEHOLDER = "function-input"
_TYPE = ("apiVersion", "kind", "metadata")


class ConfigError(FunctionError):
    """Something is wrong with the functionConfig; the message has the path, `functionConfig.spec.images[0]`."""

    def __init__(self, config: Resource | None, path: Path, problem: str) -> None:
        """Say what is wrong (`problem`, which follows the path in the message) with what is at a path."""
        message = f"{show(('functionConfig', *steps(path)))} {problem}"
        if config is None:
            field = Field(show(path)) if path else None
            super().__init__(message, Result(message, Severity.ERROR, field=field))
        else:
            super().__init__(message, Result.error(message, config, path=path))


def find(source: Source) -> Resource | None:
    """Return the functionConfig, None if there is none, or only the placeholder that kpt sends in its place.

    That is a ConfigMap named `function-input` without data.
    """
    from krmfn.resources.resource_list import ResourceList

    config = source.function_config if isinstance(source, ResourceList) else source
    if config is None or config.is_empty:
        return None
    empty = _is_config_map(config) and config.name == _PLACEHOLDER and not config.get("data")
    return None if empty else config


def as_mapping(
    source: Source, *, required: Iterable[str] = (), optional: Iterable[str] | None = None
) -> dict[str, str]:
    """Return the data of a ConfigMap; empty if there is no functionConfig.

    required: keys that must be there. optional: keys that may be there; None allows any.

    Raises ConfigError for another kind, and FunctionError with a result for every key that is missing, that is not
    known, or whose value is not a string: in a ConfigMap numbers are quoted.
    """
    from krmfn.yaml.error_text import shown, unknown

    config = find(source)
    if config is not None and not _is_config_map(config):
        raise ConfigError(config, "", f"is a {_type(config)}, but must be a ConfigMap")
    data = _data(config)
    needed = list(required)
    known = None if optional is None else [*needed, *optional]
    errors: list[FunctionError] = []
    for key, value in data.items():
        if known is not None and key not in known:
            errors.append(ConfigError(config, ("data", key), unknown(key, known)))
        elif not isinstance(value, str):
            errors.append(ConfigError(config, ("data", key), f"must be a string, not {shown(value)}"))
    errors += [ConfigError(config, ("data", key), "is missing") for key in needed if key not in data]
    if errors:
        raise FunctionError.of(errors)
    return data


def load(model: type[_T], source: Source, *, kind: str = "", api_version: str = "", at: Path = "spec") -> _T:
    """Return the functionConfig as a dataclass; `krmfn.yaml.dataclass_io` says which types its fields may have.

    A ConfigMap's data gives the fields as text: `3` for an int, `true` for a bool, `a, b` for a list of such. Any
    other resource gives them at the path `at`; with `""` they are next to apiVersion, kind and metadata, as in
    those of kpt's catalog. kind, api_version: what such a resource must be, '' for any. Without a functionConfig
    every field has its default.

    Raises ConfigError for another kind, and FunctionError with a result for every field that is missing, that is
    not known, or that is of another type.
    """
    from krmfn.yaml.dataclass_io import load as load_typed
    from krmfn.yaml.error_text import unknown

    config = find(source)
    errors: list[FunctionError] = []

    def report(path: tuple[Step, ...], problem: str) -> None:
        errors.append(ConfigError(config, path, problem))

    where = steps(at)
    texts = config is not None and _is_config_map(config)
    if config is None or texts:
        where = where if kind and not texts else ("data",)
        data: Any = _data(config)
    else:
        if (kind and config.kind != kind) or (api_version and config.api_version != api_version):
            wanted = " ".join(filter(None, (api_version, kind or "resource")))
            raise ConfigError(config, "", f"is a {_type(config)}, but must be a {wanted} or a ConfigMap")
        body = {key: value for key, value in config.to_data().items() if key not in _TYPE}
        data = body if not where else config.get(where)
        for key in body if where else ():
            if key not in (where[0], "status"):
                report((key,), unknown(key, [str(where[0])]))
    made = load_typed(model, {} if data is None else data, where, report, texts=texts)
    if errors:
        raise FunctionError.of(errors)
    return made


def _is_config_map(config: Resource) -> bool:
    return config.kind == "ConfigMap" and config.api_version == "v1"


def _type(config: Resource) -> str:
    return " ".join(filter(None, (config.api_version, config.kind))) or "mapping without a kind"


def _data(config: Resource | None) -> dict[str, Any]:
    """Return the data of a ConfigMap. Raises ConfigError if it is not a mapping."""
    data = None if config is None else config.get("data")
    if data is not None and not isinstance(data, dict):
        raise ConfigError(config, "data", "must be a mapping")
    return data or {}
