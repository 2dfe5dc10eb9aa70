"""The attacks of every start on files and descriptors, as card code.  `p` tells them what an insider would know."""

from .attack import Attack

READ_HOST_FILES = Attack(
    "to read the host's files: its users, its secrets, its kernel's command line",
    """
def render(df, f, p):
    def read(path):
        return lambda: open(path).read(200)

    paths = ("/etc/shadow", "/etc/hostname", p["secret_file"], "/proc/cmdline", "/root/.bashrc")
    host_users = ("passwd", lambda: "root:" in open("/etc/passwd").read())
    return try_all([(path, read(path)) for path in paths] + [host_users])
""",
)

ENVIRONMENT_AND_PROC = Attack(
    "to find the executor's secret in an environment, or its process in /proc",
    """
def render(df, f, p):
    def scan():
        hits = []
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    if p["secret_name"].encode() in open(f"/proc/{entry}/environ", "rb").read(1 << 20):
                        hits.append(entry)
                except OSError:
                    pass
        return hits

    def supervisor():
        return [entry for entry in os.listdir("/proc") if entry.isdigit() and int(entry) == p["sup_pid"]]

    return try_all([("own", lambda: os.environ.get(p["secret_name"])), ("others", scan), ("supervisor", supervisor)])
""",
)

WRITE_SYSTEM = Attack(
    "to change libraries, files of the executor, or their attributes",
    """
import pandas


def render(df, f, p):
    def write(path):
        return lambda: open(path, "a").write("#") and "written"

    paths = (pandas.__file__, p["own_file"], "/etc/passwd", "/dev/shm/planted", p["drop"] + "/planted.py")
    return try_all([(path, write(path)) for path in paths] + [
        ("chmod", lambda: (os.chmod(p["own_file"], 0o777), True)[1]),
        ("unlink", lambda: (os.unlink(p["own_file2"]), True)[1]),
        ("utime", lambda: (os.utime(p["own_file"], (1, 1)), True)[1]),
        ("xattr", lambda: (os.setxattr(p["own_file"], "user.x", b"1"), True)[1]),
    ])
""",
)

# polars' pool has an epoll, a duplicate of it and an eventfd, which a warmed child made inside the jail.  Nothing else may be there.
LEAKED_DESCRIPTORS = Attack(
    "to use a descriptor that the zygote or the supervisor left open",
    """
import select, stat

KINDS = ((stat.S_ISSOCK, "sock"), (stat.S_ISFIFO, "fifo"), (stat.S_ISDIR, "dir"), (stat.S_ISREG, "reg"), (stat.S_ISCHR, "chr"))
EXPECTED = {0: "chr", 1: "fifo", 2: "fifo", 3: "fifo"}
OWN_POOLS = {"epoll": 2, "eventfd": 1}


def anonymous(fd):
    try:
        select.epoll.fromfd(os.dup(fd)).poll(0, 1)
        return "epoll"
    except OSError:
        pass
    try:
        os.set_blocking(fd, False)
        return "eventfd" if os.write(fd, bytes(8)) == 8 else "unknown"  # adds nothing to its counter
    except OSError:
        return "unknown"


def kind_of(fd):
    mode = os.fstat(fd).st_mode
    return next((name for test, name in KINDS if test(mode)), None) or anonymous(fd)


def render(df, f, p):
    found = {}
    for fd in range(0, 4096):
        try:
            found[fd] = kind_of(fd)
        except OSError:
            continue
    unknown = {fd: kind for fd, kind in found.items() if EXPECTED.get(fd) != kind and kind not in OWN_POOLS}
    pools = [kind for fd, kind in found.items() if kind in OWN_POOLS]
    bad = unknown or any(pools.count(kind) > most for kind, most in OWN_POOLS.items())
    return ("ESCAPED " if bad else "blocked ") + str(found)
""",
)

SYMLINKS = Attack(
    "to reach a file outside by links, by dots and by /proc/self/root",
    """
def render(df, f, p):
    def link(folder):
        def attempt():
            os.symlink(p["secret_file"], folder + "/link")
            return open(folder + "/link").read(50)

        return attempt

    def hard_link(folder):
        return lambda: (os.link(p["secret_file"], folder + "/hard"), open(folder + "/hard").read(50))[1]

    def walk():
        usr = os.open("/usr", os.O_RDONLY)
        return os.open("..", os.O_RDONLY | os.O_DIRECTORY, dir_fd=usr) and open("/usr/../" + p["secret_file"]).read(50)

    return try_all([
        ("link_box", link("/box")),
        ("link_tmp", link("/tmp")),
        ("hard_box", hard_link("/box")),
        ("hard_tmp", hard_link("/tmp")),
        ("dots", lambda: open("/box/../../../.." + p["secret_file"]).read(50)),
        ("proc_root", lambda: open("/proc/self/root" + p["secret_file"]).read(50)),
        ("walk", walk),
    ])
""",
)
