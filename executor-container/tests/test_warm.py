"""A spare child warms up while it waits, and only then."""

import os
import socket
from collections.abc import Iterator

import pytest

from cardinal_executor.runner import warm
from cardinal_executor.sandbox import child


@pytest.fixture
def supervisor(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The other end of the socket on which this process, as a spare, waits for its job."""
    ours, spares = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    monkeypatch.setattr(child, "JOB_FD", spares.fileno())
    with ours, spares:
        yield ours


def steps_taken(monkeypatch: pytest.MonkeyPatch, at_each_step: list[object]) -> int:
    taken = 0

    def warm_up(_sample: int) -> Iterator[None]:
        nonlocal taken
        for action in at_each_step:
            taken += 1
            if callable(action):
                action()
            yield

    monkeypatch.setattr(warm, "warm_up", warm_up)
    child._warm_up(sample=-1)
    return taken


def test_a_spare_that_is_not_wanted_warms_up_in_full(supervisor, monkeypatch):
    assert steps_taken(monkeypatch, [None, None, None]) == 3


def test_a_job_that_waits_already_finds_no_step_begun(supervisor, monkeypatch):
    supervisor.send(b"job")
    assert steps_taken(monkeypatch, [None, None, None]) == 0


def test_a_job_that_comes_meanwhile_waits_for_no_further_step(supervisor, monkeypatch):
    assert steps_taken(monkeypatch, [None, lambda: supervisor.send(b"job"), None]) == 2


def test_each_step_works_on_what_the_one_before_it_made():
    sample = warm.open_sample()
    try:
        assert sum(1 for _ in warm.warm_up(sample)) == 3
    finally:
        os.close(sample)
