"""What the user chooses wins over what the file shows, and is never allowed to lose a value unasked."""

import gzip

import pytest

from cardinal_executor.importer import ImportFailed

SALES = "day,code,amount\n2024-01-05,007,1\n2024-01-06,012,2\n2024-01-07,x,3\n"


def types(manifest: dict) -> list[tuple[str, bool]]:
    return [(column["type"], column["zoned"]) for column in manifest["columns"]]


def refused(importing, code: str, data, **options) -> ImportFailed:
    with pytest.raises(ImportFailed) as failed:
        importing(data, **options)
    assert failed.value.code == code
    return failed.value


def test_a_chosen_type_replaces_the_one_the_file_shows(importing):
    manifest = importing(SALES, types={"amount": "float64", "day": "string"})
    assert types(manifest) == [("string", False), ("string", False), ("float64", False)]
    assert importing.rows()[0] == ["2024-01-05", "007", 1.0]


def test_a_date_may_be_taken_as_a_datetime(importing):
    importing(SALES, types={"day": "datetime"})
    assert importing.rows()[0][0] == "2024-01-05T00:00:00"


def test_a_chosen_datetime_is_an_instant_when_the_cells_have_zones(importing):
    rows = "".join(f"2024-01-05T10:00:{second % 60:02d}+09:00\n" for second in range(6000))
    manifest = importing("at\n" + rows, types={"at": "datetime"})
    assert types(manifest) == [("datetime", True)]
    assert importing.rows()[0] == ["2024-01-05T01:00:00Z"]


def test_cells_that_do_not_fit_fail_the_import_with_their_lines(importing):
    data = (
        "id,n\n" + "".join(f'{row},{row}\n{row},"1\n"\n' for row in range(2000)) + "".join("9,oops\n" for _ in range(7))
    )
    failed = refused(importing, "type_misfit", data, types={"n": "int64"})
    assert failed.details["count"] == 2007
    assert failed.details["column"] == "n"
    assert failed.details["examples"][0] == {"line": 3, "value": "1\n"}
    assert [example["line"] for example in failed.details["examples"]] == [3, 6, 9, 12, 15]
    assert "2,007 cells of n are not int64" in failed.message


def test_misfits_far_into_a_large_dirty_file_are_named_by_their_physical_lines(importing):
    data = "id,n\n" + "1,2\n" * 400_000 + "\n" + "bad\n" + '1,"x\ny"\n' + "1,2\n" * 300_000 + "1,oops\n"
    failed = refused(importing, "type_misfit", data, types={"n": "int64"})
    assert failed.details["examples"] == [{"line": 400_004, "value": "x\ny"}, {"line": 700_006, "value": "oops"}]


def test_misfits_become_null_only_when_that_was_chosen(importing):
    manifest = importing("n,s\n1,a\n x ,b\n 2 ,c\n,d\n", types={"n": "int64"}, onMisfit="null")
    assert importing.rows() == [["1", "a"], [None, "b"], ["2", "c"], [None, "d"]]
    assert manifest["columns"][0]["nullCount"] == 2


def test_an_integer_that_a_double_would_round_is_a_misfit(importing):
    failed = refused(importing, "type_misfit", "n\n1\n9007199254740993\n", types={"n": "float64"})
    assert failed.details["examples"] == [{"line": 3, "value": "9007199254740993"}]


def test_a_string_column_keeps_numbers_as_they_are_written(importing):
    importing("n\n1.50\n 2\n", types={"n": "string"})
    assert importing.rows() == [["1.50"], [" 2"]]


def test_null_spellings_can_be_chosen(importing):
    importing("n,s\n-,NA\n1,-\n", nullValues=["-"])
    assert importing.rows() == [[None, "NA"], ["1", None]]


def test_with_no_null_spelling_an_empty_cell_is_empty_text(importing):
    manifest = importing("n,s\n1,\n2,NA\n", nullValues=[])
    assert importing.rows() == [["1", ""], ["2", "NA"]]
    assert [column["nullCount"] for column in manifest["columns"]] == [0, 0]


@pytest.mark.parametrize("option", ["partitionColumn", "clusterBy"])
def test_a_column_that_the_file_lacks_is_refused_by_name(importing, option):
    failed = refused(importing, "unknown_column", SALES, **{option: "Day"})
    assert failed.message == "The file has no column Day."


def test_a_type_for_a_column_that_the_file_lacks_is_refused(importing):
    refused(importing, "unknown_column", SALES, types={"gone": "int64"})


@pytest.mark.parametrize(
    "options",
    [
        {"delimiter": ""},
        {"delimiter": "、"},
        {"delimiter": '"'},
        {"quote": "\n"},
        {"encoding": "koi8-r"},
        {"skipRows": -1},
        {"skipRows": True},
        {"types": {"day": "text"}},
        {"onMisfit": "ignore"},
        {"rejectLimit": 2},
        {"nullValues": "NA"},
        {"colour": "red"},
    ],
)
def test_options_that_make_no_sense_are_refused(importing, options):
    refused(importing, "invalid_options", SALES, **options)


def test_utf_16_without_a_mark_can_be_chosen(importing):
    manifest = importing("a,b\n1,é\n".encode("utf-16-be"), encoding="utf-16")
    assert (manifest["encoding"], importing.rows()) == ("utf-16", [["1", "é"]])


def test_the_first_line_that_widened_a_column_is_told(importing):
    head = "id,n,d\n" + "1,2,2024-01-05\n" * 200_000
    manifest = importing(head + '2,"3\n",2024-01-05\n' + "\n" + "3,0.5,2024-01-05 10:00\n" + "4,x,2024-01-05\n")
    assert [column.get("widened") for column in manifest["columns"]] == [
        None,
        {"from": "int64", "line": 200_002},
        {"from": "date", "line": 200_005},
    ]
    assert types(manifest)[1:] == [("string", False), ("datetime", False)]


def test_a_zone_in_a_quoted_and_packed_file_is_found_on_its_line(importing):
    data = "at\n" + '"2024-01-05"\n' * 300_000 + "2024-01-05T10:00Z\n"
    manifest = importing(gzip.compress(data.encode(), 1))
    assert manifest["columns"][0]["widened"] == {"from": "date", "line": 300_002}
    assert types(manifest) == [("string", False)]
