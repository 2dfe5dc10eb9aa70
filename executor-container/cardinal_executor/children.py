"""A child for the length of a `with` block: taken from the fleet, and dead and buried on the way out."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from .sandbox.execution import Bounds, Execution
from .sandbox.fleet import Fleet
from .sandbox.jail import ChildLimits
from .sandbox.report_reader import Progress

PAUSE = 0.1  # seconds before a fork that failed is tried once more

OnProgress = Callable[[Progress], None]
OnOutput = Callable[[str], None]


def card_child(fleet: Fleet, bounds: Bounds) -> AbstractContextManager[Execution]:
    """A spare, or one forked now.  ZygoteFailed when there is no zygote."""
    return _child(fleet, bounds)


def reader_child(fleet: Fleet, bounds: Bounds) -> AbstractContextManager[Execution]:
    """A card's where a card's limits are as wide as `bounds`, else one with limits of its own.  It is for code of ours."""
    card, wanted = fleet.options.card_limits, bounds.limits
    is_wide = wanted.memory_mb <= card.memory_mb and wanted.cpu_seconds <= card.cpu_seconds
    return _child(fleet, bounds, None if is_wide else wanted)


def heavy_child(
    fleet: Fleet,
    bounds: Bounds,
    on_progress: OnProgress,
    job: str | None = None,
    uid: int | None = None,
    on_output: OnOutput | None = None,
) -> AbstractContextManager[Execution]:
    """One with limits of its own.  An import's sees the directory `job` and is `uid`, which its caller claimed and gives back."""
    return _child(fleet, bounds, bounds.limits, job, uid, on_progress, on_output)


@contextmanager
def _child(
    fleet: Fleet,
    bounds: Bounds,
    limits: ChildLimits | None = None,
    job: str | None = None,
    uid: int | None = None,
    on_progress: OnProgress | None = None,
    on_output: OnOutput | None = None,
) -> Iterator[Execution]:
    child = fleet.take(limits, job, uid)
    if child.is_unborn():  # the host may be short of processes or memory for a moment
        fleet.release(child, True)
        time.sleep(PAUSE)
        child = fleet.take(limits, job, uid)
    execution = Execution(child, bounds, on_progress, on_output)
    try:
        yield execution
    finally:
        fleet.release(child, execution.reap())
