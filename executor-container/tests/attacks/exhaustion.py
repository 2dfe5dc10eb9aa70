"""Attacks that eat what the neighbours need: memory, threads, disk, limits themselves."""

from cardinal_executor.sandbox.attack import Attack

ATTACKS = {
    "thread_bomb": Attack(
        "to take every thread that the machine has",
        """
import threading


def render(df, f, p):
    count, error = 0, ""
    try:
        while count < 50000:
            threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
            count += 1
    except BaseException as refusal:
        error = repr(refusal)
    return ("ESCAPED " if count > 2000 else "blocked ") + f"threads={count} {error}"
""",
        ("memory_limit", "sandbox_violation"),
        seconds=30,
    ),
    "mem_bomb": Attack(
        "more memory than its limit, on the heap",
        """
def render(df, f, p):
    held = []
    try:
        while len(held) < 4096:
            held.append(bytearray(os.urandom(1 << 20)))
    except MemoryError:
        pass
    count = len(held)
    held.clear()
    return ("ESCAPED " if count > 520 else "blocked ") + f"allocated {count} MiB"
""",
        seconds=30,
    ),
    # 2.4 GB of CSV in a few kilobytes, as 2,000 members of one gzip file
    "gzip_bomb_read_csv": Attack(
        "more memory than its limit, from a small packed file",
        """
import gzip, io
import pandas as pd


def render(df, f, p):
    packed = gzip.compress(b"1,2,3\\n" * 200_000) * 2000
    try:
        frame = pd.read_csv(io.BytesIO(packed), compression="gzip", header=None)
    except MemoryError:
        return "blocked MemoryError from %d KB" % (len(packed) // 1024)
    return "ESCAPED rows=%d" % len(frame)
""",
        ("memory_limit",),
        seconds=30,
    ),
    "huge_files": Attack(
        "the disk",
        """
def render(df, f, p):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    written, refusals = 0, []
    for folder in ("/box", "/tmp", "/dev/shm", "/var/tmp", ".", "/run"):
        try:
            for number in range(400):
                with open(f"{folder}/big{os.getpid()}_{number}", "wb") as file:
                    for _ in range(4):
                        file.write(b"x" * (1 << 20))
                        written += 1
        except OSError as error:
            refusals.append(f"{folder}:{errno.errorcode[error.errno]}")
    return ("ESCAPED " if written > 64 else "blocked ") + f"wrote {written} MiB {refusals}"
""",
    ),
    "raise_rlimits": Attack(
        "to raise its own limits again",
        """
import resource


def render(df, f, p):
    def lift(name):
        return lambda: (resource.setrlimit(getattr(resource, name), (resource.RLIM_INFINITY,) * 2), True)[1]

    names = ("RLIMIT_AS", "RLIMIT_DATA", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NOFILE")
    return try_all([(name, lift(name)) for name in names])
""",
    ),
}
