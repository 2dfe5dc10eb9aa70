"""Keeps one zygote alive and a few spare children ready.  Respawns what dies and replaces a zygote after enough forks."""

import collections
import logging
import os
import select
import threading
import time
from dataclasses import dataclass, replace

from .jail import ChildLimits
from .process import Child, ZygoteFailed, ZygoteProcess
from .tiers import Tier

log = logging.getLogger("cardinal.executor")
WAIT_FOR_ZYGOTE = 30.0  # seconds: a respawn takes about three, on a host that does much else ten times that
RETRY_START = 1.0
MAX_UIDS = 200


@dataclass(frozen=True)
class FleetOptions:
    jobs_folder: str
    card_limits: ChildLimits
    spares: int
    recycle_after: int
    uid_base: int
    everything: bool = True  # all libraries, or the usual ones


class Fleet:
    """Thread-safe.  Its own thread starts every zygote, because a zygote dies with the thread that started it."""

    def __init__(self, tier: Tier, options: FleetOptions) -> None:
        self.tier = tier
        self.options = options
        self.restarts = 0
        self.forks = 0
        self._zygote: ZygoteProcess | None = None
        self._old: list[ZygoteProcess] = []
        self._spares: collections.deque[Child] = collections.deque()
        self._uids = list(range(options.uid_base, options.uid_base + MAX_UIDS))
        self._state = threading.Condition()
        self._stopping = False
        self._failed: Exception | None = None
        self._wake_read, self._wake_write = os.pipe()
        self._thread = threading.Thread(target=self._keep, name="fleet", daemon=True)

    def start(self) -> None:
        """Returns when the first zygote is ready; ZygoteFailed when it cannot start."""
        self.begin()
        self.wait()

    def begin(self) -> None:
        """The first half of start(): returns at once."""
        self._thread.start()

    def wait(self) -> None:
        """The second half."""
        with self._state:
            self._state.wait_for(lambda: self._zygote is not None or self._failed is not None)
            if self._failed is not None:
                raise ZygoteFailed(str(self._failed))

    def stop(self) -> None:
        """Ends the zygote and with it every child."""
        self._stopping = True
        self._wake()
        self._thread.join()

    def take(self, limits: ChildLimits | None = None, job: str | None = None, uid: int | None = None) -> Child:
        """A child for one job; ZygoteFailed after a while.

        Without arguments a card's: a spare if one waits, else forked now.  Else one with `limits` of its own that sees the
        directory `job` of the jobs folder and runs as `uid`, which the caller claimed before and gives back."""
        until = time.monotonic() + WAIT_FOR_ZYGOTE
        with self._state:
            while True:
                if not self._state.wait_for(lambda: self._zygote is not None, until - time.monotonic()):
                    raise ZygoteFailed("no zygote")
                zygote = self._zygote
                assert zygote is not None
                try:
                    child = self._spare_or_new(zygote, limits, job, uid)
                    break
                except ZygoteFailed:
                    self._lose(zygote)  # its end is noticed here before its pidfd says so
            child.zygote.users += 1
        self._wake()
        return child

    def _spare_or_new(
        self, zygote: ZygoteProcess, limits: ChildLimits | None, job: str | None, uid: int | None
    ) -> Child:
        """Under the lock."""
        while limits is None and self._spares:
            spare = self._spares.popleft()
            if not spare.is_gone():
                return spare
            self._let_go(spare)
        return self._spawn(zygote, limits or self.options.card_limits, job, uid)

    def claim_uid(self) -> int:
        """A slot's uid ahead of its child, so that a directory can be made for it."""
        with self._state:
            return self._uids.pop(0)

    def return_uid(self, uid: int) -> None:
        """The end of a claimed uid, when its child and its directory are gone."""
        with self._state:
            self._uids.append(uid)

    def release(self, child: Child, buried: bool) -> None:
        """The end of a child that was taken.  Its uid is used again only if it is `buried` for certain."""
        child.close()
        if not buried:
            log.error("child_not_buried")
        with self._state:
            child.zygote.users -= 1
            if buried and not child.claimed:
                self._uids.append(child.uid)
        self._wake()

    def _spawn(self, zygote: ZygoteProcess, limits: ChildLimits, job: str | None, uid: int | None) -> Child:
        """Under the lock."""
        slot = self._uids.pop(0) if uid is None else uid
        try:
            child = zygote.spawn(slot, limits, job)
        except ZygoteFailed:
            if uid is None:
                self._uids.append(slot)
            raise
        child.claimed = uid is not None
        self.forks += 1
        return child

    def _wake(self) -> None:
        os.write(self._wake_write, b"x")

    def _keep(self) -> None:
        """The fleet's thread.  It must not end early: its zygote would end with it."""
        while not self._stopping:
            try:
                self._tend()
            except Exception:
                log.exception("fleet_error")
                time.sleep(RETRY_START)
        for zygote in (*self._old, self._zygote):
            if zygote is not None:
                zygote.close()

    def _tend(self) -> None:
        """Start, replace, refill, then watch until something happens."""
        self._close_unused()
        zygote = self._zygote
        if zygote is None:
            self._start_zygote()
            return
        if zygote.forks >= self.options.recycle_after and self._replace(zygote):
            return
        self._refill()
        ready, _, _ = select.select([self._wake_read, zygote.pidfd], [], [], 5.0)
        if self._wake_read in ready:
            os.read(self._wake_read, 4096)
        if zygote.pidfd in ready:
            with self._state:
                self._lose(zygote)

    def _start_zygote(self) -> None:
        try:
            zygote = ZygoteProcess(self.tier, self.options.jobs_folder, self.options.everything)
        except (ZygoteFailed, OSError) as error:
            log.error("zygote_start_failed %s", error)
            self._publish(None, error)
            time.sleep(RETRY_START)
            return
        self._publish(zygote, None)

    def _publish(self, zygote: ZygoteProcess | None, failure: Exception | None) -> None:
        with self._state:
            self._zygote, self._failed = zygote, failure
            self._state.notify_all()

    def _refill(self) -> None:
        with self._state:
            try:
                while self._zygote and len(self._spares) < self.options.spares:
                    self._spares.append(self._spawn(self._zygote, self.options.card_limits, None, None))
            except ZygoteFailed:
                pass  # its pidfd says so next

    def _replace(self, worn: ZygoteProcess) -> bool:
        """Puts a fresh zygote in its place; the old one stays until its last child is done.  Tried again later when it fails."""
        try:
            fresh = ZygoteProcess(self.tier, self.options.jobs_folder, self.options.everything)
        except (ZygoteFailed, OSError) as error:
            log.error("zygote_start_failed %s", error)
            return False
        with self._state:
            self._old.append(worn)
            self._zygote = fresh
            self._drop_spares()
            self._state.notify_all()
        return True

    def _drop_spares(self) -> None:
        """Under the lock."""
        while self._spares:
            self._let_go(self._spares.popleft())

    def _let_go(self, spare: Child) -> None:
        """Under the lock.  A spare exits when its job socket closes."""
        spare.close()
        self._uids.append(spare.uid)

    def _close_unused(self) -> None:
        """Zygotes that were replaced or died, once nobody waits for a child of theirs."""
        with self._state:
            unused = [zygote for zygote in self._old if zygote.users == 0]
            self._old = [zygote for zygote in self._old if zygote.users]
        for zygote in unused:
            zygote.close()

    def _lose(self, zygote: ZygoteProcess) -> None:
        """Under the lock.  The zygote died, and its children with it; whoever waits for one hears it from the closed status socket."""
        if self._zygote is not zygote:
            return
        log.error("zygote_died")
        self.restarts += 1
        self._zygote = None
        self._old.append(zygote)
        self._drop_spares()
        self._wake()


@dataclass(frozen=True)
class Fleets:
    """One of children with the usual libraries, one of children with all of them; their uids differ."""

    usual: Fleet
    everything: Fleet

    @staticmethod
    def start(tier: Tier, usual: FleetOptions) -> "Fleets":
        """Both, side by side; ZygoteFailed when one does not start, and then neither runs."""
        everything = replace(usual, everything=True, uid_base=usual.uid_base + MAX_UIDS)
        fleets = Fleets(Fleet(tier, replace(usual, everything=False)), Fleet(tier, everything))
        fleets.usual.begin()
        fleets.everything.begin()
        try:
            fleets.usual.wait()
            fleets.everything.wait()
        except ZygoteFailed:
            fleets.stop()
            raise
        return fleets

    def stop(self) -> None:
        self.usual.stop()
        self.everything.stop()
