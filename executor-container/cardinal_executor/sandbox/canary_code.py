"""The attacks that every start runs against its own jail, as card code.  They say "blocked …" when the jail held.

`p` tells them what an insider would know: the supervisor's pid, ports, paths of files that they must not reach."""

from .attack import Attack, raw_call
from .canary_files import ENVIRONMENT_AND_PROC, LEAKED_DESCRIPTORS, READ_HOST_FILES, SYMLINKS, WRITE_SYSTEM

NETWORK = Attack(
    "to open any socket: internet, Unix, raw, netlink, vsock, a listener",
    """
import socket


def render(df, f, p):
    def stream(family, address):
        def connect():
            sock = socket.socket(family, socket.SOCK_STREAM)
            sock.settimeout(1)
            sock.connect(address)
            sock.send(b"hi")
            return "connected"

        return connect

    def datagram():
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", p["port"]))
        return "sent"

    return try_all([
        ("tcp", stream(socket.AF_INET, ("127.0.0.1", p["port"]))),
        ("udp", datagram),
        ("abstract", stream(socket.AF_UNIX, "\\0" + p["abstract"])),
        ("unix", stream(socket.AF_UNIX, p["unixpath"])),
        ("raw", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3)),
        ("netlink", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) and "opened"),
        ("vsock", lambda: socket.socket(40, 1) and "opened"),
        ("dns", lambda: socket.getaddrinfo("example.com", 80)),
        ("listen", lambda: socket.create_server(("127.0.0.1", 0)) and "listening"),
    ])
""",
)

FORK_BOMB = Attack(
    "to fork without end",
    """
def render(df, f, p):
    count, error, started = 0, "", time.time()
    while time.time() - started < 1.5 and count < 20000:
        try:
            if os.fork() == 0:
                while True:
                    try:
                        os.fork()
                    except OSError:
                        time.sleep(0.01)
            count += 1
        except OSError as refusal:
            error = str(refusal)
            break
    return f"ESCAPED forked {count} then {error}" if count else "blocked " + error
""",
)

FORK_VARIANTS = Attack(
    "to make a process by each of the ways that Linux has",
    """
def render(df, f, p):
    def raw(number, *arguments):
        def attempt():
            result, error = call(number, *arguments)
            if result == 0:
                os._exit(0)
            return result > 0 and (result, error)

        return attempt

    clone3 = ctypes.create_string_buffer(b"\\0" * 32 + (17).to_bytes(8, "little") + b"\\0" * 48, 88)
    return try_all([
        ("fork", raw("fork")),
        ("vfork", raw("vfork")),
        ("clone", raw("clone", 17, 0, 0, 0, 0)),
        ("clone3", raw("clone3", clone3, 88)),
        ("subprocess", lambda: __import__("subprocess").run(["/bin/true"]).returncode == 0),
        ("execve", lambda: call("execve", ctypes.c_char_p(b"/nonexistent"), 0, 0)[1] != "EPERM"),
        ("posix_spawn", lambda: os.posix_spawn("/bin/true", ["true"], {})),
    ])
""",
)

MEMORY_OFF_HEAP = Attack(
    "to hold memory that the limit on the heap does not count",
    """
import fcntl, mmap


def render(df, f, p):
    def memfd():
        fd, count = os.memfd_create("x"), 0
        while count < 1500:
            os.write(fd, b"x" * (1 << 20))
            count += 1
        return count

    def shared_memory():
        result, _ = call("shmget", 0, 1 << 30, 0o600 | 0o1000)
        return result >= 0 and ("shmget", result)

    def dev_shm():
        count = 0
        with open("/dev/shm/x%d" % os.getpid(), "wb") as file:
            while count < 1500:
                file.write(b"x" * (1 << 20))
                count += 1
        return count

    def shared_anonymous():
        maps = []
        while len(maps) < 1500:
            maps.append(mmap.mmap(-1, 1 << 20))
            maps[-1].write(b"x" * (1 << 20))
        return len(maps)

    def pipes():
        total = 0
        for _ in range(500):
            read, write = os.pipe()
            try:
                fcntl.fcntl(write, 1031, 1 << 20)
            except OSError:
                pass
            os.set_blocking(write, False)
            try:
                while True:
                    total += os.write(write, b"x" * 65536)
            except BlockingIOError:
                pass
        return total > 200 << 20 and total

    attempts = [memfd, shared_memory, dev_shm, shared_anonymous, pipes]
    return try_all([(attempt.__name__, attempt) for attempt in attempts])
""",
)

KILL_ALL = Attack(
    "to kill every process it can reach",
    """
def render(df, f, p):
    return try_all([
        ("everyone", lambda: (os.kill(-1, 9), "sent")[1]),
        ("group", lambda: (os.kill(0, 9), "sent")[1]),
    ])
""",
)

BECOME_ROOT = Attack(
    "to become root, or to get capabilities back",
    """
def render(df, f, p):
    header = ctypes.create_string_buffer(b"\\x22\\x05\\x08\\x20" + b"\\0" * 4)
    return try_all([
        ("setuid", lambda: (os.setuid(0), os.geteuid() == 0)[1]),
        ("setresuid", lambda: (os.setresuid(0, 0, 0), True)[1]),
        ("setgroups", lambda: (os.setgroups([0]), True)[1]),
        ("capset", lambda: call("capset", header, ctypes.create_string_buffer(b"\\xff" * 24))[0] == 0),
        ("is root", lambda: os.geteuid() == 0),
    ])
""",
)

RESULT_FLOOD = Attack(
    "to fill the supervisor's memory through the result channel",
    """
def render(df, f, p):
    while True:
        os.write(3, b"x" * 65536)
""",
    ("output_limit", "user_code_error"),
)

# On aarch64 a 64-bit process has no such door: there the bytes are no instructions, and end it.
SYSCALL_32_BIT = Attack(
    "to get round the filter by 32-bit system calls",
    """
import mmap


def render(df, f, p):
    page = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=7)
    page.write(bytes.fromhex("b814000000cd80c3"))  # mov eax, 20 (getpid); int 0x80; ret
    function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    return "ESCAPED a 32-bit system call returned %d" % function()
""",
    ("sandbox_violation", "user_code_error"),
)

CANARIES = {
    "read_host_files": READ_HOST_FILES,
    "env_and_proc": ENVIRONMENT_AND_PROC,
    "network": NETWORK,
    "fork_bomb": FORK_BOMB,
    "fork_variants_raw": FORK_VARIANTS,
    "mem_bomb_offheap": MEMORY_OFF_HEAP,
    "kill_all": KILL_ALL,
    "write_system": WRITE_SYSTEM,
    "leaked_fds": LEAKED_DESCRIPTORS,
    "symlink_tricks": SYMLINKS,
    "setuid_root": BECOME_ROOT,
    "raw_result_flood": RESULT_FLOOD,
    "int80_32bit": SYSCALL_32_BIT,
    "sys_unshare_user": raw_call("unshare", "0x10000000", "a user namespace to be root in"),
    "sys_bpf": raw_call("bpf", "0, 0, 0", "programs in the kernel"),
    "sys_io_uring_setup": raw_call(
        "io_uring_setup", "8, ctypes.create_string_buffer(120)", "calls that no filter sees"
    ),
}
