"""The directory of one heavy job: its source, read-only, and `work`, which the child owns.  What the child left there is hostile."""

import os
import shutil
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from .sandbox.root import JOB, SOURCE_FD

SOURCE, WORK, OUT = "source", "work", "out"


class NotAFile(Exception):
    """What the child named is not a plain file below its output folder."""


class JobFolder:
    def __init__(self, jobs_folder: str, name: str) -> None:
        self.name = name
        self.path = os.path.join(jobs_folder, name)

    @property
    def source(self) -> str:
        return os.path.join(self.path, SOURCE)

    @property
    def work(self) -> str:
        return os.path.join(self.path, WORK)

    def open_output(self, path: str) -> tuple[int, int]:
        """A descriptor and the size of `path` below work/out.  Follows no link, so that the child cannot name a file of ours."""
        parts = path.split("/")
        if not all(part not in ("", ".", "..") for part in parts):
            raise NotAFile(path)
        folder = os.open(os.path.join(self.work, OUT), os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            for part in parts[:-1]:
                inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
                os.close(folder)
                folder = inner
            fd = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        finally:
            os.close(folder)
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode):
            os.close(fd)
            raise NotAFile(path)
        return fd, found.st_size


@contextmanager
def job_folder(jobs_folder: str, owner: int | None) -> Iterator[JobFolder]:
    """A new directory, gone afterwards.  `owner`: the uid of the child, None where children share ours."""
    folder = JobFolder(jobs_folder, uuid.uuid4().hex)
    os.mkdir(folder.path, 0o711)
    try:
        os.makedirs(os.path.join(folder.path, "self", "fd"), 0o755)
        os.symlink(
            f"{JOB}/{SOURCE}", os.path.join(folder.path, "self", "fd", str(SOURCE_FD))
        )  # see root.py, /proc/self
        os.mkdir(folder.work, 0o700)
        if owner is not None:
            os.chown(folder.work, owner, owner)
        yield folder
    finally:
        shutil.rmtree(folder.path, ignore_errors=True)
