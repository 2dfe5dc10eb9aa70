"""Who runs now, who waits, who is turned away.  One event loop, no threads; knows nothing of what the jobs are."""

import asyncio
import collections
import time
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, field

from ..errors import ExecutorError


class CallerGone(Exception):
    """Nobody waits for the answer any more."""


@dataclass(eq=False)
class Ticket:
    """A place: running once `ready` is resolved."""

    author: str
    ready: asyncio.Future[None] = field(repr=False)


class Slots:
    """`total` run at once, one author at most `per_author` of them; `queue` may wait.

    Waiting authors take turns by how few runs they have.  When the queue is full, the author with the most waiting jobs gives up
    the newest of them to an author with fewer, so that nobody fills the queue alone."""

    def __init__(self, total: int, per_author: int, queue: int, retry_after: int) -> None:
        self.total = total
        self._per_author = max(1, per_author)
        self._queue_limit = queue
        self._retry_after = retry_after
        self._running: collections.Counter[str] = collections.Counter()
        self._waiting: list[Ticket] = []

    @property
    def busy(self) -> int:
        return self._running.total()

    @property
    def queued(self) -> int:
        return len(self._waiting)

    def enter(self, author: str) -> Ticket:
        """A place, running or waiting; ExecutorError `busy` at once when there is room for neither."""
        ticket = Ticket(author, asyncio.get_running_loop().create_future())
        if self.busy < self.total and self._running[author] < self._per_author:
            self._start(ticket)
            return ticket
        if len(self._waiting) >= self._queue_limit:
            self._make_room_for(author)
        self._waiting.append(ticket)
        return ticket

    async def wait(self, ticket: Ticket, gone: Awaitable[object]) -> float:
        """Returns when the job may run, with the milliseconds it waited; `busy` when the place went to another author.

        CallerGone once `gone` is done; that, and cancelling, gives the place back."""
        started = time.perf_counter()
        leaving = asyncio.ensure_future(gone)
        try:
            await asyncio.wait({ticket.ready, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if leaving.done():
                raise CallerGone
            ticket.ready.result()
        except (asyncio.CancelledError, CallerGone):
            self._give_back(ticket)
            raise
        finally:
            leaving.cancel()
        return (time.perf_counter() - started) * 1e3

    def _give_back(self, ticket: Ticket) -> None:
        if ticket in self._waiting:
            self._waiting.remove(ticket)
        elif ticket.ready.exception() is None:
            self.release(ticket)

    def release(self, ticket: Ticket) -> None:
        self._running[ticket.author] -= 1
        self._running += collections.Counter()  # forgets authors at zero
        while self.busy < self.total:
            following = next(self._eligible(), None)
            if following is None:
                return
            self._waiting.remove(following)
            self._start(following)

    def _start(self, ticket: Ticket) -> None:
        self._running[ticket.author] += 1
        ticket.ready.set_result(None)

    def _eligible(self) -> Iterator[Ticket]:
        allowed = [ticket for ticket in self._waiting if self._running[ticket.author] < self._per_author]
        yield from sorted(allowed, key=lambda ticket: self._running[ticket.author])

    def _make_room_for(self, author: str) -> None:
        waiting = collections.Counter(ticket.author for ticket in self._waiting)
        greediest, most = max(waiting.items(), key=lambda item: item[1], default=(author, 0))
        if waiting[author] + 1 >= most:
            raise self._refusal()
        last = next(ticket for ticket in reversed(self._waiting) if ticket.author == greediest)
        self._waiting.remove(last)
        last.ready.set_exception(self._refusal())

    def _refusal(self) -> ExecutorError:
        message = "Every worker is busy and the queue is full."
        return ExecutorError("busy", message, retry_after=self._retry_after)
