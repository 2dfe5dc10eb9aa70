"""What docs/transforms.md shows and promises, held against the code."""

import os
import re

import pyarrow as pa

from cardinal_executor.protocol import CardLimits, TransformLimits
from cardinal_executor.runner.transform_result import LONGEST_NAME, MOST_COLUMNS
from support.client import Client
from support.datasets import dataset
from support.range_server import RangeServer
from support.transforms import table_of, transform

PAGE = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "transforms.md")


def page() -> str:
    with open(PAGE, encoding="utf-8") as file:
        return file.read()


def test_the_example_runs(client: Client, storage: RangeServer) -> None:
    code = re.findall(r"```python\n(.*?)```", page(), re.DOTALL)[0]
    flights = pa.table({"origin": ["SFO", "LAX", "SFO", "ZZZ"], "delay": [10, 0, 20, 5]})
    airports = pa.table({"iata": ["SFO", "LAX"], "state": ["CA", "CA"], "city": ["San Francisco", "Los Angeles"]})
    frames = transform(client, code, dataset(storage, "flights", flights), dataset(storage, "airports", airports))
    assert table_of(frames).to_pylist() == [{"state": "CA", "flights": 3, "mean_delay": 10.0}]


def test_the_limits_are_those_of_the_protocol() -> None:
    run, preview = TransformLimits(), CardLimits()
    assert f"| time | {run.wallMs // 1000} s | {preview.wallMs // 1000} s |" in page()
    assert f"| memory | {run.memoryMb >> 10} GiB | {preview.memoryMb >> 10} GiB |" in page()
    assert f"| result | {run.outputBytes >> 30} GiB as Parquet | {preview.bodyBytes // 10**6} MB |" in page()
    assert f"1 to {MOST_COLUMNS:,} columns" in page() and f"at most {LONGEST_NAME} characters" in page()
