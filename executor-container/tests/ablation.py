"""What each layer of the jail is worth: `python -m tests.ablation [TIER[:LAYER,…]…]` drops one at a time and prints what gets through.

Each run stands in a process namespace of its own with outer limits, so that kill(-1) and bombs meet nobody else.  Needs root, or user
namespaces for the tiers `userns` and `seccomp`."""

import json
import os
import subprocess
import sys
import tempfile
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

from attacks import ATTACKS, frames, output, values  # noqa: E402

from cardinal_executor.sandbox.tiers import TIERS  # noqa: E402

ARENA = os.path.join(HERE, "support", "arena.py")
SECONDS = 1800
# The layers that a tier has, to be dropped one by one.
LAYERS = {
    "root": ("seccomp", "landlock", "namespaces", "uids", "rlimits", "descriptors", "watch"),
    "userns": ("seccomp", "landlock", "namespaces", "rlimits", "descriptors", "watch"),
    "uid": ("seccomp", "landlock", "uids", "rlimits", "descriptors", "watch"),
    "seccomp": ("seccomp", "landlock", "rlimits", "descriptors", "watch"),
}


def run_arena(tier: str, names: list[str], layer: str | None = None) -> dict[str, Any]:
    """Results by attack, in `tier`, without `layer`.  An attack whose supervisor died says so; the arena starts again after it."""
    results: dict[str, Any] = {}
    while waiting := [name for name in names if name not in results]:
        with tempfile.TemporaryDirectory(prefix="arena-", ignore_cleanup_errors=True) as folder:
            os.chmod(folder, 0o711)
            options = ["--without", layer] if layer else []
            command = [sys.executable, ARENA, *options, tier, folder, *waiting]
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
        said = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        results |= {line["attack"]: line for line in said if "attack" in line}
        begun = [line["begin"] for line in said if "begin" in line]
        assert begun, f"the arena of tier {tier} did not start: {done.stderr[-2000:]}"
        if begun[-1] not in results:
            results[begun[-1]] = {"wrong": [f"the supervisor died, exit {done.returncode}: {done.stderr[-500:]}"]}
    return results


# What the supervisor answers by itself, whatever the kernel does: reports, output, time.
OF_THE_SUPERVISOR = {*frames.ATTACKS, *output.ATTACKS, *values.ATTACKS} | {
    name for name, attack in ATTACKS.items() if attack.expect == ("time_limit",)
}


def through(tier: str, layer: str, names: list[str] | None = None) -> list[str]:
    """The attacks that get through without `layer`, of those that the whole tier holds by a layer."""
    named = names or [name for name in ATTACKS if name not in OF_THE_SUPERVISOR]
    held = [name for name in named if ATTACKS[name].level <= TIERS[tier].level]
    results = run_arena(tier, held, layer)
    return [name for name in held if results[name]["wrong"]]


def main() -> None:
    for chosen in sys.argv[1:] or LAYERS:
        tier, _, layers = chosen.partition(":")
        print(f"\n| without, in tier `{tier}` | get through | which |\n|---|---|---|", flush=True)
        for layer in layers.split(",") if layers else LAYERS[tier]:
            found = through(tier, layer)
            print(f"| {layer} | {len(found)} | {', '.join(found)} |", flush=True)


if __name__ == "__main__":
    main()
