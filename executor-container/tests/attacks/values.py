"""Attacks by what code returns, raises, prints or leaves running: the runner handles these objects, the supervisor their text."""

from cardinal_executor.sandbox.attack import Attack

ATTACKS = {
    "still_running": Attack(
        "to go on after its answer, by threads, exit handlers, finalizers, hooks of the collector and of tracing",
        """
import atexit, gc, threading, weakref


def render(df, f, p):
    def plant(*_):
        time.sleep(0.2)
        for folder in (p["drop"], "/box", "/tmp"):
            try:
                open(folder + "/planted", "w").write("x")
            except OSError:
                pass
        while True:
            time.sleep(1)

    class Kept:
        pass

    kept = Kept()
    kept.itself = kept
    weakref.finalize(kept, plant)
    atexit.register(plant)
    threading._register_atexit(plant)
    for _ in range(10):
        threading.Thread(target=plant, daemon=False).start()
    signal.signal(signal.SIGTERM, plant)
    gc.callbacks.append(lambda *_: plant() if threading.current_thread() is not threading.main_thread() else None)
    return "blocked: see what is left"
""",
        ("time_limit",),  # when its own finalizer stops it before it has answered
        seconds=3,
    ),
    "traced_runner": Attack(
        "to rewrite what the runner does after it, by tracing",
        """
def render(df, f, p):
    def trace(frame, event, argument):
        if frame.f_code.co_name == "write" and "body" in frame.f_locals:
            os.write(3, b"x" * 100)
        return trace

    sys.settrace(trace)
    sys.setprofile(trace)
    frame = sys._getframe()
    while frame:
        frame.f_trace = trace
        frame = frame.f_back
    return "blocked"
""",
        ("user_code_error",),
    ),
    "lying_text": Attack(
        "a result beyond the limit, by text that lies about its length and how it is encoded",
        """
class Liar(str):
    def __len__(self):
        return 7

    def encode(self, *_):
        return Bytes(b"x" * (64 << 20))


class Bytes(bytes):
    def __len__(self):
        return 7

    def decode(self, *_):
        return Liar("x" * (64 << 20))


def render(df, f, p):
    return Liar("x" * (64 << 20))
""",
        ("output_limit", "user_code_error", "invalid_result"),
    ),
    "wide_text": Attack(
        "a result beyond the limit, short in characters and long in bytes",
        "\ndef render(df, f, p):\n    return '日' * (400 << 10)\n",
        ("output_limit",),
    ),
    "endless_representation": Attack(
        "a slot for ever, or the memory, by an object that draws itself",
        """
class Picture:
    def _repr_html_(self):
        return "".join(iter(lambda: "x" * 1000, None))


def render(df, f, p):
    return Picture()
""",
        ("memory_limit", "time_limit"),
    ),
    "hostile_exceptions": Attack(
        "to break the report of an error: text that raises, that is huge, chains without end",
        """
class Hostile(BaseException):
    def __str__(self):
        raise Hostile("again")

    __repr__ = __str__

    @property
    def __traceback__(self):
        raise Hostile("traceback")


def render(df, f, p):
    error = Hostile()
    for _ in range(2_000):
        following = Hostile()
        following.__cause__ = error
        error = following
    error.__context__ = error
    raise error
""",
        ("user_code_error",),
    ),
    "huge_exception": Attack(
        "a huge report, by an exception's message and its groups",
        """
def render(df, f, p):
    error = ValueError("x" * (100 << 20))
    for _ in range(2000):
        error = ExceptionGroup("y" * 10_000, [error])
    raise error
""",
        ("user_code_error", "memory_limit"),
    ),
    "strange_text": Attack(
        "to break logs and answers: lone surrogates, NULs, escapes, ends of line and names of files that are no text",
        """
def render(df, f, p):
    strange = "\\ud800\\udcff\\x00\\x1b[2J\\x1b]0;x\\x07\\u202e\\u2028\\r\\n{\\"begin\\": \\"x\\"}"
    for name in (strange.replace("\\x00", ""), "n" * 300, "../" * 50 + "x", "\\udcff" * 200, "-rf", "con\\n"):
        for folder in (".", "/box", p["drop"]):
            try:
                open(folder + "/" + name, "w").close()
            except (OSError, ValueError):
                pass
    print(strange)
    os.write(2, b"\\xff\\xfe\\x00\\x1b[2J")
    return "blocked " + strange
""",
    ),
    "million_warnings": Attack(
        "to flood the log by a million warnings",
        """
import logging, warnings


def render(df, f, p):
    warnings.simplefilter("always")
    for number in range(1_000_000):
        warnings.warn(f"warning {number}", stacklevel=1)
        logging.warning("warning %d", number)
    return "ESCAPED"
""",
        ("output_limit",),
    ),
    "log_flood": Attack(
        "to flood the log from many threads at once, by raw writes",
        """
import threading


def render(df, f, p):
    def flood():
        while True:
            os.write(1, b"\\xff" * 65536)
            os.write(2, b"\\0" * 65536)

    for _ in range(8):
        threading.Thread(target=flood, daemon=True).start()
    flood()
""",
        ("output_limit",),
    ),
}
