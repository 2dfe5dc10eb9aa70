"""System calls that no card needs, one by one: each must end before the kernel acts on it."""

from cardinal_executor.sandbox.attack import Attack, raw_call

PERF = "ctypes.create_string_buffer(b'\\1\\0\\0\\0\\x80\\0\\0\\0' + b'\\0' * 120), 0, -1, -1, 0"

ATTACKS = {
    "x32_abi": Attack(
        """
def render(df, f, p):
    result = call(0x40000000 + 39)
    return ("ESCAPED %r" if result[0] > 0 else "blocked %r") % (result,)
""",
        ("sandbox_violation",),
    ),
    "sys_mount": raw_call("mount", 165, "0, 0, 0, 0, 0"),
    "sys_unshare_ns": raw_call("unshare_ns", 272, "0x20000"),
    "sys_setns": raw_call("setns", 308, "0, 0"),
    "sys_chroot": raw_call("chroot", 161, "ctypes.c_char_p(b'/usr')"),
    "sys_userfaultfd": raw_call("userfaultfd", 323, "1"),
    "sys_keyctl": raw_call("keyctl", 250, "0, -3, 1"),
    "sys_open_by_handle_at": raw_call("open_by_handle_at", 304, "-100, 0, 0"),
    "sys_perf_event_open": raw_call("perf_event_open", 298, PERF),
    "sys_clone_newuser": raw_call("clone_newuser", 56, "0x10000011, 0, 0, 0, 0"),
    "sys_modify_ldt": raw_call("modify_ldt", 154, "0, 0, 0"),
    "sys_pidfd_getfd": raw_call("pidfd_getfd", 438, "3, 0, 0"),
    "sys_memfd_secret": raw_call("memfd_secret", 447, "0"),
    "sys_add_key": raw_call(
        "add_key", 248, "ctypes.c_char_p(b'user'), ctypes.c_char_p(b'k'), ctypes.c_char_p(b'v'), 1, -3"
    ),
}
