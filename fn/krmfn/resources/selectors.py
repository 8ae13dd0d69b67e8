"""Selectors: which resources a function is to look at, as conditions that compose.

`kind("Deployment", "StatefulSet") & ~label("tier", "test")` is one. A selector is called with a resource and says
whether it matches, so `ResourceList.where`, `find`, `one`, comprehensions and `filter` take it. Any callable can
stand next to one: `kind("Service") & (lambda item: item.has("spec.clusterIP"))`. What apiVersion and kind decide
is decided without building a resource's tree; so is most of what names and labels decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from krmfn.glob import matches
from krmfn.resources.condition import AllOf, AnyOf, OfType, Predicate, Selector, Tested, call, some
from krmfn.resources.function_error import FunctionError
from krmfn.yaml.path import show

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from krmfn.resources.metadata import Metadata


def api_version(*versions: str) -> Selector:
    """Match resources with one of these apiVersions, `apps/v1`."""
    return OfType("api_version", _whole, versions)


def group(*groups: str) -> Selector:
    """Match resources of one of these groups, whatever the version; `""` is the core group."""
    return OfType("group", _group, groups)


def version(*versions: str) -> Selector:
    """Match resources with one of these versions, `v1`, whatever the group."""
    return OfType("version", _version, versions)


def kind(*kinds: str) -> Selector:
    """Match resources of one of these kinds, whatever the group."""
    return OfType("kind", _kind, kinds)


def name(*names: str) -> Selector:
    """Match resources with one of these names, exactly."""
    return Tested(call("name", names), lambda item: item.name in names, some(names))


def namespace(*namespaces: str) -> Selector:
    """Match resources whose metadata.namespace is one of these, exactly; `""` is for those that name none."""
    return Tested(call("namespace", namespaces), lambda item: item.namespace in namespaces, some(namespaces))


def label(key: str, *values: str) -> Selector:
    """Match resources with this label, and one of these values where any are given."""
    return Tested(call("label", (key, *values)), _has("labels", key, values), (key,))


def has_labels(wanted: Mapping[str, str]) -> Selector:
    """Match resources with all of these labels; an empty mapping matches all."""
    return AllOf(tuple(label(key, value) for key, value in wanted.items()))


def annotation(key: str, *values: str) -> Selector:
    """Match resources with this annotation, and one of these values where any are given."""
    return Tested(call("annotation", (key, *values)), _has("annotations", key, values), (key,))


def has_annotations(wanted: Mapping[str, str]) -> Selector:
    """Match resources with all of these annotations; an empty mapping matches all."""
    return AllOf(tuple(annotation(key, value) for key, value in wanted.items()))


def path(*globs: str) -> Selector:
    """Match resources whose file, relative to the package's root, matches one of these globs.

    `*` and `?` stand for characters of one name, `**` for any number of directories.
    """
    known = [glob.replace("[", "[[]") for glob in some(globs)]  # a bracket is an ordinary character here
    return Tested(call("path", globs), lambda item: any(matches(item.path, glob) for glob in known))


def local_config() -> Selector:
    """Match resources that are not meant for a cluster. Source: config.kubernetes.io/local-config."""
    return Tested("local_config()", lambda item: item.is_local_config, ("config.kubernetes.io/local-config",))


def kptfile() -> Selector:
    """Match Kptfiles: what the Go SDK calls a meta resource."""
    return group("kpt.dev") & kind("Kptfile")


def everything() -> Selector:
    """Match every resource."""
    return AllOf(())


def label_selector(data: Mapping[str, Any], path: str = "selector") -> Selector:
    """Return the selector for a Kubernetes LabelSelector, `{matchLabels: {…}, matchExpressions: […]}`.

    The operators are In, NotIn, Exists and DoesNotExist; as in Kubernetes, NotIn matches a resource without the
    label. path: where the mapping is, for errors.

    Raises FunctionError, with the path, for what is none.
    """
    _known(data, ("matchLabels", "matchExpressions"), path)
    found = [has_labels(_texts(data.get("matchLabels"), f"{path}.matchLabels"))]
    expressions = data.get("matchExpressions") or []
    if not isinstance(expressions, list):
        raise FunctionError(f"{path}.matchExpressions must be a list")
    found += (_expression(each, f"{path}.matchExpressions[{n}]") for n, each in enumerate(expressions))
    return AllOf(tuple(found))


def from_mapping(data: Mapping[str, Any], path: str = "selector") -> Selector:
    """Return the selector for one of kpt's: `{kind: Deployment, labels: {app: web}}`; all of it has to match.

    The keys are apiVersion, kind, name, namespace, labels and annotations; what is empty matches all, as for kpt.
    path: where the mapping is, for errors. Source: https://kpt.dev/book/04-using-functions/, "Specifying
    `selectors`".

    Raises FunctionError, with the path, for other keys and for values that are not strings.
    """
    _known(data, (*_FROM_TEXT, *_FROM_TEXTS), path)
    found: list[Selector] = []
    for key, make in _FROM_TEXT.items():
        value = data.get(key)
        if value is not None and not isinstance(value, str):
            raise FunctionError(f"{path}.{key} must be a string, not {_shown(value)}")
        if value:
            found.append(make(value))
    found += [make_all(_texts(data.get(key), f"{path}.{key}")) for key, make_all in _FROM_TEXTS.items()]
    return AllOf(tuple(found))


def from_pipeline(
    selectors: Sequence[Mapping[str, Any]] = (), exclude: Sequence[Mapping[str, Any]] = (), path: str = "pipeline"
) -> Selector:
    """Return the selector for `selectors` and `exclude` of a function in a Kptfile's pipeline.

    A resource matches where one of the selectors does, or there is none, and none that is excluded does; an empty
    one excludes nothing. path: where they are, for errors. Raises what `from_mapping` raises.
    """
    wanted = [from_mapping(each, f"{path}.selectors[{n}]") for n, each in enumerate(selectors)]
    unwanted = [from_mapping(each, f"{path}.exclude[{n}]") for n, each in enumerate(exclude) if any(each.values())]
    return (AnyOf(tuple(wanted)) if wanted else everything()) & ~AnyOf(tuple(unwanted))


_FROM_TEXT: Mapping[str, Callable[[str], Selector]] = {
    "apiVersion": api_version,
    "kind": kind,
    "name": name,
    "namespace": namespace,
}
_FROM_TEXTS: Mapping[str, Callable[[Mapping[str, str]], Selector]] = {
    "labels": has_labels,
    "annotations": has_annotations,
}


def _whole(api_version: str, kind: str) -> str:
    del kind
    return api_version


def _group(api_version: str, kind: str) -> str:
    del kind
    return api_version.rpartition("/")[0]


def _version(api_version: str, kind: str) -> str:
    del kind
    return api_version.rpartition("/")[2]


def _kind(api_version: str, kind: str) -> str:
    del api_version
    return kind


def _has(what: str, key: str, values: tuple[str, ...]) -> Predicate:
    def has(item: Metadata) -> bool:
        there: dict[str, str] = getattr(item, what)
        return key in there and (not values or there[key] in values)

    return has


def _expression(data: Any, path: str) -> Selector:
    if not isinstance(data, dict):
        raise FunctionError(f"{path} must be a mapping")
    _known(data, ("key", "operator", "values"), path)
    key, operator, values = data.get("key"), data.get("operator"), data.get("values") or []
    if not isinstance(key, str) or not key:
        raise FunctionError(f"{path}.key must be a string")
    if operator not in ("In", "NotIn", "Exists", "DoesNotExist"):
        raise FunctionError(f"{path}.operator must be In, NotIn, Exists or DoesNotExist")
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise FunctionError(f"{path}.values must be a list of texts")
    if bool(values) != operator.endswith("In"):
        raise FunctionError(f"{path}.values must be {'empty' if values else 'given'} with {operator}")
    found = label(key, *values)
    return ~found if operator in ("NotIn", "DoesNotExist") else found


def _known(data: Mapping[str, Any], known: tuple[str, ...], path: str) -> None:
    for key in data:
        if key not in known:
            from krmfn.yaml.error_text import unknown

            raise FunctionError(f"{path}{'.' + show((key,))} {unknown(key, known)}")


def _texts(data: Any, path: str) -> dict[str, str]:
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise FunctionError(f"{path} must be a mapping, not {_shown(data)}")
    for key, value in data.items():
        if not isinstance(value, str):
            where = show((key,))
            dot = "" if where.startswith("[") else "."
            raise FunctionError(f"{path}{dot}{where} must be a string, not {_shown(value)}")
    return data


def _shown(data: Any) -> str:
    from krmfn.yaml.error_text import shown

    return shown(data)
