"""Attacks by what is said: floods, and forged answers on the result channel."""

from cardinal_executor.sandbox.attack import Attack

ATTACKS = {
    "huge_stdout": Attack(
        "to fill the supervisor's memory with output",
        """
def render(df, f, p):
    block = "x" * 65536
    for _ in range(16384):
        sys.stdout.write(block)
    return "printed 1 GiB"
""",
        ("output_limit",),
    ),
    "html_500mb": Attack(
        "to fill the supervisor's memory with a result",
        """
def render(df, f, p):
    try:
        return "x" * (500 << 20)
    except MemoryError:
        return "blocked MemoryError"
""",
        ("output_limit",),
    ),
    "forged_header": Attack(
        "a forged report, with more bytes than it announces",
        """
def render(df, f, p):
    os.write(3, b'{"ok":true,"len":5}\\nhelloEXTRA-TRAILING')
    os._exit(0)
""",
        ("user_code_error",),
    ),
    "forged_header_types": Attack(
        "a forged report of another JSON type",
        """
def render(df, f, p):
    os.write(3, b'["ok"]\\n{"ok":1}')
    os._exit(0)
""",
        ("user_code_error",),
    ),
}
