"""The import: scan, profile, write, verify. Knows the order of the steps and little of how each is done."""

import os
from collections.abc import Callable

import duckdb

from .beginning import judge_beginning
from .columns.profile import Column, Wanted, profile
from .columns.rules import classes_of, classes_that_keep, column_type
from .columns.sample import take_sample
from .columns.search import first_outside
from .columns.sql import FLAGS
from .database import cells, connect, read_table
from .failures import failure
from .options import Options
from .partition import Partition, write_partitions
from .structure.rejects import Rejects
from .structure.source import Source, settle_encoding
from .structure.survey import Survey
from .verify import Written, verify
from .write import Plan, cell_type, write_single

EXAMPLES, LONGEST_EXAMPLE = 5, 100


def run_import(
    source_fd: int, work_dir: str, options: dict, limits: dict, progress: Callable[[str, int, int], None]
) -> dict:
    """Imports the CSV behind `source_fd` and returns the manifest; what it lists lies below `work_dir`/out.

    There is a `rejects.csv` when there are rejects, also when there are too many. `limits`: `memoryMb`, and `textBytes`
    after unpacking. `progress(step, done, total)`: `scan` in bytes of text (total 0: not known, as for a packed file), the
    other steps in rows. Raises ImportFailed; the directory is then to be dropped but for the rejects.
    """
    chosen = Options.parse(options)
    source = Source(source_fd, limits["textBytes"])
    rejects = Rejects(os.path.join(work_dir, "out", "rejects.csv"))
    os.makedirs(os.path.join(work_dir, "out"), exist_ok=True)
    try:
        return Import(source, chosen, rejects, work_dir, limits["memoryMb"], progress).run()
    finally:
        rejects.close()


class Import:
    """One import in its own directory; `run` it once."""

    def __init__(self, source: Source, options: Options, rejects: Rejects, work_dir: str, memory_mb: int, progress):
        self.source, self.options, self.rejects, self.progress = source, options, rejects, progress
        self.work_dir, self.out_dir = work_dir, os.path.join(work_dir, "out")
        encoding = settle_encoding(source.blocks(), options.encoding)
        self.beginning = judge_beginning(*source.beginning(), encoding, options)
        self.dialect = self.beginning.dialect
        self.names, self.cells = self.dialect.columns, cells(self.dialect.width)
        options.check_columns(self.names)
        self.sample = take_sample(self.beginning.text, self.beginning.whole, self.dialect, options.nulls)
        self.survey = Survey(source, self.beginning, rejects, options.reject_limit, work_dir)
        self.db = connect(work_dir, len(self.names), memory_mb)

    def run(self) -> dict:
        """The manifest. Whatever DuckDB refuses that was proved to be right is no fault of the user's: `engine_failed`."""
        try:
            with self.db:
                return self._run()
        except duckdb.Error as error:
            raise failure("engine_failed", cause=str(error)) from error

    def _run(self) -> dict:
        self._scan()
        rows = self.survey.records
        self.progress("profile", 0, rows)
        columns = self._profile()
        self._check_misfits(columns)
        widened = [self._widened(number, column) for number, column in enumerate(columns)]
        self.progress("write", 0, rows)
        partitions = self._write(columns)
        self.progress("verify", 0, rows)
        paths = [partition.path for partition in partitions]
        files = verify(self.db, self.out_dir, paths, self.names, columns, rows)
        self.progress("verify", rows, rows)
        return self._manifest(columns, widened, partitions, files)

    def _scan(self) -> None:
        total = 0 if self.source.packed else self.source.size
        self.survey.run(lambda done: self.progress("scan", done, total))

    def _profile(self) -> list[Column]:
        """A file that the sample holds whole is profiled already."""
        if self.beginning.whole and self.sample.all_classified and not self.options.types:
            return self.sample.settled_columns()
        wanted = {
            cell: Wanted(seen.bits, self.options.types.get(name))
            for cell, name, seen in zip(self.cells, self.names, self.sample.columns, strict=True)
        }
        return profile(self.db, self._table(), wanted, self.options.nulls)

    def _table(self) -> str:
        return read_table(self.survey.table, self.dialect, self.options.nulls)

    def _check_misfits(self, columns: list[Column]) -> None:
        """Raises `type_misfit` for the first column whose cells are not all of the type the user chose."""
        for cell, name, column in zip(self.cells, self.names, columns, strict=True):
            if column.misfits and not self.options.misfits_become_null:
                allowed = classes_of(column.kind, column.zoned)
                found = first_outside(self.db, self._table(), cell, allowed, self.options.nulls, EXAMPLES)
                lines = self.survey.lines_of([ordinal for ordinal, _ in found])
                examples = [
                    {"line": line, "value": text[:LONGEST_EXAMPLE]}
                    for line, (_, text) in zip(lines, found, strict=True)
                ]
                raise failure(
                    "type_misfit", column=name, type=column.kind, count=column.misfits, examples=examples, **examples[0]
                )

    def _widened(self, number: int, column: Column) -> dict | None:
        """The type the sample showed and the first line that widened it, if one did."""
        bits = self.sample.columns[number].bits & ~FLAGS
        before = column_type(bits)
        if not bits or self.names[number] in self.options.types or before == (column.kind, column.zoned):
            return None
        allowed = classes_that_keep(bits)
        ((ordinal, _),) = first_outside(self.db, self._table(), self.cells[number], allowed, self.options.nulls)
        return {"from": before[0], "line": self.survey.lines_of([ordinal])[0]}

    def _write(self, columns: list[Column]) -> list[Partition]:
        types = [cell_type(column) for column in columns]
        source = read_table(self.survey.table, self.dialect, self.options.nulls, types)
        plan = Plan(source, self.cells, self.names, columns, self.options.cluster_by)
        if self.options.partition_column is None or not self.survey.records:
            return [Partition(write_single(self.db, plan, self.out_dir), None)]
        return write_partitions(self.db, plan, self.options.partition_column, self.out_dir, self.work_dir)

    def _manifest(
        self, columns: list[Column], widened: list[dict | None], partitions: list[Partition], files: list[Written]
    ) -> dict:
        grammar, partition_column = self.dialect.grammar, self.options.partition_column
        return {
            "encoding": self.beginning.encoding.public,
            "delimiter": grammar.delimiter.decode(),
            "quote": grammar.quote.decode(),
            "header": self.dialect.names is not None,
            "dataLine": self.dialect.line,
            "rows": self.survey.records,
            "rejected": len(self.rejects),
            "blankLines": self.survey.blank_lines,
            "rejectCounts": dict(self.rejects.counts),
            "rejects": self.rejects.listed,
            "columns": [
                _column_entry(name, column, widening)
                for name, column, widening in zip(self.names, columns, widened, strict=True)
            ],
            "partitionColumn": partition_column,
            "files": [
                {**file._asdict(), "partition": _partition_entry(partition_column, partition)}
                for file, partition in zip(files, partitions, strict=True)
            ],
        }


def _column_entry(name: str, column: Column, widened: dict | None) -> dict:
    entry = {
        "name": name,
        "type": column.kind,
        "zoned": column.zoned,
        "nullable": column.nulls > 0,
        "nullCount": column.nulls,
    }
    return entry | {"widened": widened} if widened else entry


def _partition_entry(column: str | None, partition: Partition) -> dict | None:
    if not partition.path.startswith("partitions/"):
        return None
    return {"column": column, "value": partition.value}
