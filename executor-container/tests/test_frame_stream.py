"""The stream between a run and its reader: whoever stops reading stops the writer."""

import asyncio
import time
from typing import Any

import pytest

from cardinal_executor.frame_stream import AHEAD, FrameResponse, FrameStream, ReaderGone

HTTP = {"type": "http", "asgi": {"spec_version": "2.3"}, "method": "POST"}


async def gone_at_once() -> dict[str, Any]:
    return {"type": "http.disconnect"}


async def gone_never() -> dict[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError


def test_a_reader_that_leaves_before_the_first_frame_stops_the_writer() -> None:
    async def answer() -> None:
        stream = FrameStream()

        async def send(message: dict[str, Any]) -> None:
            await asyncio.sleep(0)

        await FrameResponse(stream)(HTTP, gone_at_once, send)
        assert stream.left.is_set()
        with pytest.raises(ReaderGone):
            await asyncio.to_thread(stream.frame, type="progress")

    asyncio.run(answer())


def test_every_frame_comes_before_the_end() -> None:
    async def answer() -> bytes:
        stream = FrameStream()
        sent = bytearray()

        async def send(message: dict[str, Any]) -> None:
            sent.extend(message.get("body", b""))

        async def write() -> None:
            for done in range(20):
                await asyncio.to_thread(stream.frame, done=done)
            await stream.end()

        await asyncio.gather(write(), FrameResponse(stream)(HTTP, gone_never, send))
        return bytes(sent)

    lines = asyncio.run(answer()).splitlines()
    assert lines == [b'{"done":%d}' % done for done in range(20)]


def test_progress_waits_for_no_reader_and_floods_none() -> None:
    async def answer() -> bytes:
        stream, sent = await full_stream(), bytearray()
        await asyncio.wait_for(asyncio.to_thread(stream.progress, "run", 0, 1), 1)  # nobody reads: it is left out

        async def send(message: dict[str, Any]) -> None:
            sent.extend(message.get("body", b""))

        async def write() -> None:
            began = time.monotonic()
            done = 0
            while time.monotonic() < began + 0.5:
                done += 1
                await asyncio.to_thread(stream.progress, "write", done, 1_000_000)
            assert done > 100
            await stream.end()

        await asyncio.gather(FrameResponse(stream)(HTTP, gone_never, send), write())
        return bytes(sent)

    lines = asyncio.run(answer()).splitlines()[AHEAD:]
    assert lines[0] == b'{"type":"progress","step":"write","done":1,"total":1000000}'
    assert 2 <= len(lines) <= 6


def test_what_was_printed_waits_for_no_reader_and_loses_nothing_for_one_that_is_behind() -> None:
    async def answer() -> list[bytes]:
        stream = await full_stream()
        for text in ("a", "b"):
            await asyncio.wait_for(asyncio.to_thread(stream.output, text), 1)
        came = [await anext(pieces) for pieces in [stream.pieces()] for _ in range(AHEAD)]
        await asyncio.to_thread(stream.output, "c")
        await stream.end()
        return [*came, *[piece async for piece in stream.pieces()]]

    assert asyncio.run(answer())[AHEAD:] == [b'{"type":"output","text":"abc"}\n']


async def full_stream() -> FrameStream:
    stream = FrameStream()
    for done in range(AHEAD):
        await asyncio.to_thread(stream.frame, done=done)
    return stream


def test_the_end_waits_for_no_reader_that_has_gone() -> None:
    async def answer() -> None:
        before, while_it_waits = await full_stream(), await full_stream()
        before.leave()
        asyncio.get_running_loop().call_later(0.1, while_it_waits.leave)
        await asyncio.wait_for(asyncio.gather(before.end(), while_it_waits.end()), 5)

    asyncio.run(answer())


def test_the_end_of_a_stream_that_was_given_up_reaches_a_reader_that_comes_back() -> None:
    async def answer() -> None:
        stream = await full_stream()
        stream.gone.set()
        await asyncio.wait_for(stream.end(), 5)
        assert len([piece async for piece in stream.pieces()]) == AHEAD - 1

    asyncio.run(answer())
