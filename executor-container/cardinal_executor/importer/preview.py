"""What the importer makes of the first megabyte of a file, before anything is imported. Knows nothing of DuckDB."""

from itertools import islice

from .beginning import Beginning, judge_beginning
from .columns.display import display
from .columns.rules import INSTANT, column_type
from .columns.sample import SAMPLED, Sample, take_sample
from .columns.sql import FLAGS
from .options import Options
from .structure.source import first_bytes, is_packed, settle_encoding, unpacked

ROWS, EXAMPLES, REJECTS, MOST_UNPACKED = 100, 5, 20, 1 << 30


def inspect(head: bytes, whole: bool, options: dict) -> dict:
    """The protocol's answer about `head`, the first bytes of a file (at most 1 MiB) or the `whole` of it, gzip or not.

    A column is `settled` when nothing in the rest of the file can widen its type: the file is seen whole, or there is text
    in it, or the user chose. Columns that the options name and the file lacks are ignored. Raises ImportFailed.
    """
    chosen = Options.parse(options)
    if is_packed(head):
        raw, whole_text = first_bytes(unpacked([head], MOST_UNPACKED, cut_is_fine=not whole))
        whole = whole and whole_text
    else:
        raw = head
    encoding = settle_encoding([raw] if raw else [], chosen.encoding)
    beginning = judge_beginning(raw, whole, encoding, chosen)
    dialect = beginning.dialect
    sample = take_sample(beginning.text, whole, dialect, chosen.nulls, None if whole else SAMPLED)
    columns = [_column(beginning, sample, number, name, chosen) for number, name in enumerate(dialect.columns)]
    shown = [
        [
            display(text, column["type"], column["zoned"], chosen.nulls, chosen.misfits_become_null)
            for text, column in zip(row, columns, strict=True)
        ]
        for row in sample.rows[:ROWS]
    ]
    return {
        "status": "ok",
        "encoding": encoding.public,
        "encodingCertain": encoding.certain and (whole or chosen.encoding is not None or not beginning.text.isascii()),
        "delimiter": dialect.grammar.delimiter.decode(),
        "quote": dialect.grammar.quote.decode(),
        "header": dialect.names is not None,
        "skipRows": dialect.first_line - 1,
        "dataLine": dialect.line,
        "columns": columns,
        "rows": shown,
        "complete": whole,
        "rows_seen": sample.records,
        "rejected": len(sample.rejects),
        "rejects": sample.rejects[:REJECTS],
    }


def _column(beginning: Beginning, sample: Sample, number: int, name: str, options: Options) -> dict:
    seen = sample.columns[number]
    bits = seen.bits & ~FLAGS
    kind, zoned = column_type(bits)
    chosen = options.types.get(name)
    if chosen:
        kind, zoned = chosen, chosen == "datetime" and bits == INSTANT
    present = (row[number] for row in sample.rows if row[number] not in options.nulls)
    return {
        "name": name,
        "type": kind,
        "zoned": zoned,
        "nullable": (seen.empty if kind == "string" else seen.nulls) > 0,
        "settled": bool(beginning.whole or chosen or (bits and kind == "string")),
        "examples": list(islice(dict.fromkeys(present), EXAMPLES)),
    }
