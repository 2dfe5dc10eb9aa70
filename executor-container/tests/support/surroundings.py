"""Where an arena stands: as whom, in which namespaces, and with which layer of the jail taken away."""

import os
import resource
from concurrent.futures import ThreadPoolExecutor

from cardinal_executor.sandbox import linux, process, root
from cardinal_executor.sandbox.fleet import Fleet
from cardinal_executor.sandbox.tiers import TIERS
from cardinal_executor.sandbox.watch import Watch
from support import without

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
UNPRIVILEGED = 64998
GUARD_BYTES = 6 << 30
GUARD_PROCESSES, GUARD_THREADS = 300, 2500
COUNTS_THREADS = frozenset({"rlimits", "watch"})


def open_the_way(path: str) -> None:
    """Makes `path` reachable for every uid, in a mount namespace of our own: an interpreter may lie in somebody's private home."""
    folder = "/"
    for name in path.strip("/").split("/"):
        folder = os.path.join(folder, name)
        if not os.stat(folder).st_mode & 0o001:
            break
    else:
        return
    target = os.open(path, os.O_PATH)
    linux.mount("tmpfs", folder, "tmpfs", 0, "size=1m,mode=755")
    os.makedirs(path)
    linux.mount(f"/proc/self/fd/{target}", path, None, linux.MS_BIND | linux.MS_REC)
    os.close(target)


def open_the_ways() -> None:
    """Every uid reaches the libraries, as far as this thread and all that it starts can see."""
    linux.unshare(linux.CLONE_NEWNS)
    root.make_mounts_private()
    for path in root.library_paths():
        open_the_way(path)


def start_where_libraries_are_reached(fleet: Fleet) -> None:
    """From a thread with mounts of its own, which the fleet's thread and its zygotes inherit and nothing else here."""
    if fleet.tier.namespaces or not fleet.tier.own_uids:
        fleet.start()
        return
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(open_the_ways).result()
        elsewhere.submit(fleet.start).result()


def become(tier: str, folder: str) -> None:
    """The identity that the tier is for."""
    if os.geteuid() != 0:
        return
    open_the_ways()
    if not TIERS[tier].own_uids:
        os.chown(folder, UNPRIVILEGED, UNPRIVILEGED)
        os.setgroups([])
        os.setresgid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED)
        os.setresuid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED)


def _hide(place: str, kept: list[str]) -> None:
    """An empty `place` where everybody may write, in this mount namespace; what is `kept` and lies in it stays."""
    stay = {path: os.open(path, os.O_PATH) for path in kept if path.startswith(place + "/")}
    linux.mount("tmpfs", place, "tmpfs", 0, "size=1g,mode=1777")
    for path, target in stay.items():
        os.makedirs(path, exist_ok=True)
        linux.mount(f"/proc/self/fd/{target}", path, None, linux.MS_BIND | linux.MS_REC)
        os.close(target)


def stand_apart(folder: str) -> None:
    """Into namespaces of our own, whose first process we become: kill(-1) meets nobody else, and what is left behind ends with us."""
    if os.geteuid() != 0:
        root.enter_user_namespace()
    linux.unshare(linux.CLONE_NEWNS | linux.CLONE_NEWPID | linux.CLONE_NEWIPC)
    pid = os.fork()
    if pid:
        os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF)
    linux.die_with_parent()
    root.make_mounts_private()
    linux.mount("proc", "/proc", "proc")
    for place in filter(os.path.isdir, ("/dev/shm", "/var/tmp", "/tmp")):
        _hide(place, [folder, TESTS, *root.library_paths()])  # the checkout may lie in there too


def drop_layer(layer: str) -> None:
    """From every zygote that this process starts.  Outer limits keep the machine alive when the layer was what kept it so."""
    resource.setrlimit(resource.RLIMIT_DATA, (GUARD_BYTES, GUARD_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (GUARD_BYTES >> 4, GUARD_BYTES >> 4))
    processes = GUARD_THREADS if layer in COUNTS_THREADS else GUARD_PROCESSES
    resource.setrlimit(resource.RLIMIT_NPROC, (processes, processes))
    with open(without.__file__) as file:
        process.BOOT = process.BOOT.replace("from cardinal", f"exec({file.read()!r}); drop({layer!r}); from cardinal")
    without.drop(layer)
    if layer == "watch":
        Watch.excess = lambda *_: None
