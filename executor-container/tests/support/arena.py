"""A supervisor of its own in which attacks run: `python arena.py [--without LAYER] TIER FOLDER [ATTACK…]`, one JSON line before
and after each.

A process of its own, because a supervisor that dies is a result too.  Unprivileged tiers drop root here."""

import argparse
import glob
import json
import os
import shutil
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass
from typing import Any

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [TESTS, os.path.dirname(TESTS)]

from attacks import ATTACKS  # noqa: E402
from attacks.others import POISONED, VICTIM  # noqa: E402

from cardinal_executor.sandbox import linux  # noqa: E402
from cardinal_executor.sandbox.canaries import attack_job, judge, outcome  # noqa: E402
from cardinal_executor.sandbox.execution import Answer, Bounds, Execution  # noqa: E402
from cardinal_executor.sandbox.fleet import Fleet, FleetOptions  # noqa: E402
from cardinal_executor.sandbox.jail import ChildLimits  # noqa: E402
from cardinal_executor.sandbox.tiers import TIERS  # noqa: E402
from cardinal_executor.sandbox.verdicts import Ending  # noqa: E402
from support import without  # noqa: E402
from support.processes import children_of, descendants_of  # noqa: E402
from support.surroundings import become, drop_layer, stand_apart  # noqa: E402

UID_BASE = 33000
LIMITS = ChildLimits(cpu_seconds=30, memory_mb=512)
USUAL_MS = 10_000
SECRET_CONTENT = "TOP-SECRET-CONTENT"
PR_SET_CHILD_SUBREAPER = 36
WARM_SECONDS, TIDY_SECONDS = 20, 10


@dataclass(frozen=True)
class Run:
    """`ending`: how the child ended by itself, if it did; `buried_seconds`: from its end to the last of it being gone."""

    answer: Answer
    ending: Ending | None
    buried: bool
    buried_seconds: float


class Arena:
    def __init__(self, tier: str, folder: str, spares: int = 2) -> None:
        self.folder = folder
        self.name = os.path.basename(folder)
        self.hits: list[str] = []
        self.spares = spares
        os.environ["EXECUTOR_SECRET"] = "hunter2"
        jobs = os.path.join(folder, "jobs")
        os.makedirs(jobs, exist_ok=True)
        self.params = self._traps()
        self.fleet = Fleet(TIERS[tier], FleetOptions(jobs, LIMITS, spares, 10_000, UID_BASE))
        self.fleet.start()

    def _traps(self) -> dict[str, Any]:
        """Listeners that nobody may reach, files that nobody may read, and an insider's knowledge of them."""
        tcp = socket.create_server(("127.0.0.1", 0))
        abstract, path = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        abstract.bind("\0" + self.name)
        path.bind(os.path.join(self.folder, f"sock-{os.getpid()}"))
        os.chmod(path.getsockname(), 0o777)
        for name, sock in (("tcp", tcp), ("abstract", abstract), ("unix", path)):
            sock.listen()
            threading.Thread(target=self._listen, args=(sock, name), daemon=True).start()
        files = {name: os.path.join(self.folder, name) for name in ("secret_file", "own_file", "own_file2")}
        self.files = list(files.values())
        self._write_files()
        drop = os.path.join(self.folder, "drop")
        os.makedirs(drop, exist_ok=True)
        os.chmod(drop, 0o777)
        known = {"sup_pid": os.getpid(), "port": tcp.getsockname()[1], "abstract": self.name}
        known |= {"unixpath": path.getsockname(), "drop": drop, "secret_name": "EXECUTOR_SECRET"}
        return {**files, **known, "needle": "SUP-NEEDLE-" + "x" * 5, "victim_pid": 0}

    def _listen(self, sock: socket.socket, name: str) -> None:
        while True:
            sock.accept()
            self.hits.append(name)

    def run(self, code: str, wall_ms: float = USUAL_MS) -> Run:
        child = self.fleet.take()
        execution = Execution(child, Bounds(LIMITS, wall_ms, 1 << 20, 1 << 16))
        try:
            answer = execution.run(attack_job(code, self.params, LIMITS), [])
            ending = execution._ending  # None unless it ended before anybody killed it
        finally:
            started = time.monotonic()
            buried = execution.reap()
            self.fleet.release(child, buried)
        return Run(answer, ending, buried, time.monotonic() - started)

    def attack(self, name: str) -> dict[str, Any]:
        """One attack; what it said, and what is wrong afterwards."""
        attack = ATTACKS[name]
        victim: list[Run] = []
        beside = threading.Thread(target=lambda: victim.append(self.run(VICTIM)))
        if attack.victim:
            beside.start()
            self.params["victim_pid"] = self._wait_for_children(self.spares + 1)[-1]
        self._wait_for_warmth()
        run = self.run(attack.source, attack.seconds * 1000)
        wrong = [said for said in (judge(attack, run.answer), self._unearned(run)) if said]
        if attack.victim:
            beside.join()
            if victim[0].answer.body != b"unharmed":
                wrong.append(f"the victim: {victim[0].answer.error}")
        return {
            "attack": name,
            "outcome": outcome(run.answer),
            "said": run.answer.body[:400].decode("utf-8", "replace"),
            "wrong": wrong + self._after(name),
            "ms": round(run.answer.elapsed_ms),
            "buried_ms": round(run.buried_seconds * 1000),
        }

    def _unearned(self, run: Run) -> str | None:
        """A SIGKILL that the jail did not send.  It sends one itself for CPU time alone; another came from outside, or from a kernel
        that was short of memory, and then a limit did not hold."""
        ending = run.ending
        if ending is None or not os.WIFSIGNALED(ending.status) or os.WTERMSIG(ending.status) != signal.SIGKILL:
            return None
        return None if ending.cpu >= LIMITS.cpu_seconds else f"killed from outside after {ending.cpu:.1f} s of CPU"

    def _after(self, name: str) -> list[str]:
        """What an attack may have left, looked for at once: processes, connections, files, poison, a dead zygote."""
        wrong = [f"processes left: {left}"] if (left := self._left_over()) else []
        if self.hits:
            wrong.append(f"connected: {self.hits}")
        if planted := self._planted():
            wrong.append(f"planted: {planted}")
        self._tidy(left, planted)
        after = self.run(POISONED if name.startswith("poison_") else "def render(d, f, p):\n    return 'clean'").answer
        if after.body != b"clean":
            wrong.append(f"the next card: {after.body!r} {after.error}")
        if self.fleet.restarts:
            wrong.append("the zygote died")
        return wrong

    def _planted(self) -> list[str]:
        """Files that are new or changed where everybody may write."""
        changed = [path for path in self.files if _content(path) != SECRET_CONTENT]
        return changed + glob.glob(self.params["drop"] + "/*")

    def _tidy(self, left: list[int], planted: list[str]) -> None:
        """No attack is blamed for another's."""
        until = time.monotonic() + TIDY_SECONDS
        while left and time.monotonic() < until:
            for pid in left:
                _end(pid)
            time.sleep(0.01)
            left = self._left_over()
        self.hits.clear()
        for path in planted:
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path, ignore_errors=True)
            elif os.path.lexists(path):
                os.unlink(path)
        self._write_files()

    def _write_files(self) -> None:
        for file in self.files:
            with open(file, "w") as written:
                written.write(SECRET_CONTENT)
            os.chmod(file, 0o666)

    def _left_over(self) -> list[int]:
        """Every process under this one, but for the zygote, its launcher and the spares.  An orphan comes back to us (see main)."""
        found = descendants_of(os.getpid())
        spares = self._children()
        own = {self._zygote(), self.fleet._zygote.process.pid, *spares[-self.spares :]}
        return sorted(found - own)

    def _zygote(self) -> int:
        launcher = self.fleet._zygote.process.pid
        return children_of(launcher)[0] if self.fleet.tier.namespaces else launcher

    def _children(self) -> list[int]:
        return children_of(self._zygote())

    def _wait_for_children(self, count: int) -> list[int]:
        while len(found := self._children()) < count:
            threading.Event().wait(0.01)
        threading.Event().wait(0.3)
        return found

    def _wait_for_warmth(self) -> None:
        """An attack starts where most is open to it: in a spare child that has started its threads."""
        deadline = time.monotonic() + WARM_SECONDS
        while not any(_threads(pid) > 1 for pid in self._children()):
            assert time.monotonic() < deadline, "the spare child did not warm up"
            time.sleep(0.01)


def _end(pid: int) -> None:
    """Kills it, and collects it if it has become our own child."""
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, os.WNOHANG)
    except (ProcessLookupError, ChildProcessError):
        pass  # gone, or another's to collect


def _content(path: str) -> str | None:
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return None


def _threads(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/task"))
    except FileNotFoundError:
        return 0  # it ended meanwhile


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--without", choices=without.LAYERS)
    parser.add_argument("tier", choices=TIERS)
    parser.add_argument("folder")
    parser.add_argument("attacks", nargs="*", default=list(ATTACKS))
    given = parser.parse_args()
    if given.without:
        stand_apart(given.folder)
    linux.prctl(PR_SET_CHILD_SUBREAPER, 1)
    become(given.tier, given.folder)
    if given.without:
        drop_layer(given.without)
    arena = Arena(given.tier, given.folder)
    for name in given.attacks:
        print(json.dumps({"begin": name}), flush=True)
        print(json.dumps(arena.attack(name)), flush=True)
        if arena.fleet.restarts:
            os._exit(1)  # a jail that let its zygote die is no place for the next attack
    arena.fleet.stop()


if __name__ == "__main__":
    main()
