"""Many at once, over HTTP against a server of its own: fair turns, bytes fetched once, a bounded cache, and `busy` before it is too much."""

import asyncio
import json
import os
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import httpx
import numpy as np
import pyarrow as pa
import pytest

from conftest import RunningServer, start_server, stop_server
from support.client import Client, card, headers
from support.datasets import dataset
from support.processes import descendants_of, memory_of
from support.range_server import RangeServer

SLOTS, QUEUE, CACHE_MB = 4, 20, 2
SLEEP = "import time\ndef render(d, f, p):\n    time.sleep(p['s'])\n    return 'slept'"
SUM = "def render(d, f, p):\n    return str(int(d.n.sum()))"
SPACE_A_CARD = 256 << 20  # bytes of its own that a small card may take


@pytest.fixture(scope="module")
def busy_server() -> Iterator[RunningServer]:
    with tempfile.TemporaryDirectory(prefix="executor-load-") as folder:
        os.chmod(folder, 0o711)
        settings = {"SLOTS": SLOTS, "QUEUE": QUEUE, "CACHE_MB": CACHE_MB, "UID_BASE": 39000}
        running = start_server(folder, **{f"EXECUTOR_{name}": str(value) for name, value in settings.items()})
        yield running
        stop_server(running)


def numbers(rows: int, seed: int) -> pa.Table:
    """About 8 bytes a row, which no encoding makes smaller."""
    return pa.table({"n": np.random.default_rng(seed).integers(0, 2**44, rows)})


@dataclass
class Answered:
    status: int
    headers: dict[str, str]
    body: dict[str, Any]
    seconds: float  # since it was sent


def at_once(server: RunningServer, bodies: list[dict[str, Any]]) -> list[Answered]:
    """Sends all of them before it reads any answer, each on a connection that was open before."""
    url = httpx.URL(server.client.base)

    def request(body: dict[str, Any]) -> bytes:
        content = json.dumps(body).encode()
        about = {
            **headers(body["executionId"]),
            "Host": "executor",
            "Content-Length": len(content),
            "Connection": "close",
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in about.items())
        return f"POST /v1/render HTTP/1.1\r\n{head}\r\n".encode() + content

    async def answer(reader: asyncio.StreamReader, sent: float) -> Answered:
        line, *rest = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        seconds = time.monotonic() - sent
        fields = dict(field.lower().split(": ", 1) for field in rest)
        return Answered(int(line.split()[1]), fields, json.loads(await reader.read()), seconds)

    async def send_all() -> list[Answered]:
        requests = [request(body) for body in bodies]
        streams = await asyncio.gather(*(asyncio.open_connection(url.host, url.port) for _ in bodies))
        reading = []
        for (reader, writer), content in zip(streams, requests, strict=True):
            writer.write(content)
            reading.append(answer(reader, time.monotonic()))
        answers = await asyncio.gather(*reading)
        for _, writer in streams:
            writer.close()
        return answers

    return asyncio.run(send_all())


def test_eight_sleeping_cards_of_one_author_leave_another_ones_answered_within_5_s(busy_server: RunningServer) -> None:
    base = busy_server.client.base
    with ThreadPoolExecutor(8) as pool:
        asleep = [pool.submit(Client(base).render, SLEEP, author="ann", params={"s": 4}) for _ in range(8)]
        while busy_server.client.health()["queued"] < 6:
            time.sleep(0.01)
        for _ in range(3):
            started = time.monotonic()
            assert busy_server.client.render(SLEEP, author="bob", params={"s": 0})["body"] == "slept"
            assert time.monotonic() - started < 5
        assert all(job.result()["status"] == "ok" for job in asleep)


def test_twenty_cards_at_once_on_one_dataset_fetch_each_byte_once(
    busy_server: RunningServer, storage: RangeServer
) -> None:
    data = numbers(150_000, 1)
    plan = dataset(storage, "shared", data, row_group=10_000)
    storage.fail("shared.parquet", times=999, delay=0.2)
    cards = [card(SUM, author=f"author_{n % 5}", datasets=[plan]) for n in range(20)]
    answers = [answer.body for answer in at_once(busy_server, cards)]
    assert {answer["body"] for answer in answers} == {str(sum(data["n"].to_pylist()))}
    fetched = sorted((start, end) for _, start, end in storage.requests)
    assert all(before[1] <= after[0] for before, after in pairwise(fetched))
    assert storage.sent == sum(end - start for start, end in fetched) <= plan["objects"][0]["size"]
    assert sum(answer["fetched"]["requests"] for answer in answers) == len(storage.requests)
    assert sum(answer["fetched"]["bytes"] for answer in answers) == storage.sent


def test_of_200_at_once_some_run_some_wait_and_the_rest_hear_busy_at_once(busy_server: RunningServer) -> None:
    def held() -> int:
        server = busy_server.process.pid
        return memory_of({server} | descendants_of(server))

    before, samples, done = held(), [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.5):
            samples.append(held())

    watcher = threading.Thread(target=watch)
    watcher.start()
    answers = at_once(busy_server, [card(SLEEP, author=f"author_{n % 20}", params={"s": 2}) for n in range(200)])
    done.set()
    watcher.join()

    found = Counter(answer.status for answer in answers)
    assert set(found) == {200, 503}
    assert SLOTS + QUEUE <= found[200] <= SLOTS + QUEUE + SLOTS, "one that ends while others still arrive makes room"
    refused = [answer for answer in answers if answer.status == 503]
    assert {answer.body["code"] for answer in refused} == {"busy"} and all(
        answer.headers["retry-after"] for answer in refused
    )
    assert max(answer.seconds for answer in refused) < 2, "none waits for a run to end"
    assert max(samples) < before + SLOTS * SPACE_A_CARD

    health = busy_server.client.health()
    assert (health["busy"], health["queued"]) == (0, 0)
    assert [answer.status for answer in at_once(busy_server, [card(SLEEP, params={"s": 0})])] == [200]


def test_what_the_cache_keeps_stays_under_its_size_and_the_oldest_goes_first(
    busy_server: RunningServer, storage: RangeServer
) -> None:
    plans = {name: dataset(storage, name, numbers(110_000, seed)) for seed, name in enumerate("abc")}

    def requests_for(name: str) -> int:
        answer = busy_server.client.render(SUM, datasets=[plans[name]])
        assert answer["status"] == "ok"
        return answer["fetched"]["requests"]

    assert [requests_for(name) for name in "abacab"] == [1, 1, 0, 1, 0, 1]
    folder = os.path.join(busy_server.folder, "cache", "ranges")
    kept = sum(os.stat(os.path.join(folder, name)).st_blocks * 512 for name in os.listdir(folder))
    assert kept <= CACHE_MB << 20


@pytest.mark.parametrize("status", [403, 412])
def test_storage_that_refuses_leaves_nothing_behind_and_a_fresh_link_works(
    busy_server: RunningServer, storage: RangeServer, status: int
) -> None:
    folder = os.path.join(busy_server.folder, "cache", "ranges")
    before = set(os.listdir(folder))
    plan = dataset(storage, f"refused{status}", numbers(1000, 7))
    if status == 403:
        storage.fail(f"refused{status}.parquet", times=1, status=403)
    else:
        plan["objects"][0]["etag"] = '"of another time"'
    answer = busy_server.client.render(SUM, datasets=[plan])
    assert (answer["http"], answer["code"]) == (502, "data_unavailable")
    assert len(storage.requests) == 1 and set(os.listdir(folder)) == before
    plan["objects"][0]["etag"] = storage.etags[f"refused{status}.parquet"]
    assert busy_server.client.render(SUM, datasets=[plan])["status"] == "ok"
