"""Datasets on their way into a card: filters on every type, types of the frame, narrow reads, storage that fails."""

import datetime as dt
import hashlib
import json
from typing import Any

import pyarrow as pa
import pytest

from support.client import Client
from support.datasets import dataset
from support.range_server import RangeServer

ROWS = 10
DAY = dt.date(2024, 1, 1)
WALL = dt.datetime(2024, 1, 1)
SEEN = "def render(d, f, p):\n    return ','.join(map(str, d['row']))"


def table() -> pa.Table:
    """Ten rows, one a day, of every type; row 9 is null but for its number."""
    days = [DAY + dt.timedelta(row) for row in range(9)]
    walls = [WALL + dt.timedelta(row, hours=20) for row in range(9)]
    return pa.table(
        {
            "row": list(range(ROWS)),
            "text": pa.array([*"abcabcab5", None]),
            "whole": pa.array([*range(8), 2**60, None], pa.int64()),
            "real": pa.array([n / 2 for n in range(9)] + [None]),
            "flag": pa.array([n % 2 == 0 for n in range(9)] + [None]),
            "day": pa.array([*days, None], pa.date32()),
            "wall": pa.array([*walls, None], pa.timestamp("us")),
            "instant": pa.array([*walls, None], pa.timestamp("us", "UTC")),
        }
    )


def rows(client: Client, storage: RangeServer, *filters: dict[str, Any], **more: Any) -> list[int]:
    answer = client.render(
        SEEN, datasets=[dataset(storage, "t", table(), exact=("whole",))], filters=list(filters), **more
    )
    assert answer["status"] == "ok", answer
    assert answer["rows"] == {"input": ROWS, "filtered": len([n for n in answer["body"].split(",") if n])}
    return [int(n) for n in answer["body"].split(",") if n]


def category(column: str, *values: Any, null: bool = False) -> dict[str, Any]:
    return {"column": column, "type": "category", "values": list(values), "includeNull": null}


def days(column: str, start: str | None, end: str | None) -> dict[str, Any]:
    return {"column": column, "type": "date_range", "start": start, "end": end}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (category("text", "a"), [0, 3, 6]),
        (category("text", "a", "b"), [0, 1, 3, 4, 6, 7]),
        (category("text", "a", null=True), [0, 3, 6, 9]),
        (category("text", null=True), [9]),
        (category("text"), []),
        (category("text", 5), [8]),
        (category("text", "A"), []),
        (category("whole", 3), [3]),
        (category("whole", "3", 4.0), [3, 4]),
        (category("whole", str(2**60)), [8]),
        (category("whole", 3.5, "x", True, str(2**70)), []),
        (category("whole", 3.5, null=True), [9]),
        (category("real", 0.5, "2"), [1, 4]),
        (category("real", "x"), []),
        (category("flag", True), [0, 2, 4, 6, 8]),
        (category("flag", "false", null=True), [1, 3, 5, 7, 9]),
        (category("flag", 1), []),
        (category("day", "2024-01-02"), [1]),
        (category("day", "2024-01-02", "2024-01-04", null=True), [1, 3, 9]),
        (category("day", "yesterday"), []),
        (category("wall", "2024-01-02T20:00:00"), [1]),
        (category("wall", "2024-01-02T20:00:00Z"), [1]),
        (category("instant", "2024-01-02T20:00:00Z", "2024-01-04T05:00:00+09:00"), [1, 2]),
        (days("day", "2024-01-02", "2024-01-03"), [1, 2]),
        (days("day", None, "2024-01-01"), [0]),
        (days("day", "2024-01-09", None), [8]),
        (days("day", None, None), list(range(10))),
        (days("wall", "2024-01-02", "2024-01-02"), [1]),
        (days("instant", "2024-01-02", "2024-01-02"), [1]),
        (days("text", "2024-01-02", "2024-01-02"), []),
        (category("absent", "x"), list(range(10))),
    ],
)
def test_a_filter_keeps_exactly_its_rows(
    client: Client, storage: RangeServer, condition: dict[str, Any], expected: list[int]
) -> None:
    assert rows(client, storage, condition) == expected


def test_days_of_instants_begin_at_midnight_in_the_zone(client: Client, storage: RangeServer) -> None:
    only_second = days("instant", "2024-01-02", "2024-01-02")
    assert rows(client, storage, only_second, zone="Asia/Tokyo") == [
        0
    ]  # 2024-01-01T20:00Z is 05:00 on the 2nd in Tokyo
    assert rows(client, storage, days("wall", "2024-01-02", "2024-01-02"), zone="Asia/Tokyo") == [1]
    assert rows(client, storage, category("instant", "2024-01-03T05:00:00"), zone="Asia/Tokyo") == [1]


def test_filters_combine(client: Client, storage: RangeServer) -> None:
    assert rows(client, storage, category("text", "a"), days("day", "2024-01-03", None), category("flag", True)) == [6]


def test_a_frame_has_the_types_that_ordinary_code_expects(client: Client, storage: RangeServer) -> None:
    code = "import json\ndef render(d, f, p):\n    return json.dumps({c: str(t) for c, t in d.dtypes.items()})"
    answer = client.render(code, datasets=[dataset(storage, "t", table(), exact=("whole",))])
    assert json.loads(answer["body"]) == {
        "row": "int64",
        "text": "str",
        "whole": "Int64",
        "real": "float64",
        "flag": "boolean",
        "day": "datetime64[us]",
        "wall": "datetime64[us]",
        "instant": "datetime64[us, UTC]",
    }


def test_ordinary_code_may_write_to_its_frame(client: Client, storage: RangeServer) -> None:
    code = """
def render(d, f, p):
    for name in d.columns:
        d.loc[d.index == 2, name] = d[name].iloc[4]
    d.iloc[0, 0] = 99
    return f"{list(d.row[:3])} {(d.iloc[2, 1:].astype(str) == d.iloc[4, 1:].astype(str)).all()}"
"""
    answer = client.render(code, datasets=[dataset(storage, "t", table(), exact=("whole",))])
    assert answer["body"] == "[99, 1, 4] True", answer


def test_integers_beyond_doubles_keep_their_last_digit(client: Client, storage: RangeServer) -> None:
    data = pa.table({"n": pa.array([2**60 + 1, None])})
    answer = client.render(
        "def render(d, f, p):\n    return str(d.n.sum())", datasets=[dataset(storage, "t", data, exact=("n",))]
    )
    assert answer["body"] == str(2**60 + 1)


def test_several_datasets_come_as_a_dict_in_their_order(client: Client, storage: RangeServer) -> None:
    both = [dataset(storage, name, pa.table({name: [1, 2]})) for name in ("zeta", "alpha")]
    code = "def render(d, f, p):\n    return str([list(d), d is datasets, int(d['alpha'].alpha.sum())])"
    assert client.render(code, datasets=both)["body"] == "[['zeta', 'alpha'], True, 3]"


def test_rows_that_the_viewer_may_not_see_reach_no_code_and_are_not_counted(
    client: Client, storage: RangeServer
) -> None:
    regions = pa.table({"region": ["APAC", "EMEA", "EMEA", None], "n": [1, 2, 4, 8]})
    others = pa.table({"region": ["APAC", "EMEA"], "n": [16, 32]})
    mine = {"column": "region", "type": "category", "values": ["EMEA"], "includeNull": False}
    guarded = {**dataset(storage, "guarded", regions), "rowFilters": [mine]}
    code = "def render(d, f, p):\n    return str([int(d['guarded'].n.sum()), int(d['open'].n.sum()), f])"
    answer = client.render(code, datasets=[guarded, dataset(storage, "open", others)])
    assert answer["body"] == "[6, 48, {}]"
    assert answer["rows"] == {"input": 4, "filtered": 4}


def test_a_row_filter_that_cannot_be_applied_shows_nothing(client: Client, storage: RangeServer) -> None:
    gone = {"column": "gone", "type": "category", "values": ["x"], "includeNull": False}
    plan = {**dataset(storage, "t", pa.table({"n": [1]})), "rowFilters": [gone]}
    answer = client.render("def render(d, f, p):\n    return str(len(d))", datasets=[plan])
    assert answer["code"] == "data_unavailable"


def test_a_version_of_which_every_object_was_pruned_is_an_empty_frame(client: Client, storage: RangeServer) -> None:
    plan = {**dataset(storage, "t", table()), "objects": []}
    answer = client.render("def render(d, f, p):\n    return f'{len(d)} {d.day.dtype}'", datasets=[plan])
    assert answer["body"] == "0 datetime64[us]"


def test_one_card_reads_many_objects(client: Client, storage: RangeServer) -> None:
    pieces = [dataset(storage, f"part{n}", pa.table({"n": [n]})) for n in range(300)]
    whole = {**pieces[0], "name": "t", "objects": [piece["objects"][0] for piece in pieces], "rowCount": 300}
    answer = client.render("def render(d, f, p):\n    return str(d.n.sum())", datasets=[whole])
    assert answer["body"] == str(sum(range(300)))
    assert answer["fetched"]["requests"] == 300


NARROW = "def render(d, f, p):\n    return d.groupby('text').row.sum().to_json()"


def test_a_narrow_run_reads_less_and_says_the_same(client: Client, storage: RangeServer) -> None:
    size, names = 100_000, ["text", "row"]
    rest = [hashlib.sha256(b"%d" % n).hexdigest() for n in range(size)]
    data = pa.table({"text": ["a", "b"] * (size // 2), "row": list(range(size)), "rest": rest})
    plan = dataset(storage, "n", data, columns=names, reads=names, row_group=size)
    narrow = client.render(NARROW, datasets=[plan])
    sent = storage.sent
    storage.forget()
    full = client.render(NARROW, datasets=[dataset(storage, "f", data, row_group=size)])
    assert narrow["body"] == full["body"] and narrow["usedColumns"] == full["usedColumns"] == names
    assert sent < storage.sent * 0.2
    assert narrow["fetched"]["bytes"] == sent


@pytest.mark.parametrize(
    "code",
    [
        "def render(d, f, p):\n    return d",
        "def render(d, f, p):\n    return str(d.shape)",
        "def render(d, f, p):\n    try:\n        return str(d['rest'])\n    except BaseException:\n        return 'swallowed'",
        "def render(d, f, p):\n    return str(d['tex' + 'tt'])",
        "def render(d, f, p):\n    return 1 / 0",
        "def render(d, f, p):\n    return None",
    ],
)
def test_a_narrow_run_that_cannot_be_exact_asks_for_all_columns(
    client: Client, storage: RangeServer, code: str
) -> None:
    data = pa.table({"text": ["a", "b"], "row": [1, 2], "rest": [1, 2]})
    answer = client.render(code, datasets=[dataset(storage, "t", data, columns=["text", "row"])])
    assert (answer["http"], answer["status"]) == (200, "needs_all_columns"), answer
    assert answer["reason"]


def test_a_narrow_run_filters_by_a_column_it_does_not_hand_over(client: Client, storage: RangeServer) -> None:
    data = pa.table({"text": ["a", "b", "a"], "row": [1, 2, 4]})
    plan = dataset(storage, "t", data, columns=["row"])
    answer = client.render(
        "def render(d, f, p):\n    return str(d.row.sum())", datasets=[plan], filters=[category("text", "a")]
    )
    assert answer["body"] == "5"


def test_a_run_that_needs_no_column_still_counts_its_rows(client: Client, storage: RangeServer) -> None:
    plan = dataset(storage, "t", table(), columns=[], reads=["text"])
    answer = client.render(
        "def render(d, f, p):\n    return str(len(d))", datasets=[plan], filters=[category("text", "a")]
    )
    assert (answer["body"], answer["rows"]["filtered"]) == ("3", 3)


def test_a_second_card_over_the_same_bytes_asks_storage_for_nothing(client: Client, storage: RangeServer) -> None:
    plan = dataset(storage, "t", table())
    first, second = (client.render(SEEN, datasets=[plan]) for _ in range(2))
    assert first["fetched"]["requests"] == len(storage.requests) == 1
    assert second["fetched"] == {"requests": 0, "bytes": 0}
    assert second["body"] == first["body"]


def test_a_plan_that_misses_bytes_costs_one_more_run_and_no_wrong_answer(client: Client, storage: RangeServer) -> None:
    data = pa.table({"a": list(range(50_000)), "b": [str(n * 7919) for n in range(50_000)]})
    plan = dataset(storage, "t", data, reads=["a"], row_group=5000)
    plan["objects"][0]["ranges"] = plan["objects"][0]["ranges"][:3]
    answer = client.render("def render(d, f, p):\n    return str(d.b.astype(int).sum())", datasets=[plan])
    assert answer["body"] == str(sum(n * 7919 for n in range(50_000)))
    assert answer["fetched"]["bytes"] >= plan["objects"][0]["size"]


def test_damaged_bytes_are_data_unavailable(client: Client, storage: RangeServer) -> None:
    plan = dataset(storage, "t", table())
    storage.objects["t.parquet"] = bytes(len(storage.objects["t.parquet"]))
    answer = client.render(SEEN, datasets=[plan])
    assert (answer["http"], answer["code"]) == (502, "data_unavailable")


@pytest.mark.parametrize(("status", "said"), [(403, "expired"), (404, "gone"), (412, "changed"), (500, "500")])
def test_storage_that_refuses_is_data_unavailable(client: Client, storage: RangeServer, status: int, said: str) -> None:
    plan = dataset(storage, "t", table())
    storage.fail("t.parquet", times=99, status=status)
    answer = client.render(SEEN, datasets=[plan])
    assert (answer["http"], answer["code"]) == (502, "data_unavailable")
    assert said in answer["message"] and plan["objects"][0]["url"] not in answer["message"]
    assert len(storage.requests) == (3 if status == 500 else 1)


def test_an_object_that_changed_under_its_etag_is_refused(client: Client, storage: RangeServer) -> None:
    plan = dataset(storage, "t", table())
    storage.etags["t.parquet"] = '"another"'
    assert client.render(SEEN, datasets=[plan])["code"] == "data_unavailable"


def test_storage_that_stumbles_is_asked_again(client: Client, storage: RangeServer) -> None:
    plan = dataset(storage, "t", table())
    storage.fail("t.parquet", times=2, status=503)
    assert client.render(SEEN, datasets=[plan])["status"] == "ok"
    assert len(storage.requests) == 3


def test_storage_that_hangs_ends_within_the_deadline(client: Client, storage: RangeServer) -> None:
    plan = dataset(storage, "t", table())
    storage.fail("t.parquet", times=99, delay=4)
    answer = client.render(SEEN, datasets=[plan], limits={"wallMs": 1500})
    assert answer["code"] == "data_unavailable"
