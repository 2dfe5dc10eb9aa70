"""Things die in the middle: the caller hears it at once, nothing stays behind, the next run works.

In the tiers of support/chosen_tiers.py."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator

import pytest

from cardinal_executor.sandbox.canaries import attack_job
from cardinal_executor.sandbox.execution import Answer, Bounds, Execution
from cardinal_executor.sandbox.fleet import Fleet, FleetOptions
from cardinal_executor.sandbox.jail import ChildLimits
from cardinal_executor.sandbox.tiers import TIERS
from support.chosen_tiers import chosen_tiers
from support.processes import children_of, is_alive
from support.surroundings import start_where_libraries_are_reached

LIMITS = ChildLimits(cpu_seconds=10, memory_mb=512)
BOUNDS = Bounds(LIMITS, 150_000, 1 << 20, 1 << 16)
SLEEP = "import time\ndef render(d, f, p):\n    time.sleep(120)\n    return 'slept'"
QUICK = "def render(d, f, p):\n    return 'ran'"


def run(fleet: Fleet, code: str) -> Answer:
    child = fleet.take()
    execution = Execution(child, BOUNDS)
    try:
        return execution.run(attack_job(code, {}, LIMITS), [])
    finally:
        fleet.release(child, execution.reap())


class Sleeper:
    """A card in the middle of its run."""

    def __init__(self, fleet: Fleet) -> None:
        self.answer: Answer | None = None
        self.thread = threading.Thread(target=self._run, args=(fleet,))
        self.thread.start()
        zygote = zygote_pid(fleet)
        while not children_of(zygote):
            time.sleep(0.01)
        time.sleep(0.3)
        self.pid = children_of(zygote)[-1]

    def _run(self, fleet: Fleet) -> None:
        self.answer = run(fleet, SLEEP)

    def seconds_until_told(self) -> float:
        started = time.monotonic()
        self.thread.join(10)
        assert self.answer is not None
        return time.monotonic() - started


def zygote_pid(fleet: Fleet) -> int:
    launcher = fleet._zygote.process.pid
    return children_of(launcher)[0] if fleet.tier.namespaces else launcher


@pytest.fixture(scope="module", params=chosen_tiers())
def tier(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def fleet(tier: str) -> Iterator[Fleet]:
    """One for all tests that leave it working."""
    with tempfile.TemporaryDirectory(prefix="fleet-test-") as folder:
        os.chmod(folder, 0o711)
        made = Fleet(TIERS[tier], FleetOptions(folder, LIMITS, 0, 1000, 35000))
        start_where_libraries_are_reached(made)
        yield made
        made.stop()


def ready(fleet: Fleet) -> Fleet:
    """After a zygote died: the next one.  Its start takes seconds, on a busy machine many."""
    deadline = time.monotonic() + 120
    while fleet._zygote is None and time.monotonic() < deadline:
        time.sleep(0.05)
    return fleet


def gone_within(seconds: float, pid: int) -> bool:
    deadline = time.monotonic() + seconds
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not is_alive(pid)


@pytest.mark.parametrize("who", ["zygote", "launcher"])
def test_a_dead_zygote_is_told_within_a_second_and_replaced(fleet: Fleet, who: str) -> None:
    restarts = fleet.restarts
    sleeper = Sleeper(ready(fleet))
    os.kill(zygote_pid(fleet) if who == "zygote" else fleet._zygote.process.pid, signal.SIGKILL)
    assert sleeper.seconds_until_told() < 1
    assert sleeper.answer.error.code == "executor_lost"
    assert gone_within(1, sleeper.pid)
    assert run(ready(fleet), QUICK).body == b"ran"
    assert fleet.restarts == restarts + 1


def test_a_child_killed_from_outside_is_told_within_a_second(fleet: Fleet) -> None:
    restarts = fleet.restarts
    sleeper = Sleeper(ready(fleet))
    os.kill(sleeper.pid, signal.SIGKILL)
    assert sleeper.seconds_until_told() < 1
    assert sleeper.answer.error.code == "executor_lost"
    assert run(fleet, QUICK).body == b"ran"
    assert fleet.restarts == restarts


def test_a_spare_that_was_killed_while_it_waited_costs_no_card(make_fleet, tier: str) -> None:
    fleet = make_fleet(tier, spares=1)
    deadline = time.monotonic() + 30
    while not children_of(zygote_pid(fleet)) and time.monotonic() < deadline:
        time.sleep(0.01)
    (spare,) = children_of(zygote_pid(fleet))
    os.kill(spare, signal.SIGKILL)
    while not fleet._spares[0].is_gone() and time.monotonic() < deadline:  # its last thread takes a moment longer
        time.sleep(0.01)
    assert run(fleet, QUICK).body == b"ran"


def test_nothing_outlives_the_supervisor(tier: str) -> None:
    """A supervisor killed in mid-run takes the zygote and the running card with it."""
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "support", "sleeping_supervisor.py")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o711)
        supervisor = subprocess.Popen([sys.executable, program, tier, folder], stdout=subprocess.PIPE)
        pids = [int(pid) for pid in supervisor.stdout.readline().split()]
        assert len(pids) >= 2 and all(is_alive(pid) for pid in pids)
        supervisor.kill()
        supervisor.wait()
        assert [pid for pid in pids if not gone_within(2, pid)] == []
        supervisor.stdout.close()


def test_a_zygote_is_replaced_after_enough_forks_without_harm_to_a_running_card(make_fleet) -> None:
    fleet = make_fleet(recycle_after=3)
    first = fleet._zygote
    sleeper = Sleeper(fleet)
    for _ in range(3):
        assert run(fleet, QUICK).body == b"ran"
    deadline = time.monotonic() + 60
    while fleet._zygote is first and time.monotonic() < deadline:
        time.sleep(0.05)
    assert fleet._zygote is not first and fleet.restarts == 0
    assert is_alive(sleeper.pid)
    os.kill(sleeper.pid, signal.SIGKILL)
    sleeper.thread.join()
    deadline = time.monotonic() + 10
    while first.process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert first.process.poll() is not None


def test_no_descriptor_and_no_process_is_left_after_many_runs(fleet: Fleet) -> None:
    run(fleet, QUICK)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(10):
        run(fleet, QUICK)
    assert len(os.listdir("/proc/self/fd")) == before
    assert children_of(zygote_pid(fleet)) == []
