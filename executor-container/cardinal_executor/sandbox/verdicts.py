"""How a child that sent no report ended, as an error code.  Pure: from the kernel's status to words."""

import os
import signal
from dataclasses import dataclass

from ..errors import ExecutorError
from .jail import ChildLimits

# What allocators that cannot raise MemoryError print before they abort.
OUT_OF_MEMORY = (b"memory allocation of", b"bad_alloc", b"Cannot allocate memory", b"out of memory")
NEARLY = 0.8


@dataclass(frozen=True)
class Ending:
    """From wait4: status, CPU seconds, peak memory."""

    status: int
    cpu: float
    maxrss_kb: int


def time_limit(limit_ms: int, used_ms: float) -> ExecutorError:
    message = f"The run took longer than {limit_ms / 1000:g} s. Read fewer rows or columns, or compute less."
    return ExecutorError("time_limit", message, details={"limit": limit_ms, "used": round(used_ms)})


def memory_limit(limits: ChildLimits, used_bytes: int, line: int | None = None) -> ExecutorError:
    message = f"The run needed more than {limits.memory_mb} MB of memory. Read fewer rows or columns."
    details = {"limit": limits.memory_mb << 20, "used": used_bytes}
    return ExecutorError("memory_limit", message, line=line, details=details)


def output_limit(what: str, limit: int, used: int) -> ExecutorError:
    message = f"{what} is longer than {limit:,} bytes."
    return ExecutorError("output_limit", message, details={"limit": limit, "used": used})


def lost(reason: str) -> ExecutorError:
    return ExecutorError("executor_lost", f"The run was interrupted ({reason}).")


def of_ending(ending: Ending | None, limits: ChildLimits, log: bytes) -> ExecutorError:
    """The error of a child that ended by itself without a report; `ending` None when its zygote died with it."""
    if ending is None:
        return lost("its parent process ended")
    used = ending.maxrss_kb * 1024
    short_of_memory = any(phrase in log for phrase in OUT_OF_MEMORY) or used > NEARLY * (limits.memory_mb << 20)
    if os.WIFEXITED(ending.status):
        if os.WEXITSTATUS(ending.status) in (70, 71):
            return lost("the jail could not be set up")
        return ExecutorError("user_code_error", "The code ended the process before it returned a result.")
    number = os.WTERMSIG(ending.status)
    if number == signal.SIGSYS:
        return ExecutorError("sandbox_violation", "The code made a system call that is not available to cards.")
    if number in (signal.SIGXCPU, signal.SIGKILL) and ending.cpu >= limits.cpu_seconds:
        return time_limit(limits.cpu_seconds * 1000, ending.cpu * 1000)
    if number == signal.SIGXFSZ:
        return ExecutorError("output_limit", "A file grew beyond its limit.", details={"limit": limits.file_mb << 20})
    if short_of_memory:
        return memory_limit(limits, used)
    if number == signal.SIGKILL:
        return lost("it was killed")
    name = signal.Signals(number).name
    return ExecutorError("user_code_error", f"The code crashed the interpreter ({name}).", details={"exception": name})
