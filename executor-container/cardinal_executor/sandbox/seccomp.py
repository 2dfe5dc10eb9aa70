"""The system calls a child may make, as a hand-assembled BPF allow-list.  The layer never to lose: without it the others leak."""

import ctypes
import errno
import os
import struct
from functools import cache

from . import syscalls
from .linux import CLONE_THREAD, checked, libc
from .syscalls import Architecture

JOB_FD = 4  # where a child receives its one job; closed before user code runs, and no allowed call makes a socket

ALLOWED = """read write readv writev pread64 pwrite64 lseek open openat close close_range dup dup2 dup3
fstat stat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat getcwd chdir fchdir getdents getdents64
mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 ftruncate fsync fdatasync flock umask sendfile
copy_file_range pipe pipe2 poll ppoll select pselect6 epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd2
munmap mprotect mremap madvise brk msync
rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack pause restart_syscall
futex futex_waitv set_robust_list get_robust_list set_tid_address rseq membarrier arch_prctl
sched_yield sched_getaffinity sched_getparam sched_getscheduler
getpid getppid gettid getuid geteuid getgid getegid getresuid getresgid getgroups getpgrp getpgid getsid
getrlimit getrusage times getcpu clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time alarm setitimer
getitimer sysinfo uname getrandom getpriority exit exit_group statfs fstatfs""".split()

# No program of ours makes these: the attempt kills the process (SIGSYS), so that the supervisor can report a violation.
KILLED = """ptrace process_vm_readv process_vm_writev mount umount2 pivot_root chroot unshare setns bpf perf_event_open
userfaultfd keyctl add_key request_key io_uring_setup io_uring_enter io_uring_register open_by_handle_at name_to_handle_at
kexec_load init_module finit_module delete_module open_tree move_mount fsopen fsconfig fsmount fspick mount_setattr
pidfd_open pidfd_getfd pidfd_send_signal process_madvise kcmp iopl ioperm swapon swapoff reboot sethostname setdomainname
acct quotactl modify_ldt vmsplice fanotify_init""".split()

X32_BIT = 0x40000000
NAMESPACE_FLAGS = 0x7E020000
RET_KILL, RET_ERRNO, RET_ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
LOAD, RETURN, AND = 0x20, 0x06, 0x54
IF_EQUAL, IF_SET, IF_AT_LEAST = 0x15, 0x45, 0x35
NUMBER, ARCH, ARG0, ARG1, ARG3 = 0, 4, 16, 24, 40  # offsets in struct seccomp_data

ALLOW = (RETURN, RET_ALLOW)
KILL = (RETURN, RET_KILL)
DENY = (RETURN, RET_ERRNO | errno.EPERM)
UNKNOWN = (RETURN, RET_ERRNO | errno.ENOSYS)
NOT_A_TERMINAL = (RETURN, RET_ERRNO | errno.ENOTTY)


class _Program:
    """Instructions of one filter.  A jump's two counts say how many instructions to skip when true and when false."""

    def __init__(self, numbers: dict[str, int]) -> None:
        self.code: list[bytes] = []
        self._numbers = numbers

    def add(self, operation: int, value: int, skip_true: int = 0, skip_false: int = 0) -> None:
        self.code.append(struct.pack("<HBBI", operation, skip_true, skip_false, value & 0xFFFFFFFF))

    def when(self, call: str, *body: tuple[int, ...]) -> None:
        """Runs `body` for one system call; it must end in a return, and the accumulator holds the call's number before it.

        aarch64 lacks the calls that a newer one replaced: there is nothing to decide about them."""
        if call not in self._numbers:
            return
        self.add(IF_EQUAL, self._numbers[call], 0, len(body))
        for instruction in body:
            self.add(*instruction)


def _arguments(program: _Program, own_pid: int) -> None:
    """Calls whose arguments decide."""
    only_job_fd = ((LOAD, ARG0), (IF_EQUAL, JOB_FD, 0, 1), ALLOW, DENY)
    only_self = ((LOAD, ARG0), (IF_EQUAL, own_pid, 0, 1), ALLOW, DENY)
    # threads, never processes; a request for a namespace kills
    program.when(
        "clone", (LOAD, ARG0), (IF_SET, NAMESPACE_FLAGS, 0, 1), KILL, (IF_SET, CLONE_THREAD, 0, 1), ALLOW, DENY
    )
    # RLIMIT_DATA does not count MAP_SHARED|MAP_ANONYMOUS, nor what MAP_GROWSDOWN declares a stack
    program.when("mmap", (LOAD, ARG3), (IF_SET, 0x100, 2, 0), (AND, 0x21), (IF_EQUAL, 0x21, 0, 1), DENY, ALLOW)
    program.when("clone3", UNKNOWN)  # glibc falls back to clone, whose flags a filter can see
    program.when("openat2", UNKNOWN)
    program.when("recvmsg", *only_job_fd)
    program.when("kill", *only_self)
    program.when("tgkill", *only_self)
    program.when("prlimit64", (LOAD, ARG0), (IF_EQUAL, 0, 0, 1), ALLOW, DENY)
    # duplicates, flags, locks, and sizes and seals of one's own; not whom the kernel signals (F_SETOWN), nor leases on files of others
    program.when(
        "fcntl",
        (LOAD, ARG1),
        (IF_AT_LEAST, 1035, 3, 0),
        (IF_AT_LEAST, 1030, 1, 0),
        (IF_AT_LEAST, 8, 1, 0),
        ALLOW,
        DENY,
    )
    # only to make a file longer, as RLIMIT_FSIZE allows: room that is reserved beyond its end is counted by no limit
    program.when("fallocate", (LOAD, ARG1), (IF_EQUAL, 0, 0, 1), ALLOW, DENY)
    # set and get a thread's name, and the name of a mapping
    program.when(
        "prctl", (LOAD, ARG0), (IF_EQUAL, 15, 2, 0), (IF_EQUAL, 16, 1, 0), (IF_EQUAL, 0x53564D41, 0, 1), ALLOW, DENY
    )
    # TCGETS, FIOCLEX, FIONREAD, FIONBIO
    program.when(
        "ioctl",
        (LOAD, ARG1),
        (IF_EQUAL, 0x5401, 3, 0),
        (IF_EQUAL, 0x5451, 2, 0),
        (IF_EQUAL, 0x541B, 1, 0),
        (IF_EQUAL, 0x5421, 0, 1),
        ALLOW,
        NOT_A_TERMINAL,
    )


@cache
def assemble(own_pid: int, architecture: Architecture) -> bytes:
    """The filter for the process `own_pid`: allow the list, kill the hostile, refuse the rest with EPERM."""
    program = _Program(architecture.numbers)
    program.add(LOAD, ARCH)
    program.add(IF_EQUAL, architecture.audit, 1, 0)
    program.add(*KILL)  # a call by another way in, as a 32-bit one is
    program.add(LOAD, NUMBER)
    if architecture.x32:
        program.add(IF_AT_LEAST, X32_BIT, 0, 1)
        program.add(*KILL)
    for call in ALLOWED:
        program.when(call, ALLOW)
    for call in KILLED:
        program.when(call, KILL)
    _arguments(program, own_pid)
    program.add(*DENY)
    return b"".join(program.code)


class _FilterProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def install() -> None:
    """Puts the filter on this thread and all it will start.  Needs NO_NEW_PRIVS.  There is no way back."""
    code = assemble(os.getpid(), syscalls.here())
    buffer = ctypes.create_string_buffer(code, len(code))
    program = _FilterProgram(len(code) // 8, ctypes.addressof(buffer))
    checked(libc.syscall(syscalls.number("seccomp"), 1, 0, ctypes.byref(program)), "seccomp")
