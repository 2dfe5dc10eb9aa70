"""Who runs, who waits, who is turned away; first as rules, then over HTTP."""

import asyncio
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from cardinal_executor.errors import ExecutorError
from cardinal_executor.sandbox.slots import CallerGone, Slots, Ticket
from conftest import RunningServer
from support.client import Client, card, headers

SLEEP = "import time\ndef render(d, f, p):\n    time.sleep(p['s'])\n    return 'slept'"


def running(tickets: list[Ticket]) -> list[int]:
    return [n for n, ticket in enumerate(tickets) if ticket.ready.done() and ticket.ready.exception() is None]


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


async def never() -> None:
    await asyncio.Event().wait()


def in_a_loop(test):
    return lambda: asyncio.run(test())


@in_a_loop
async def test_one_author_holds_at_most_half() -> None:
    slots = Slots(4, 2, 10, 1)
    tickets = [slots.enter("ann") for _ in range(4)]
    assert running(tickets) == [0, 1]
    other = slots.enter("bob")
    assert running([other]) == [0]
    slots.release(tickets[0])
    assert running(tickets) == [0, 1, 2]
    assert (slots.busy, slots.queued) == (3, 1)


@in_a_loop
async def test_the_author_with_fewer_runs_goes_first() -> None:
    slots = Slots(2, 2, 10, 1)
    first = [slots.enter("ann") for _ in range(4)]
    later = slots.enter("bob")
    slots.release(first[0])
    assert running([later]) == [0] and running(first) == [0, 1]


@in_a_loop
async def test_a_full_queue_refuses_at_once_with_a_time_to_retry() -> None:
    slots = Slots(1, 1, 2, 7)
    [slots.enter("ann") for _ in range(3)]
    with pytest.raises(ExecutorError) as refused:
        slots.enter("ann")
    assert (refused.value.code, refused.value.retry_after, refused.value.status) == ("busy", 7, 503)


@in_a_loop
async def test_nobody_fills_the_queue_alone() -> None:
    slots = Slots(1, 1, 3, 1)
    greedy = [slots.enter("ann") for _ in range(4)]
    modest = slots.enter("bob")
    assert not modest.ready.done()
    with pytest.raises(ExecutorError):
        await slots.wait(greedy[-1], never())
    assert slots.queued == 3


@in_a_loop
async def test_who_stops_waiting_gives_the_place_back() -> None:
    slots = Slots(1, 1, 5, 1)
    first, second = slots.enter("ann"), slots.enter("bob")
    waiting = asyncio.ensure_future(slots.wait(second, never()))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert slots.queued == 0
    slots.release(first)
    assert slots.busy == 0


@in_a_loop
async def test_a_place_is_free_as_soon_as_its_caller_is_gone() -> None:
    slots = Slots(1, 1, 5, 1)
    first, second, third = slots.enter("ann"), slots.enter("bob"), slots.enter("cy")
    left = asyncio.Event()
    waiting = asyncio.ensure_future(slots.wait(second, left.wait()))
    await asyncio.sleep(0)
    left.set()
    with pytest.raises(CallerGone):
        await waiting
    assert slots.queued == 1
    slots.release(first)
    assert running([third]) == [0]


@in_a_loop
async def test_a_turn_that_comes_when_its_caller_has_just_gone_is_the_next_ones() -> None:
    slots = Slots(1, 1, 5, 1)
    first, second, third = slots.enter("ann"), slots.enter("bob"), slots.enter("cy")
    left = asyncio.Event()
    waiting = asyncio.ensure_future(slots.wait(second, left.wait()))
    await asyncio.sleep(0)
    left.set()
    slots.release(first)
    with pytest.raises(CallerGone):
        await waiting
    assert running([third]) == [0]
    assert (slots.busy, slots.queued) == (1, 0)


def test_a_queued_card_whose_caller_left_is_not_run(server: RunningServer, client: Client) -> None:
    left = card(SLEEP, author="ann", params={"s": 0})
    with ThreadPoolExecutor(2) as pool:
        held = [pool.submit(Client(client.base).render, SLEEP, author="ann", params={"s": 2}) for _ in range(2)]
        until(lambda: client.health()["busy"] == 2)
        with pytest.raises(httpx.ReadTimeout):
            client.http.post("/v1/render", json=left, headers=headers(left["executionId"]), timeout=0.3)
        until(lambda: client.health()["queued"] == 0)
        assert client.health()["busy"] == 2, "the place is free before anybody's turn came"
        assert all(job.result()["status"] == "ok" for job in held)
    with open(server.output) as log:
        (said,) = [json.loads(line) for line in log if left["executionId"] in line]
    assert (said["event"], said["outcome"]) == ("render", "cancelled")


def test_over_capacity_is_busy_within_a_tenth_of_a_second(client: Client) -> None:
    """The test server has 4 slots, of which one author gets 2, and a queue of 8."""
    with ThreadPoolExecutor(10) as pool:
        others = [Client(client.base) for _ in range(10)]
        held = [pool.submit(other.render, SLEEP, params={"s": 1.5}) for other in others]
        while client.health()["queued"] < 8:
            time.sleep(0.01)
        took = []
        for _ in range(4):  # the least of them: this process, or the machine, may be busy as well
            started = time.monotonic()
            refused = client.post("/v1/render", card(SLEEP, params={"s": 0}))
            took.append(time.monotonic() - started)
            assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (503, "busy", "1")
        assert min(took) < 0.1
        assert all(job.result()["status"] == "ok" for job in held)


def test_a_neighbour_is_served_while_one_author_uses_up_its_share(client: Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        greedy = [pool.submit(Client(client.base).render, SLEEP, author="ann", params={"s": 3}) for _ in range(4)]
        until(lambda: [client.health()[name] for name in ("busy", "queued")] == [2, 2])
        answer = client.render(SLEEP, author="bob", params={"s": 0})
        assert answer["status"] == "ok"
        assert [client.health()[name] for name in ("busy", "queued")] == [2, 2], "none of the others has ended yet"
        assert all(job.result()["status"] == "ok" for job in greedy)
