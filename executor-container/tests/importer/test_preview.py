"""The preview says of the first bytes what the import will make of them, and what may still change."""

import gzip

import pytest

from cardinal_executor.importer import ImportFailed, inspect

SALES = "売上一覧\n\nday,n,price,name\n2024/1/5,1, 2.50 ,x\n2024-01-06,NA,3,y\n"


def column(answer: dict, name: str) -> dict:
    return next(column for column in answer["columns"] if column["name"] == name)


def test_a_whole_file_is_answered_in_full():
    answer = inspect(SALES.encode(), True, {})
    assert {key: answer[key] for key in ("status", "encoding", "encodingCertain", "delimiter", "quote", "header")} == {
        "status": "ok",
        "encoding": "utf-8",
        "encodingCertain": True,
        "delimiter": ",",
        "quote": '"',
        "header": True,
    }
    assert (answer["skipRows"], answer["dataLine"], answer["rows_seen"], answer["complete"]) == (2, 4, 2, True)
    assert answer["rows"] == [["2024-01-05", "1", "2.5", "x"], ["2024-01-06", None, "3.0", "y"]]
    assert column(answer, "n") == {
        "name": "n",
        "type": "int64",
        "zoned": False,
        "nullable": True,
        "settled": True,
        "examples": ["1"],
    }


def test_the_beginning_of_a_file_settles_only_text():
    head = ("n,code,empty\n" + "1,007,\n" * 200_000).encode()[: 1 << 20]
    answer = inspect(head, False, {})
    assert [(c["type"], c["settled"]) for c in answer["columns"]] == [
        ("int64", False),
        ("string", True),
        ("string", False),
    ]
    assert (len(answer["rows"]), answer["complete"], answer["encodingCertain"]) == (100, False, False)
    assert answer["rows_seen"] == (len(head) - 13) // 7


def test_a_whole_file_is_judged_beyond_the_sample():
    answer = inspect(("n\n" + "1\n" * 9000 + "x\n").encode(), True, {})
    assert column(answer, "n")["type"] == "string"


def test_a_chosen_type_shows_what_it_makes_of_the_cells():
    options = {"types": {"n": "int64", "name": "date", "gone": "int64"}}
    answer = inspect(SALES.encode(), True, options)
    assert column(answer, "name")["settled"]
    assert answer["rows"][0][3] == "x"
    assert inspect(SALES.encode(), True, options | {"onMisfit": "null"})["rows"][0][3] is None


def test_the_beginning_of_a_packed_file_is_unpacked():
    packed = gzip.compress(b"a,b\n" + b"1,2\n" * 500_000, 1)
    answer = inspect(packed[:4096], False, {})
    assert [c["name"] for c in answer["columns"]] == ["a", "b"]
    assert not answer["complete"]
    with pytest.raises(ImportFailed, match="cut off"):
        inspect(packed[:4096], True, {})
    assert not inspect(packed, True, {})["complete"]


def test_instants_are_shown_in_utc_and_rejects_by_line():
    answer = inspect(b"at,n\n2024-01-05 10:00+09:00,1\nbad\n2024-01-05T10:00:00.5Z,2\n", True, {})
    assert [row[0] for row in answer["rows"]] == ["2024-01-05T01:00:00Z", "2024-01-05T10:00:00.500000Z"]
    assert (answer["rejected"], answer["rejects"]) == (
        1,
        [{"line": 3, "reason": "too_few_fields", "detail": "1 fields, expected 2"}],
    )


@pytest.mark.parametrize(
    ("head", "code"), [(b"", "empty_file"), (b"PK\3\4", "zip_not_supported"), (bytes(range(256)) * 9, "not_text")]
)
def test_what_cannot_be_imported_is_refused_here_already(head, code):
    with pytest.raises(ImportFailed) as failed:
        inspect(head, True, {})
    assert failed.value.code == code


def test_the_preview_and_the_import_agree_on_names_and_types(importing):
    for data in (SALES, "1,Alice,2024-01-05\n2,Bob,\n", "a;b;b\n1;x;yes\n"):
        answer, manifest = inspect(data.encode(), True, {}), importing(data)
        fields = ("name", "type", "zoned", "nullable")
        assert [[c[f] for f in fields] for c in answer["columns"]] == [
            [c[f] for f in fields] for c in manifest["columns"]
        ]
