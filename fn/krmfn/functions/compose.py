"""Several functions as one, and functions for some of the resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from krmfn.errors import KrmError
from krmfn.functions.function import Function, as_function
from krmfn.resources.condition import Selector
from krmfn.resources.function_error import FunctionError
from krmfn.resources.result import Result, errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from krmfn.resources.condition import Predicate
    from krmfn.resources.resource import Resource
    from krmfn.resources.resource_list import ResourceList

Process: TypeAlias = "Callable[[ResourceList], object] | Function"
"""What `run` takes: a callable that is given the list, or a Function."""


def chain(*functions: Process) -> Function:
    """Return several functions as one: they run one after the other, each on what those before it left.

    All are given the functionConfig, before anything else happens. Results add up. The first one that fails, by
    raising or with a result of severity error, is the last one that runs. The outcome is as if each read the list
    by itself; as long as functions only visit items (and do no `process` of their own), all of them do in one pass
    while the list is read, so they must not share state.
    """
    members: list[Function] = []
    for function in functions:
        members += function.members if isinstance(function, _Chain) else [as_function(function)]
    return _Chain(members)


def each(selector: Predicate, function: Callable[[Resource], object]) -> Function:
    """Return a function that calls another one with every item that matches.

    Where that raises FunctionError, InputError or a ValueError (a FieldError is one), it still is called with the
    other items, so that all that is wrong is said at once: every error becomes a result about its item.
    """
    return _Each(selector, function)


def on(selector: Predicate, function: Process) -> Function:
    """Return a function that sees only the items that match, as `selectors` of a Kptfile's pipeline do it.

    What matches is asked of items as they are before the function changes any. What it adds and removes is added
    to and removed from the whole list.
    """
    return _On(selector, as_function(function))


class _Chain(Function):
    """early: how many members visit while the list is read, because nothing happens to it between them."""

    def __init__(self, members: list[Function]) -> None:
        self.members = members
        only_visit = [type(member).process is Function.process or isinstance(member, _Each) for member in members]
        self._early = (only_visit.index(False) if False in only_visit else len(members)) + 1
        self._failure: tuple[int, Exception] | None = None

    def configure(self, config: Resource | None) -> None:
        self._failure = None
        for member in self.members:
            member.configure(config)

    def wanted(self, api_version: str, kind: str) -> bool:
        return any(member.wanted(api_version, kind) for member in self.members[: self._early])

    def visit(self, resource: Resource) -> None:
        # a member that failed is the last one: those before it have more to see, and may fail first
        last = self._early if self._failure is None else self._failure[0]
        for number, member in enumerate(self.members[:last]):
            try:
                _visit(member, resource)
            except Exception as error:
                if number == 0:
                    raise
                self._failure = number, error
                return

    def process(self, resource_list: ResourceList) -> None:
        for number, member in enumerate(self.members):
            if self._failure is not None and self._failure[0] == number:
                raise self._failure[1]
            before = len(errors(resource_list.results))
            if number >= self._early:
                for item in resource_list.items:
                    if _visit(member, item):
                        item.release()
            member.process(resource_list)
            if len(errors(resource_list.results)) > before:
                return


class _Each(Function):
    def __init__(self, selector: Predicate, function: Callable[[Resource], object]) -> None:
        self._selector = selector
        self._function = function
        self._results: list[Result] = []

    def configure(self, config: Resource | None) -> None:
        del config
        self._results = []

    def wanted(self, api_version: str, kind: str) -> bool:
        return _may_match(self._selector, api_version, kind)

    def visit(self, resource: Resource) -> None:
        if not self._selector(resource):
            return
        try:
            self._function(resource)
        except FunctionError as error:
            self._results += error.results_on(resource)
        except (KrmError, ValueError) as error:
            self._results.append(Result.error(error, resource))

    def process(self, resource_list: ResourceList) -> None:
        resource_list.results += self._results


class _On(Function):
    def __init__(self, selector: Predicate, function: Function) -> None:
        self._selector = selector
        self._inner = function
        self._matched: dict[int, bool] = {}

    def configure(self, config: Resource | None) -> None:
        self._matched = {}
        self._inner.configure(config)

    def wanted(self, api_version: str, kind: str) -> bool:
        return _may_match(self._selector, api_version, kind) and self._inner.wanted(api_version, kind)

    def visit(self, resource: Resource) -> None:
        matched = self._matched[id(resource)] = self._selector(resource)
        if matched:
            self._inner.visit(resource)

    def process(self, resource_list: ResourceList) -> None:
        if type(self._inner).process is Function.process:
            return
        subset = resource_list.subset(
            lambda item: self._matched[id(item)] if id(item) in self._matched else self._selector(item)
        )
        self._inner.process(subset)
        resource_list.merge(subset)


def _visit(function: Function, resource: Resource) -> bool:
    """Show a function an item if it wants to see it; tell whether it did."""
    wanted = function.wanted(resource.api_version, resource.kind)
    if wanted:
        function.visit(resource)
    return wanted


def _may_match(selector: Predicate, api_version: str, kind: str) -> bool:
    return selector.may_match(api_version, kind) if isinstance(selector, Selector) else True
