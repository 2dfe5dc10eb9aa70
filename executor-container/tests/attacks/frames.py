"""Attacks on the result descriptor: forged, early, endless and broken reports, and what is done to the descriptors themselves."""

from cardinal_executor.sandbox.attack import Attack

OK = '{"ok": true, "len": %d}'


def forged(wants: str, written: str, *expect: str, then: str = "os._exit(0)", seconds: float = 10) -> Attack:
    """`written`: a Python expression of the bytes that go to the result descriptor; `then`: what the code does next."""
    code = f"""
import json


def report(**fields):
    return json.dumps({{"ok": True, "len": 0, **fields}}).encode() + b"\\n"


def send(data):
    view = memoryview(data)
    while view:
        view = view[os.write(3, view):]


def render(df, f, p):
    send({written})
    {then}
"""
    return Attack(wants, code, expect, seconds=seconds)


MALFORMED = ("user_code_error",)

ATTACKS = {
    # the answer is the card's own word in any case: what counts is that it is dead afterwards (nothing left, the next card clean)
    "early_report": forged(
        "to go on running after its answer",
        'report(len=7) + b"blocked"',
        "ok",
        then="\n    while True: pass",
    ),
    "two_reports": forged(
        "a second report, to be taken for the next card's",
        'report(len=7) + b"blocked" + report(len=6) + b"second"',
        *MALFORMED,
    ),
    "report_of_a_length": forged("memory of the supervisor, by a huge length", "report(len=2**52)", "output_limit"),
    "report_beyond_numbers": forged(
        "to break the supervisor by a length beyond numbers", "report(len=2**70)", *MALFORMED
    ),
    "report_below_zero": forged("to break the supervisor by a negative length", "report(len=-1)", *MALFORMED),
    "report_of_digits": forged(
        "the supervisor's processor, by a number of a million digits",
        'b\'{"ok": true, "len": \' + b"9" * 1_000_000 + b"}\\n"',
        *MALFORMED,
    ),
    "report_not_utf8": forged(
        "to break the supervisor by bytes that are no text", 'b\'{"ok": "\\xff\\xfe"}\\n\'', *MALFORMED
    ),
    "report_of_surrogates": forged(
        "to break the supervisor by text that cannot be encoded",
        'report(ok=False, code="user_code_error", message="\\udcff\\ud800")',
        *MALFORMED,
    ),
    "report_nested": forged("the supervisor's stack", 'b"[" * 2_000_000 + b"\\n"', *MALFORMED),
    "report_nested_details": forged(
        "the supervisor's stack, in a field that may hold anything",
        'b\'{"ok": false, "len": 0, "details": \' + b\'{"a":\' * 500_000 + b"1" + b"}" * 500_000 + b"}\\n"',
        *MALFORMED,
    ),
    "report_of_strange_codes": forged(
        "to speak in the supervisor's name", 'report(ok=False, code="unauthorized", message="x")', *MALFORMED
    ),
    "report_of_more_fields": forged("to smuggle fields into the answer", 'report(cost=0, body="x")', *MALFORMED),
    "report_not_a_number": forged("to break the figures of the executor", 'report(cpuMs=float("nan"))', *MALFORMED),
    "report_without_end": forged(
        "a slot for ever, by a body that never ends",
        'report(len=100) + b"x" * 99',
        "time_limit",
        then="time.sleep(1e6)",
        seconds=1.5,
    ),
    "line_without_end": forged(
        "memory of the supervisor, by a line that never ends", 'b"x" * (8 << 20)', "output_limit"
    ),
    "progress_flood": forged(
        "the supervisor's processor and log, by a million lines of progress",
        'b\'{"progress": "copy", "done": 1, "total": 2}\\n\' * 1_000_000',
        *MALFORMED,
    ),
    "descriptors_closed": Attack(
        "to confuse runner and supervisor by closing what they gave it",
        "\ndef render(df, f, p):\n    os.closerange(0, 4096)\n    return 'blocked'\n",
        ("user_code_error",),
    ),
    "descriptors_swapped": Attack(
        "to confuse runner and supervisor: the log where the result should be, the result where the log should be",
        """
def render(df, f, p):
    for old, new in ((1, 9), (3, 1), (9, 3)):
        os.dup2(old, new)
    print("printed into the result")
    sys.stdout.flush()
    return "blocked"
""",
        ("user_code_error",),
    ),
    "descriptor_flags": Attack(
        "to make the supervisor's end of its pipes fail: no blocking, no room, signals on reading",
        """
import fcntl


def render(df, f, p):
    for fd in (0, 1, 2, 3):
        for command, argument in ((fcntl.F_SETFL, os.O_NONBLOCK | os.O_ASYNC), (1031, 4096)):
            try:
                fcntl.fcntl(fd, command, argument)
            except OSError:
                pass
    os.set_blocking(3, True)
    return "blocked" + "." * 500_000
""",
    ),
    "runner_replaced": Attack(
        "to speak for the runner: its report, its limits and its output are all patched",
        """
def render(df, f, p):
    from cardinal_executor.runner import report, run
    from cardinal_executor.sandbox import jail, seccomp

    seccomp.ALLOWED.append("socket")
    seccomp.assemble.cache_clear()
    jail.lower_limits = lambda *_: None
    run._body = lambda *_: b"x" * (64 << 20)
    report.clean = lambda text: text
    return "ESCAPED"
""",
        ("output_limit",),
    ),
    "poison_runner": Attack(
        "to leave a changed runner for the next card",
        """
def render(df, f, p):
    import builtins
    from cardinal_executor.runner import run
    from cardinal_executor.sandbox import child, seccomp

    run.run_card = child.main = seccomp.install = lambda *_: None
    builtins.len = lambda x: 0
    sys.modules["EVIL"] = "leaked"
    return "blocked: see the next card"
""",
        ("ok", "executor_lost", "user_code_error"),
    ),
}
