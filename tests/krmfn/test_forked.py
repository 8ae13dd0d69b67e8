"""Mapping in forked processes gives what mapping gives."""

from __future__ import annotations

import os

import pytest

from krmfn.packages import process_pool


@pytest.fixture(autouse=True)
def three_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_pool, "_processors", lambda: 3)


@pytest.mark.parametrize("count", [0, 1, 9, 10, 31, 1000])
def test_results_come_in_order_and_shares_are_worked_on_elsewhere(count: int) -> None:
    items = list(range(count))
    found = process_pool.each(lambda item: (item, os.getpid()), items, share=10)
    assert [item for item, _ in found] == items
    processes = {process for _, process in found}
    assert len(processes) == min(3, max(1, count // 10), count)


def test_a_result_larger_than_a_pipe_arrives() -> None:
    assert process_pool.each(lambda item: str(item) * 1_000_000, [1, 2, 3], share=1) == [
        "1" * 1_000_000,
        "2" * 1_000_000,
        "3" * 1_000_000,
    ]


def test_the_share_of_a_process_that_dies_is_worked_on_here() -> None:
    here = os.getpid()

    def kill(item: int) -> int:
        if os.getpid() != here and item == 5:
            os._exit(9)
        return item * 2

    assert process_pool.each(kill, list(range(9)), share=3) == [item * 2 for item in range(9)]


@pytest.mark.parametrize("bad", [0, 4, 8])
def test_an_exception_is_raised_here_and_no_process_is_left(bad: int) -> None:
    def divide(item: int) -> float:
        return 1 / (item - bad)

    with pytest.raises(ZeroDivisionError):
        process_pool.each(divide, list(range(9)), share=3)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_what_cannot_be_sent_is_made_here() -> None:
    found = process_pool.each(lambda item: lambda: item, list(range(9)), share=3)
    assert [one() for one in found] == list(range(9))  # type: ignore[no-untyped-call]


def test_what_is_started_ahead_runs_elsewhere_meanwhile() -> None:
    finish = process_pool.ahead(os.getpid)
    assert finish() != os.getpid()


def test_what_dies_ahead_is_made_up_for_here() -> None:
    here = os.getpid()

    def die_elsewhere() -> str:
        if os.getpid() != here:
            os._exit(9)
        return "done"

    assert process_pool.ahead(die_elsewhere)() == "done"


def test_an_exception_ahead_is_raised_where_the_result_is_asked_for() -> None:
    def fail() -> None:
        raise ValueError("ahead")

    finish = process_pool.ahead(fail)
    with pytest.raises(ValueError, match="ahead"):
        finish()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, 0)


def test_nothing_is_started_ahead_where_there_is_one_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_pool, "_processors", lambda: 1)
    assert process_pool.ahead(os.getpid)() == os.getpid()


@pytest.mark.parametrize("call", ["fork", "pipe"])
def test_where_there_may_be_no_more_processes_this_one_does_it(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    def next_file() -> int:
        os.close(number := os.dup(0))
        return number

    before = next_file()
    monkeypatch.setattr(os, call, refuse)

    assert process_pool.each(lambda item: (item, os.getpid()), list(range(40)), share=10) == [
        (item, os.getpid()) for item in range(40)
    ]
    assert process_pool.ahead(os.getpid)() == os.getpid()
    assert next_file() == before
