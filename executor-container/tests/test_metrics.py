"""What the executor counts, as a scraper reads it, and who may."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pyarrow as pa
import pytest

from support.client import Client, card, headers, new_id
from support.datasets import dataset
from support.range_server import RangeServer

OK = "def render(d, f, p):\n    return 'ok'"
SLEEP = "import time\ndef render(d, f, p):\n    time.sleep(1)\n    return 'slept'"
ELSEWHERE = ("203.0.113.9", "unknown")  # what a proxy on the host says of a caller that is not on it


def grown(client: Client, before: dict[tuple[str, ...], float], *name: str) -> float:
    return client.metrics().get(name, 0) - before.get(name, 0)


def test_operations_are_counted_by_how_they_ended(client: Client) -> None:
    before = client.metrics()
    client.render(OK)
    client.render("def render(d, f, p):\n    return 1 / 0")
    client.http.post("/v1/render", json=card(OK))
    assert grown(client, before, "executions_total", "render", "ok") == 1
    assert grown(client, before, "executions_total", "render", "user_code_error") == 1
    assert grown(client, before, "executions_total", "none", "unauthorized") == 1
    assert grown(client, before, "execution_seconds_count", "render") == 2
    assert grown(client, before, "forks_total", "usual") >= 2


def test_slots_and_queue_are_what_they_are_now(client: Client) -> None:
    with ThreadPoolExecutor(3) as pool:
        held = [pool.submit(Client(client.base).render, SLEEP, author="ann") for _ in range(3)]
        deadline = time.monotonic() + 10
        while (now := client.metrics())["queue_length", "card"] < 1:
            assert time.monotonic() < deadline
        assert (now["slots", "card"], now["slots_busy", "card"], now["slots", "heavy"]) == (4, 2, 1)
        assert all(job.result()["status"] == "ok" for job in held)
    assert client.metrics()["slots_busy", "card"] == 0


def test_the_range_cache_says_what_it_fetched_shared_and_holds(client: Client, storage: RangeServer) -> None:
    plan = dataset(storage, "metrics", pa.table({"n": list(range(100_000))}))
    storage.fail("metrics.parquet", times=99, delay=0.3)
    before = client.metrics()
    with ThreadPoolExecutor(2) as pool:
        cards = [pool.submit(Client(client.base).render, OK, author=who, datasets=[plan]) for who in ("ann", "bob")]
        assert all(job.result()["status"] == "ok" for job in cards)
    assert grown(client, before, "range_cache_requests_total") == len(storage.requests)
    assert grown(client, before, "range_cache_fetched_bytes_total") == storage.sent
    assert grown(client, before, "range_cache_bytes") == storage.sent
    assert grown(client, before, "range_cache_joins_total") >= 1


def test_no_label_tells_who_ran_what(client: Client, storage: RangeServer) -> None:
    plan = dataset(storage, "undisclosed-name", pa.table({"n": [1]}))
    client.render(f"{OK} # undisclosed code", author="undisclosed-author", datasets=[plan])
    text = client.http.get("/metrics").text
    assert "undisclosed" not in text and plan["objects"][0]["key"] not in text


@pytest.mark.parametrize("caller", ELSEWHERE)
def test_callers_elsewhere_need_a_token(client: Client, caller: str) -> None:
    def status(more: dict[str, str]) -> int:
        about = {"X-Forwarded-For": caller, **more}
        return httpx.get(f"{client.base}/metrics", headers=about, trust_env=False).status_code

    assert status({}) == 401
    once = headers(new_id())
    assert [status(once), status(once)] == [200, 401]
