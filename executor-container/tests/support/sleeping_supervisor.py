"""`python sleeping_supervisor.py TIER FOLDER`: a supervisor with a card in mid-run, made to be killed.  Prints the others' pids."""

import os
import sys
import threading
import time

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [TESTS, os.path.dirname(TESTS)]

from cardinal_executor.sandbox.canaries import attack_job  # noqa: E402
from cardinal_executor.sandbox.execution import Bounds, Execution  # noqa: E402
from cardinal_executor.sandbox.fleet import Fleet, FleetOptions  # noqa: E402
from cardinal_executor.sandbox.jail import ChildLimits  # noqa: E402
from cardinal_executor.sandbox.tiers import TIERS  # noqa: E402
from support.processes import children_of  # noqa: E402
from support.surroundings import become  # noqa: E402

LIMITS = ChildLimits(cpu_seconds=60, memory_mb=512)
SLEEP = "import time\ndef render(d, f, p):\n    time.sleep(60)"


def main() -> None:
    tier, folder = sys.argv[1:]
    become(tier, folder)
    fleet = Fleet(TIERS[tier], FleetOptions(folder, LIMITS, 0, 1000, 34000))
    fleet.start()
    execution = Execution(fleet.take(), Bounds(LIMITS, 60_000, 1 << 20, 1 << 16))
    threading.Thread(target=execution.run, args=(attack_job(SLEEP, {}, LIMITS), [])).start()
    time.sleep(0.5)
    found = [fleet._zygote.process.pid]
    for pid in found:
        found += children_of(pid)
    print(*found, flush=True)


main()
