"""Attacks on other processes, on signals, and on the end of one's own."""

from cardinal_executor.sandbox.attack import Attack

ATTACKS = {
    "ctypes_socket_syscall": Attack(
        "a socket of any family by raw calls",
        """
def render(df, f, p):
    def open_socket(domain):
        result, _ = call("socket", domain, 1, 0)
        return result >= 0 and result

    return try_all([(f"socket({domain})", lambda domain=domain: open_socket(domain)) for domain in (1, 2, 10, 16, 17, 38, 40)])
""",
    ),
    "kill_parent": Attack(
        "to kill its parent or the supervisor",
        """
def render(df, f, p):
    def kill(pid):
        return lambda: (os.kill(pid, 9), "sent")[1]

    parent = kill(os.getppid()) if os.getppid() > 0 else lambda: None
    # in a process namespace of its own the supervisor's number may be the card's
    supervisor = kill(p["sup_pid"]) if p["sup_pid"] != os.getpid() else lambda: None
    return try_all([("parent", parent), ("supervisor", supervisor)])
""",
    ),
    "ptrace_siblings": Attack(
        "to attach to another process as a debugger",
        """
def render(df, f, p):
    def attach():
        for pid in [p["sup_pid"], p["victim_pid"], os.getppid(), *range(1, 60)]:
            if pid and pid != os.getpid():
                result, _ = call("ptrace", 16, pid, 0, 0)
                if result == 0:
                    return f"attached to {pid}"

    return try_all([("ptrace", attach)])
""",
        ("sandbox_violation",),
        victim=True,
    ),
    "process_vm_readv": Attack(
        "to read another process's memory",
        """
class Vector(ctypes.Structure):
    _fields_ = [("address", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def render(df, f, p):
    buffer = ctypes.create_string_buffer(64)
    local, remote = Vector(ctypes.addressof(buffer), 64), Vector(id(None), 16)

    def read():
        for pid in [p["victim_pid"], p["sup_pid"], os.getppid(), *range(1, 60)]:
            if pid and pid != os.getpid():
                result, _ = call("process_vm_readv", pid, ctypes.byref(local), 1, ctypes.byref(remote), 1, 0)
                if result > 0:
                    return f"read {result} bytes of {pid}"

    return try_all([("readv", read)])
""",
        ("sandbox_violation",),
        victim=True,
    ),
    "background_daemon": Attack(
        "to leave a daemon that outlives its answer",
        """
def render(df, f, p):
    try:
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for fd in range(0, 64):
                    try:
                        os.close(fd)
                    except OSError:
                        pass
                time.sleep(2.5)
                for folder in (p["drop"], "/box", "/tmp"):
                    try:
                        open(folder + "/daemon_alive", "w").write("x")
                    except OSError:
                        pass
                time.sleep(30)
            os._exit(0)
        return "ESCAPED a daemon was forked"
    except OSError as error:
        return "blocked " + str(error)
""",
    ),
    "infinite_loop": Attack(
        "a processor for ever", "\ndef render(df, f, p):\n    while True:\n        pass\n", ("time_limit",), seconds=1.5
    ),
    "sleep_forever": Attack(
        "a slot for ever", "\ndef render(df, f, p):\n    time.sleep(1e6)\n", ("time_limit",), seconds=1.5
    ),
    "redos": Attack(
        "a processor for ever, inside C code that no signal interrupts",
        "\nimport re\ndef render(df, f, p):\n    return re.match(r'(a+)+$', 'a' * 60 + 'b')\n",
        ("time_limit",),
        seconds=1.5,
    ),
    "ignore_signals_loop": Attack(
        "a processor for ever, deaf to every signal",
        """
def render(df, f, p):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except Exception:
            pass
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    while True:
        pass
""",
        ("time_limit",),
        seconds=1.5,
    ),
    # the init of a pid namespace ignores SIGSTOP and runs on; elsewhere the wall clock ends it
    "sigstop_self": Attack(
        "a slot for ever, by stopping itself",
        """
def render(df, f, p):
    os.kill(os.getpid(), signal.SIGSTOP)
    return "blocked: ran on"
""",
        ("time_limit",),
        seconds=1.5,
    ),
    "os_exit_early": Attack(
        "to confuse the supervisor by an end without a report",
        "\ndef render(df, f, p):\n    os._exit(0)\n",
        ("user_code_error",),
    ),
    "segfault": Attack(
        "to confuse the supervisor by a crash",
        "\ndef render(df, f, p):\n    ctypes.string_at(0)\n",
        ("user_code_error",),
    ),
    "abort": Attack(
        "to confuse the supervisor by an abort", "\ndef render(df, f, p):\n    os.abort()\n", ("user_code_error",)
    ),
    "stack_overflow": Attack(
        "to crash by endless recursion",
        """
def render(df, f, p):
    sys.setrecursionlimit(10**9)

    def deeper(n):
        return deeper(n + 1)

    return deeper(0)
""",
        ("user_code_error", "memory_limit", "time_limit"),
    ),
}
