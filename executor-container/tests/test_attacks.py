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

from cardinal_executor.sandbox.tiers import TIERS, probe

ARENA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "support", "arena.py")
CORPUS_SECONDS = 600


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
    return run_arena(tier, list(ATTACKS))


def test_there_is_a_tier_to_attack() -> None:
    assert chosen_tiers()


def test_the_corpus_is_complete() -> None:
    assert len(ATTACKS) == 57


@pytest.mark.corpus
@pytest.mark.parametrize("tier", chosen_tiers())
@pytest.mark.parametrize("name", ATTACKS)
def test_the_jail_holds(tier: str, name: str) -> None:
    assert corpus(tier)[name]["wrong"] == []
