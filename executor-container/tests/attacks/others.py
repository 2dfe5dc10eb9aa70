"""Attacks on other people's cards: their memory, their files, the modules that the next card uses."""

from cardinal_executor.sandbox.attack import Attack

# A neighbour that holds a secret while the attack runs.
VICTIM = """
import os, time

SECRET = "VICTIM" + "-NEEDLE-" + "z" * 9
KEPT = [SECRET.encode() * 3 for _ in range(100)]


def render(df, f, p):
    for folder in ("/box", "/tmp"):
        try:
            open(folder + "/victim.txt", "w").write(SECRET)
            break
        except OSError:
            pass
    time.sleep(1.2)
    return "unharmed"
"""

# Runs after `poison_modules`, in the next child.
POISONED = """
import sys


def render(df, f, p):
    import pandas as pd

    html = pd.DataFrame({"a": [1]}).to_html()
    poisoned = "POISON" in html or "EVIL" in sys.modules or hasattr(pd, "LEFTOVER") or len("abc") != 3
    return "poisoned" if poisoned else "clean"
"""

ATTACKS = {
    "proc_mem_supervisor": Attack(
        "the memory of the supervisor, its parent or init, by /proc",
        """
def render(df, f, p):
    def read(pid):
        def attempt():
            hits = 0
            with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
                for line in maps:
                    start, end = (int(x, 16) for x in line.split()[0].split("-"))
                    if "rw" in line.split()[1] and end - start < (64 << 20):
                        try:
                            memory.seek(start)
                            hits += p["needle"].encode()[::-1] in memory.read(end - start)
                        except OSError:
                            pass
            return ("opened its memory, hits", hits)

        return attempt

    first = read(1) if os.getpid() != 1 else (lambda: None)
    return try_all([("supervisor", read(p["sup_pid"])), ("parent", read(os.getppid())), ("init", first)])
""",
    ),
    "poison_modules": Attack(
        "to leave changed modules for the next card",
        """
import builtins, json
import pandas


def render(df, f, p):
    sys.modules["EVIL"] = "leaked"
    pandas.LEFTOVER = "victim-secret-" + "Q" * 8
    pandas.DataFrame.to_html = lambda self, *a, **k: "POISON"
    builtins.len = lambda x: 0
    return "blocked: see the next card"
""",
        ("ok", "executor_lost", "user_code_error"),
    ),
    "other_exec_data": Attack(
        "what another card holds, in memory or on disk",
        """
import gc, re


def render(df, f, p):
    def memory():
        needle, hits = re.compile(rb"VICTIM.NEEDLE.z{9}"), 0  # the pattern does not match itself
        for line in open("/proc/self/maps"):
            start, end = (int(x, 16) for x in line.split()[0].split("-"))
            if line.split()[1].startswith("rw"):
                try:
                    hits += len(needle.findall(ctypes.string_at(start, end - start)))
                except Exception:
                    pass
        return hits

    def objects():
        return [o for o in gc.get_objects() if isinstance(o, dict) and "LEFTOVER" in o][:1]

    def folders():
        return [x for d in ("/box", "/tmp", "/dev/shm", "/run") if os.path.isdir(d) for x in os.listdir(d) if "victim" in x]

    def file():
        return open("/box/victim.txt").read()

    return try_all([("memory", memory), ("objects", objects), ("folders", folders), ("file", file)])
""",
        seconds=30,
        victim=True,
    ),
    "devices": Attack(
        "to open devices of the machine",
        """
def render(df, f, p):
    paths = ("/dev/vda", "/dev/kvm", "/dev/mem", "/dev/kmsg", "/dev/tty", "/dev/ptmx", "/sys/kernel/notes", "/proc/kallsyms",
             "/sys/fs/cgroup")
    return try_all([(path, lambda path=path: os.open(path, os.O_RDONLY)) for path in paths])
""",
    ),
}
