"""Everything that lives as long as the process: the folder, the fleet of children, the range cache, the runners over them."""

import fcntl
import os
import shutil
from dataclasses import dataclass
from typing import Any

from .cards import CardRunner
from .data.range_cache import RangeCache
from .imports import ImportRunner
from .inspections import InspectionRunner
from .memory import Budget
from .sandbox.fleet import FleetOptions, Fleets
from .sandbox.jail import ChildLimits
from .sandbox.root import library_paths
from .sandbox.tiers import Tier
from .settings import Settings, SettingsError
from .transforms import TransformRunner


@dataclass
class Services:
    settings: Settings
    fleets: Fleets
    cache: RangeCache
    memory: Budget
    cards: CardRunner
    imports: ImportRunner
    inspections: InspectionRunner
    transforms: TransformRunner
    health: dict[str, Any]
    lock: int

    def close(self) -> None:
        self.fleets.stop()
        self.cache.close()
        os.close(self.lock)


def claim_folder(folder: str) -> int:
    """Makes the folder and holds it for this process alone.  Returns the lock's descriptor.

    SettingsError when another has it, or when children could read it."""
    for path in library_paths():
        if os.path.commonpath([path, os.path.realpath(folder)]) == path:
            raise SettingsError(
                f"EXECUTOR_CACHE_DIR {folder} lies in {path}, which code in the jail may read: choose a folder elsewhere"
            )
    os.makedirs(folder, mode=0o711, exist_ok=True)
    lock = os.open(os.path.join(folder, "lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise SettingsError(f"EXECUTOR_CACHE_DIR {folder} is in use by another executor") from error
    jobs = jobs_folder(folder)
    shutil.rmtree(jobs, ignore_errors=True)
    os.makedirs(jobs, mode=0o711)
    os.chmod(jobs, 0o711)
    return lock


def jobs_folder(folder: str) -> str:
    return os.path.join(folder, "jobs")


def start_fleets(settings: Settings, tier: Tier) -> Fleets:
    """Running fleets; ZygoteFailed when the tier does not start here."""
    limits = ChildLimits(cpu_seconds=settings.card_wall_ms // 1000 + 2, memory_mb=settings.card_memory_mb)
    folder = jobs_folder(settings.folder)
    options = FleetOptions(folder, limits, settings.spares, settings.recycle_after, settings.uid_base)
    return Fleets.start(tier, options)


def assemble(settings: Settings, fleets: Fleets, memory: Budget, health: dict[str, Any], lock: int) -> Services:
    """The services over fleets that passed their pre-flight."""
    cache = RangeCache(os.path.join(settings.folder, "ranges"), settings.cache_mb << 20)
    return Services(
        settings=settings,
        fleets=fleets,
        cache=cache,
        memory=memory,
        cards=CardRunner(settings, fleets, cache),
        imports=ImportRunner(settings, fleets.everything, jobs_folder(settings.folder)),
        inspections=InspectionRunner(fleets.everything),
        transforms=TransformRunner(settings, fleets, cache, jobs_folder(settings.folder)),
        health=health,
        lock=lock,
    )
