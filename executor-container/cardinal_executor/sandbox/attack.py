"""What an attack on the jail is: card code that says "blocked …" when the jail held, "ESCAPED …" when it did not."""

from dataclasses import dataclass

PRELUDE = '''
import ctypes, errno, os, signal, sys, time

from cardinal_executor.sandbox.syscalls import here

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def call(name, *arguments):
    """A raw system call, by name or number: its result and the name of its errno."""
    number = here().numbers.get(name) if isinstance(name, str) else name
    if number is None:
        return -1, "ENOSYS"  # this architecture has no such call
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    return result, errno.errorcode.get(ctypes.get_errno(), ctypes.get_errno())


def try_all(attempts):
    """ESCAPED if any attempt returned something true; one that raises was blocked."""
    escaped, blocked = [], []
    for name, attempt in attempts:
        try:
            result = attempt()
            (escaped if result else blocked).append(f"{name}={result!r}"[:120])
        except BaseException as error:
            blocked.append(f"{name}:{type(error).__name__}({getattr(error, 'errno', '')})")
    return ("ESCAPED " + "; ".join(escaped) + " | ") * bool(escaped) + ("blocked " + "; ".join(blocked))
'''


@dataclass(frozen=True)
class Attack:
    """`wants`: what it is after.  It got nothing if it says "blocked …", or ends as one of `expect`, and leaves nothing behind.

    `expect`: outcomes ("ok" or an error code) that mean the jail held where the attack itself cannot say so.  `seconds`: how long
    it may run.  `victim`: another card runs beside it.  `level`: the least of a tier that keeps it from what it wants."""

    wants: str
    code: str
    expect: tuple[str, ...] = ()
    seconds: float = 10
    victim: bool = False
    level: int = 2

    @property
    def source(self) -> str:
        return PRELUDE + self.code


def raw_call(name: str, arguments: str, why: str) -> Attack:
    """One system call that no card needs: refused before the kernel acts on it, or the end of the process."""
    code = f"""
def render(df, f, p):
    result, error = call("{name}", {arguments})
    if result == 0 and "{name}" == "clone":
        os._exit(0)
    if result >= 0:
        return 'ESCAPED {name} returned %d' % result
    return ('blocked ' if error in ('EPERM', 'ENOSYS', 'EACCES') else 'REACHED the kernel: ') + str(error)
"""
    return Attack(f"{name}: {why}", code, ("sandbox_violation",))
