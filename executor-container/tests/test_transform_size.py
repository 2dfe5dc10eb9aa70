"""A transform of a million rows by ten columns: how much memory its process takes at most."""

import threading
import time
from typing import Any

import numpy as np
import pyarrow as pa

from support.client import Client
from support.datasets import dataset
from support.processes import descendants_of
from support.range_server import RangeServer
from support.transforms import result

ROWS = 1_000_000
MOST_BYTES = 2 << 30
CODE = """
def transform(inputs, params):
    flights = inputs["flights"]
    flights["遅延率"] = flights["x0"] / flights["x1"].where(flights["x1"] > 0.5)
    return flights.sort_values("at")
"""


def million() -> pa.Table:
    random = np.random.default_rng(1)
    columns: dict[str, Any] = {f"x{number}": random.random(ROWS) for number in range(3)}
    columns |= {f"n{number}": random.integers(0, 10**9, ROWS) for number in range(2)}
    columns |= {f"s{number}": pa.array(random.integers(0, 10**6, ROWS)).cast(pa.string()) for number in range(3)}
    columns["day"] = pa.array(random.integers(0, 20_000, ROWS).astype("int32"), pa.date32())
    columns["at"] = pa.array(random.integers(0, 2**50, ROWS), pa.timestamp("us", "UTC"))
    return pa.table(columns)


class Peak:
    """The most memory that a descendant of a process has had, in bytes, among those that were not there before."""

    def __init__(self, pid: int) -> None:
        self.bytes = 0
        self._before = descendants_of(pid)
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.is_set():
            for pid in descendants_of(self._pid) - self._before:
                self.bytes = max(self.bytes, _peak_of(pid))
            time.sleep(0.02)


def _peak_of(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/status") as status:
            return next((int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM")), 0)
    except (FileNotFoundError, ProcessLookupError):
        return 0  # it ended meanwhile


def test_a_million_rows_of_ten_columns_take_less_than_two_gigabytes(
    server: Any, client: Client, storage: RangeServer
) -> None:
    flights = dataset(storage, "flights", million(), row_group=131_072)
    with Peak(server.process.pid) as peak:
        answer = result(client, CODE, flights)
    assert answer["status"] == "ok" and answer["rows"] == {"input": ROWS, "output": ROWS}
    assert len(answer["manifest"]["columns"]) == 11
    assert 200 << 20 < peak.bytes < MOST_BYTES
    print(f"\npeak {peak.bytes >> 20} MiB, {answer['timings']}")
