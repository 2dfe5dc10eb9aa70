"""Immutable objects as sparse local files: one per object version, full length, holes where nothing was fetched.

Whoever asks for ranges waits until they are there; each byte is fetched once however many ask.  Least recently used goes first."""

import collections
import concurrent.futures
import hashlib
import os
import threading
import time
from dataclasses import dataclass, field

from .fetch import FetchFailed, client, fetch_range
from .intervals import Intervals, Range, coalesce

IN_FLIGHT = 8  # requests at once
ROUNDS = 2  # the second for ranges that another caller's expired link failed to bring


@dataclass(frozen=True)
class ObjectRef:
    """`key` and `version` name immutable bytes; `url` reads them for a while."""

    key: str
    version: str
    size: int
    url: str
    etag: str | None = None

    @property
    def name(self) -> str:
        return hashlib.sha256(f"{self.key}\0{self.version}\0{self.etag}".encode()).hexdigest()


@dataclass
class Fetched:
    """What one caller's need cost: requests and bytes it started itself."""

    requests: int = 0
    bytes: int = 0

    def add(self, more: "Fetched") -> None:
        self.requests += more.requests
        self.bytes += more.bytes


@dataclass
class Counts:
    """What happened since the start."""

    requests: int = 0
    bytes: int = 0
    evictions: int = 0
    joins: int = 0  # waits for bytes that another caller was fetching


@dataclass
class _Entry:
    path: str
    size: int
    have: Intervals = field(default_factory=Intervals)
    flying: dict[Range, "concurrent.futures.Future[int]"] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    bytes: int = 0
    pins: int = 0


class RangeCache:
    """`folder` belongs to this cache alone and is emptied at the start: what is held is known in memory only."""

    def __init__(self, folder: str, max_bytes: int) -> None:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        for name in os.listdir(folder):
            os.unlink(os.path.join(folder, name))
        self._folder = folder
        self._max_bytes = max_bytes
        self.counts = Counts()
        self._lock = threading.Lock()
        self._entries: collections.OrderedDict[str, _Entry] = collections.OrderedDict()
        self._pool = concurrent.futures.ThreadPoolExecutor(IN_FLIGHT, "range")
        self._http = client(IN_FLIGHT)

    def open(self, ref: ObjectRef, ranges: list[Range], deadline: float) -> tuple[int, Fetched]:
        """A read-only descriptor of the object, once every byte of `ranges` is on disk.  `deadline`: time.monotonic().

        FetchFailed when storage refuses, is too slow or does not have these bytes."""
        entry = self._pin(ref)
        try:
            fetched = self._ensure(entry, ref, ranges, deadline)
            return os.open(entry.path, os.O_RDONLY | os.O_CLOEXEC), fetched
        finally:
            with self._lock:
                entry.pins -= 1
                self._evict()

    @property
    def held_bytes(self) -> int:
        with self._lock:
            return self._held()

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._http.close()

    def _pin(self, ref: ObjectRef) -> _Entry:
        with self._lock:
            entry = self._entries.get(ref.name)
            if entry is None:
                path = os.path.join(self._folder, ref.name)
                with open(path, "wb") as file:  # an attempt that the disk refused may have left one
                    file.truncate(ref.size)
                entry = self._entries[ref.name] = _Entry(path, ref.size)
            elif entry.size != ref.size:
                raise FetchFailed(412, "its size has changed")
            self._entries.move_to_end(ref.name)
            entry.pins += 1
            return entry

    def _ensure(self, entry: _Entry, ref: ObjectRef, ranges: list[Range], deadline: float) -> Fetched:
        fetched = Fetched()
        for attempt in range(1, ROUNDS + 1):
            mine, others = self._start(entry, ref, ranges, deadline)
            for (start, end), future in mine.items():
                fetched.requests += _wait(future, deadline)
                fetched.bytes += end - start
            if not any([_failed(future, deadline) for future in others]):
                return fetched
            if attempt == ROUNDS:
                break
        raise FetchFailed(0, "storage could not be read")

    def _start(
        self, entry: _Entry, ref: ObjectRef, ranges: list[Range], deadline: float
    ) -> tuple[dict[Range, "concurrent.futures.Future[int]"], list["concurrent.futures.Future[int]"]]:
        """The requests this caller starts, and those of others that bring part of what it needs."""
        with entry.lock:
            need = [hole for start, end in ranges for hole in entry.have.missing(start, min(end, entry.size))]
            flying = Intervals(entry.flying)
            others = [
                future
                for (start, end), future in entry.flying.items()
                if any(start < need_end and need_start < end for need_start, need_end in need)
            ]
            wanted = coalesce([part for start, end in need for part in flying.missing(start, end)])
            # Joining gaps may have reached over what is on its way.  Bytes held already are fetched again: cheaper than a request.
            pieces = [part for start, end in wanted for part in flying.missing(start, end)]
            mine = {}
            for start, end in pieces:
                mine[(start, end)] = self._pool.submit(self._fetch, entry, ref, start, end, deadline)
            entry.flying.update(mine)
        with self._lock:
            self.counts.joins += len(others)
        return mine, others

    def _fetch(self, entry: _Entry, ref: ObjectRef, start: int, end: int, deadline: float) -> int:
        try:
            fd = os.open(entry.path, os.O_WRONLY | os.O_CLOEXEC)
            try:
                requests = fetch_range(self._http, ref.url, ref.etag, fd, start, end, deadline)
            finally:
                os.close(fd)
            with entry.lock:
                entry.have.add(start, end)
                entry.bytes += end - start
            with self._lock:
                self.counts.requests += requests
                self.counts.bytes += end - start
            return requests
        finally:
            with entry.lock:
                entry.flying.pop((start, end))

    def _evict(self) -> None:
        """Under the lock.  Whole objects, oldest first, and empty ones; a child that reads one keeps its descriptor."""
        total = self._held()
        for name in [name for name, entry in self._entries.items() if not entry.pins and not entry.flying]:
            entry = self._entries[name]
            if entry.bytes and total <= self._max_bytes:
                continue
            del self._entries[name]
            total -= entry.bytes
            os.unlink(entry.path)
            self.counts.evictions += entry.bytes > 0

    def _held(self) -> int:
        """Under the lock."""
        return sum(entry.bytes for entry in self._entries.values())


def _wait(future: "concurrent.futures.Future[int]", deadline: float) -> int:
    try:
        return future.result(max(0.0, deadline - time.monotonic()))
    except concurrent.futures.TimeoutError:
        raise FetchFailed(0, "storage was too slow") from None


def _failed(future: "concurrent.futures.Future[int]", deadline: float) -> bool:
    try:
        _wait(future, deadline)
    except FetchFailed:
        return True
    return False
