"""The attack corpus in the strongest tier of this machine.  `EXECUTOR_TEST_TIERS=root,userns,uid,seccomp` names others."""

import json
import os
import subprocess
import sys
import tempfile
import warnings
from functools import cache
from typing import Any

import pytest
from attacks import ATTACKS

from cardinal_executor.sandbox.canaries import attack_job
from cardinal_executor.sandbox.execution import Bounds, Execution
from cardinal_executor.sandbox.tiers import TIERS, probe

ARENA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "support", "arena.py")
CORPUS_SECONDS = 900
OF_LIBRARIES_AND_KERNEL = 77  # beyond the 57 of the first jail


def chosen_tiers() -> list[str]:
    if named := os.environ.get("EXECUTOR_TEST_TIERS"):
        return named.split(",")
    strongest = next(iter(probe().tiers()), None)
    return [strongest.name] if strongest else []


def run_arena(tier: str, names: list[str]) -> dict[str, Any]:
    """Results by attack.  One whose supervisor died says so; the arena starts again after it."""
    results: dict[str, Any] = {}
    while waiting := [name for name in names if name not in results]:
        with tempfile.TemporaryDirectory(prefix="arena-", ignore_cleanup_errors=True) as folder:
            os.chmod(folder, 0o711)
            command = [sys.executable, ARENA, tier, folder, *waiting]
            done = subprocess.run(command, capture_output=True, text=True, timeout=CORPUS_SECONDS)
        said = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        results |= {line["attack"]: line for line in said if "attack" in line}
        begun = [line["begin"] for line in said if "begin" in line]
        assert begun, f"the arena of tier {tier} did not start: {done.stderr[-2000:]}"
        if begun[-1] not in results:
            results[begun[-1]] = {"wrong": [f"the supervisor died, exit {done.returncode}: {done.stderr[-500:]}"]}
    return results


@cache
def corpus(tier: str) -> dict[str, Any]:
    skipped = [name for name in TIERS if name not in chosen_tiers()]
    warnings.warn(f"attacks run in tier {tier}; not in {', '.join(skipped) or 'none'}", stacklevel=1)
    return run_arena(tier, names_for(tier))


def names_for(tier: str) -> list[str]:
    """The attacks that this tier must hold.  What only namespaces hide, a tier without them shows, as docs/decisions/0016 says."""
    return [name for name, attack in ATTACKS.items() if attack.level <= TIERS[tier].level]


def test_there_is_a_tier_to_attack() -> None:
    assert chosen_tiers()


def test_the_corpus_is_complete() -> None:
    assert len(ATTACKS) == 57 + OF_LIBRARIES_AND_KERNEL
    assert [name for name, attack in ATTACKS.items() if attack.level > 2] == ["paths_that_exist"]


def test_each_attack_says_what_it_wants() -> None:
    assert [name for name, attack in ATTACKS.items() if len(attack.wants) < 8] == []


@pytest.mark.corpus
@pytest.mark.parametrize(("tier", "name"), [(tier, name) for tier in chosen_tiers() for name in names_for(tier)])
def test_the_jail_holds(tier: str, name: str) -> None:
    assert corpus(tier)[name]["wrong"] == []


def test_a_child_that_never_warmed_up_has_no_descriptor_but_its_own(make_fleet) -> None:
    """The epolls and the eventfd that the corpus sees are made by the warmth of a spare: none is inherited from the zygote."""
    code = ATTACKS["leaked_fds"].source.replace('OWN_POOLS = {"epoll": 2, "eventfd": 1}', "OWN_POOLS = {}")
    assert "OWN_POOLS = {}" in code
    fleet = make_fleet(spares=0)
    child = fleet.take()
    execution = Execution(child, Bounds(fleet.options.card_limits, 10_000, 1 << 20, 1 << 16))
    answer = execution.run(attack_job(code, {}, fleet.options.card_limits), [])
    fleet.release(child, execution.reap())
    assert answer.body.decode() == "blocked {0: 'chr', 1: 'fifo', 2: 'fifo', 3: 'fifo'}"
