"""Whether the jobs of all slots find the memory that they may use.  Found out once, before anything starts.

The range cache does not count: the kernel takes the pages of its files back when it needs them."""

import os
from dataclasses import dataclass
from typing import Any

from .sandbox import cgroup
from .settings import HEAVY_SLOTS, Settings

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Budget:
    """Megabytes."""

    cards: int  # what the cards of all slots may use at once
    heavy: int  # the same of imports and transforms
    there: int
    where: str  # what has or limits it, as people call it

    @property
    def wanted(self) -> int:
        return self.cards + self.heavy


def budget(settings: Settings, limit: int | None, machine: int) -> Budget:
    """`limit`: bytes, of the control group; `machine`: bytes that the machine has."""
    is_limited = limit is not None and limit < machine
    there = (limit if is_limited else machine) // MEGABYTE
    where = "the container or service that it runs in" if is_limited else "the machine"
    cards = settings.card_slots * settings.card_memory_mb
    return Budget(cards, HEAVY_SLOTS * settings.heavy_memory_mb, there, where)


def measure(settings: Settings) -> Budget:
    """The budget here and now."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return budget(settings, cgroup.memory_limit(), machine)


def warning(found: Budget, settings: Settings) -> dict[str, Any] | None:
    """The line for the log when jobs may use more than there is, which goes well while few of them do; None when they may not."""
    if found.wanted <= found.there:
        return None
    return {
        "event": "executor_memory",
        "wantedMb": found.wanted,
        "thereMb": found.there,
        "message": f"{settings.card_slots} cards of {settings.card_memory_mb} MB and an import or transform of "
        f"{settings.heavy_memory_mb} MB may together use {found.wanted} MB, and {found.where} has {found.there} MB: when they do, "
        "the kernel ends some of them. EXECUTOR_SLOTS, EXECUTOR_CARD_MEMORY_MB and EXECUTOR_HEAVY_MEMORY_MB lower what they use.",
    }
