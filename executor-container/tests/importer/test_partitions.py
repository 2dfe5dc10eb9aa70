"""One file for each value of a column, its key made by us, every row in exactly one of them."""

import gzip
from urllib.parse import unquote

import pytest

from cardinal_executor.importer import ImportFailed
from cardinal_executor.importer.partition import partition_key

HOSTILE = [
    "a/b",
    "100%",
    "a b",
    'say "hi"',
    "東京",
    "../../etc",
    ".",
    "A",
    "a",
    "x=y",
    "'; DROP",
    "é" * 300,
    "é" * 299 + "è",
]


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def test_each_value_gets_one_file_that_keeps_the_column_and_the_order(importing):
    data = "region,n\n" + "".join(f"{'NSEW'[n % 4]},{n}\n" for n in range(10_000))
    manifest = importing(data, partitionColumn="region")
    assert [(file["path"], file["rows"], file["partition"]) for file in manifest["files"]] == [
        (f"partitions/region={value}/part-0000.parquet", 2500, {"column": "region", "value": value}) for value in "ENSW"
    ]
    assert importing.rows("partitions/region=E/part-0000.parquet") == [["E", str(n)] for n in range(2, 10_000, 4)]
    assert manifest["partitionColumn"] == "region"


def test_values_of_any_kind_become_keys_that_stay_inside_their_folder(importing):
    data = "name,n\n" + "".join(f"{quoted(value)},{n}\n" for n, value in enumerate(HOSTILE))
    manifest = importing(data, partitionColumn="name")
    assert {file["partition"]["value"] for file in manifest["files"]} == set(HOSTILE)
    assert sum(file["rows"] for file in manifest["files"]) == len(HOSTILE)
    for file in manifest["files"]:
        folder, key, name = file["path"].split("/")
        assert (folder, name) == ("partitions", "part-0000.parquet")
        assert len(key) <= 255
        if len(file["partition"]["value"]) < 100:
            assert unquote(key) == f"name={file['partition']['value']}"
        assert importing.rows(file["path"])[0][0] == file["partition"]["value"]


def test_null_has_a_key_of_its_own_and_empty_text_another(importing):
    manifest = importing("k,n\n,1\nNULL,2\nx,3\n", partitionColumn="k", nullValues=["NULL"])
    assert [(file["path"].split("/")[1], file["partition"]["value"]) for file in manifest["files"]] == [
        ("k=", ""),
        ("k=x", "x"),
        ("k=__HIVE_DEFAULT_PARTITION__", None),
    ]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["3", "1", ""], [1, 3, None]),
        (["9007199254740993", "1"], [1, "9007199254740993"]),
        (["yes", "no"], [False, True]),
        (["2024/1/6", "2024年1月5日"], ["2024-01-05", "2024-01-06"]),
        (["2024-01-05 10:00"], ["2024-01-05T10:00:00"]),
        (["2024-01-05T10:00+09:00", "2024-01-05T01:00Z", "NA"], ["2024-01-05T01:00:00Z", None]),
        (["0.5", "1"], [0.5, 1.0]),
    ],
)
def test_typed_values_are_told_as_json_can_carry_them(importing, cells, values):
    manifest = importing("v,n\n" + "".join(f"{cell},1\n" for cell in cells), partitionColumn="v")
    assert [repr(file["partition"]["value"]) for file in manifest["files"]] == [repr(value) for value in values]


def test_a_thousand_values_make_a_thousand_files(importing):
    data = "k,n,text\n" + "".join(f"v{n * 7919 % 1000:03d},{n},{'x' * 50}\n" for n in range(120_000))
    manifest = importing(data, partitionColumn="k")
    assert len(manifest["files"]) == 1000
    assert {file["rows"] for file in manifest["files"]} == {120}


def test_a_partition_of_many_row_groups_is_still_one_file(importing):
    data = "k,n\n" + "a,1\n" * 600_000 + "b,2\n" * 10 + "a,3\n"
    manifest = importing(data, partitionColumn="k")
    assert [file["rows"] for file in manifest["files"]] == [600_001, 10]
    assert importing.rows(manifest["files"][0]["path"])[-1] == ["a", "3"]


def test_more_than_a_thousand_values_are_refused_before_anything_is_written(importing):
    data = "k,n\n" + "".join(f"v{n},{n}\n" for n in range(1001))
    with pytest.raises(ImportFailed) as failed:
        importing(data, partitionColumn="k")
    assert failed.value.code == "too_many_partitions"
    assert failed.value.message == "k has 1,001 values; at most 1,000. Choose another column."
    assert list(importing.out.iterdir()) == []


def test_a_column_called_like_our_own_names_is_no_trouble(importing):
    data = "partition,value,value_number,ordinal,c1\n" + "b,1,2,3,4\na,5,6,7,8\n"
    manifest = importing(data, partitionColumn="value", clusterBy="ordinal")
    assert [importing.rows(file["path"]) for file in manifest["files"]] == [
        [["b", "1", "2", "3", "4"]],
        [["a", "5", "6", "7", "8"]],
    ]


def test_a_file_without_rows_has_one_empty_file_and_no_partition(importing):
    manifest = importing("k,n\n", partitionColumn="k")
    assert [(file["path"], file["rows"], file["partition"]) for file in manifest["files"]] == [
        ("data/part-0000.parquet", 0, None)
    ]


def test_partitions_of_a_packed_dirty_file_hold_what_was_not_rejected(importing):
    data = "k,n\na,1\nbad\nb,2\n\na,3\n"
    manifest = importing(gzip.compress(data.encode()), partitionColumn="k", rejectLimit=1)
    assert [importing.rows(file["path"]) for file in manifest["files"]] == [[["a", "1"], ["a", "3"]], [["b", "2"]]]
    assert (manifest["rejected"], manifest["blankLines"]) == (1, 1)


def test_keys_that_are_cut_differ_by_their_hash():
    keys = {partition_key("名前" * 20, "x" * 300 + end) for end in "ab"}
    assert len(keys) == 2
    assert all(len(key) == 240 for key in keys)


def test_clustering_sorts_by_the_column_and_keeps_the_order_of_equal_rows(importing):
    data = "day,n\n" + "".join(f"2024-01-{30 - n % 28:02d},{n}\n" for n in range(150_000)) + ",150000\n"
    manifest = importing(data, clusterBy="day")
    rows = importing.rows()
    assert rows == [*sorted(rows[:-1], key=lambda row: (row[0], int(row[1]))), [None, "150000"]]
    assert manifest["rows"] == 150_001
