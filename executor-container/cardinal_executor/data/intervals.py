"""Byte ranges: what is there, what is missing, what to ask for in one request.  Pure."""

import bisect
from collections.abc import Iterable

Range = tuple[int, int]  # half-open: first byte, byte after the last

GAP = 1 << 20  # a smaller hole is fetched along: cheaper than another request
PIECE = 8 << 20  # no request is larger, so that a retry repeats little


class Intervals:
    """Sorted, disjoint ranges."""

    def __init__(self, ranges: Iterable[Range] = ()) -> None:
        self._ranges: list[Range] = []
        for start, end in ranges:
            self.add(start, end)

    def __iter__(self):
        return iter(self._ranges)

    def add(self, start: int, end: int) -> None:
        """Joins what it touches or overlaps."""
        first = bisect.bisect_left(self._ranges, start, key=lambda item: item[1])
        after = first
        while after < len(self._ranges) and self._ranges[after][0] <= end:
            after += 1
        if first < after:
            start, end = min(start, self._ranges[first][0]), max(end, self._ranges[after - 1][1])
        self._ranges[first:after] = [(start, end)]

    def missing(self, start: int, end: int) -> list[Range]:
        """The parts of start..end that are not there."""
        holes = []
        begin = bisect.bisect_right(self._ranges, start, key=lambda item: item[1])
        for have_start, have_end in self._ranges[begin:]:
            if have_start >= end:
                break
            if have_start > start:
                holes.append((start, have_start))
            start = max(start, have_end)
        if start < end:
            holes.append((start, end))
        return holes


def coalesce(ranges: Iterable[Range], gap: int = GAP, piece: int = PIECE) -> list[Range]:
    """Fewer, larger ranges: holes under `gap` joined, then cut into pieces of at most `piece`."""
    joined: list[Range] = []
    for start, end in sorted(ranges):
        if joined and start - joined[-1][1] < gap:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return [(cut, min(cut + piece, end)) for start, end in joined for cut in range(start, end, piece)]
