"""The ways to jail a child, strongest first, and what each needs of the host.  Every answer comes from trying it."""

import os
import platform
import socket
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass

from . import landlock, linux, root, seccomp

PROBE_UID = 64999


@dataclass(frozen=True)
class Tier:
    """`level` 3 has namespaces, 2 has seccomp and Landlock without them.  Below 2 nothing is served."""

    name: str
    level: int
    namespaces: bool
    own_uids: bool  # one uid per child, which only root can give
    user_namespace: bool = False


TIERS = {
    tier.name: tier
    for tier in (
        Tier("root", 3, namespaces=True, own_uids=True),
        Tier("userns", 3, namespaces=True, own_uids=False, user_namespace=True),
        Tier("uid", 2, namespaces=False, own_uids=True),
        Tier("seccomp", 2, namespaces=False, own_uids=False),
    )
}


@dataclass(frozen=True)
class Probe:
    """What this process can really do here."""

    uid: int
    arch: str
    kernel: str
    namespaces: bool
    user_namespaces: bool
    seccomp: bool
    landlock_abi: int
    uid_switch: bool

    def missing(self) -> list[str]:
        """The layers that this host lacks, by name."""
        return [
            name
            for name, absent in (
                ("seccomp", not self.seccomp),
                ("landlock", self.landlock_abi < 1),
                ("landlock scopes (abi 6)", 1 <= self.landlock_abi < 6),
                ("namespaces", not (self.namespaces or self.user_namespaces)),
                ("a uid per child", self.uid == 0 and not self.uid_switch),
            )
            if absent
        ]

    def tiers(self) -> list[Tier]:
        """Those that can work here, strongest first; empty when nothing may be served."""
        if not self.seccomp or self.landlock_abi < 1:
            return []
        privileged = self.uid == 0
        possible = {
            "root": privileged and self.namespaces and self.uid_switch,
            "userns": not privileged and self.user_namespaces,
            "uid": privileged and self.uid_switch,
            "seccomp": not (privileged and self.uid_switch),
        }
        return [TIERS[name] for name, works in possible.items() if works]

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def _works(attempt: Callable[[], None]) -> bool:
    """Tries something irreversible in a throw-away child."""
    pid = os.fork()
    if pid == 0:
        try:
            attempt()
            os._exit(0)
        except BaseException:
            os._exit(1)
    return os.waitpid(pid, 0)[1] == 0


def _namespaces() -> None:
    flags = linux.CLONE_NEWNS | linux.CLONE_NEWPID | linux.CLONE_NEWNET | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS
    linux.unshare(flags)
    root.make_mounts_private()
    linux.mount("tmpfs", tempfile.gettempdir(), "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "size=1m")


def _user_namespaces() -> None:
    root.enter_user_namespace()
    _namespaces()


def _seccomp() -> None:
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.install()
    try:
        socket.socket()
    except PermissionError:
        return
    raise RuntimeError("seccomp let a socket through")


def _uid_switch() -> None:
    os.setgroups([])
    os.setresgid(PROBE_UID, PROBE_UID, PROBE_UID)
    os.setresuid(PROBE_UID, PROBE_UID, PROBE_UID)


def probe() -> Probe:
    """Call it while this process has one thread: it forks."""
    uid = os.geteuid()
    return Probe(
        uid=uid,
        arch=platform.machine(),
        kernel=platform.release(),
        namespaces=uid == 0 and _works(_namespaces),
        user_namespaces=_works(_user_namespaces),
        seccomp=_works(_seccomp),
        landlock_abi=landlock.abi(),
        uid_switch=uid == 0 and _works(_uid_switch),
    )
