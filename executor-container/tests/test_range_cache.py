"""The range cache against a storage that counts: each byte once, few requests, nothing stale, nothing for ever."""

import os
import resource
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import pytest

from cardinal_executor.data.fetch import FetchFailed, client, fetch_range
from cardinal_executor.data.intervals import GAP, PIECE, Intervals, coalesce
from cardinal_executor.data.range_cache import Fetched, ObjectRef, RangeCache
from support.range_server import RangeServer

SIZE = 20 << 20
DATA = os.urandom(1 << 16) * (SIZE >> 16)


@pytest.fixture
def cache(tmp_path) -> Iterator[RangeCache]:
    made = RangeCache(str(tmp_path / "ranges"), 1 << 30)
    yield made
    made.close()


def soon() -> float:
    return time.monotonic() + 10


def ref(storage: RangeServer, path: str = "o", version: str = "v1", data: bytes = DATA) -> ObjectRef:
    url = storage.put(path, data)
    return ObjectRef(path, version, len(data), url, storage.etags[path])


def read(cache: RangeCache, what: ObjectRef, ranges: list[tuple[int, int]]) -> tuple[list[bytes], Fetched]:
    fd, fetched = cache.open(what, ranges, soon())
    try:
        return [os.pread(fd, end - start, start) for start, end in ranges], fetched
    finally:
        os.close(fd)


def test_what_was_asked_for_is_there_and_is_asked_for_once(cache: RangeCache, storage: RangeServer) -> None:
    wanted = [(5, 1000), (SIZE - 100, SIZE)]
    what = ref(storage)
    got, fetched = read(cache, what, wanted)
    assert got == [DATA[start:end] for start, end in wanted]
    assert (fetched.requests, fetched.bytes) == (2, 1095) == (len(storage.requests), storage.sent)
    assert read(cache, what, [(500, 900)])[1] == Fetched(0, 0)
    assert len(storage.requests) == 2


def test_an_object_whose_file_could_not_be_made_is_opened_the_next_time(
    cache: RangeCache, storage: RangeServer
) -> None:
    what = ref(storage)
    with pytest.raises(OSError, match="File too large"):
        cache.open(replace(what, size=1 << 62), [(0, 10)], soon())
    assert read(cache, what, [(0, 10)])[0] == [DATA[:10]]


def test_only_the_missing_part_of_a_range_is_fetched(cache: RangeCache, storage: RangeServer) -> None:
    what = ref(storage)
    read(cache, what, [(1000, 2000)])
    storage.forget()
    read(cache, what, [(0, 3000)])
    assert storage.sent in (2000, 3000)  # the hole between may be joined: a request costs more than a small gap
    assert len(storage.requests) == 1


def test_small_gaps_are_joined_and_large_ranges_cut() -> None:
    assert coalesce([(0, 10), (20, 30)]) == [(0, 30)]
    assert coalesce([(0, 10), (10 + GAP, 20 + GAP)]) == [(0, 10), (10 + GAP, 20 + GAP)]
    assert coalesce([(0, 2 * PIECE + 5)]) == [(0, PIECE), (PIECE, 2 * PIECE), (2 * PIECE, 2 * PIECE + 5)]


def test_intervals_agree_with_a_set_of_bytes() -> None:
    import random

    chance = random.Random(1)
    held, intervals = set(), Intervals()
    for _ in range(300):
        start = chance.randrange(200)
        end = start + chance.randrange(1, 20)
        asked_start, asked_end = chance.randrange(200), chance.randrange(200, 240)
        missing = [n for a, b in intervals.missing(asked_start, asked_end) for n in range(a, b)]
        assert missing == [n for n in range(asked_start, asked_end) if n not in held]
        intervals.add(start, end)
        held |= set(range(start, end))
        assert all(a < b and b < c for (a, b), (c, _) in pairwise(intervals))


def test_eight_callers_at_once_fetch_each_byte_once(cache: RangeCache, storage: RangeServer) -> None:
    what = ref(storage)
    storage.fail("o", times=99, delay=0.05)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: read(cache, what, [(0, SIZE)])[0][0] == DATA, range(8)))
    assert all(results)
    assert storage.sent == SIZE
    assert len(storage.requests) == -(-SIZE // PIECE)


def test_at_most_eight_requests_are_in_flight(cache: RangeCache, storage: RangeServer) -> None:
    flying, most, lock = 0, 0, threading.Lock()
    answer = storage._answer

    def counted(request) -> None:
        nonlocal flying, most
        with lock:
            flying += 1
            most = max(most, flying)
        time.sleep(0.02)
        answer(request)
        with lock:
            flying -= 1

    storage._answer = counted
    read(cache, ref(storage), [(start, start + 10) for start in range(0, SIZE, 2 * GAP)])
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda n: read(cache, ref(storage, f"o{n}", data=DATA[:100]), [(0, 100)]), range(24)))
    assert 2 <= most <= 8


def test_a_body_cut_short_is_continued_where_it_ended(cache: RangeCache, storage: RangeServer) -> None:
    what = ref(storage)
    storage.fail("o", cut=1000)
    assert read(cache, what, [(0, 5000)])[0] == [DATA[:5000]]
    assert [start for _, start, _ in storage.requests] in ([0, 1000], [0, 0])


def test_a_disk_that_takes_only_a_part_of_the_bytes_is_an_error_and_no_zeros(tmp_path, storage: RangeServer) -> None:
    url = storage.put("o", DATA)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    room = (1 << 20) + 100
    with open(tmp_path / "o", "wb") as file, client(1) as http:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
        try:
            with pytest.raises(OSError, match="large"):
                fetch_range(http, url, None, file.fileno(), 0, room + 100, soon())
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (tmp_path / "o").read_bytes() == DATA[:room]


def test_another_version_is_another_object(cache: RangeCache, storage: RangeServer) -> None:
    first = ref(storage, data=b"a" * 100)
    assert read(cache, first, [(0, 100)])[0] == [b"a" * 100]
    second = ref(storage, version="v2", data=b"b" * 100)
    assert read(cache, second, [(0, 100)])[0] == [b"b" * 100]
    with pytest.raises(FetchFailed) as refused:
        read(cache, ObjectRef("o", "v3", 100, first.url, first.etag), [(0, 100)])
    assert refused.value.status == 412


def test_a_waiter_whose_neighbours_link_expired_fetches_with_its_own(cache: RangeCache, storage: RangeServer) -> None:
    what = ref(storage)
    storage.fail("o", times=1, delay=0.2, status=403)
    failed = threading.Event()

    def first() -> None:
        with pytest.raises(FetchFailed):
            read(cache, what, [(0, 100)])
        failed.set()

    thread = threading.Thread(target=first)
    thread.start()
    time.sleep(0.05)
    assert read(cache, what, [(0, 100)])[0] == [DATA[:100]]
    thread.join()
    assert failed.is_set()


def test_the_least_recently_used_object_goes_first(tmp_path, storage: RangeServer) -> None:
    cache = RangeCache(str(tmp_path / "r"), 250)
    objects = [ref(storage, f"o{n}", data=b"x" * 100) for n in range(3)]
    for what in (objects[0], objects[1], objects[0], objects[2]):
        read(cache, what, [(0, 100)])
    storage.forget()
    assert read(cache, objects[0], [(0, 100)])[1].requests == 0
    assert read(cache, objects[1], [(0, 100)])[1].requests == 1
    assert len(os.listdir(tmp_path / "r")) <= 2
    cache.close()


def test_a_reader_keeps_its_bytes_when_the_object_is_evicted(tmp_path, storage: RangeServer) -> None:
    cache = RangeCache(str(tmp_path / "r"), 50)
    fd, _ = cache.open(ref(storage, data=DATA[:100]), [(0, 100)], soon())
    read(cache, ref(storage, "p", data=DATA[:100]), [(0, 100)])
    assert os.pread(fd, 100, 0) == DATA[:100]
    os.close(fd)
    cache.close()


def test_a_reader_cannot_write_what_the_next_one_reads(cache: RangeCache, storage: RangeServer) -> None:
    fd, _ = cache.open(ref(storage), [(0, 10)], soon())
    with pytest.raises(OSError):
        os.write(fd, b"x")
    os.close(fd)


def test_a_slow_storage_ends_at_the_deadline(cache: RangeCache, storage: RangeServer) -> None:
    storage.fail("o", times=99, delay=2)
    started = time.monotonic()
    with pytest.raises(FetchFailed):
        cache.open(ref(storage), [(0, 10)], time.monotonic() + 0.3)
    assert time.monotonic() - started < 1.5
