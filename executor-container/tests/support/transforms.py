"""Transforms as the Worker asks for them, and what comes back."""

import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .client import Client, new_id


def request(code: str, *inputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"executionId": new_id(), "author": "user_1", "code": code, "inputs": list(inputs), **more}


def transform(client: Client, code: str, *inputs: dict[str, Any], **more: Any) -> list[tuple[dict[str, Any], bytes]]:
    body = request(code, *inputs, **more)
    return client.frames("/v1/transform", json.dumps(body).encode(), body["executionId"])


def result(client: Client, code: str, *inputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return transform(client, code, *inputs, **more)[-1][0]


def table_of(frames: list[tuple[dict[str, Any], bytes]]) -> pa.Table:
    return pq.read_table(io.BytesIO(next(data for frame, data in frames if frame["type"] == "file")))
