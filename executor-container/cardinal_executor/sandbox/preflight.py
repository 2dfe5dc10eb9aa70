"""The gate before serving: probe the kernel, start the strongest tier, prove it with canary attacks, or refuse."""

import time
from dataclasses import dataclass, field
from typing import Any

from .. import services
from ..settings import Settings
from . import tiers
from .canaries import run_canaries
from .fleet import Fleets
from .process import ZygoteFailed

NAMED = 3  # canaries of one outcome that are told by name


@dataclass
class Verdict:
    """`fleets` run when this executor may serve, and None when it must not."""

    level: int = 0
    tier: str | None = None
    missing: list[str] = field(default_factory=list)
    probe: dict[str, Any] = field(default_factory=dict)
    held: int = 0
    fleets: Fleets | None = None
    min_level: int = 2
    ms: int = 0

    def line(self) -> dict[str, Any]:
        """The one line that the log gets."""
        return {
            "event": "executor_preflight",
            "serve": self.fleets is not None,
            "level": self.level,
            "tier": self.tier,
            "minLevel": self.min_level,
            "missing": self.missing,
            "canariesHeld": self.held,
            "probe": self.probe,
            "ms": self.ms,
        }


def run(settings: Settings) -> Verdict:
    """Call it before any thread starts: probing forks."""
    started = time.perf_counter()
    found = tiers.probe()
    verdict = Verdict(missing=found.missing(), probe=found.as_dict(), min_level=settings.min_level)
    for tier in found.tiers():
        if tier.level < settings.min_level:
            verdict.missing.append(
                f"level {settings.min_level}: the strongest tier left is {tier.name}, level {tier.level}"
            )
            break
        fleets = _try(settings, tier, verdict)
        if fleets is not None:
            verdict.level, verdict.tier, verdict.fleets = tier.level, tier.name, fleets
            break
    verdict.ms = round((time.perf_counter() - started) * 1e3)
    return verdict


def _try(settings: Settings, tier: tiers.Tier, verdict: Verdict) -> Fleets | None:
    """The tier's running fleets when every canary was held, by the jail that both put their children in."""
    try:
        fleets = services.start_fleets(settings, tier)
    except ZygoteFailed as error:
        verdict.missing.append(f"tier {tier.name}: {error}")
        return None
    results = run_canaries(fleets.usual)
    verdict.held = sum(result is None for result in results.values())
    escaped = {name: said for name, said in results.items() if said is not None}
    if not escaped:
        return fleets
    verdict.missing.append(f"tier {tier.name}: {in_words(escaped)}")
    fleets.stop()
    return None


def in_words(escaped: dict[str, str]) -> str:
    """What got through, or why nothing could be tried: attacks that ended alike are told together.  `escaped`: by attack."""
    alike: dict[str, list[str]] = {}
    for name, said in escaped.items():
        alike.setdefault(said, []).append(name)
    told = []
    for said, names in alike.items():
        shown = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
        told.append(f"{shown} ({said})")
    return f"canaries not held: {'; '.join(told)}"
