"""The file system that a child sees in the namespace tiers: the interpreter and its libraries, read-only, and nothing of the host."""

import os
import sys
import tempfile
from functools import cache

from . import linux
from .linux import MS_BIND, MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_PRIVATE, MS_RDONLY, MS_REC, MS_REMOUNT

PACKAGE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
JOBS = "/jobs"  # the supervisor's job directories, hidden from every child but for its own at JOB
JOB = "/job"
SCRATCH = "/box"  # a child's temporary files: a small tmpfs of its own
SOURCE_FD = 10  # the descriptor on which an import finds its source, in every tier

# What polars and others size their work by.  The host's own figures are nobody's business in here.
MEMORY_KB = {"MemTotal": 4 << 20, "MemFree": 4 << 20, "MemAvailable": 4 << 20, "SwapTotal": 0, "SwapFree": 0}


@cache
def library_paths() -> tuple[str, ...]:
    """Where the interpreter, its libraries and this package live; paths inside another of the list are left out."""
    wanted = ["/usr", *map(os.path.realpath, (sys.prefix, sys.base_prefix, PACKAGE))]
    found = sorted({path for path in wanted if os.path.isdir(path)}, key=len)
    kept: list[str] = []
    for path in found:
        if not any(path == other or path.startswith(other + "/") for other in kept):
            kept.append(path)
    return tuple(kept)


def enter_user_namespace(inner_id: int = 1000) -> None:
    """A user namespace in which this process, of any uid, may mount.  Needs a single thread."""
    uid, gid = os.geteuid(), os.getegid()
    linux.unshare(linux.CLONE_NEWUSER)
    for name, line in (("setgroups", "deny"), ("uid_map", f"{inner_id} {uid} 1"), ("gid_map", f"{inner_id} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(line)


def make_mounts_private() -> None:
    linux.mount(None, "/", None, MS_REC | MS_PRIVATE)


def _bind(source: str, target: str, flags: int) -> None:
    linux.mount(source, target, None, MS_BIND | MS_REC)
    linux.mount(None, target, None, MS_BIND | MS_REMOUNT | MS_NOSUID | MS_NODEV | flags)


def _bind_libraries(stage: str) -> None:
    for path in library_paths():
        os.makedirs(stage + path, exist_ok=True)
        _bind(path, stage + path, MS_RDONLY)
    for name in ("bin", "lib", "lib64", "sbin"):
        if os.path.islink("/" + name):
            os.symlink(os.readlink("/" + name), f"{stage}/{name}")
        elif os.path.isdir("/" + name):
            os.mkdir(f"{stage}/{name}")
            _bind("/" + name, f"{stage}/{name}", MS_RDONLY)


def _write(path: str, content: str | bytes) -> None:
    with open(path, "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)


def _fill_etc_dev_proc(stage: str) -> None:
    for name in ("null", "urandom"):  # no zero: its shared pages are memory that no limit counts
        _write(f"{stage}/dev/{name}", b"")
        linux.mount(f"/dev/{name}", f"{stage}/dev/{name}", None, MS_BIND)
    _write(f"{stage}/etc/passwd", f"card:x:1000:1000::{SCRATCH}:/bin/false\n")
    _write(f"{stage}/proc/meminfo", "".join(f"{name + ':':<16}{kb} kB\n" for name, kb in MEMORY_KB.items()))
    # There is no procfs.  An import's job folder holds the one descriptor that DuckDB opens by name; for a card this leads nowhere,
    # and libraries that look for /proc/self see that there is none.
    os.symlink(f"{JOB}/self", f"{stage}/proc/self")
    if os.path.isdir("/etc/alternatives"):  # Debian's libblas.so.3 is reached through here
        os.mkdir(f"{stage}/etc/alternatives")
        _bind("/etc/alternatives", f"{stage}/etc/alternatives", MS_RDONLY)
    for name in ("ld.so.cache", "localtime", "matplotlibrc"):
        if os.path.isfile(f"/etc/{name}"):
            with open(f"/etc/{name}", "rb") as file:
                _write(f"{stage}/etc/{name}", file.read())
    for name in ("fonts",):
        if os.path.isdir(f"/etc/{name}"):
            os.mkdir(f"{stage}/etc/{name}")
            _bind(f"/etc/{name}", f"{stage}/etc/{name}", MS_RDONLY)


def build_root(jobs_folder: str) -> None:
    """Replaces `/` of this mount namespace.  `jobs_folder` (a host path) appears at /jobs, writable.  Built once per zygote."""
    make_mounts_private()
    stage = "/proc"  # a folder that every host has, that is needed no more, and that leaves nothing behind on disk
    linux.mount("tmpfs", stage, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755")
    for name in ("dev", "etc", "proc", "old", SCRATCH[1:], JOBS[1:], JOB[1:]):
        os.mkdir(f"{stage}/{name}", 0o755)
    _bind_libraries(stage)
    _fill_etc_dev_proc(stage)
    _bind(jobs_folder, stage + JOBS, MS_NOEXEC)
    os.chdir(stage)
    linux.pivot_root(".", "old")
    os.chdir("/")
    linux.detach("/old")
    os.rmdir("/old")
    linux.mount(None, "/", None, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV)
    mount_scratch(8, 0o700)  # the zygote's own, for its imports; each child mounts another over it
    tempfile.tempdir = None


def mount_scratch(megabytes: int, mode: int) -> None:
    options = f"size={megabytes}m,nr_inodes=256,mode={mode:o}"
    linux.mount("tmpfs", SCRATCH, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options)


def show_only_job(job: str | None) -> None:
    """In a child's own mount namespace: its job directory at /job, and no other anywhere."""
    if job is not None:
        linux.mount(f"{JOBS}/{job}", JOB, None, MS_BIND)
        linux.mount(None, JOB, None, MS_BIND | MS_REMOUNT | MS_NOSUID | MS_NODEV | MS_NOEXEC)
    linux.detach(JOBS)
