"""Frames from a worker thread to a streaming response, with the reader's pace.  Of their meanings it knows failure alone."""

import asyncio
import concurrent.futures
import json
import os
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from .errors import ExecutorError

PIECE = 1 << 18
AHEAD = 8  # pieces that may wait for the reader
STALL = 120.0  # seconds without the reader taking anything
PROGRESS_EVERY = 0.1  # seconds between two frames of progress that are passed on
GLANCE = 0.5  # seconds between looks at whether the reader has gone

CONTENT_TYPE = "application/x-cardinal-frames"


class ReaderGone(Exception):
    """Nobody takes the frames any more."""


class FrameStream:
    """One writer thread, one reader on the event loop."""

    def __init__(self) -> None:
        self.gone = threading.Event()
        self.left = asyncio.Event()  # the same, for the event loop
        self._loop = asyncio.get_running_loop()
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue(AHEAD)
        self._steps: set[str] = set()
        self._next_progress = 0.0
        self._printed = ""  # and not told yet

    def frame(self, **fields: Any) -> None:
        """One JSON line; a frame with `bytes` must be followed by that many through file()."""
        self._put(_line(fields))

    def progress(self, step: str, done: int, total: int) -> None:
        """A frame of progress, for a writer that watches something meanwhile: it never waits.  The first of a step is passed on, else
        about ten a second, and none while the reader is behind."""
        if self.gone.is_set():
            raise ReaderGone
        now = time.monotonic()
        if step in self._steps and now < self._next_progress:
            return
        self._steps.add(step)
        self._next_progress = now + PROGRESS_EVERY
        line = _line({"type": "progress", "step": step, "done": done, "total": total})
        self._loop.call_soon_threadsafe(self._offer, line)

    def output(self, text: str) -> None:
        """A frame of what was printed, for the same writer: it never waits.  Text for a reader that is behind goes with the next."""
        if self.gone.is_set():
            raise ReaderGone
        self._loop.call_soon_threadsafe(self._offer_output, text)

    def file(self, fd: int, size: int) -> None:
        """Exactly the first `size` bytes of a file.  One that has become shorter ends the stream: the frame cannot be kept."""
        sent = 0
        while sent < size:
            piece = os.pread(fd, min(PIECE, size - sent), sent)
            if not piece:
                raise ReaderGone
            self._put(piece)
            sent += len(piece)

    async def end(self) -> None:
        """On the event loop, when the writer is done.  At once when nobody reads any more."""
        if not self.gone.is_set():
            ending = asyncio.ensure_future(self._pieces.put(None))
            leaving = asyncio.ensure_future(self.left.wait())
            await asyncio.wait({ending, leaving}, timeout=STALL, return_when=asyncio.FIRST_COMPLETED)
            leaving.cancel()
            if ending.done():
                return
            ending.cancel()
            self.gone.set()
        if self._pieces.full():
            self._pieces.get_nowait()  # it is not missed: a stream without a result has failed anyway
        self._pieces.put_nowait(None)

    def _put(self, piece: bytes) -> None:
        """Blocks the writer until there is room."""
        waiting = asyncio.run_coroutine_threadsafe(self._pieces.put(piece), self._loop)
        given_up = time.monotonic() + STALL
        while not self.gone.is_set() and time.monotonic() < given_up:
            try:
                waiting.result(GLANCE)
                return
            except concurrent.futures.TimeoutError:
                continue
        self.gone.set()
        waiting.cancel()
        raise ReaderGone

    def _offer(self, piece: bytes) -> None:
        """On the event loop."""
        if not self._pieces.full():
            self._pieces.put_nowait(piece)

    def _offer_output(self, text: str) -> None:
        """On the event loop."""
        self._printed += text
        if not self._pieces.full():
            self._pieces.put_nowait(_line({"type": "output", "text": self._printed}))
            self._printed = ""

    async def pieces(self) -> AsyncIterator[bytes]:
        """Until end()."""
        while (piece := await self._pieces.get()) is not None:
            yield piece

    def leave(self) -> None:
        """On the event loop: tells the writer that nobody reads any more."""
        self.gone.set()
        self.left.set()


def _line(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


class FrameResponse(StreamingResponse):
    """The frames as they come.  The writer is told of a reader that leaves, also of one that leaves before the first frame."""

    def __init__(self, stream: FrameStream) -> None:
        super().__init__(stream.pieces(), media_type=CONTENT_TYPE)
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._stream.leave()


def fail(stream: FrameStream, error: ExecutorError) -> str:
    """The last frame of a run that failed.  Returns the outcome for the log."""
    try:
        stream.frame(type="result", **error.body())
    except ReaderGone:
        return "cancelled"
    return error.code
