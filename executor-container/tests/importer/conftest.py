"""One way for all tests to run an import and to read what it wrote."""

import datetime as dt
import os

import duckdb
import pytest

from cardinal_executor.importer import run_import

LIMITS = {"wallMs": 60_000, "memoryMb": 2048, "textBytes": 16 << 30}


class Importing:
    """Imports bytes in a directory of the test's own; `out` is what the last import wrote."""

    def __init__(self, folder):
        self.folder, self.count, self.out, self.steps = folder, 0, None, []

    def __call__(self, data: bytes | str, limits: dict | None = None, **options) -> dict:
        self.count += 1
        work_dir = self.folder / f"import-{self.count}"
        work_dir.mkdir()
        self.out, self.steps = work_dir / "out", []
        source = work_dir / "source"
        source.write_bytes(data.encode() if isinstance(data, str) else data)
        fd = os.open(source, os.O_RDONLY)
        try:
            return run_import(
                fd, str(work_dir), options, LIMITS | (limits or {}), lambda *step: self.steps.append(step)
            )
        finally:
            os.close(fd)

    def rows(self, path: str = "data/part-0000.parquet") -> list[list]:
        """The rows of a file as the corpus writes values."""
        with duckdb.connect() as db:
            db.execute("SET TimeZone = 'UTC'")
            found = db.execute("FROM read_parquet(?, hive_partitioning = false)", [str(self.out / path)]).fetchall()
        return [[plain(value) for value in row] for row in found]

    def rejects(self) -> list[str]:
        """Lines of rejects.csv, without the byte order mark."""
        return (self.out / "rejects.csv").read_text("utf-8-sig").splitlines()


def plain(value):
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat() + "Z" if value.tzinfo else value.isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


@pytest.fixture
def importing(tmp_path) -> Importing:
    return Importing(tmp_path)
