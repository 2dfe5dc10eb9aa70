"""A child for the length of a `with` block: taken from the fleet, and dead and buried on the way out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .sandbox.execution import Bounds, Execution
from .sandbox.fleet import Fleet
from .sandbox.report_reader import Progress


@contextmanager
def card_child(fleet: Fleet, bounds: Bounds) -> Iterator[Execution]:
    """A spare, or one forked now.  ZygoteFailed when there is no zygote."""
    child = fleet.take()
    execution = Execution(child, bounds)
    try:
        yield execution
    finally:
        fleet.release(child, execution.reap())


@contextmanager
def heavy_child(
    fleet: Fleet,
    bounds: Bounds,
    on_progress: Callable[[Progress], None],
    job: str | None = None,
    uid: int | None = None,
) -> Iterator[Execution]:
    """One with limits of its own.  An import's sees the directory `job` and is `uid`, which its caller claimed and gives back."""
    child = fleet.take(bounds.limits, job, uid)
    execution = Execution(child, bounds, on_progress)
    try:
        yield execution
    finally:
        fleet.release(child, execution.reap())
