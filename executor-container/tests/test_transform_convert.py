"""What a transform returns and the columns that become of it: each rule, and the words of each refusal."""

import datetime as dt
import decimal
import io
import os
import tempfile
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cardinal_executor.runner.convert.artefact import InvalidResult
from cardinal_executor.runner.transform_columns import Before
from cardinal_executor.runner.transform_output import described, first_rows, write
from cardinal_executor.runner.transform_result import Result, convert, inputs_by_column

JST = dt.timezone(dt.timedelta(hours=9))


def types_of(result: Result) -> dict[str, str]:
    return {column.name: column.type + ("Z" if column.zoned else "") for column in result.columns}


def one(values: Any, before: Before | None = None) -> tuple[str, list[Any]]:
    """The type and the values of a frame's only column."""
    result = convert(pd.DataFrame({"c": values}), {"c": before} if before else {})
    (column,) = result.columns
    return types_of(result)["c"], column.values.to_pylist()


def refusal(value: Any) -> str:
    with pytest.raises(InvalidResult) as refused:
        convert(value, {})
    return str(refused.value)


def parquet(result: Result) -> bytes:
    with tempfile.TemporaryFile() as file:
        write(result, file.fileno(), lambda done, total: None)
        return os.pread(file.fileno(), 1 << 24, 0)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2], ("int64", [1, 2])),
        (np.array([1, 255], "uint8"), ("int64", [1, 255])),
        (pd.array([1, None], "Int64"), ("int64", [1, None])),
        ([1.5, np.nan], ("float64", [1.5, None])),
        (np.array([1.5], "float32"), ("float64", [1.5])),
        ([True, False], ("bool", [True, False])),
        (pd.array([True, None], "boolean"), ("bool", [True, None])),
        (pd.Series([True, None], dtype=object), ("bool", [True, None])),
        (["売上", None], ("string", ["売上", None])),
        (pd.Series(["a", None], dtype=object), ("string", ["a", None])),
        (pd.Series([1, None], dtype=object), ("int64", [1, None])),
        (pd.Series([1, 2.5, None], dtype=object), ("float64", [1, 2.5, None])),
        (pd.Series([None, None], dtype=object), ("string", [None, None])),
        (pd.Categorical(["b", "a", None]), ("string", ["b", "a", None])),
        (pd.cut([1, 5], [0, 2, 9], labels=[10, 20]), ("string", ["10", "20"])),
        (pd.arrays.SparseArray([0, 0, 3]), ("int64", [0, 0, 3])),
        (pd.array(["x"], pd.ArrowDtype(pa.string())), ("string", ["x"])),
    ],
)
def test_values_take_the_type_that_datasets_have_for_them(values: Any, expected: tuple[str, list[Any]]) -> None:
    assert one(values) == expected


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_datetimes_of_every_unit_are_microseconds(unit: str) -> None:
    moments = pd.Series(["2024-01-01 12:30:00", None]).astype(f"datetime64[{unit}]")
    assert one(moments) == ("datetime", [dt.datetime(2024, 1, 1, 12, 30), None])


def test_midnights_without_a_zone_are_dates_and_with_one_they_are_instants() -> None:
    days = pd.to_datetime(pd.Series(["2024-01-01", None, "1955-12-31"]))
    assert one(days) == ("date", [dt.date(2024, 1, 1), None, dt.date(1955, 12, 31)])
    kind, values = one(days.dt.tz_localize("Asia/Tokyo"))
    assert kind == "datetimeZ" and values[0] == dt.datetime(2023, 12, 31, 15, tzinfo=dt.UTC)


def test_objects_of_dates_and_datetimes_are_what_they_hold() -> None:
    assert one(pd.Series([dt.date(2024, 1, 1), None], dtype=object)) == ("date", [dt.date(2024, 1, 1), None])
    moment = dt.datetime(2024, 1, 1, 12)
    assert one(pd.Series([moment, None], dtype=object)) == ("datetime", [moment, None])
    zoned = pd.Series([moment.replace(tzinfo=JST), moment.replace(tzinfo=dt.UTC)], dtype=object)
    kind, values = one(zoned)
    assert kind == "datetimeZ" and values[0] == dt.datetime(2024, 1, 1, 3, tzinfo=dt.UTC)


def test_decimals_and_nanoseconds_are_stored_with_a_warning() -> None:
    frame = pd.DataFrame({"価格": [decimal.Decimal("1.5"), None], "at": pd.to_datetime([1, 86_400_000_000_001])})
    result = convert(frame, {})
    assert types_of(result) == {"価格": "float64", "at": "datetime"}
    assert result.warnings == ["Decimals are stored as float64: 価格", "Fractions of a microsecond were cut off: at"]


@pytest.mark.parametrize(
    ("values", "found", "advice"),
    [
        ([[1], [2]], "lists or records", ".explode()"),
        ([{"a": 1}], "lists or records", "json_normalize"),
        ([1, "a"], "int and str mixed", ".astype(str)"),
        ([dt.date(2024, 1, 1), dt.datetime(2024, 1, 1)], "date and datetime mixed", ".astype(str)"),
        ([dt.datetime(2024, 1, 1), dt.datetime(2024, 1, 1, tzinfo=JST)], "with and without a zone", "utc=True"),
        ([b"x"], "bytes", "decode"),
        ([dt.time(1)], "times of day", ".astype(str)"),
        ([object()], "values of the type object", ".astype(str)"),
        ([2**63], "integers beyond 64 bits", ".astype(str)"),
        ([2**70, None], "integers beyond 64 bits", ".astype(str)"),
        (np.array([2**63], "uint64"), "integers beyond 64 bits", ".astype(str)"),
        (pd.to_timedelta(["1 day"]), "durations", "total_seconds"),
        (pd.period_range("2024", periods=1, freq="M"), "periods", "to_timestamp"),
        (pd.interval_range(0, 1), "intervals", ".astype(str)"),
        (np.array([1j]), "complex numbers", "two columns"),
        (np.array(["30000-01-01"], "datetime64[s]"), "years 1 to 9999", "None"),
        (np.array([2**62], "datetime64[s]"), "years 1 to 9999", "None"),
        (pd.array([{"a": 1}], pd.ArrowDtype(pa.struct([("a", pa.int64())]))), "lists or records", ".explode()"),
    ],
)
def test_what_no_type_fits_is_refused_with_its_column_what_it_holds_and_what_to_do(
    values: Any, found: str, advice: str
) -> None:
    message = refusal(pd.DataFrame({"売上": pd.Series(values, dtype=object) if isinstance(values, list) else values}))
    assert message.startswith("The column '売上' holds ") and found in message and advice in message


def test_a_result_that_is_no_table_is_refused_with_what_is_accepted() -> None:
    assert "None (is there a return statement?)" in refusal(None)
    assert refusal([1]).startswith("transform returned list. Return a pandas or polars DataFrame")
    assert "Return its .data." in refusal(pd.DataFrame({"a": [1]}).style)
    assert refusal(pd.DataFrame()) == "The result has no columns."


def test_names_are_text_and_tell_columns_apart() -> None:
    assert list(types_of(convert(pd.DataFrame([[1, 2]], columns=[2023, "日本"]), {}))) == ["2023", "日本"]
    assert "two columns named 'a'" in refusal(pd.DataFrame([[1, 2]], columns=["a", "a"]))
    assert "differ in capitals alone: 'a' and 'A'" in refusal(pd.DataFrame([[1, 2]], columns=["a", "A"]))
    assert "two columns named '1'" in refusal(pd.DataFrame([[1, 2]], columns=[1, "1"]))
    assert "no name" in refusal(pd.DataFrame({"": [1]}))
    assert "longer than 255" in refusal(pd.DataFrame({"x" * 300: [1]}))
    assert "control character" in refusal(pd.DataFrame({"a\nb": [1]}))
    assert "2,001 columns" in refusal(pd.DataFrame(np.zeros((1, 2001))))
    levels = pd.DataFrame({"a": [1], "b": [2]}).groupby("a").agg({"b": ["sum", "mean"]})
    assert "several levels, such as ('b', 'sum')" in refusal(levels) and "'_'.join" in refusal(levels)


def test_named_levels_of_the_index_become_columns_and_row_numbers_do_not() -> None:
    frame = pd.DataFrame({"地域": ["x", "y", "x"], "k": [1, 2, 2], "v": [1.0, 2.0, 3.0]})
    assert list(types_of(convert(frame.groupby("地域").sum(), {}))) == ["地域", "k", "v"]
    assert list(types_of(convert(frame.groupby(["地域", "k"]).sum(), {}))) == ["地域", "k", "v"]
    assert list(types_of(convert(frame[frame["v"] > 1].sort_values("v", ascending=False), {}))) == ["地域", "k", "v"]
    assert list(types_of(convert(frame[["v"]].describe(), {}))) == ["index", "v"]
    assert list(types_of(convert(frame.groupby("地域")["v"].sum(), {}))) == ["地域", "v"]
    assert "drop the index" in refusal(frame.set_index("k", drop=False))


def test_polars_and_arrow_tables_are_read_like_pandas() -> None:
    frame = pl.DataFrame(
        {
            "i": [1, None],
            "s": ["あ", None],
            "c": pl.Series(["x", "y"], dtype=pl.Categorical),
            "f": [1.0, float("nan")],
            "d": [dt.date(2024, 1, 1), None],
            "t": pl.Series([dt.datetime(2024, 1, 1, 1), None], dtype=pl.Datetime("ns", "Asia/Tokyo")),
            "n": pl.Series([None, None], dtype=pl.Null),
        }
    )
    expected = dict(i="int64", s="string", c="string", f="float64", d="date", t="datetimeZ", n="string")
    for value in (frame, frame.lazy(), frame.to_arrow(), frame.to_arrow().to_batches()[0]):
        result = convert(value, {})
        assert types_of(result) == expected
        assert result.columns[3].values.to_pylist() == [1.0, None]
    assert types_of(convert(pl.Series("a", [1]), {})) == {"a": "int64"}
    assert "lists or records" in refusal(pl.DataFrame({"a": [[1]]}))
    assert "Python objects" in refusal(pl.DataFrame({"a": [object()]}))
    assert "type Int128. Cast it" in refusal(pl.DataFrame({"a": pl.Series([1], dtype=pl.Int128)}))
    assert "durations" in refusal(pl.DataFrame({"a": [dt.timedelta(1)]}))
    assert "two columns named 'a'" in refusal(pa.table([[1], [2]], ["a", "a"]))


def test_a_column_keeps_the_type_of_its_input_where_pandas_lost_it() -> None:
    integers = Before("int64", False, nulls=True)
    assert one([1.0, np.nan], integers) == ("int64", [1, None])
    assert one([1.0, 0.0], integers) == ("int64", [1, 0])
    assert one([1.5, np.nan], integers) == ("float64", [1.5, None])
    assert one([2.0**60, np.nan], integers)[0] == "float64" and one([np.inf], integers)[0] == "float64"
    assert one([np.nan], integers) == ("int64", [None])
    complete = Before("int64", False, nulls=False)
    assert one([1.0, 2.0], complete) == ("float64", [1.0, 2.0])  # the code made it a float
    assert one([1.0, np.nan], complete) == ("int64", [1, None])  # a join did
    midnight = pd.to_datetime(["2024-01-01"])
    assert one(midnight, Before("datetime", False, False))[0] == "datetime"
    assert one(midnight[:0], Before("date", False, False))[0] == "date"
    nothing = pd.Series([None], dtype=object)
    assert one(nothing, Before("bool", False, True)) == ("bool", [None])
    assert one(nothing, Before("datetime", True, True)) == ("datetimeZ", [None])


def test_inputs_that_disagree_on_a_column_say_nothing_of_it() -> None:
    def schema(name: str, kind: str, nullable: bool) -> dict[str, Any]:
        return {"schema": [{"name": name, "type": kind, "zoned": False, "nullable": nullable}]}

    assert inputs_by_column([schema("a", "int64", False), schema("a", "string", False)]) == {}
    assert inputs_by_column([schema("a", "int64", False), schema("a", "int64", True)]) == {
        "a": Before("int64", False, True)
    }


def test_no_rows_are_a_result_with_its_types() -> None:
    result = convert(pd.DataFrame({"a": pd.Series([], dtype="int64"), "b": pd.Series([], dtype="str")}), {})
    table = pq.read_table(io.BytesIO(parquet(result)))
    assert (result.rows, table.num_rows, types_of(result)) == (0, 0, {"a": "int64", "b": "string"})
    assert first_rows(result, 100) == []


def test_the_file_has_the_importers_types_statistics_and_row_groups() -> None:
    rows = 200_000
    frame = pd.DataFrame({"日": pd.date_range("2024-01-01", periods=rows, freq="s", tz="UTC"), "n": range(rows)})
    file = pq.ParquetFile(io.BytesIO(parquet(convert(frame, {}))))
    groups = [file.metadata.row_group(group) for group in range(file.metadata.num_row_groups)]
    assert [group.num_rows for group in groups] == [131_072, rows - 131_072]
    chunk = groups[1].column(1)
    assert (chunk.compression, chunk.statistics.min, chunk.statistics.max) == ("SNAPPY", 131_072, rows - 1)
    assert file.schema_arrow.field("日").type == pa.timestamp("us", "UTC")


def test_equal_results_are_equal_bytes() -> None:
    def made() -> bytes:
        frame = pd.DataFrame({"k": pd.Categorical(list("ab") * 500), "v": np.arange(1000) / 7})
        return parquet(convert(frame, {}))

    assert made() == made()


def test_the_manifest_counts_nulls_and_tells_integers_beyond_floats() -> None:
    result = convert(pd.DataFrame({"a": pd.array([2**53 + 1, None], "Int64"), "b": [2**53, -(2**53)]}), {})
    assert [described(column) for column in result.columns] == [
        {"name": "a", "type": "int64", "zoned": False, "nullable": True, "nullCount": 1, "exact": True},
        {"name": "b", "type": "int64", "zoned": False, "nullable": False, "nullCount": 0, "exact": False},
    ]


def test_cells_are_what_json_can_carry() -> None:
    frame = pd.DataFrame(
        {
            "i": [1, 2**60],
            "f": [np.inf, 0.5],
            "b": [True, False],
            "d": np.array(["0800-01-01", "2024-01-31"], "datetime64[s]"),
            "t": pd.to_datetime(["2024-01-01 01:02:03.120000", None]),
            "z": pd.to_datetime(["2024-01-01 01:02:03", None], utc=True),
            "s": pd.Series(["a\ud800b", None], dtype=object),
        }
    )
    assert first_rows(convert(frame, {}), 5) == [
        [1, "Infinity", True, "0800-01-01", "2024-01-01T01:02:03.12", "2024-01-01T01:02:03Z", "a�b"],
        [str(2**60), 0.5, False, "2024-01-31", None, None, None],
    ]
    assert len(first_rows(convert(frame, {}), 1)) == 1
