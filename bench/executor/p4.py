"""P4: what a filter change costs on a million rows of fifty columns, one month of 24, five columns used, ranges cached.

CPU of the executor's processes beside DuckDB with one thread on the same Parquet, and beside pandas reading everything; every
result is compared with DuckDB's. Prints JSON lines; `p4.py --quick` takes fewer rows and runs, to try it."""

import argparse
import math
import random
import re
import statistics
import tempfile
import time
from typing import Any, NamedTuple

import duckdb
import pandas as pd
from executor import Executor
from figures import figure, percentile
from plan import plan_dataset
from storage import Storage
from wide_data import CATEGORIES, MONTHS, month, write_wide

MOST_OF_DUCKDB, MOST_MS, LEAST_OF_PANDAS = 1.5, 500, 20
COLUMNS = ["cat", "d1", "region", "f0", "i3"]
CARD = """
def render(dataset, filters, params):
    return dataset.groupby("region")[["f0", "i3"]].agg({"f0": "sum", "i3": "mean"}).reset_index().to_html()
"""
SQL = """
    SELECT region, sum(f0) AS f0, avg(i3) AS i3 FROM read_parquet(?) WHERE cat = ? AND d1 BETWEEN ? AND ?
    GROUP BY region ORDER BY region
"""


class Choice(NamedTuple):
    """What a reader sets the two filters to."""

    cat: str
    start: str
    end: str

    def filters(self) -> list[dict[str, Any]]:
        return [
            {"column": "cat", "type": "category", "values": [self.cat], "includeNull": False},
            {"column": "d1", "type": "date_range", "start": self.start, "end": self.end},
        ]


class Change(NamedTuple):
    """One filter change: what the executor is sent, and the files that DuckDB reads for the same."""

    choice: Choice
    card: dict[str, Any]
    files: list[str]


class Costs(NamedTuple):
    """Of one layout of the rows. CPU in ms a change, one figure a round; `wall` in ms, one a change."""

    ours: list[float]
    duckdb: list[float]
    wall: list[float]
    card: list[float]  # the part of ours that the card itself reports
    requests: int  # to storage, although the ranges are cached
    wrong: int


def choices(count: int) -> list[Choice]:
    chance = random.Random(5)
    return [Choice(f"cat_{chance.randrange(CATEGORIES):02d}", *month(chance.randrange(MONTHS))) for _ in range(count)]


def plan_change(storage: Storage, paths: list[str], choice: Choice) -> Change:
    filters = choice.filters()
    dataset = plan_dataset(storage, "wide", paths, COLUMNS, filters)
    files = [f"{storage.folder}/{planned['key']}" for planned in dataset["objects"]]
    return Change(choice, {"code": CARD, "filters": filters, "datasets": [dataset]}, files)


def measure(executor: Executor, changes: list[Change], rounds: int) -> Costs:
    """Each change first through the executor, then in DuckDB; the first pass fetches what they need and is not counted."""
    caller = executor.caller("user")
    costs = Costs([], [], [], [], 0, 0)
    with duckdb.connect(config={"threads": 1}) as db:
        for counted in range(rounds + 1):
            executor.settle()
            before, in_duckdb = executor.cpu_seconds(), 0.0
            for change in changes:
                started = time.perf_counter()
                answer = caller.render(change.card)
                took = (time.perf_counter() - started) * 1e3
                executor.settle()  # a person thinks between two changes
                began = time.process_time()
                expected = db.execute(SQL, [change.files, *change.choice]).df().to_html()
                in_duckdb += time.process_time() - began
                costs = costs._replace(wrong=costs.wrong + (not is_same(answer["body"], expected)))
                if counted:
                    costs.wall.append(took)
                    costs.card.append(answer["timings"]["cpuMs"])
                    costs = costs._replace(requests=costs.requests + answer["fetched"]["requests"])
            if counted:
                costs.ours.append((executor.cpu_seconds() - before) / len(changes) * 1e3)
                costs.duckdb.append(in_duckdb / len(changes) * 1e3)
    return costs


def is_same(html: str, expected: str) -> bool:
    """The same cells, numbers to nine digits: the order of a sum is not fixed."""
    ours, theirs = (re.findall(r"<td>(.*?)</td>", table) for table in (html, expected))
    return len(ours) == len(theirs) > 0 and all(map(is_same_cell, ours, theirs))


def is_same_cell(ours: str, theirs: str) -> bool:
    try:
        return math.isclose(float(ours), float(theirs), rel_tol=1e-9, abs_tol=1e-6)
    except ValueError:
        return ours == theirs


def pandas_cpu_ms(folder: str, paths: list[str], choice: Choice) -> float:
    """The same change by reading everything and filtering then."""
    began = time.process_time()
    rows = pd.concat([pd.read_parquet(f"{folder}/{path}") for path in paths])
    day = pd.to_datetime(rows["d1"])
    rows = rows[(rows["cat"] == choice.cat) & (day >= choice.start) & (day <= choice.end)]
    rows.groupby("region")[["f0", "i3"]].agg({"f0": "sum", "i3": "mean"}).reset_index().to_html()
    return (time.process_time() - began) * 1e3


def report(layout: str, costs: Costs, pandas_ms: float) -> None:
    ours, reference = statistics.median(costs.ours), statistics.median(costs.duckdb)
    card = statistics.median(costs.card)
    peer = f"DuckDB, 1 thread, {reference:.1f} CPU ms; ours {ours:.1f}, of it the card {card:.1f}"
    figure("P4", f"cpu_of_duckdb_{layout}", round(ours / reference, 2), "×", most=MOST_OF_DUCKDB, peer=peer)
    peer = f"pandas reading everything, {pandas_ms:.0f} CPU ms"
    figure("P4", f"cpu_of_pandas_{layout}", round(pandas_ms / ours, 1), "× less", least=LEAST_OF_PANDAS, peer=peer)
    p95, median = percentile(costs.wall, 0.95), statistics.median(costs.wall)
    figure("P4", f"change_p95_{layout}", round(p95), "ms", most=MOST_MS, peer=f"its median, {median:.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100,000 rows, one round of three changes")
    quick = parser.parse_args().quick
    rows, rounds, wanted = (100_000, 1, 3) if quick else (1_000_000, 3, 6)
    found = {}
    with tempfile.TemporaryDirectory(prefix="cardinal-p4-") as folder:
        layouts = write_wide(folder, rows)
        with Executor(folder) as executor, Storage(folder) as storage:
            for layout, paths in layouts.items():
                changes = [plan_change(storage, paths, choice) for choice in choices(wanted)]
                found[layout] = measure(executor, changes, rounds)
                report(layout, found[layout], pandas_cpu_ms(folder, paths, changes[0].choice))
    figure("P4", "warm_requests", sum(costs.requests for costs in found.values()), "to storage", most=0)
    figure("P4", "results_unlike_duckdb", sum(costs.wrong for costs in found.values()), "", most=0)


if __name__ == "__main__":
    main()
