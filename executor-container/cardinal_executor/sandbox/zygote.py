"""The zygote: one thread, every library imported, no data and no secret.  It forks a child per execution and reports how each ended.

Started by the supervisor with an empty environment and one control socket; in the namespace tiers it is pid 1 of its own world."""

import gc
import json
import os
import select
import socket
from dataclasses import dataclass, field
from typing import Any

from . import child, huge_pages, jail, libraries, linux, messages, root
from .jail import ENVIRONMENT, Baseline
from .tiers import TIERS, Tier

PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Zygote:
    tier: Tier
    control: socket.socket
    jobs_folder: str
    pid_namespace: int | None = None
    baseline: Baseline = field(default_factory=lambda: Baseline(0, 0))
    children: dict[int, tuple[int, socket.socket]] = field(default_factory=dict)  # pidfd -> pid, status socket


def _memory(statm: Any) -> Baseline:
    fields = statm.read().split()
    return Baseline(address_space=int(fields[0]) * PAGE, data=int(fields[5]) * PAGE)


def _become_init(zygote: Zygote) -> None:
    """Moves into namespaces of its own; the process that was started stays outside and only waits."""
    if zygote.tier.user_namespace:
        root.enter_user_namespace()
    flags = linux.CLONE_NEWNS | linux.CLONE_NEWPID | linux.CLONE_NEWNET | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS
    linux.unshare(flags)
    pid = os.fork()
    if pid:
        zygote.control.close()
        os.waitpid(pid, 0)
        os._exit(0)
    linux.die_with_parent()
    root.make_mounts_private()
    # /proc still shows the outer world: a fresh one reaches this pid namespace, to which setns returns after each fork
    linux.mount("proc", "/proc", "proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)
    zygote.pid_namespace = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)


def _fork(zygote: Zygote) -> int:
    """fork(), in the namespace tiers into a pid namespace of the child's own."""
    if zygote.pid_namespace is None:
        return os.fork()
    linux.unshare(linux.CLONE_NEWPID)
    try:
        pid = os.fork()
    except OSError:
        linux.setns(zygote.pid_namespace, linux.CLONE_NEWPID)
        raise
    if pid:
        linux.setns(zygote.pid_namespace, linux.CLONE_NEWPID)
    return pid


def _start_child(zygote: Zygote, poll: select.poll, spec: dict[str, Any], fds: list[int]) -> None:
    result, log, status_fd, job = fds
    status = socket.socket(fileno=status_fd)
    try:
        pid = _fork(zygote)
    except OSError as error:
        messages.send(status, {"fork_error": str(error)})
        status.close()
        for fd in (result, log, job):
            os.close(fd)
        return
    if pid == 0:
        child.main(zygote.tier, {**spec, "jobs_folder": zygote.jobs_folder}, zygote.baseline, (result, log, job))
    pidfd = os.pidfd_open(pid)
    try:
        messages.send(status, {"pid": pid}, [pidfd])
    except OSError:
        pass  # the supervisor let this spare go before it was born; its end is collected like any other
    for fd in (result, log, job):
        os.close(fd)
    zygote.children[pidfd] = (pid, status)
    poll.register(pidfd, select.POLLIN)


def _bury_child(zygote: Zygote, poll: select.poll, pidfd: int) -> None:
    pid, status = zygote.children.pop(pidfd)
    poll.unregister(pidfd)
    os.close(pidfd)
    _, wait_status, usage = os.wait4(pid, 0)
    ended = {"status": wait_status, "cpu": usage.ru_utime + usage.ru_stime, "maxrss_kb": usage.ru_maxrss}
    try:
        messages.send(status, ended)
    except OSError:
        pass  # the supervisor no longer asks
    status.close()


def _prepare(zygote: Zygote, everything: bool) -> None:
    """Builds the root, imports, and lays the memory out for cheap forks."""
    # opened while there is a /proc: it is gone once the root is built
    with open("/proc/self/statm") as statm, open("/proc/self/maps") as maps:
        if zygote.tier.namespaces:
            root.build_root(zygote.jobs_folder)
            os.environ["MPLCONFIGDIR"] = f"{root.SCRATCH}/matplotlib"
        else:
            os.environ["MPLCONFIGDIR"] = os.path.join(os.path.dirname(zygote.jobs_folder), "matplotlib")
        libraries.preload(everything)
        jail.prepare(zygote.tier)
        zygote.baseline = _memory(statm)
        gc.collect()
        gc.freeze()
        huge_pages.collapse(maps)


def _serve(zygote: Zygote) -> None:
    child.remember_zygote()
    poll = select.poll()
    poll.register(zygote.control, select.POLLIN)
    messages.send(zygote.control, {"ready": True})
    while True:
        for fd, _ in poll.poll():
            if fd != zygote.control.fileno():
                _bury_child(zygote, poll, fd)
                continue
            spec, fds = messages.receive(zygote.control)
            if spec is None:
                os._exit(0)  # the supervisor is gone or has no more work for this zygote
            _start_child(zygote, poll, spec, fds)


def main(config: str) -> None:
    """`config`: JSON {tier, control (descriptor), jobs_folder, everything (which libraries)}.  Never returns."""
    settings = json.loads(config)
    zygote = Zygote(TIERS[settings["tier"]], socket.socket(fileno=settings["control"]), settings["jobs_folder"])
    linux.die_with_parent()
    os.environ.update(ENVIRONMENT)
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("800")  # under memory pressure a child goes before the server
    except OSError:
        pass  # a hardened container may refuse; the limits of each child still hold
    if zygote.tier.namespaces:
        _become_init(zygote)
    _prepare(zygote, settings["everything"])
    linux.prctl(linux.PR_SET_DUMPABLE, 0)
    _serve(zygote)
