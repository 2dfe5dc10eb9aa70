"""What a child says is hostile bytes: nothing it can write does more than end its own run."""

import json

import pytest

from cardinal_executor.sandbox.report_reader import MAX_LINE, Malformed, Progress, ReportReader, TooLong

OK = {"ok": True, "len": 5, "kind": "html", "rows": {"input": 3, "filtered": 2}}


def line(report: object) -> bytes:
    return json.dumps(report).encode() + b"\n"


def test_a_report_and_its_body_arrive_in_any_pieces() -> None:
    data = line(OK) + b"hello"
    for step in (1, 7, len(data)):
        reader = ReportReader(100)
        for start in range(0, len(data), step):
            assert not reader.complete
            reader.feed(data[start : start + step])
        assert reader.complete and reader.body == b"hello" and reader.report.rows.filtered == 2


def test_progress_may_come_before_and_is_passed_on() -> None:
    seen: list[Progress] = []
    reader = ReportReader(100, seen.append)
    reader.feed(line({"progress": "scan", "done": 1, "total": 2}) * 2 + line({"ok": True, "len": 0}))
    assert reader.complete and [(at.progress, at.done) for at in seen] == [("scan", 1)] * 2


@pytest.mark.parametrize(
    "said",
    [
        b"junk\n",
        b"\n",
        b"[1]\n",
        b"null\n",
        b"[" * 100_000 + b"\n",
        line({}),
        line({"ok": True}),
        line({"ok": 1, "len": 0}),
        line({"ok": True, "len": -1}),
        line({"ok": True, "len": "5"}),
        line({"ok": True, "len": 0, "kind": "document"}),
        line({"ok": True, "len": 0, "libs": ["evil"]}),
        line({"ok": True, "len": 0, "usedColumns": ["x" * 1000]}),
        line({"ok": True, "len": 0, "usedColumns": ["x"] * 5000}),
        line({"ok": True, "len": 0, "runMs": 1e400}),
        line({"ok": False, "len": 0, "code": "busy"}),
        line({"ok": False, "len": 0, "code": "unauthorized"}),
        line({"ok": False, "len": 0, "extra": 1}),
        line({"ok": False, "len": 0, "details": {"a": "\ud800"}}),
        line({"ok": False, "len": 0, "details": {"\ud800": 1}}),
        line({"ok": False, "len": 0, "details": {"a": float("nan")}}),
        line({"ok": False, "len": 0, "details": {"a": 10**4000}}),
        line({"ok": False, "len": 0, "details": {"a": [[]]}}),
        line({"ok": False, "len": 0, "details": {"a": "x" * 30_000}}),
        line({"progress": "mining", "done": 1, "total": 2}),
        line({"ok": True, "len": 2}) + b"three",
        b"\xff\xfe\n",
    ],
)
def test_anything_that_is_no_report_is_malformed(said: bytes) -> None:
    with pytest.raises(Malformed):
        ReportReader(100).feed(said)


def test_details_are_values_and_lists_of_what_is_wrong_where() -> None:
    details = {"limit": 1, "column": "a", "share": 0.5, "found": None, "rejects": [{"line": 3, "reason": "too short"}]}
    reader = ReportReader(100)
    reader.feed(line({"ok": False, "len": 0, "code": "import_failed", "details": details}))
    assert reader.report is not None and reader.report.details == details


def test_a_body_or_a_line_beyond_its_limit_is_too_long() -> None:
    with pytest.raises(TooLong):
        ReportReader(100).feed(line({"ok": True, "len": 101}))
    reader = ReportReader(100)
    with pytest.raises(TooLong):
        for _ in range(MAX_LINE // 65536 + 2):
            reader.feed(b"x" * 65536)


def test_progress_without_end_is_malformed() -> None:
    reader = ReportReader(100)
    with pytest.raises(Malformed):
        reader.feed(line({"progress": "scan", "done": 1, "total": 2}) * 20_001)
