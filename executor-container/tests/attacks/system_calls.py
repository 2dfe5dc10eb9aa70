"""System calls that no card needs, one by one: each must end before the kernel acts on it."""

from cardinal_executor.sandbox.attack import Attack, raw_call

PERF = "ctypes.create_string_buffer(b'\\1\\0\\0\\0\\x80\\0\\0\\0' + b'\\0' * 120), 0, -1, -1, 0"

ATTACKS = {
    "x32_abi": Attack(
        "to get round the filter by x32 system calls",
        """
def render(df, f, p):
    result = call(0x40000000 + 39)
    return ("ESCAPED %r" if result[0] > 0 else "blocked %r") % (result,)
""",
        ("sandbox_violation",),
    ),
    "sys_mount": raw_call("mount", "0, 0, 0, 0, 0", "to change what lies where"),
    "sys_unshare_ns": raw_call("unshare", "0x20000", "a mount namespace to rearrange"),
    "sys_setns": raw_call("setns", "0, 0", "another namespace"),
    "sys_chroot": raw_call("chroot", "ctypes.c_char_p(b'/usr')", "another root"),
    "sys_userfaultfd": raw_call("userfaultfd", "1", "to stop the kernel in the middle of a call"),
    "sys_keyctl": raw_call("keyctl", "0, -3, 1", "keys of others"),
    "sys_open_by_handle_at": raw_call("open_by_handle_at", "-100, 0, 0", "files without a path"),
    "sys_perf_event_open": raw_call("perf_event_open", PERF, "to watch the kernel and others"),
    "sys_clone_newuser": raw_call("clone", "0x10000011, 0, 0, 0, 0", "a process in a user namespace"),
    "sys_modify_ldt": raw_call("modify_ldt", "0, 0, 0", "a segment of its own"),
    "sys_pidfd_getfd": raw_call("pidfd_getfd", "3, 0, 0", "descriptors of another process"),
    "sys_memfd_secret": raw_call("memfd_secret", "0", "memory that nobody can look into"),
    "sys_add_key": raw_call(
        "add_key",
        "ctypes.c_char_p(b'user'), ctypes.c_char_p(b'k'), ctypes.c_char_p(b'v'), 1, -3",
        "memory in the kernel",
    ),
}
