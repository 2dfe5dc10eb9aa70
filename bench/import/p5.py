"""P5: CPU and memory of an import against pandas doing the same two passes and DuckDB's detection over the whole file.

`p5.py` imports 1M rows (~100 MB), `p5.py --large` 10M (~1 GB); prints JSON lines. CPU seconds, not time, because machines are
shared; loading the libraries is not counted, because the executor forks from a process that has them.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from make_csv import write

HERE = Path(__file__).parent
TYPES = ["int64", "string", "int64", "int64", "float64", "float64", "date", "datetime", "bool", "string"]
MOST_MIB, MOST_OF_PANDAS, MOST_OF_DUCKDB = 512, 0.5, 2.0


class Run(NamedTuple):
    """One import in a process of its own."""

    cpu_seconds: float
    peak_mib: float
    made: dict


def measure(name: str, source: str) -> Run:
    with tempfile.TemporaryDirectory(dir=os.path.dirname(source)) as work_dir:
        command = [sys.executable, str(HERE / "contestants.py"), name, source, work_dir]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            output = process.stdout.read()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{name} failed")
    made = json.loads(output)
    return Run(made["cpuSeconds"], used.ru_maxrss / 1024, made)


def line(name: str, value: float, unit: str, most: float | None = None, peer: str | None = None) -> None:
    """One figure of the bench; without `most` it is printed for the record."""
    goal, ok = ("none", None) if most is None else (f"≤ {most:g}", value <= most)
    found = {"id": "P5", "name": name, "value": value, "unit": unit, "goal": goal, "ok": ok, "peer": peer}
    print(
        json.dumps({key: part for key, part in found.items() if key != "peer" or part}, ensure_ascii=False), flush=True
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="10M rows, about 1 GB")
    parser.add_argument("--rounds", type=int, default=None, help="interleaved runs of each (default 2, large 1)")
    options = parser.parse_args()
    rows = 10_000_000 if options.large else 1_000_000
    rounds = options.rounds or (1 if options.large else 2)
    with tempfile.TemporaryDirectory(prefix="cardinal-p5-") as folder:
        source = f"{folder}/rows.csv"
        write(source, rows)
        runs = {name: [] for name in ("cardinal", "duckdb", "pandas")}
        for _ in range(rounds):
            for name, done in runs.items():
                done.append(measure(name, source))
    report(runs, f"{rows // 1_000_000}m", rows)


def report(runs: dict[str, list[Run]], size: str, rows: int) -> None:
    """`size` stands in the names, `1m` or `10m`."""
    cpu = {name: statistics.median(run.cpu_seconds for run in done) for name, done in runs.items()}
    peak = {name: max(run.peak_mib for run in done) for name, done in runs.items()}
    made = runs["cardinal"][0].made
    of_pandas, of_duckdb = cpu["cardinal"] / cpu["pandas"], cpu["cardinal"] / cpu["duckdb"]
    pandas = f"pandas in chunks, the same two passes, {cpu['pandas']:.1f} CPU s, {peak['pandas']:.0f} MiB"
    duckdb = f"DuckDB, detection over the whole file, {cpu['duckdb']:.1f} CPU s, {peak['duckdb']:.0f} MiB"
    wrong = sum(kind != right for kind, right in zip(made["types"], TYPES, strict=True)) + abs(rows - made["rows"])
    line(f"import_cpu_{size}", round(cpu["cardinal"], 2), "CPU s")
    line(f"import_of_pandas_{size}", round(of_pandas, 2), "×", MOST_OF_PANDAS, pandas)
    line(f"import_of_duckdb_{size}", round(of_duckdb, 2), "×", MOST_OF_DUCKDB, duckdb)
    line(f"import_memory_{size}", round(peak["cardinal"]), "MiB", MOST_MIB)
    line(f"import_wrong_{size}", wrong, "rows and types", 0)


if __name__ == "__main__":
    main()
