"""The child's set-up, in the one order that holds: each step takes away what the step before it still needed."""

import os
import resource
import signal
from dataclasses import asdict, dataclass
from typing import Any

from . import cgroup, landlock, linux, root, seccomp, syscalls
from .root import JOB, SCRATCH
from .tiers import Tier

MEGABYTE = 1 << 20
HIGH_FD = 200  # descriptors are parked from here on while the low ones are put in place
RESULT_FD = 3

# One compute thread per child: slots share the cores, and a run costs the same whoever its neighbours are.  The system's malloc,
# because mimalloc reserves 1 GiB of writable memory, which RLIMIT_DATA counts.
ENVIRONMENT = {
    "HOME": SCRATCH,
    "TMPDIR": SCRATCH,
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "SOURCE_DATE_EPOCH": "1704067200",  # the date that matplotlib writes into files: equal input gives equal bytes
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
    "ARROW_IO_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}

# What libraries ask of the system itself.  scikit-learn and DuckDB size their thread pools by the CPU quota.
SYSTEM_FILES = (
    "/lib",
    "/lib64",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/localtime",
    "/etc/ld.so.cache",
    "/dev/urandom",
    "/proc/meminfo",
    "/proc/self/cgroup",
    "/proc/self/maps",
    "/sys/fs/cgroup/cpu.max",
    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us",
    "/sys/fs/cgroup/cpu/cpu.cfs_period_us",
)
# DuckDB also reads its own cgroup, and aborts the process when that is refused.
IMPORT_FILES = ("/proc/self", "/sys/fs/cgroup")


@dataclass(frozen=True)
class ChildLimits:
    """What the kernel enforces on one child."""

    cpu_seconds: int
    memory_mb: int
    file_mb: int = 16  # the largest file it may write
    scratch_mb: int = 16  # its /box
    threads: int = 64
    descriptors: int = 1280  # one per object of a job, and then some

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass(frozen=True)
class Baseline:
    """The zygote's own memory, bytes: a child starts with it, so its limits are counted from there."""

    address_space: int
    data: int


def set_rlimits(limits: ChildLimits, baseline: Baseline, count_threads: bool) -> None:
    """RLIMIT_DATA is the memory cap: it counts private writable pages only, so that allocators may reserve freely.  RLIMIT_AS is a
    loose backstop, because glibc reserves 128 MB of address space per thread."""
    memory = limits.memory_mb * MEGABYTE
    wanted = {
        resource.RLIMIT_DATA: baseline.data + memory,
        resource.RLIMIT_AS: baseline.address_space + 4 * memory + (1 << 30),
        resource.RLIMIT_FSIZE: limits.file_mb * MEGABYTE,
        resource.RLIMIT_NOFILE: limits.descriptors,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
    }
    if count_threads:
        wanted[resource.RLIMIT_NPROC] = limits.threads
    for which, value in wanted.items():
        resource.setrlimit(which, (value, value))
    set_cpu_limit(limits.cpu_seconds)


def set_cpu_limit(seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def lower_limits(cpu_seconds: int, memory_mb: int, baseline: Baseline) -> None:
    """Narrows a spare child, made for the largest job, to the job it got."""
    set_cpu_limit(min(cpu_seconds, resource.getrlimit(resource.RLIMIT_CPU)[0]))
    data = min(baseline.data + memory_mb * MEGABYTE, resource.getrlimit(resource.RLIMIT_DATA)[0])
    resource.setrlimit(resource.RLIMIT_DATA, (data, data))


def prepare(tier: Tier) -> None:
    """Finds out in the zygote, once, what would be the same in every child."""
    root.library_paths()
    landlock.abi()
    cgroup.memory_files()
    if tier.namespaces:
        seccomp.assemble(1, syscalls.here())  # every child is the first process of its own


def place_descriptors(result: int, log: int, job: int) -> None:
    """0 null, 1 and 2 the log, 3 the result, 4 the job; everything else of the zygote is closed."""
    parked = [os.dup2(fd, HIGH_FD + n) for n, fd in enumerate((os.open("/dev/null", os.O_RDONLY), log, result, job))]
    for source, targets in zip(parked, ((0,), (1, 2), (RESULT_FD,), (seccomp.JOB_FD,)), strict=True):
        for target in targets:
            os.dup2(source, target)
    os.closerange(seccomp.JOB_FD + 1, 1 << 16)


def _own_file_system(tier: Tier, limits: ChildLimits, job: str | None) -> None:
    if not tier.namespaces:
        os.chdir("/")
        return
    linux.unshare(linux.CLONE_NEWNS)
    root.mount_scratch(limits.scratch_mb, 0o777)
    root.show_only_job(job)
    os.chdir(SCRATCH)


def _restrict_files(tier: Tier, job: str | None, jobs_folder: str) -> None:
    read = [*root.library_paths(), *SYSTEM_FILES, *cgroup.memory_files()]
    write = [SCRATCH] if tier.namespaces else []
    if job is not None:
        folder = JOB if tier.namespaces else f"{jobs_folder}/{job}"
        read += [*IMPORT_FILES, f"{folder}/source"]
        write.append(f"{folder}/work")
    landlock.restrict(tuple(read), tuple(write))


def enter(tier: Tier, spec: dict[str, Any], baseline: Baseline, zygote_pid: int) -> None:
    """Jails this process.  `spec`: slot_uid, limits, job (directory name or None), jobs_folder.  Its descriptors are in place."""
    limits = ChildLimits(**spec["limits"])
    for number in range(1, signal.NSIG):
        try:
            signal.signal(number, signal.SIG_DFL)
        except (OSError, ValueError):
            pass  # SIGKILL, SIGSTOP and the numbers that libc keeps have no handler to reset
    signal.set_wakeup_fd(-1)
    _own_file_system(tier, limits, spec["job"])
    set_rlimits(limits, baseline, count_threads=tier.own_uids)
    if tier.own_uids:
        uid = spec["slot_uid"]
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    if tier.namespaces or tier.own_uids:
        linux.drop_capabilities()
    linux.prctl(linux.PR_SET_DUMPABLE, 0)
    linux.die_with_parent()  # again: the kernel forgot it when the credentials changed
    if os.getppid() not in (0, zygote_pid):
        os._exit(71)  # the zygote died before the line above
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    _restrict_files(tier, spec["job"], spec["jobs_folder"])
    seccomp.install()
    os.environ.clear()
    os.environ.update(ENVIRONMENT)
