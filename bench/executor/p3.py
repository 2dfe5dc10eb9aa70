"""P3 and P3b: how long a trivial card takes from request to HTML, and how many pivot cards a second a core runs.

Both through HTTP and the strongest jail, beside a cold `import pandas` and a plain fork of the same code. Prints JSON lines;
`p3.py --quick` takes a fraction of the runs, to try it."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
from executor import PACKAGE_FOLDER, Caller, Executor
from figures import figure, percentile
from plan import plan_dataset
from storage import Storage

from cardinal_executor.sandbox import jail, process

MOST_MS, LEAST_OF_COLD = 15, 20
LEAST_A_CORE, LEAST_FLAT, LEAST_OF_FORK = 20, 0.8, 0.8
TURN = 20  # requests between two cold starts
CALLERS = (1, 2, 4, 8)
MOST_CALLERS = CALLERS[-1]
CORES = len(os.sched_getaffinity(0))

TRIVIAL = {"code": "def render(dataset, filters, params):\n    return '<b>1</b>'"}
PIVOT = """
def render(dataset, filters, params):
    months = dataset.assign(month=dataset["day"].dt.month)
    return months.pivot_table(index="product", columns="month", values="price", aggfunc="sum").round(1).to_html()
"""
PIVOT_ROWS = """
    SELECT DATE '2024-01-01' + (hash(i, 'day') % 366)::INTEGER AS day, format('product {:02d}', hash(i, 'product') % 20) AS product,
        (hash(i, 'price') % 100000) / 100 AS price
    FROM range(10000) AS numbers(i)
"""


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds, and what `work` returned."""
    started = time.perf_counter()
    made = work()
    return (time.perf_counter() - started) * 1e3, made


def measure_trivial(caller: Caller, requests: int) -> None:
    """Requests one after another, a cold start of pandas between every twenty."""
    cards, colds = [], []
    for _ in range(TURN):
        caller.render(TRIVIAL)
    for done in range(requests):
        if done % TURN == 0:
            colds.append(timed(lambda: subprocess.run([sys.executable, "-c", "import pandas"], check=True))[0])
        took, answer = timed(lambda: caller.render(TRIVIAL))
        if answer["body"] != "<b>1</b>":
            raise SystemExit(f"the trivial card answered {answer['body']!r}")
        cards.append(took)
    card, cold = statistics.median(cards), statistics.median(colds)
    figure(
        "P3", "trivial_p95", round(percentile(cards, 0.95), 1), "ms", most=MOST_MS, peer=f"its median, {card:.1f} ms"
    )
    peer = f'python -c "import pandas", {cold:.0f} ms'
    figure("P3", "trivial_of_cold_python", round(cold / card, 1), "× faster", least=LEAST_OF_COLD, peer=peer)


class PlainFork:
    """The reference's process, for the length of a `with` block."""

    def __init__(self, folder: str, path: str, card: dict[str, Any]) -> None:
        environment = {**process.ENVIRONMENT, **jail.ENVIRONMENT, "PYTHONPATH": str(PACKAGE_FOLDER)}
        environment["MPLCONFIGDIR"] = f"{folder}/matplotlib"
        command = [sys.executable, str(Path(__file__).with_name("plain_fork.py")), path]
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self._process.stdin.write(json.dumps({**card, "executionId": "plain"}) + "\n")

    def __enter__(self) -> "PlainFork":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        self._process.wait(30)

    def run(self, runs: int, concurrent: int) -> dict[str, Any]:
        """`{seconds, cpuSeconds, body}`."""
        self._process.stdin.write(json.dumps({"runs": runs, "concurrent": concurrent}) + "\n")
        answer = self._process.stdout.readline()
        if not answer:
            raise SystemExit("the plain fork ended early")
        return json.loads(answer)


def run_callers(callers: list[Caller], card: dict[str, Any], runs: int) -> tuple[float, set[str]]:
    """Seconds for `runs` cards shared out among the callers, and the different answers."""
    bodies: set[str] = set()
    finished: list[Caller] = []

    def work(caller: Caller) -> None:
        for _ in range(runs // len(callers)):
            bodies.add(caller.render(card)["body"])
        finished.append(caller)

    threads = [threading.Thread(target=work, args=(caller,)) for caller in callers]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(finished) < len(callers):
        raise SystemExit("a caller was refused")
    return time.perf_counter() - started, bodies


def measure_pivot(executor: Executor, storage: Storage, runs: int, rounds: int) -> None:
    """Each number of callers in turn, the plain fork after the most callers; authors differ, as the queue is fair between them."""
    duckdb.sql(f"COPY ({PIVOT_ROWS}) TO '{storage.folder}/pivot.parquet' (FORMAT parquet, COMPRESSION snappy)")
    columns = ["day", "product", "price"]
    card = {"code": PIVOT, "datasets": [plan_dataset(storage, "rows", ["pivot.parquet"], columns, [])]}
    callers = [executor.caller(f"user_{number}") for number in range(MOST_CALLERS)]
    rates: dict[int, list[float]] = {count: [] for count in CALLERS}
    forks, bodies, cpu, fork_cpu = [], set(), 0.0, 0.0
    with PlainFork(storage.folder, f"{storage.folder}/pivot.parquet", card) as fork:
        run_callers(callers, card, MOST_CALLERS)
        fork.run(MOST_CALLERS, MOST_CALLERS)
        for _ in range(rounds):
            for count in CALLERS:
                executor.settle()
                before = executor.cpu_seconds()
                seconds, found = run_callers(callers[:count], card, runs)
                rates[count].append(runs / seconds / CORES)
                bodies |= found
            executor.settle()
            cpu += executor.cpu_seconds() - before
            plain = fork.run(runs, MOST_CALLERS)
            forks.append(runs / plain["seconds"] / CORES)
            fork_cpu += plain["cpuSeconds"]
            bodies.add(plain["body"])
    if len(bodies) != 1:
        raise SystemExit(f"{len(bodies)} different answers to the same card")
    report_pivot({count: statistics.median(found) for count, found in rates.items()}, statistics.median(forks))
    ours, theirs = (total / rounds / runs * 1e3 for total in (cpu, fork_cpu))
    figure("P3b", "pivot_cpu", round(ours, 1), "CPU ms a card", peer=f"the plain fork, {theirs:.1f}")


def report_pivot(rates: dict[int, float], fork: float) -> None:
    """`rates`: executions a second a core, by the number of callers."""
    most = rates[MOST_CALLERS]
    others = ", ".join(f"{rate:.1f} with {count}" for count, rate in rates.items() if count != MOST_CALLERS)
    flat, of_fork = most / max(rates.values()), most / fork
    figure("P3b", f"pivot_{MOST_CALLERS}", round(most, 1), "a second a core", least=LEAST_A_CORE, peer=others)
    figure("P3b", "pivot_flat", round(flat, 2), "× of its best", least=LEAST_FLAT)
    peer = f"a plain fork of the same code, {fork:.1f} a second a core"
    figure("P3b", "pivot_of_fork", round(of_fork, 2), "×", least=LEAST_OF_FORK, peer=peer)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a fraction of the runs")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory(prefix="cardinal-p3-") as folder, Executor(folder) as executor:
        measure_trivial(executor.caller("user"), requests=40 if quick else 200)
        with Storage(folder) as storage:
            measure_pivot(executor, storage, runs=8 if quick else 32, rounds=1 if quick else 3)


if __name__ == "__main__":
    main()
