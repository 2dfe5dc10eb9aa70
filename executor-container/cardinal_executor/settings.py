"""Settings of the process, read from the environment once; every missing or wrong one is named in one message."""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field

MIN_SECRET = 32
HEAVY_SLOTS = 1  # imports and transforms at once: each has much to do with memory and disk


class SettingsError(Exception):
    """Names every setting that is missing or wrong, one a line."""


@dataclass(frozen=True)
class Settings:
    secret: str = field(repr=False)
    host: str
    port: int
    folder: str  # EXECUTOR_CACHE_DIR: range cache and job directories, of this process alone
    min_level: int
    outer: str  # what the executor itself runs in: it cannot be probed
    card_slots: int
    queue_cards: int
    queue_heavy: int
    spares: int
    recycle_after: int  # forks of one zygote
    cache_mb: int
    uid_base: int
    card_wall_ms: int
    card_memory_mb: int
    heavy_wall_ms: int
    heavy_memory_mb: int
    source_mb: int  # the largest file an import may download


DEFAULTS = {
    "EXECUTOR_HOST": "127.0.0.1",
    "EXECUTOR_OUTER": "undeclared",
    "PORT": 8000,
    "EXECUTOR_MIN_LEVEL": 2,
    "EXECUTOR_QUEUE": 50,
    "EXECUTOR_HEAVY_QUEUE": 20,
    "EXECUTOR_SPARES": 2,
    "EXECUTOR_RECYCLE_AFTER": 2000,
    "EXECUTOR_CACHE_MB": 4096,
    "EXECUTOR_UID_BASE": 30000,
    "EXECUTOR_CARD_WALL_MS": 10_000,
    "EXECUTOR_CARD_MEMORY_MB": 2048,
    "EXECUTOR_HEAVY_WALL_MS": 840_000,
    "EXECUTOR_HEAVY_MEMORY_MB": 4096,
    "EXECUTOR_SOURCE_MB": 2048,
}


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from `environment`; SettingsError with all that is wrong."""
    wrong: list[str] = []

    def number(name: str, default: int, least: int = 0) -> int:
        text = environment.get(name, "")
        if not text:
            return default
        if not text.isascii() or not text.isdigit() or int(text) < least:
            wrong.append(f"{name} must be a whole number of at least {least}, not {text!r}")
            return default
        return int(text)

    def known(name: str, least: int = 0) -> int:
        return number(name, int(DEFAULTS[name]), least)

    secret = environment.get("EXECUTOR_SECRET", "")
    if len(secret) < MIN_SECRET:
        wrong.append(f"EXECUTOR_SECRET is missing or shorter than {MIN_SECRET} characters")
    default_folder = os.path.join(tempfile.gettempdir(), f"cardinal-executor-{os.getuid()}")
    settings = Settings(
        secret=secret,
        host=environment.get("EXECUTOR_HOST") or str(DEFAULTS["EXECUTOR_HOST"]),
        port=known("PORT"),
        folder=os.path.abspath(environment.get("EXECUTOR_CACHE_DIR") or default_folder),
        min_level=known("EXECUTOR_MIN_LEVEL", 2),
        outer=environment.get("EXECUTOR_OUTER") or str(DEFAULTS["EXECUTOR_OUTER"]),
        card_slots=number("EXECUTOR_SLOTS", 2 * (os.cpu_count() or 1), 1),
        queue_cards=known("EXECUTOR_QUEUE"),
        queue_heavy=known("EXECUTOR_HEAVY_QUEUE"),
        spares=known("EXECUTOR_SPARES"),
        recycle_after=known("EXECUTOR_RECYCLE_AFTER", 1),
        cache_mb=known("EXECUTOR_CACHE_MB", 1),
        uid_base=known("EXECUTOR_UID_BASE", 1000),
        card_wall_ms=known("EXECUTOR_CARD_WALL_MS", 1),
        card_memory_mb=known("EXECUTOR_CARD_MEMORY_MB", 64),
        heavy_wall_ms=known("EXECUTOR_HEAVY_WALL_MS", 1),
        heavy_memory_mb=known("EXECUTOR_HEAVY_MEMORY_MB", 64),
        source_mb=known("EXECUTOR_SOURCE_MB", 1),
    )
    if wrong:
        raise SettingsError("The executor cannot start:\n" + "\n".join(f"  {line}" for line in wrong))
    return settings
