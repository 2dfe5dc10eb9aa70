"""Rows that a policy withholds are not in the process in which a card's code runs, however that code looks for them."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from cardinal_executor.sandbox.tiers import probe
from support.chosen_tiers import hosted
from support.datasets import dataset
from support.range_server import RangeServer

ROWS = 20_000
MARK = (0x5EC2E7 << 40) | 0xBEEF  # row numbers stand between
LIMITS = {"wallMs": 60_000}
MINE = {"column": "region", "type": "category", "values": ["EMEA"], "includeNull": False}

# Reads all memory of its process.  Without /proc it feels its way: msync() tells mapped from unmapped, and write() says EFAULT where
# reading would be the end.  What the kernel maps lies within gigabytes of libc; the heap of brk is asked for by name.
LOOK = r"""
import ctypes, json, os, re
TEXT, NUMBER = re.compile(rb"CANARY(\d{8})-[a-p]{20}"), re.compile(rb"\xef\xbe(.{3})\xe7\xc2\x5e", re.DOTALL)
PAGE, STEP, PIECE, OVERLAP = 4096, 1 << 16, 1 << 16, 64
BELOW, ABOVE, HEAP = 24 << 30, 2 << 30, 2 << 30
libc = ctypes.CDLL(None)
libc.sbrk.restype = ctypes.c_void_p
libc.msync.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
libc.write.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t)

def is_mapped(page):
    return libc.msync(page, PAGE, 1) == 0

def regions():
    libc_at = ctypes.cast(libc.malloc, ctypes.c_void_p).value // STEP * STEP
    heap_end = libc.sbrk(0) // STEP * STEP
    known = 0
    for around, below, above in sorted([(heap_end, HEAP, STEP), (libc_at, BELOW, ABOVE)]):
        for probe in range(around - below, around + above, STEP):
            if probe < known or not is_mapped(probe):
                continue
            start = end = probe
            while start - PAGE >= known and is_mapped(start - PAGE):
                start -= PAGE
            while is_mapped(end):
                end += PAGE
            known = end
            yield start, end

def render(dataset, filters, params):
    out, into = os.pipe()
    texts, numbers, pages = set(), set(), 0
    for start, end in regions():
        while start < end:
            size = min(PIECE, end - start)
            written = libc.write(into, start, size)
            if written <= 0:
                start += PAGE
                continue
            found = os.read(out, written)
            pages += written // PAGE
            texts.update(int(match) for match in TEXT.findall(found))
            numbers.update(int.from_bytes(match, "little") for match in NUMBER.findall(found))
            start += written - OVERLAP if written > OVERLAP and start + written < end else written
    return json.dumps({"texts": sorted(texts), "numbers": sorted(numbers), "pages": pages, "rows": len(dataset)})
"""


def marked() -> pa.Table:
    """Every second row is EMEA's.  Each is told apart by its text and its number."""
    chance = np.random.default_rng(3)
    tails = ["".join(row) for row in chance.choice(list("abcdefghijklmnop"), (ROWS, 20))]
    return pa.table(
        {
            "region": ["EMEA", "APAC"] * (ROWS // 2),
            "text": [f"CANARY{row:08d}-{tail}" for row, tail in enumerate(tails)],
            "number": [MARK | row << 16 for row in range(ROWS)],
        }
    )


def tiers() -> list[str]:
    """The strongest of this machine, and the weakest: there a card has the uid of the server."""
    return list(dict.fromkeys([*[tier.name for tier in probe().tiers()][:1], "seccomp"]))


@pytest.fixture(scope="module", params=tiers())
def run_card(request: pytest.FixtureRequest) -> Iterator[Callable[..., dict[str, Any]]]:
    with hosted(request.param) as cards:
        yield lambda code, **more: cards.render(code, limits=LIMITS, **more)


def seen(answer: dict[str, Any]) -> tuple[set[int], set[int]]:
    """Row numbers that hostile code found by their texts and by their numbers, after it has looked at enough."""
    assert answer["status"] == "ok", answer
    said = json.loads(answer["body"])
    assert said["rows"] == ROWS // 2 and said["pages"] > 10_000
    return set(said["texts"]), set(said["numbers"])


def test_hostile_code_finds_the_rows_it_was_given_and_no_others(run_card, storage: RangeServer) -> None:
    plan = dataset(storage, "marked", marked(), row_group=ROWS)
    given = set(range(0, ROWS, 2))
    texts, numbers = seen(run_card(LOOK, datasets=[{**plan, "rowFilters": [MINE]}]))
    assert (texts, numbers) == (given, given)
    filtered_only = seen(run_card(LOOK, datasets=[plan], filters=[MINE]))
    assert len(filtered_only[0] - given) > ROWS / 4, "the control: a filter alone leaves other rows in memory"
