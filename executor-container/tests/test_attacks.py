"""The attack corpus, in the tiers of support/chosen_tiers.py."""

import warnings
from functools import cache
from typing import Any

import pytest
from ablation import run_arena, through
from attacks import ATTACKS

from cardinal_executor.sandbox.canaries import attack_job
from cardinal_executor.sandbox.execution import Bounds, Execution
from cardinal_executor.sandbox.tiers import TIERS, probe
from support.chosen_tiers import chosen_tiers

OF_LIBRARIES_AND_KERNEL = 77  # beyond the 57 of the first jail
# In tier, without layer: these get through, each within a second or two.
EARNED = (
    ("seccomp", "seccomp", "network ctypes_socket_syscall machine_code weaken_filter every_way_to_start_a_program"),
    ("seccomp", "landlock", "read_host_files pandas_readers duckdb_reads polars_files proc_doors"),
    ("seccomp", "watch", "readonly_hoard small_threads"),
    ("seccomp", "rlimits", "mem_bomb raise_rlimits"),
    ("seccomp", "descriptors", "leaked_fds"),
    ("root", "namespaces", "paths_that_exist"),
    ("root", "uids", "setuid_root"),
)


@cache
def corpus(tier: str) -> dict[str, Any]:
    skipped = [name for name in TIERS if name not in chosen_tiers()]
    warnings.warn(f"attacks run in tier {tier}; not in {', '.join(skipped) or 'none'}", stacklevel=1)
    return run_arena(tier, names_for(tier))


def names_for(tier: str) -> list[str]:
    """The attacks that this tier must hold.  What only namespaces hide, a tier without them shows, as docs/sandbox.md says."""
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


def test_each_layer_is_there_for_something() -> None:
    """The ablation in small: attacks that a layer alone holds get through when it is taken away.  All of it: tests/ablation.py."""
    found = probe()
    if not (found.namespaces or found.user_namespaces):
        warnings.warn("no layer was taken away: that needs a process namespace to do it in", stacklevel=1)
        return
    strongest = found.tiers()[0].name
    for tier, layer, names in EARNED:
        if strongest == "root" or not TIERS[tier].own_uids:
            assert through(tier, layer, names.split()) == names.split(), f"{tier} without {layer}"
