"""A chain does what its functions do one after the other; a function for some items leaves the others alone."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st

from krmfn.functions.compose import chain, each, on
from krmfn.functions.config import as_mapping
from krmfn.functions.function import Function, as_function
from krmfn.functions.run import run
from krmfn.resources.function_error import FunctionError
from krmfn.resources.resource import Resource
from krmfn.resources.result import Result, Severity
from krmfn.resources.selectors import everything, kind, label, name

if TYPE_CHECKING:
    from collections.abc import Callable

    from krmfn.functions.compose import Process
    from krmfn.resources.resource_list import ResourceList

HEAD = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
CONFIG = "functionConfig:\n  apiVersion: v1\n  kind: ConfigMap\n  data:\n    team: shop\n"


def text(*items: str, config: str = CONFIG) -> str:
    """Return a list of items, each `Kind name`."""
    lines = "".join(
        "- apiVersion: v1\n  kind: {}\n  metadata:\n    name: {} # name\n".format(*item.split()) for item in items
    )
    return f"{HEAD}items:\n{lines}{config}"


LIST = text("Pod web", "Job once", "Pod db")


def outcome(process: Process, stdin: str = LIST) -> tuple[int, str, str]:
    stdout, stderr = io.StringIO(), io.StringIO()
    status = run(as_function(process), stdin=io.StringIO(stdin), stdout=stdout, stderr=stderr)
    return status, stdout.getvalue(), stderr.getvalue()


def one_by_one(processes: list[Callable[[], Process]], stdin: str = LIST) -> tuple[int, str, str]:
    """Run functions as a host does: each on what the one before it printed, up to the first that fails."""
    status, stdout, stderr = 0, stdin, ""
    for process in processes:
        before = stdout
        status, stdout, more = outcome(process(), before)
        stderr += more
        if status:
            results = stdout.partition("results:\n")[2]
            return status, f"{stdin}results:\n{results}", stderr
    return status, stdout, stderr


def append(text: str) -> Callable[[Resource], None]:
    def add(item: Resource) -> None:
        item.set("trail", item.get_string("trail") + text)

    return add


class Visitor(Function):
    """Visits items of some kinds, and does what it is told there and at the end; log: what it saw."""

    def __init__(
        self,
        log: list[str],
        title: str,
        kinds: tuple[str, ...] = ("Pod", "Job"),
        fails: str = "",
        ends: str = "",
    ) -> None:
        self.log, self.title, self.kinds, self.fails, self.ends = log, title, kinds, fails, ends

    def configure(self, config: Resource | None) -> None:
        self.log.append(f"{self.title} configure {as_mapping(config).get('team')}")

    def wanted(self, api_version: str, kind: str) -> bool:
        del api_version
        return kind in self.kinds

    def visit(self, resource: Resource) -> None:
        self.log.append(f"{self.title} {resource.name}")
        if resource.name == self.fails:
            raise FunctionError(f"{self.title} fails at {resource.name}")
        append(self.title)(resource)


class Processor(Visitor):
    """A visitor with work at the end, too."""

    def process(self, resource_list: ResourceList) -> None:
        self.log.append(f"{self.title} process")
        severity = Severity.ERROR if self.ends == "error" else Severity.INFO
        resource_list.results.append(Result(f"{self.title} ends", severity))
        if self.ends == "raise":
            raise FunctionError(f"{self.title} raises")
        if self.ends == "add":
            resource_list.add(Resource.from_data({"kind": "Job", "metadata": {"name": self.title}}))


def test_functions_run_one_after_the_other_and_results_add_up() -> None:
    def rename(resources: ResourceList) -> None:
        resources.items[0].set("metadata.name", "www")
        resources.results.append(Result.info("renamed"))

    log: list[str] = []
    status, stdout, _ = outcome(chain(rename, Processor(log, "a"), lambda resources: resources.items.pop()))
    assert status == 0
    assert log == ["a configure shop", "a www", "a once", "a db", "a process"]
    assert stdout == LIST.replace("web # name\n", "www # name\n  trail: a\n").replace(
        "once # name\n", "once # name\n  trail: a\n"
    ).replace("- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: db # name\n", "") + (
        "results:\n- message: renamed\n  severity: info\n- message: a ends\n  severity: info\n"
    )


def test_functions_that_only_visit_share_one_pass() -> None:
    log: list[str] = []
    parts = [Visitor(log, "a"), Visitor(log, "b", kinds=("Job",)), Processor(log, "c")]
    assert outcome(chain(*parts, Visitor(log, "d")))[0] == 0
    assert log == [
        *(f"{title} configure shop" for title in "abcd"),
        *("a web", "c web", "a once", "b once", "c once", "a db", "c db"),
        "c process",
        *("d web", "d once", "d db"),
    ]


def test_a_change_of_kind_is_seen_by_the_next_function() -> None:
    log: list[str] = []
    change = each(name("web"), lambda item: item.set("kind", "Job"))
    outcome(chain(change, Visitor(log, "a", kinds=("Job",)), Visitor(log, "b", kinds=("Pod",))))
    assert log[2:] == ["a web", "a once", "b db"]


def test_chains_within_chains_are_one() -> None:
    log: list[str] = []
    outcome(chain(chain(Visitor(log, "a"), Visitor(log, "b")), chain(), Visitor(log, "c")), text("Pod web"))
    assert log[3:] == ["a web", "b web", "c web"]


@pytest.mark.parametrize("ends", ["raise", "error"])
def test_a_function_that_fails_is_the_last_one(ends: str) -> None:
    log: list[str] = []
    failing = chain(Processor(log, "a"), Processor(log, "b", ends=ends), Processor(log, "c"), Visitor(log, "d"))
    status, stdout, _ = outcome(failing)
    assert status == 1
    assert stdout.startswith(f"{LIST}results:\n- message: a ends\n")
    assert not [entry for entry in log if entry[0] in "cd" and "configure" not in entry]


def test_an_error_that_was_there_before_stops_nobody() -> None:
    log: list[str] = []
    before = f"{LIST}results:\n- message: old\n  severity: error\n"
    status, stdout, _ = outcome(chain(Processor(log, "a"), Processor(log, "b")), before)
    assert status == 1
    assert log[-1] == "b process"
    assert stdout.count("message:") == 3


MEMBERS = st.tuples(
    st.sampled_from([Visitor, Processor]),
    st.sampled_from([("Pod",), ("Job",), ("Pod", "Job")]),
    st.sampled_from(["", "", "", "web", "once", "db"]),
    st.sampled_from(["", "", "add", "raise", "error"]),
)


@given(st.lists(MEMBERS, max_size=4))
def test_a_chain_is_its_functions_one_after_the_other(members: list[Any]) -> None:
    def make(number: int) -> Callable[[], Process]:
        of, kinds, fails, ends = members[number]
        return lambda: of([], f"f{number}", kinds, fails, ends)

    makers = [make(number) for number in range(len(members))]
    assert outcome(chain(*(maker() for maker in makers))) == one_by_one(makers)


# some items


def test_a_function_is_called_with_every_item_that_matches() -> None:
    seen: list[str] = []
    status, stdout, _ = outcome(each(kind("Pod") & ~name("db"), lambda item: seen.append(item.name)))
    assert (status, stdout, seen) == (0, LIST, ["web"])
    assert outcome(each(lambda item: item.kind == "Job", append("x")))[1] == LIST.replace(
        "once # name\n", "once # name\n  trail: x\n"
    )


def test_every_item_that_fails_is_said_and_no_result_is_lost() -> None:
    def check(item: Resource) -> None:
        if item.name == "web":
            raise FunctionError("a web", Result.error("one"), Result.warning("two"))
        if item.name == "once":
            item.get_int("kind")
        raise ValueError("bad")

    def say(resources: ResourceList) -> None:
        resources.results.append(Result.info("before"))

    log: list[str] = []
    status, stdout, _ = outcome(chain(say, each(everything(), check), Visitor(log, "later")))
    assert status == 1
    assert log == ["later configure shop"]
    expected = [
        Result.info("before"),
        Result.error("one"),
        Result.warning("two"),
        Result.error('Job once: kind must be a whole number, not "Job"'),
        Result.error("bad"),
    ]
    assert stdout.startswith(f"{LIST}results:\n")
    assert [line.partition("message: ")[2].strip("'") for line in stdout.splitlines() if "message:" in line] == [
        result.message for result in expected
    ]
    assert "name: db\n" in stdout[len(LIST) :]


def test_a_failure_of_a_program_is_not_a_result_about_an_item() -> None:
    def broken(item: Resource) -> None:
        raise KeyError(item.name)

    status, stdout, stderr = outcome(each(everything(), broken))
    assert status == 1
    assert "internal error" in stdout
    assert "Traceback" in stderr


def test_a_function_sees_only_the_items_that_match() -> None:
    def count(resources: ResourceList) -> None:
        resources.results = [*resources.results, Result.info(f"{len(resources.items)} items")]
        resources.remove(*resources.where(name("db")))
        resources.add(Resource.from_data({"kind": "Pod", "metadata": {"name": "new"}}), path="x.yaml")

    status, stdout, _ = outcome(on(kind("Pod"), count))
    assert status == 0
    assert "message: 2 items" in stdout
    assert "name: once" in stdout
    assert "name: db" not in stdout
    assert stdout.index("name: once") < stdout.index("name: new")


def test_what_matched_before_a_function_changed_it_is_handed_over() -> None:
    class Relabel(Visitor):
        def process(self, resource_list: ResourceList) -> None:
            self.log.append(" ".join(item.name for item in resource_list.items))

        def visit(self, resource: Resource) -> None:
            resource.set("metadata.labels", {"app": "new"})

    log: list[str] = []
    items = text("Pod a", "Pod b", "Job c").replace("name: b", "labels: {app: old}\n    name: b")
    outcome(on(~label("app"), Relabel(log, "r", kinds=("Pod",))), items)
    assert log == ["r configure shop", "a c"]


def test_functions_for_some_items_chain() -> None:
    log: list[str] = []
    pods, jobs = on(kind("Pod"), Visitor(log, "a")), on(kind("Job"), Processor(log, "b", ends="add"))
    status, stdout, _ = outcome(chain(pods, jobs, each(name("b"), append("!"))))
    assert status == 0
    assert log[2:] == ["a web", "a db", "b once", "b process"]
    assert stdout.endswith(f"name: b\n  trail: '!'\n{CONFIG}results:\n- message: b ends\n  severity: info\n")


def test_a_function_can_run_twice() -> None:
    chained = chain(each(name("web"), append("x")), Visitor([], "v", fails="once"))
    first = outcome(chained)
    assert first[0] == 1
    assert outcome(chained) == first
    failing = each(name("web"), lambda item: item.get_int("kind"))
    assert outcome(failing) == outcome(failing)
