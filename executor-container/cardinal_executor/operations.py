"""An accepted request on its way: its turn in a queue, a worker thread, its answer, and the line and counts that it leaves.
Knows neither HTTP's routes nor what a job does."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .errors import ExecutorError
from .frame_stream import FrameStream, fail
from .metrics import Metrics
from .sandbox.slots import CallerGone, Slots, Ticket
from .settings import HEAVY_SLOTS, Settings

log = logging.getLogger("cardinal.executor")
Answer = dict[str, Any] | ExecutorError
CardJob = Callable[[float, Callable[[Any], None]], None]  # from the milliseconds it waited and its answer's way out
HeavyJob = Callable[[float, FrameStream], str]  # from the milliseconds it waited to its outcome


class Operations:
    """All that run or wait, each kind in slots of its own.  Belongs to one event loop."""

    def __init__(self, settings: Settings) -> None:
        self._cards = Slots(settings.card_slots, settings.card_slots // 2, settings.queue_cards, retry_after=1)
        self._heavy = Slots(HEAVY_SLOTS, HEAVY_SLOTS, settings.queue_heavy, retry_after=10)
        # a card's place is free at its answer, while a thread still reaps its child
        self._workers = ThreadPoolExecutor(2 * settings.card_slots + HEAVY_SLOTS, "work")
        self._running: set[asyncio.Task[None]] = set()  # the loop itself holds tasks weakly

    @property
    def slots(self) -> dict[str, Slots]:
        """By kind."""
        return {"card": self._cards, "heavy": self._heavy}

    def close(self) -> None:
        self._workers.shutdown(wait=False, cancel_futures=True)

    async def answer(
        self, operation: "Operation", author: str, gone: Callable[[], Awaitable[object]], job: CardJob
    ) -> Answer | None:
        """One job in a card's place.  None when `gone` was done, as its caller left, while it waited for its turn."""
        try:
            ticket = self._cards.enter(author)
            queue_ms = await self._cards.wait(ticket, gone())
        except CallerGone:
            operation.end("cancelled")
            return None
        except ExecutorError as error:
            operation.end(error.code)
            return error
        work = Work(lambda answer: job(queue_ms, answer), lambda: self._cards.release(ticket))
        answer = await work.start(self._workers)
        if isinstance(answer, ExecutorError):
            operation.end(answer.code, queueMs=queue_ms)
        else:
            operation.end(answer["status"], **{"queueMs": queue_ms, **answer.get("timings", {})})
        return answer

    def stream(self, operation: "Operation", author: str, job: HeavyJob) -> FrameStream | ExecutorError:
        """One import or transform.  Its frames come when it has its turn, which it waits for in the background."""
        try:
            ticket = self._heavy.enter(author)
        except ExecutorError as error:
            operation.end(error.code)
            return error
        stream = FrameStream()
        task = asyncio.create_task(self._run_heavy(operation, job, stream, ticket))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return stream

    async def _run_heavy(self, operation: "Operation", job: HeavyJob, stream: FrameStream, ticket: Ticket) -> None:
        """From its place in the queue to its last frame, whatever becomes of its reader."""
        queue_ms = 0.0
        outcome = "internal_error"
        try:
            queue_ms = await self._heavy.wait(ticket, stream.left.wait())
        except CallerGone:
            outcome = "cancelled"
        except ExecutorError as error:  # its place in the queue went to another author
            outcome = await asyncio.to_thread(fail, stream, error)
        else:
            try:
                outcome = await asyncio.get_running_loop().run_in_executor(self._workers, job, queue_ms, stream)
            except Exception:
                log.exception("internal_error")
            finally:
                self._heavy.release(ticket)
        operation.end(outcome, queueMs=queue_ms)
        await stream.end()


class Operation:
    """One accepted request.  At its end it leaves one line in the log and its counts: no code, no data, no message, which are the
    author's."""

    def __init__(self, metrics: Metrics, event: str, execution: str) -> None:
        self._metrics = metrics
        self._event = event
        self._execution = execution
        self._started = time.perf_counter()

    def end(self, outcome: str, **timings: float) -> None:
        about = {"event": self._event, "execution": self._execution, "outcome": outcome}
        log.info(json.dumps({**about, **{name: round(value, 2) for name, value in timings.items()}}))
        self._metrics.ended(self._event, outcome, time.perf_counter() - self._started)


class Work:
    """A blocking job on a worker thread that answers before it is done.  Its place is given back at the answer, whoever still
    waits for it: what follows is the end of a killed process."""

    def __init__(self, job: Callable[[Callable[[Any], None]], None], release: Callable[[], None]) -> None:
        self._job = job
        self._release = release
        self._loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[Any] = self._loop.create_future()

    async def start(self, workers: ThreadPoolExecutor) -> Any:
        workers.submit(self._run)
        return await asyncio.shield(self._answer)

    def _run(self) -> None:
        try:
            self._job(lambda answer: self._loop.call_soon_threadsafe(self._settle, answer))
        except Exception:
            log.exception("internal_error")
            self._loop.call_soon_threadsafe(self._settle, ExecutorError("executor_lost", "The run was interrupted."))

    def _settle(self, answer: Any) -> None:
        if self._answer.done():
            return
        self._release()
        self._answer.set_result(answer)
