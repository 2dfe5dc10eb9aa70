"""Files that are damaged, huge once unpacked, or no CSV at all end with a code and a message, quickly, and never in a crash."""

import csv
import gzip
import io
import random
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from cardinal_executor.importer import ImportFailed
from cardinal_executor.importer.failures import MESSAGES

EXECUTOR = Path(__file__).parents[2]
SALES = "日付,店,金額\n" + "".join(f'2024-01-{n % 28 + 1:02d},"店 ""{n}""\n{n}",{n * 10}\n' for n in range(500))


def refused(importing, code: str, data, limits=None, **options) -> ImportFailed:
    with pytest.raises(ImportFailed) as failed:
        importing(data, limits, **options)
    assert failed.value.code == code
    return failed.value


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    pixels = random.Random(3).randbytes((width * 3 + 1) * height)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("cut", range(20))
def test_a_file_cut_anywhere_loses_at_most_its_last_record(importing, cut):
    data = SALES.encode()
    offset = len(data) * (cut + 1) // 20 - cut
    manifest = importing(data[:offset], rejectLimit=1)
    assert manifest["rejected"] <= 2  # the line of the open quote and what follows it
    assert manifest["rows"] >= data[:offset].count(b"\n") // 2 - 2


@pytest.mark.parametrize("cut", range(1, 20))
def test_a_packed_file_cut_anywhere_is_refused(importing, cut):
    packed = gzip.compress(SALES.encode())
    refused(importing, "gzip_truncated", packed[: len(packed) * cut // 20])


def test_a_packed_file_with_a_flipped_byte_is_refused_or_caught_by_its_checksum(importing):
    packed = bytearray(gzip.compress(SALES.encode()))
    packed[-6] ^= 0xFF
    refused(importing, "gzip_truncated", bytes(packed))


def test_all_members_of_a_packed_file_are_read(importing):
    packed = gzip.compress(b"a,b\n1,x\n") + gzip.compress(b"2,y\n") + b"\0" * 512
    assert importing(packed)["rows"] == 2


def test_a_gzip_bomb_stops_at_the_cap(importing):
    started = time.process_time()
    bomb = gzip.compress(b"a,b\n" + b"1,2\n" * 8_000_000, 1)
    packing = time.process_time() - started
    failed = refused(importing, "too_large", bomb, {"textBytes": 4 << 20})
    assert failed.message == "More than 4 MiB after unpacking."
    assert time.process_time() - started - packing < 2


def test_a_plain_file_above_the_cap_is_refused_unread(importing):
    refused(importing, "too_large", b"a\n" * 1000, {"textBytes": 100})


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b"\xff\xfe", b" \n  \n", gzip.compress(b"")])
def test_a_file_without_rows_is_empty(importing, data):
    refused(importing, "empty_file", data)


def test_a_picture_named_csv_is_no_text(importing):
    refused(importing, "not_text", png(200, 100))


def test_utf_32_is_no_text_we_read(importing):
    refused(importing, "not_text", "a,b\n1,2\n".encode("utf-32"))


def test_rejects_are_kept_when_there_are_too_many(importing):
    data = "a,b\n" + "1,2\n" * 90 + '3\n4,"x"y\n' + "5,6\n" * 8
    failed = refused(importing, "too_many_rejects", data)
    assert failed.message == (
        "2 of 100 rows could not be read (limit 1 %). First: line 92: 1 fields, expected 2. Nothing was changed."
    )
    assert [(one["line"], one["reason"]) for one in failed.details["rejects"]] == [
        (92, "too_few_fields"),
        (93, "broken_quote"),
    ]
    assert importing.rejects() == [
        "line,reason,detail,raw",
        '92,too_few_fields,"1 fields, expected 2",3',
        '93,broken_quote,text after a closing quote,"4,""x""y"',
    ]
    assert (importing.out / "rejects.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert [path.name for path in importing.out.iterdir()] == ["rejects.csv"]


def test_a_hopeless_file_is_not_read_to_its_end(importing):
    data = "a,b\n" + "1,2\n" * 100 + "x\n" * 400_000
    failed = refused(importing, "too_many_rejects", data, rejectLimit=0.5)
    assert failed.details["total"] < 20_000


def test_a_line_above_the_header_that_is_no_record_is_told(importing):
    manifest = importing('a,"b"c\nx,y\n1,2\n', rejectLimit=1)
    assert manifest["rejects"] == [{"line": 1, "reason": "broken_quote", "detail": "text after a closing quote"}]
    assert [column["name"] for column in manifest["columns"]] == ["x", "y"]


def test_a_quoted_record_that_is_too_long_costs_its_first_line(importing):
    field = "y" * 1000 + "\n"
    manifest = importing('a,b\n1,"' + field * 6000 + '"\n2,z\n' + "3,w\n" * 100, rejectLimit=1)
    assert manifest["rejects"][0] == {"line": 2, "reason": "unclosed_quote", "detail": "a quote that is not closed"}
    assert manifest["rows"] == 101


@pytest.mark.parametrize("data", [b"a,b", b"a,\xff\n", b"\xff\n\na,b\n"])
def test_a_header_alone_makes_an_empty_table_even_when_it_is_damaged(importing, data):
    manifest = importing(data)
    assert (manifest["rows"], [column["type"] for column in manifest["columns"]]) == (0, ["string", "string"])
    assert importing.rows() == []


@pytest.mark.parametrize("header", [b'"a","b"', b'"a", "b"', b'"a\nx","b"', b"a,\xffb", b'title "x"\na,b', b'5" x,"b"'])
def test_a_strange_header_does_not_shift_the_data(importing, header):
    assert importing(header + b"\n1,2\n3,4\n", hasHeader=True)["rows"] == 2
    assert importing.rows() == [["1", "2"], ["3", "4"]]


def test_progress_counts_bytes_and_then_rows(importing):
    importing("a,b\n" + "1,2\n" * 2_000_000)
    scans = [(done, total) for step, done, total in importing.steps if step == "scan"]
    assert scans == sorted(scans)
    assert scans[-1] == (8_000_004, 8_000_004)
    assert [step for step in dict.fromkeys(step for step, _, _ in importing.steps)] == [
        "scan",
        "profile",
        "write",
        "verify",
    ]


def mutant(rng: random.Random) -> bytes:
    """A small CSV in some encoding, damaged in a few places."""
    records = [
        [rng.choice(["1", "x", "2024-01-05", '"a,b"', '"a\nb"', "東京", "", "1.5"]) for _ in range(3)]
        for _ in range(40)
    ]
    separator, eol = rng.choice(",;\t|"), rng.choice(["\n", "\r\n", "\r"])
    data = bytearray(
        eol.join(separator.join(record) for record in records).encode(
            rng.choice(["utf-8", "cp932", "utf-16", "euc_jp"])
        )
    )
    for _ in range(rng.randrange(8)):
        at = rng.randrange(len(data))
        data[at : at + rng.randrange(3)] = rng.choice(
            [b'"', b"\n", b"\r", b",", b"\0", b"\xff", b"\x1f\x8b", b"'", b"\xef\xbb\xbf"]
        )
    return bytes(data[: rng.randrange(1, len(data) + 1)])


def test_damaged_files_are_imported_or_refused_with_a_known_code(importing):
    rng = random.Random(11)
    for number in range(60):
        data = mutant(rng)
        try:
            manifest = importing(
                data,
                rejectLimit=rng.choice([0, 0.5, 1]),
                encoding=rng.choice([None, None, "utf-8", "cp932", "latin-1"]),
            )
        except ImportFailed as failed:
            assert failed.code in MESSAGES and not failed.code.startswith("verify"), (number, data)
        else:
            assert manifest["rows"] == len(importing.rows()), (number, data)


def test_clean_files_hold_the_cells_that_the_csv_module_reads(importing):
    rng = random.Random(5)
    for _ in range(12):
        rows = [
            [rng.choice(["a", "b c", "x,y", 'q"q', "two\nlines", "cr\rlf", "東", " s "]) for _ in range(4)]
            for _ in range(50)
        ]
        text = io.StringIO()
        csv.writer(text, lineterminator=rng.choice(["\n", "\r\n"]), quoting=csv.QUOTE_ALL).writerows(
            [["k", "l", "m", "n"], *rows]
        )
        importing(text.getvalue(), hasHeader=True)
        assert importing.rows() == rows


def test_nothing_is_imported_lazily_once_the_package_is_loaded(tmp_path):
    """A forked, jailed child cannot read the modules it has not loaded."""
    (tmp_path / "in.csv").write_text("day,at,n\n2024-01-05,2024-01-05T10:00Z,1\n\n2024-01-06,2024-01-06T10:00Z,x,\n")
    script = f"""
import sys, os
from cardinal_executor.importer import run_import, inspect
before = set(sys.modules)
limits = dict(memoryMb=2048, textBytes=1 << 30)
for column in ("day", "at", "n"):
    fd = os.open({str(tmp_path / "in.csv")!r}, os.O_RDONLY)
    work = {str(tmp_path)!r} + "/" + column
    os.mkdir(work)
    run_import(fd, work, dict(partitionColumn=column, clusterBy="at", rejectLimit=1, types=dict(n="string")), limits, print)
for text in ("日付,店\\n2024-01-05,渋谷本店\\n", "é,à\\n"):
    for codec in ("utf-8", "utf-16", "cp932", "euc_jp", "latin-1"):
        inspect(text.encode(codec, "replace"), True, {{}})
print("loaded", sorted(set(sys.modules) - before))
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=EXECUTOR, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded []"
