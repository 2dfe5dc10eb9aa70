"""Attacks on the filter itself and on what the kernel offers beside system calls' front door: machine code, signals, /proc, locks."""

from cardinal_executor.sandbox.attack import Attack, raw_call

ATTACKS = {
    "every_refused_call": Attack(
        "any system call that no list names, with arguments that do no harm if it gets through",
        """
def render(df, f, p):
    from cardinal_executor.sandbox import seccomp

    by_arguments = {"clone", "clone3", "mmap", "openat2", "recvmsg", "kill", "tgkill", "prlimit64", "prctl", "ioctl", "fcntl"}
    handled = {*seccomp.ALLOWED, *seccomp.KILLED, *by_arguments}
    left_out = {here().numbers[name] for name in handled if name in here().numbers}
    left_out |= {335, 336} if here().x32 else set()  # uretprobe and uprobe: no filter sees them, and outside a probe they kill
    through = {}
    for number in range(0, 600):
        if number not in left_out:
            result, error = call(number, -1, -1, -1, -1, -1, -1)
            if result >= 0 or error != "EPERM":
                through[number] = (result, error)
    return "ESCAPED %s" % through if through else "blocked all of them"
""",
    ),
    "machine_code": Attack(
        "a system call past libc, by machine code of its own",
        """
import mmap, platform


def render(df, f, p):
    page = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    number = here().numbers["socket"]
    if platform.machine() == "x86_64":
        page.write(bytes.fromhex("48c7c0%02x0000000f05c3" % number))
    else:  # mov x8, number; svc 0; ret
        page.write((0xD2800008 | number << 5).to_bytes(4, "little") + bytes.fromhex("010000d4c0035fd6"))
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    libc.mprotect(ctypes.c_void_p(address), 4096, 5)
    result = ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_long, ctypes.c_long, ctypes.c_long)(address)(2, 1, 0)
    return ("ESCAPED a socket %d" if result >= 0 else "blocked %d") % result
""",
    ),
    "weaken_filter": Attack(
        "a filter of its own that overrules the jail's, or notifications instead of refusals",
        """
import struct


class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def render(df, f, p):
    allow = ctypes.create_string_buffer(struct.pack("<HBBI", 6, 0, 0, 0x7FFF0000))
    program = Program(1, ctypes.addressof(allow))
    address = ctypes.addressof(program)

    def raw(name, *arguments):
        return lambda: call(name, *arguments)[0] >= 0

    def control(*arguments):
        return lambda: libc.prctl(*[ctypes.c_ulong(a) for a in arguments]) >= 0

    return try_all([
        ("filter", raw("seccomp", 1, 0, address)),
        ("listener", raw("seccomp", 1, 8, address)),
        ("every thread", raw("seccomp", 1, 1, address)),
        ("prctl", control(22, 2, address, 0, 0)),
        ("new privileges", control(38, 0, 0, 0, 0)),
        ("dumpable", control(4, 1, 0, 0, 0)),
        ("parent's death", control(1, 0, 0, 0, 0)),
        ("subreaper", control(36, 1, 0, 0, 0)),
        ("keep capabilities", control(8, 1, 0, 0, 0)),
        ("ambient", control(47, 2, 0, 0, 0)),
        ("tracer", control(0x59616D61, -1 & 0xFFFFFFFF, 0, 0, 0)),
        ("ruleset", raw("landlock_create_ruleset", 0, 0, 1)),
        ("personality", lambda: libc.personality(0x0040000) >= 0),
    ])
""",
    ),
    "signals_by_owner": Attack(
        "to kill the supervisor by making it the owner of a pipe whose signal is SIGKILL",
        """
import fcntl, struct


def render(df, f, p):
    def owned(set_owner):
        def attempt():
            read, write = os.pipe()
            set_owner(read)
            fcntl.fcntl(read, fcntl.F_SETSIG, signal.SIGKILL)
            fcntl.fcntl(read, fcntl.F_SETFL, os.O_ASYNC)
            os.write(write, b"x")
            return "armed"

        return attempt

    def io_control(fd):
        fcntl.ioctl(fd, 0x8901, struct.pack("i", p["sup_pid"]))

    return try_all([
        ("owner", owned(lambda fd: fcntl.fcntl(fd, fcntl.F_SETOWN, p["sup_pid"]))),
        ("group", owned(lambda fd: fcntl.fcntl(fd, fcntl.F_SETOWN, -os.getpgrp()))),
        ("owner_ex", owned(lambda fd: fcntl.fcntl(fd, 15, struct.pack("ii", 1, p["sup_pid"])))),
        ("ioctl", owned(io_control)),
    ])
""",
    ),
    "signals_by_other_calls": Attack(
        "to signal other processes by calls that are not kill",
        """
def render(df, f, p):
    information = ctypes.create_string_buffer(128)
    information[8] = 255  # SI_QUEUE
    targets = [p["sup_pid"], os.getppid(), 1]

    def raw(name, *arguments):
        return call(name, *arguments)[0] == 0

    attempts = []
    for pid in targets:
        if pid and pid != os.getpid():
            attempts += [
                (f"queue {pid}", lambda pid=pid: raw("rt_sigqueueinfo", pid, 9, information)),
                (f"thread queue {pid}", lambda pid=pid: raw("rt_tgsigqueueinfo", pid, pid, 9, information)),
                (f"tkill {pid}", lambda pid=pid: raw("tkill", pid, 9)),
                (f"tgkill {pid}", lambda pid=pid: raw("tgkill", pid, pid, 9)),
                (f"limits {pid}", lambda pid=pid: raw("prlimit64", pid, 0, ctypes.create_string_buffer(16), 0)),
                (f"priority {pid}", lambda pid=pid: raw("setpriority", 0, pid, 19)),
                (f"affinity {pid}", lambda pid=pid: raw("sched_setaffinity", pid, 8, ctypes.create_string_buffer(b"\\1" * 8))),
            ]
    return try_all(attempts)
""",
    ),
    "locks_and_leases": Attack(
        "to hold up the supervisor by leases and notifications on files that it opens",
        """
import fcntl


def render(df, f, p):
    shared = os.open(os.__file__, os.O_RDONLY)
    return try_all([
        ("lease", lambda: fcntl.fcntl(shared, fcntl.F_SETLEASE, fcntl.F_RDLCK) == 0),
        ("notify", lambda: fcntl.fcntl(os.open("/usr", os.O_RDONLY), fcntl.F_NOTIFY, 0xFF) == 0),
        ("inotify", lambda: call("inotify_init1", 0)[0] >= 0),
        ("fanotify", lambda: call("fanotify_mark", 0)[0] >= 0),
    ])
""",
    ),
    "proc_doors": Attack(
        "memory, files and settings by the doors of /proc and /sys",
        """
def render(df, f, p):
    parent = os.getppid()

    def read(path):
        return lambda: open(path, "rb").read(64)

    def write(path, text):
        return lambda: open(path, "w").write(text)

    def patched():
        with open("/proc/self/mem", "r+b", 0) as memory:
            memory.seek(id(None))
            return memory.write(memory.read(1))

    doors = ["environ", "maps", "mem", "root/etc/shadow", "cwd", "fd/0", "auxv", "syscall", "stack"]
    return try_all([
        *[(f"{pid} {door}", read(f"/proc/{pid}/{door}")) for pid in {p["sup_pid"], parent, 1} - {0, os.getpid()} for door in doors],
        ("own memory", patched),
        ("own root", read("/proc/self/root" + p["secret_file"])),
        ("thread root", read("/proc/thread-self/root" + p["secret_file"])),
        ("oom", write("/proc/self/oom_score_adj", "-1000")),
        ("uid_map", write("/proc/self/uid_map", "0 0 1")),
        ("core", write("/proc/sys/kernel/core_pattern", "|/bin/sh")),
        ("sysrq", write("/proc/sysrq-trigger", "b")),
        ("kcore", read("/proc/kcore")),
        ("kallsyms", read("/proc/kallsyms")),
        ("sysfs", lambda: os.listdir("/sys/class/net")),
        ("cgroup", write("/sys/fs/cgroup/cgroup.procs", "0")),
        ("mounts", read("/proc/self/mountinfo")),
        ("network", read("/proc/net/tcp")),
    ])
""",
    ),
    "walks_outside": Attack(
        "a file outside by directories kept open, O_PATH, odd flags, new nodes and links",
        """
def render(df, f, p):
    secret = p["secret_file"]

    def at(flags):
        def attempt():
            folder = os.open(os.path.dirname(secret), flags)
            return os.read(os.open(os.path.basename(secret), os.O_RDONLY, dir_fd=folder), 50)

        return attempt

    def climbed():
        os.chdir("/usr/lib")
        os.chdir("../../../..")
        return open(secret.lstrip("/")).read()

    def reopened():
        fd = os.open(secret, os.O_PATH)
        return open(f"/proc/self/fd/{fd}").read()

    return try_all([
        ("path", at(os.O_PATH | os.O_DIRECTORY)),
        ("directory", at(os.O_RDONLY | os.O_DIRECTORY)),
        ("climbed", climbed),
        ("reopened", reopened),
        ("truncate", lambda: os.truncate(p["own_file"], 0) is None),
        ("open truncate", lambda: os.open(p["own_file"], os.O_RDONLY | os.O_TRUNC)),
        ("unnamed", lambda: os.open(p["drop"], os.O_TMPFILE | os.O_RDWR)),
        ("rename", lambda: os.rename(p["own_file"], p["drop"] + "/planted") is None),
        ("fifo", lambda: os.mkfifo(p["drop"] + "/planted") is None),
        ("node", lambda: os.mknod("/box/planted") is None),
        ("folder", lambda: os.mkdir(p["drop"] + "/planted") is None),
        ("link", lambda: os.symlink(secret, p["drop"] + "/planted") is None),
        ("owner", lambda: os.chown(p["own_file"], os.getuid(), -1) is None),
        ("old root", lambda: os.listdir("/old")),
        ("jobs of others", lambda: os.listdir("/jobs")),
    ])
""",
    ),
    "paths_that_exist": Attack(
        "whether a path exists on the host, by the calls that Landlock does not govern",
        """
def render(df, f, p):
    return try_all([
        ("stat", lambda: os.stat(p["secret_file"])),
        ("access", lambda: os.access(p["secret_file"], os.R_OK)),
        ("folder", lambda: os.path.isdir(p["drop"])),
        ("processes", lambda: os.path.exists(f"/proc/{p['sup_pid']}")),
        ("change", lambda: os.chdir(p["drop"]) is None),
    ])
""",
        level=3,
    ),
    "own_library": Attack(
        "to load a library that it wrote itself",
        """
import shutil


def render(df, f, p):
    import numpy._core._multiarray_umath as extension

    def load(folder):
        def attempt():
            path = shutil.copy(extension.__file__, folder + "/planted.so")
            return ctypes.CDLL(path)

        return attempt

    return try_all([(folder, load(folder)) for folder in ("/box", "/tmp", "/dev/shm", "/var/tmp", p["drop"])])
""",
    ),
    "every_way_to_start_a_program": Attack(
        "to start a program by any function of the standard library",
        """
import pty, subprocess


def render(df, f, p):
    programs = ["/bin/true"]
    return try_all([
        ("system", lambda: os.system("true") == 0),
        ("popen", lambda: os.popen("id").read()),
        ("run", lambda: subprocess.run(programs).returncode == 0),
        ("vfork", lambda: subprocess.Popen(programs, close_fds=False).wait() == 0),
        ("spawn", lambda: os.spawnv(os.P_WAIT, programs[0], programs) == 0),
        ("posix_spawnp", lambda: os.posix_spawnp("true", programs, {})),
        ("forkpty", lambda: os.forkpty()),
        ("pty", lambda: pty.spawn(programs) == 0),
        ("execv", lambda: os.execv(programs[0], programs)),
        ("execve", lambda: os.execve(os.open(programs[0], os.O_RDONLY), programs, {})),
        ("execveat", lambda: call("execveat", -100, ctypes.c_char_p(b"/bin/true"), 0, 0, 0)[1] != "EPERM"),
        ("libc", lambda: libc.system(b"true") == 0),
        ("interpreter", lambda: __import__("_xxsubinterpreters").create() and os.fork()),
    ])
""",
    ),
    "sys_ptrace_traceme": raw_call("ptrace", "0, 0, 0, 0", "to be traced, and so to be let through"),
    "sys_process_vm_writev": raw_call("process_vm_writev", "1, 0, 0, 0, 0, 0", "another process's memory"),
    "sys_io_uring_enter": raw_call("io_uring_enter", "3, 0, 0, 0, 0, 0", "calls that no filter sees"),
    "sys_pidfd_open": raw_call("pidfd_open", "1, 0", "a handle on another process"),
    "sys_fsopen": raw_call("fsopen", "ctypes.c_char_p(b'tmpfs'), 0", "to mount by the newer calls"),
    "sys_init_module": raw_call("init_module", "0, 0, 0", "code in the kernel"),
    "sys_vmsplice": raw_call("vmsplice", "3, 0, 0, 0", "pages of others through a pipe"),
}
