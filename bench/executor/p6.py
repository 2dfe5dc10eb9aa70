"""P6: what a card reads from storage for one month of 24 and five columns of fifty, when nothing is cached.

Counts requests and bytes at the storage, for rows in any order, sorted by day and in a file a month. Prints JSON lines;
`p6.py --quick` takes fewer rows, to try it: its footers are too large a part of so little data for the goals."""

import argparse
import os
import statistics
import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from executor import Executor
from figures import figure
from p4 import CARD, COLUMNS
from plan import plan_dataset
from storage import Sent, Storage
from wide_data import MONTHS, month, write_wide

MOST_PERCENT = {"random": 10, "sorted": 1.5, "parts": 1.5}
TOGETHER = 20
CROWDED = (0, MONTHS // 2, MONTHS - 1)  # months


def card_of(storage: Storage, paths: list[str], number: int, version: str) -> dict[str, Any]:
    """A card of the month `number`. Objects of a `version` that the executor has not met are not in its cache."""
    start, end = month(number)
    filters = [{"column": "d1", "type": "date_range", "start": start, "end": end}]
    dataset = plan_dataset(storage, "wide", paths, COLUMNS, filters)
    objects = [{**planned, "version": version} for planned in dataset["objects"]]
    return {"code": CARD, "filters": filters, "datasets": [{**dataset, "objects": objects}]}


def read_by(storage: Storage, executor: Executor, cards: list[dict[str, Any]]) -> Sent:
    """What storage is asked for when these cards run at once, each of an author of its own."""
    storage.sent.clear()
    with ThreadPoolExecutor(len(cards)) as pool:
        callers = [executor.caller(f"author {number}") for number in range(len(cards))]
        list(pool.map(lambda caller, card: caller.render(card), callers, cards))
    return list(storage.sent)


def size_of(sent: Sent) -> int:
    return sum(end - start for _, start, end in sent)


def repeated(sent: Sent) -> int:
    """Bytes that were sent before."""
    again, reached = 0, dict[str, int]()
    for path, start, end in sorted(sent):
        seen = reached.get(path, 0)
        again += max(0, min(end, seen) - start)
        reached[path] = max(seen, end)
    return again


def measure(storage: Storage, executor: Executor, layout: str, paths: list[str]) -> tuple[int, int]:
    """Prints what the first card of a month reads, the median of all months; returns requests of second cards over the same
    bytes, and bytes that twenty cards at once made storage send twice."""
    whole = sum(os.path.getsize(f"{storage.folder}/{path}") for path in paths)
    shares, requests, second, twice = [], [], 0, 0
    for number in range(MONTHS):
        card = card_of(storage, paths, number, f"alone {number}")
        first = read_by(storage, executor, [card])
        shares.append(100 * size_of(first) / whole)
        requests.append(len(first))
        second += len(read_by(storage, executor, [card]))
    for number in CROWDED:
        twice += repeated(read_by(storage, executor, [card_of(storage, paths, number, f"crowd {number}")] * TOGETHER))
    peer = (
        f"the dataset's {whole / 1e6:.0f} MB; {max(shares):.2f} % in the worst month, at most {max(requests)} requests"
    )
    share = round(statistics.median(shares), 2)
    figure("P6", f"bytes_of_dataset_{layout}", share, "%", most=MOST_PERCENT[layout], peer=peer)
    return second, twice


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100,000 rows")
    rows = 100_000 if parser.parse_args().quick else 1_000_000
    with tempfile.TemporaryDirectory(prefix="cardinal-p6-") as folder:
        layouts = write_wide(folder, rows)
        with Executor(folder) as executor, Storage(folder) as storage:
            found = [measure(storage, executor, layout, paths) for layout, paths in layouts.items()]
    figure("P6", "requests_of_a_second_card", sum(second for second, _ in found), "", most=0)
    figure("P6", f"bytes_sent_twice_to_{TOGETHER}_at_once", sum(twice for _, twice in found), "", most=0)


if __name__ == "__main__":
    main()
