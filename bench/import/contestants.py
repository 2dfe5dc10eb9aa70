"""What P5 compares, one per process: `contestants.py NAME SOURCE WORK_DIR` imports SOURCE and prints what that took and made."""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

EXECUTOR = Path(__file__).parents[2] / "executor-container"


def cardinal() -> Callable[[str, str], dict]:
    """Our importer: types judged over the whole file, rows and nulls verified."""
    sys.path.insert(0, str(EXECUTOR))
    from cardinal_executor.importer import run_import

    def run(source: str, work_dir: str) -> dict:
        limits = {"memoryMb": 2048, "textBytes": 16 << 30}
        manifest = run_import(os.open(source, os.O_RDONLY), work_dir, {}, limits, lambda *_: None)
        types = [column["type"] for column in manifest["columns"]]
        return {"rows": manifest["rows"], "types": types, "bytes": sum(file["bytes"] for file in manifest["files"])}

    return run


def duckdb() -> Callable[[str, str], dict]:
    """DuckDB's own detection over the whole file, which takes codes with leading zeros for numbers."""
    import duckdb

    def run(source: str, work_dir: str) -> dict:
        target = f"{work_dir}/out.parquet"
        with duckdb.connect(config={"threads": 2, "temp_directory": work_dir}) as db:
            db.execute(
                f"COPY (FROM read_csv('{source}', sample_size = -1)) TO '{target}' "
                "(FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION v2, ROW_GROUP_SIZE 131072)"
            )
            types = [kind for _, kind, *_ in db.execute(f"DESCRIBE FROM '{target}'").fetchall()]
            rows = db.execute(f"SELECT count(*) FROM '{target}'").fetchone()[0]
        return {"rows": rows, "types": types, "bytes": os.path.getsize(target)}

    return run


def pandas() -> Callable[[str, str], dict]:
    """The same two passes with pandas: judge every cell of every chunk, then cast and write."""
    from two_passes import import_in_chunks

    return lambda source, work_dir: import_in_chunks(source, f"{work_dir}/out.parquet")


if __name__ == "__main__":
    name, source_path, directory = sys.argv[1:]
    importer = {"cardinal": cardinal, "duckdb": duckdb, "pandas": pandas}[name]()
    started = time.process_time()  # libraries are loaded: the executor forks from a process that has them
    made = importer(source_path, directory)
    print(json.dumps({**made, "cpuSeconds": time.process_time() - started}))
