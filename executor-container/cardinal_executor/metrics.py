"""What the executor counts, as Prometheus reads it.  No label names an author, a dataset, a key or code."""

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from .data.range_cache import RangeCache
from .memory import MEGABYTE, Budget
from .sandbox.fleet import Fleet
from .sandbox.slots import Slots

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "cardinal_executor_"
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900)


class Metrics:
    """Counts what ends; reads the rest from the living parts when it is asked."""

    def __init__(
        self, slots: Mapping[str, Slots], fleets: Mapping[str, Fleet], cache: RangeCache, memory: Budget
    ) -> None:
        self._registry = CollectorRegistry()
        self._executions = Counter(
            f"{PREFIX}executions", "Operations by how they ended.", ("operation", "outcome"), registry=self._registry
        )
        self._seconds = Histogram(
            f"{PREFIX}execution_seconds",
            "From an operation's request to its answer, its time in the queue included.",
            ("operation",),
            buckets=SECONDS,
            registry=self._registry,
        )
        self._registry.register(_Present(slots, fleets, cache, memory))
        ProcessCollector(registry=self._registry)

    def ended(self, operation: str, outcome: str, seconds: float) -> None:
        """`outcome`: `ok`, `cancelled`, a code of errors.py; what follows a colon is left out."""
        self._executions.labels(operation, outcome.partition(":")[0]).inc()
        self._seconds.labels(operation).observe(seconds)

    def refused(self, code: str) -> None:
        """A request that became no operation."""
        self._executions.labels("none", code).inc()

    def text(self) -> bytes:
        return generate_latest(self._registry)


class _Present(Collector):
    """What slots, fleets and cache say of themselves at the moment of reading."""

    def __init__(
        self, slots: Mapping[str, Slots], fleets: Mapping[str, Fleet], cache: RangeCache, memory: Budget
    ) -> None:
        self._slots = slots
        self._fleets = fleets
        self._cache = cache
        self._memory = memory

    def collect(self) -> Iterator[Metric]:
        slots, fleets = self._slots.items(), self._fleets.items()
        yield _gauge("slots", "How many jobs may run at once.", "kind", ((kind, each.total) for kind, each in slots))
        yield _gauge("slots_busy", "Jobs that run.", "kind", ((kind, each.busy) for kind, each in slots))
        yield _gauge(
            "queue_length", "Jobs that wait for a slot.", "kind", ((kind, each.queued) for kind, each in slots)
        )
        may_use = (("card", self._memory.cards * MEGABYTE), ("heavy", self._memory.heavy * MEGABYTE))
        yield _gauge("slots_memory_bytes", "What the jobs of all slots may use at once.", "kind", may_use)
        yield _single(
            "memory_limit_bytes",
            "What there is for them: the container's limit, or the machine's.",
            self._memory.there * MEGABYTE,
        )
        yield _counter("forks", "Children born.", "fleet", ((name, fleet.forks) for name, fleet in fleets))
        restarts = ((name, fleet.restarts) for name, fleet in fleets)
        yield _counter("zygote_restarts", "Zygotes that died and were replaced.", "fleet", restarts)
        yield _single("range_cache_bytes", "Bytes that the range cache holds.", self._cache.held_bytes)
        counts = self._cache.counts
        for name, about, value in (
            ("requests", "Requests to storage that brought bytes, repeated ones too.", counts.requests),
            ("fetched_bytes", "Bytes that storage sent.", counts.bytes),
            ("evictions", "Objects that made room for others.", counts.evictions),
            ("joins", "Times that a run waited for bytes that another was fetching.", counts.joins),
        ):
            family = CounterMetricFamily(f"{PREFIX}range_cache_{name}", about)
            family.add_metric((), value)
            yield family


def _gauge(name: str, about: str, label: str, values: Iterable[tuple[str, float]]) -> Metric:
    family = GaugeMetricFamily(PREFIX + name, about, labels=(label,))
    for key, value in values:
        family.add_metric((key,), value)
    return family


def _single(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(PREFIX + name, about, value)


def _counter(name: str, about: str, label: str, values: Iterable[tuple[str, float]]) -> Metric:
    family = CounterMetricFamily(PREFIX + name, about, labels=(label,))
    for key, value in values:
        family.add_metric((key,), value)
    return family
