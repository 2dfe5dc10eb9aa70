"""The filter of every architecture, instruction by instruction: each call and each deciding argument gets the verdict it should."""

import errno
import os
import sys

import pytest

from cardinal_executor.sandbox import seccomp, syscalls
from cardinal_executor.sandbox.syscalls import ARCHITECTURES, Architecture
from support.bpf import verdict

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tools"))
import syscall_tables

PID = 77
ALLOW, KILL = 0x7FFF0000, 0x80000000
DENY, ABSENT, NO_TERMINAL = (0x00050000 | number for number in (errno.EPERM, errno.ENOSYS, errno.ENOTTY))
HIGHEST = 1024
NEWEST_OF_OLDEST_LIBSECCOMP = 440

# The calls whose arguments decide: arguments, and the verdict for them.
ARGUMENTS = {
    "clone": [
        ((0x3D0F00,), ALLOW),  # what glibc asks for a thread
        ((0x11,), DENY),  # fork
        ((0x4111,), DENY),  # vfork
        ((0x10000011,), KILL),
        ((0x20000 | 0x3D0F00,), KILL),  # a thread in a namespace of its own
        ((0x40000000,), KILL),
    ],
    "clone3": [((0, 88), ABSENT)],
    "openat2": [((), ABSENT)],
    "mmap": [
        ((0, 4096, 3, 0x22), ALLOW),
        ((0, 4096, 1, 0x01), ALLOW),  # a file, shared
        ((0, 4096, 3, 0x20022), ALLOW),  # a thread's stack
        ((0, 4096, 3, 0x21), DENY),
        ((0, 4096, 3, 0x23), DENY),  # MAP_SHARED_VALIDATE
        ((0, 4096, 3, 0x122), DENY),  # MAP_GROWSDOWN
    ],
    "recvmsg": [((4,), ALLOW), ((3,), DENY), ((5,), DENY)],
    "kill": [((PID, 9), ALLOW), ((0, 9), DENY), ((-1, 9), DENY), ((-PID, 9), DENY), ((1, 9), DENY)],
    "tgkill": [((PID, PID, 6), ALLOW), ((1, 1, 6), DENY), ((-1, PID, 6), DENY)],
    "prlimit64": [((0, 7), ALLOW), ((PID, 7), DENY), ((1, 7), DENY)],
    "fallocate": [
        ((5, 0), ALLOW),
        ((5, 1), DENY),  # FALLOC_FL_KEEP_SIZE
        ((5, 3), DENY),  # with FALLOC_FL_PUNCH_HOLE
        ((5, 0x20), DENY),  # FALLOC_FL_INSERT_RANGE
    ],
    "prctl": [
        ((15,), ALLOW),
        ((16,), ALLOW),
        ((0x53564D41,), ALLOW),
        ((1, 0), DENY),  # PR_SET_PDEATHSIG: to outlive the zygote
        ((4, 1), DENY),  # PR_SET_DUMPABLE
        ((22, 2), DENY),  # PR_SET_SECCOMP
        ((36, 1), DENY),  # PR_SET_CHILD_SUBREAPER
    ],
    "ioctl": [
        ((0, 0x5401), ALLOW),
        ((0, 0x5451), ALLOW),
        ((0, 0x541B), ALLOW),
        ((0, 0x5421), ALLOW),
        ((0, 0x5412), NO_TERMINAL),  # TIOCSTI
        ((0, 0x5452), NO_TERMINAL),  # FIOASYNC
        ((0, 0x8901), NO_TERMINAL),  # FIOSETOWN
    ],
    "fcntl": [
        *(((3, command), ALLOW) for command in (0, 1, 2, 3, 4, 5, 6, 7, 1030, 1031, 1032, 1033, 1034)),
        ((3, 8, 1), DENY),  # F_SETOWN: to whom the kernel sends signals
        ((3, 10, 9), DENY),  # F_SETSIG: and which
        ((3, 15), DENY),  # F_SETOWN_EX
        ((3, 1024, 0), DENY),  # F_SETLEASE
        ((3, 1026), DENY),  # F_NOTIFY
    ],
}

every_architecture = pytest.mark.parametrize("architecture", ARCHITECTURES.values(), ids=ARCHITECTURES)


@every_architecture
def test_every_system_call_gets_the_verdict_of_its_list(architecture: Architecture) -> None:
    program = seccomp.assemble(PID, architecture)
    expected = dict.fromkeys(range(HIGHEST), DENY)
    numbers = architecture.numbers
    expected |= {numbers[name]: ALLOW for name in seccomp.ALLOWED if name in numbers}
    expected |= {numbers[name]: KILL for name in seccomp.KILLED if name in numbers}
    for name in ARGUMENTS:
        del expected[numbers[name]]
    assert {number: verdict(program, number, architecture.audit) for number in expected} == expected


@every_architecture
def test_arguments_decide_where_a_call_is_neither_harmless_nor_hostile(architecture: Architecture) -> None:
    program = seccomp.assemble(PID, architecture)
    for name, cases in ARGUMENTS.items():
        for arguments, expected in cases:
            got = verdict(program, architecture.numbers[name], architecture.audit, arguments)
            assert got == expected, f"{name}{arguments}: {got:#x}"


@every_architecture
def test_calls_by_another_way_in_kill(architecture: Architecture) -> None:
    program = seccomp.assemble(PID, architecture)
    others = {other.audit for other in ARCHITECTURES.values()} - {architecture.audit} | {0x40000003, 0x40000028, 0}
    assert {verdict(program, 0, audit) for audit in others} == {KILL}
    far = [0x40000000, 0x40000000 + 39, 0x7FFFFFFF, 0xFFFFFFFF]
    verdicts = {verdict(program, number, architecture.audit) for number in far}
    assert verdicts == {KILL if architecture.x32 else DENY}


def test_every_name_in_the_lists_is_a_call_somewhere_and_in_one_list_only() -> None:
    known = {name for architecture in ARCHITECTURES.values() for name in architecture.numbers}
    names = [*seccomp.ALLOWED, *seccomp.KILLED, *ARGUMENTS]
    assert set(names) - known == set()
    assert len(names) == len(set(names))


def test_what_aarch64_lacks_has_a_newer_call_in_the_list() -> None:
    lacking = set(seccomp.ALLOWED) - set(ARCHITECTURES["aarch64"].numbers)
    replaced = {"open": "openat", "stat": "newfstatat", "lstat": "newfstatat", "access": "faccessat", "dup2": "dup3"}
    replaced |= {"readlink": "readlinkat", "getdents": "getdents64", "mkdir": "mkdirat", "rmdir": "unlinkat"}
    replaced |= {"unlink": "unlinkat", "rename": "renameat", "pipe": "pipe2", "poll": "ppoll", "select": "pselect6"}
    replaced |= {"epoll_wait": "epoll_pwait", "pause": "rt_sigsuspend", "time": "clock_gettime", "alarm": "setitimer"}
    replaced |= {"getpgrp": "getpgid", "arch_prctl": "prctl"}  # aarch64 sets its thread pointer without a call
    assert lacking == set(replaced)
    assert set(replaced.values()) <= {*seccomp.ALLOWED, *ARGUMENTS} & set(ARCHITECTURES["aarch64"].numbers)


@every_architecture
def test_the_table_says_nothing_else_than_libseccomp(architecture: Architecture) -> None:
    """Compared where libseccomp is installed; everywhere, by the calls whose numbers are the same on all architectures."""
    numbers = architecture.numbers
    assert len(set(numbers.values())) == len(numbers) > 300
    assert [numbers[name] for name in ("pidfd_open", "clone3", "landlock_restrict_self")] == [434, 435, 446]
    try:
        library = syscall_tables.library()
    except OSError:
        return
    told = syscall_tables.numbers_of(architecture, library)
    both = told.keys() & numbers
    assert {name: numbers[name] for name in both} == {name: told[name] for name in both}
    assert {name for name, number in told.items() if number <= NEWEST_OF_OLDEST_LIBSECCOMP} <= set(numbers)


def test_an_unknown_machine_has_no_jail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syscalls.platform, "machine", lambda: "riscv64")
    syscalls.here.cache_clear()
    with pytest.raises(OSError, match="riscv64"):
        seccomp.install()
    syscalls.here.cache_clear()
