"""Attacks on how memory, threads and time are counted: each tries to use what no limit of the kernel counts."""

from cardinal_executor.sandbox.attack import Attack

# What the kernel holds in memory for this process, from its own accounts.
RESIDENT = """
import mmap, resource

STEP, ENOUGH = 64 << 20, 1600 << 20
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)
libc.mprotect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
FAILED = ctypes.c_void_p(-1).value


def grab(flags, fd=-1, protection=3):
    address = libc.mmap(None, STEP, protection, flags, fd, 0)
    if address == FAILED:
        raise MemoryError
    return address


def told(held):
    return ("ESCAPED " if held >= ENOUGH else "blocked ") + f"held {held >> 20} MiB"
"""

ATTACKS = {
    "readonly_hoard": Attack(
        "memory beyond its limit: written, then made read-only, which the kernel's limit on data does not count",
        RESIDENT
        + """

def render(df, f, p):
    held = 0
    try:
        while held < ENOUGH:
            address = grab(0x22)
            ctypes.memset(address, 1, STEP)
            libc.mprotect(address, STEP, 1)
            held += STEP
        time.sleep(0.5)
    except MemoryError:
        pass
    return told(held)
""",
        ("memory_limit",),
    ),
    "stack_hoard": Attack(
        "memory beyond its limit: declared a stack, which the kernel's limit on data does not count",
        RESIDENT
        + """

def render(df, f, p):
    held = 0
    try:
        while held < ENOUGH:
            ctypes.memset(grab(0x122), 1, STEP)
            held += STEP
    except MemoryError:
        pass
    return told(held)
""",
        ("memory_limit",),
    ),
    "zero_device_hoard": Attack(
        "memory beyond its limit: shared pages of /dev/zero, which only need to be read",
        RESIDENT
        + """

def render(df, f, p):
    held = 0
    try:
        fd = os.open("/dev/zero", os.O_RDONLY)
        while held < ENOUGH:
            address = grab(0x01, fd, 1)
            for offset in range(0, STEP, 4096):
                ctypes.c_char.from_address(address + offset).value
            held += STEP
    except (MemoryError, OSError):
        pass
    return told(held)
""",
        ("memory_limit",),
    ),
    "small_threads": Attack(
        "every thread of the machine, each with a stack too small for the limit on memory to count",
        """
import threading


def render(df, f, p):
    threading.stack_size(32 << 10)
    count, error = 0, ""
    try:
        while count < 20000:
            threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
            count += 1
    except BaseException as refusal:
        error = repr(refusal)
    time.sleep(0.5)
    return ("ESCAPED " if count > 2000 else "blocked ") + f"threads={count} {error}"
""",
        ("memory_limit", "sandbox_violation"),
    ),
    "shared_memory": Attack(
        "memory that outlives it or that others see: POSIX and System V shared memory, semaphores, queues",
        """
import multiprocessing
from multiprocessing import shared_memory


def render(df, f, p):
    libc.sem_open.restype = ctypes.c_void_p

    def raw(name, *arguments):
        result, error = call(name, *arguments)
        return result >= 0 and (result, error)

    return try_all([
        ("posix", lambda: shared_memory.SharedMemory("planted", create=True, size=1 << 20)),
        ("list", lambda: shared_memory.ShareableList([1, 2])),
        ("semaphore", lambda: multiprocessing.Lock()),
        ("value", lambda: multiprocessing.Value("i")),
        ("shm_open", lambda: libc.shm_open(b"/planted", os.O_CREAT | os.O_RDWR, 0o666) >= 0),
        ("sem_open", lambda: libc.sem_open(b"/planted", os.O_CREAT, 0o666, 1)),
        ("memfd", lambda: os.memfd_create("planted")),
        ("shmget", lambda: raw("shmget", 7, 4096, 0o1666)),
        ("semget", lambda: raw("semget", 7, 1, 0o1666)),
        ("msgget", lambda: raw("msgget", 7, 0o1666)),
        ("mq_open", lambda: raw("mq_open", ctypes.c_char_p(b"planted"), os.O_CREAT | os.O_RDWR, 0o666, 0)),
        ("memory", lambda: __import__("mmap").mmap(-1, 4096)),
    ])
""",
    ),
    "native_pools": Attack(
        "memory beyond its limit, by the allocators of pyarrow, polars, numpy and DuckDB",
        """
import duckdb
import numpy as np
import polars as pl
import pyarrow as pa


def render(df, f, p):
    def touched(buffer):
        ctypes.memset(buffer.address, 1, buffer.size)
        return buffer.size

    return try_all([
        ("arrow", lambda: touched(pa.allocate_buffer(1 << 30))),
        ("jemalloc", lambda: touched(pa.allocate_buffer(1 << 30, memory_pool=pa.jemalloc_memory_pool()))),
        ("numpy", lambda: np.ones(1 << 27).nbytes),
        ("python", lambda: len("x" * (5 << 30))),
        ("bytes", lambda: len(bytes(5 << 30))),
        ("integer", lambda: (1 << (1 << 33)).bit_length()),
        ("duckdb", lambda: len(duckdb.connect(config={"memory_limit": "8GB", "threads": 1}).sql(
            "select list(repeat('x', 1000)) from range(1000000)").fetchone()[0])),
    ])
""",
        ("memory_limit", "user_code_error"),  # an allocator that cannot raise ends the process
        seconds=30,
    ),
    "polars_memory": Attack(
        "memory beyond its limit, by a cross join in polars, whose allocator cannot raise",
        """
import polars as pl


def render(df, f, p):
    frame = pl.DataFrame({"a": range(65_000)})
    return "ESCAPED rows=%d" % frame.join(frame, how="cross").height
""",
        ("memory_limit",),
        seconds=20,
    ),
    "processor_hogs": Attack(
        "more processor time than its limit: many threads outside the interpreter's lock, deaf to SIGXCPU, with timers of its own",
        """
import hashlib, threading


def render(df, f, p):
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 1e-6, 1e-6)
    block = b"x" * (64 << 20)

    def work():
        while True:
            hashlib.sha512(block)

    for _ in range(8):
        threading.Thread(target=work, daemon=True).start()
    while True:
        try:
            work()
        except BaseException:
            pass
""",
        ("time_limit",),
        seconds=1.5,
    ),
    "big_numbers": Attack(
        "a processor for ever, in arithmetic that no signal interrupts",
        "\ndef render(df, f, p):\n    return str(3 ** (3 ** 17))\n",
        ("time_limit", "user_code_error"),
        seconds=1.5,
    ),
}
