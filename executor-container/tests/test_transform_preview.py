"""Previews of transforms over HTTP: the first rows of each input, the first rows of the result, and no more bytes than planned."""

from typing import Any

import numpy as np
import pyarrow as pa

from support.client import Client, new_id
from support.datasets import FOOTER, dataset, parquet, ranges_of
from support.range_server import RangeServer

ROWS = 30_000
TABLE = pa.table(
    {
        "i": pa.array(range(ROWS), pa.int64()),
        "地域": pa.array(["東", None] * (ROWS // 2)),
        "at": pa.array([1_700_000_000_000_000 + n for n in range(ROWS)], pa.timestamp("us", "UTC")),
        "x": np.random.default_rng(1).random(ROWS),
    }
)
SAME = "def transform(inputs, params):\n    return inputs['sales']"


def preview(client: Client, code: str, *inputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"executionId": new_id(), "author": "user_1", "code": code, "inputs": list(inputs), **more}
    response = client.post("/v1/transform/preview", body)
    return {**response.json(), "http": response.status_code}


def planned(storage: RangeServer, groups: list[int], table: pa.Table = TABLE) -> dict[str, Any]:
    """The table in row groups of 5,000, of which only `groups` are planned."""
    found = dataset(storage, "sales", table, row_group=5000)
    found["objects"][0]["rowGroups"] = groups
    found["objects"][0]["ranges"] = ranges_of(parquet(table, 5000), None, groups)
    return found


def test_a_preview_shows_the_first_rows_and_how_many_were_read(client: Client, storage: RangeServer) -> None:
    answer = preview(client, "print('seen')\n" + SAME, planned(storage, [0, 1]))
    assert (answer["http"], answer["status"]) == (200, "ok")
    assert (answer["inputRows"], answer["rowCount"], answer["truncated"]) == ({"sales": 10_000}, 10_000, True)
    assert len(answer["rows"]) == 100
    assert answer["rows"][1][:3] == [1, None, "2023-11-14T22:13:20.000001Z"]
    assert answer["columns"][2] == {"name": "at", "type": "datetime", "zoned": True, "nullable": False}
    assert (answer["stdout"], answer["warnings"]) == ("seen\n", [])
    assert set(answer["timings"]) == {"queueMs", "fetchMs", "loadMs", "runMs", "cpuMs", "totalMs"}


def test_a_preview_fetches_no_row_group_that_is_not_planned(client: Client, storage: RangeServer) -> None:
    numbers = np.random.default_rng(1).random((60_000, 6))
    wide = pa.table({f"x{column}": numbers[:, column] for column in range(6)})
    found = planned(storage, [0, 1], wide)
    storage.forget()
    assert preview(client, SAME, found, inputRows=7000)["inputRows"] == {"sales": 7000}
    wanted = sum(end - start for start, end in found["objects"][0]["ranges"])
    assert storage.sent <= wanted + FOOTER < found["objects"][0]["size"] / 4


def test_planned_row_groups_need_not_be_the_first(client: Client, storage: RangeServer) -> None:
    answer = preview(client, SAME, planned(storage, [1, 4]), outputRows=1000)
    assert answer["rowCount"] == 10_000 and answer["rows"][0][0] == 5000
    code = "def transform(i, p):\n    return i['sales'].tail(1)"
    assert preview(client, code, planned(storage, [1, 4]))["rows"][0][0] == 24_999
    assert preview(client, SAME, planned(storage, []))["rowCount"] == 0


def test_a_small_input_is_read_to_its_end(client: Client, storage: RangeServer) -> None:
    small = dataset(storage, "sales", TABLE.slice(0, 50))
    small["objects"][0]["rowGroups"] = None
    answer = preview(client, SAME, small)
    assert (answer["rowCount"], answer["truncated"], len(answer["rows"])) == (50, False, 50)


def test_the_first_rows_are_those_that_somebody_may_see(client: Client, storage: RangeServer) -> None:
    own = {"column": "地域", "type": "category", "values": ["東"], "includeNull": False}
    answer = preview(client, SAME, {**planned(storage, [0, 1]), "rowFilters": [own]}, inputRows=3000)
    assert answer["inputRows"] == {"sales": 3000}
    assert {row[1] for row in answer["rows"]} == {"東"} and answer["rows"][-1][0] == 198


def test_how_many_rows_somebody_may_not_see_does_not_show_in_whether_all_were_read(
    client: Client, storage: RangeServer
) -> None:
    own = {"column": "地域", "type": "category", "values": ["東"], "includeNull": False}
    guarded = {**planned(storage, [0, 1]), "rowFilters": [own]}
    cut = preview(client, SAME, guarded, inputRows=5000)
    assert (cut["inputRows"], cut["truncated"]) == ({"sales": 5000}, True)
    for rows in (5000, ROWS):
        whole = preview(client, SAME, {**guarded, "rowCount": rows}, inputRows=5001)
        assert (whole["inputRows"], whole["truncated"]) == ({"sales": 5000}, False)


def test_a_preview_fails_as_a_card_does(client: Client) -> None:
    answer = preview(client, "def transform(i, p):\n    return i['nothing']")
    assert (answer["http"], answer["code"], answer["line"]) == (422, "user_code_error", 2)
    assert preview(client, "def transform(i, p):\n    return 1")["code"] == "invalid_result"
    slow = preview(client, "while True: pass", limits={"wallMs": 500})
    assert (slow["http"], slow["code"]) == (422, "time_limit")
    wide = "def transform(i, p):\n    return pd.DataFrame({'a': ['x' * 100_000] * 100})"
    assert preview(client, wide)["code"] == "output_limit"


def test_a_preview_that_prints_much_shows_the_first_of_it(client: Client) -> None:
    answer = preview(client, "print('x' * 200_000)\ndef transform(i, p):\n    return pd.DataFrame({'a': [1]})")
    assert answer["status"] == "ok" and len(answer["stdout"]) < 66_000 and answer["stdout"].endswith("left out")


def test_a_preview_says_more_rows_than_were_asked_for_to_nobody(client: Client) -> None:
    code = """
import json, os
column = {"name": "a", "type": "int64", "zoned": False, "nullable": False, "nullCount": 0, "exact": False}
body = json.dumps({"columns": [column], "rowCount": 9, "inputRows": {}, "writeMs": 0, "rows": [[1]] * 5000}).encode()
os.write(3, json.dumps({"ok": True, "len": len(body)}).encode() + b"\\n" + body)
os._exit(0)
"""
    assert len(preview(client, code)["rows"]) == 100
    assert preview(client, code.replace("[[1]]", "[[[1]]]"))["code"] == "user_code_error"
