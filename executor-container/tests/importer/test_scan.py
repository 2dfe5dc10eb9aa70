"""The scan gives the same answer however its text is cut into blocks, and whichever of its two ways judges a record."""

import csv
import io
import random

import pytest

from cardinal_executor.importer.options import Options
from cardinal_executor.importer.structure import scan
from cardinal_executor.importer.structure.clean import CleanRun
from cardinal_executor.importer.structure.dialect import settle_dialect
from cardinal_executor.importer.structure.scan import Scanner

PIECES = [
    "1",
    "x",
    "",
    "é",
    " ",
    '"',
    '""',
    '"a"',
    '"a,b"',
    '"a\nb"',
    '"say ""hi"""',
    ' "x"',
    "\xff",
    "\0",
    '5" pipe',
    "東京",
]
SEPARATORS = [",", ",", ",", "\n", "\n", "\r\n", "\r", ""]


class Log:
    """A sink that remembers everything."""

    def __init__(self):
        self.text, self.rejects = bytearray(), []

    def keep(self, text: bytes) -> None:
        self.text += text

    def replace(self, record: bytes) -> None:
        self.text += record

    def reject(self, *entry) -> None:
        self.rejects.append(entry)

    def rows(self) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.text.decode(), newline="")))


def scanned(text: bytes, blocks: list[bytes]) -> tuple:
    dialect = settle_dialect(text, True, Options(delimiter=b",", has_header=True))
    log = Log()
    scanner = Scanner(dialect, log)
    scanner.line, scanner.offset = 1, 0
    for block in blocks:
        scanner.feed(block)
    scanner.feed(b"", final=True)
    return log.rows(), log.rejects, scanner.records, scanner.blank_lines, scanner.line


def cut(text: bytes, rng: random.Random) -> list[bytes]:
    blocks = []
    while text:
        size = rng.randrange(1, 12)
        blocks.append(text[:size])
        text = text[size:]
    return blocks


def dirty_text(rng: random.Random, eol: str) -> bytes:
    """Mostly clean records of three columns, some hostile ones between."""
    lines = ["a,b,c" + eol]
    for _ in range(rng.randrange(1, 60)):
        if rng.random() < 0.8:
            lines.append(",".join(rng.choice(["1", "x", "", '"q"', '"q,""r"""', "東"]) for _ in range(3)) + eol)
        else:
            lines.append("".join(rng.choice(PIECES) + rng.choice(SEPARATORS) for _ in range(rng.randrange(8))))
    return "".join(lines).encode("utf-8").replace("\xff".encode(), b"\xff")


@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
def test_blocks_of_any_size_give_the_same_records_and_rejects(eol):
    rng = random.Random(eol)
    for _ in range(300):
        text = dirty_text(rng, eol)
        assert scanned(text, cut(text, rng)) == scanned(text, [text]), text


@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
def test_judging_many_records_at_once_is_judging_them_one_by_one(eol, monkeypatch):
    rng = random.Random(eol)
    texts = [dirty_text(rng, eol) for _ in range(300)]
    at_once = [scanned(text, [text]) for text in texts]
    monkeypatch.setattr(scan.CleanCheck, "run", lambda self, text: CleanRun([], b"", 0, True))
    for text, expected in zip(texts, at_once, strict=True):
        assert scanned(text, [text]) == expected, text


def test_one_column_is_judged_alike_both_ways(monkeypatch):
    rng = random.Random(1)
    texts = [
        "".join(rng.choice(["1", "", '""', " ", "\t", '"a\nb"', "x"]) + "\n" for _ in range(30)).encode()
        for _ in range(300)
    ]
    texts = [b"head\n" + text for text in texts]
    at_once = [scanned(text, [text]) for text in texts]
    monkeypatch.setattr(scan.CleanCheck, "run", lambda self, text: CleanRun([], b"", 0, True))
    assert [scanned(text, [text]) for text in texts] == at_once


def test_clean_text_passes_as_it_stands():
    text = b'a,b\n1,"x ""y"""\n2,"two\nlines"\n,\n'
    dialect = settle_dialect(text, True, Options())
    log = Log()
    scanner = Scanner(dialect, log)
    scanner.feed(text[dialect.offset :], final=True)
    assert bytes(log.text) == text[dialect.offset :]
    assert (scanner.records, scanner.line) == (3, 6)


def test_an_open_quote_costs_one_line_wherever_the_blocks_end():
    lines = b"".join(b"%d,x\n" % number for number in range(900_000))
    text = b'a,b\n1,"open\n' + lines
    for size in (1 << 20, 3 << 20, len(text)):
        rows, rejects, records, _, _ = scanned(text, [text[i : i + size] for i in range(0, len(text), size)])
        assert (records, [reject[:2] for reject in rejects]) == (900_001, [(2, "unclosed_quote")])
        assert rows[-1] == ["899999", "x"]
