"""A transform's way to its file in each chosen tier: it can be written, within its size, and nothing else on the disk can."""

import base64
import hashlib
import io
import os
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support.chosen_tiers import Hosted, chosen_tiers, hosted
from support.datasets import dataset
from support.range_server import RangeServer
from support.transforms import request

ATTACK = """
import ctypes, os, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
libc = ctypes.CDLL(None, use_errno=True)

def reserve_beyond(fd):
    if libc.fallocate(fd, 1, ctypes.c_long(0), ctypes.c_long(1 << 33)):  # FALLOC_FL_KEEP_SIZE
        raise OSError(ctypes.get_errno(), "fallocate")

def attempts(fd):
    yield "grow", lambda: os.ftruncate(fd, 1 << 40)
    yield "reserve", lambda: os.posix_fallocate(fd, 0, 1 << 33)
    yield "reserve beyond the end", lambda: reserve_beyond(fd)
    yield "beyond", lambda: os.pwrite(fd, b"x", 1 << 35)
    yield "name", lambda: os.link(f"/proc/self/fd/{fd}", "/box/named", follow_symlinks=True)
    yield "reopen", lambda: os.open(f"/proc/self/fd/{fd}", os.O_RDWR)

def folders():
    for folder in FOLDERS:
        yield folder + " file", lambda: open(folder + "/planted", "wb").write(b"x")
        yield folder + " pipe", lambda: os.mkfifo(folder + "/pipe")
        yield folder + " link", lambda: os.symlink("/etc/passwd", folder + "/link")
        yield folder + " list", lambda: os.listdir(folder)

def transform(inputs, params):
    escaped = []
    files = [fd for fd in range(5, 64) if is_open(fd)]
    for name, attempt in [*(one for fd in files for one in attempts(fd)), *folders()]:
        try:
            attempt()
            escaped.append(name)
        except OSError:
            pass
    print(len(files), "files open")
    return pd.DataFrame({"escaped": pd.Series(escaped, dtype="str")})

def is_open(fd):
    try:
        os.fstat(fd)
        return True
    except OSError:
        return False
"""


@pytest.fixture(scope="module", params=chosen_tiers())
def host(request: pytest.FixtureRequest) -> Iterator[Hosted]:
    with hosted(request.param) as host:
        yield host


def table_of(answer: dict[str, Any]) -> pa.Table:
    file = next(frame for frame in answer["frames"] if frame["type"] == "file")
    data = base64.b64decode(file["data"])
    assert file["sha256"] == hashlib.sha256(data).hexdigest()
    return pq.read_table(io.BytesIO(data))


def test_a_result_is_written_and_leaves_nothing(host: Hosted, storage: RangeServer) -> None:
    table = pa.table({"a": [1, 2, 3]})
    answer = host.transform(request("def transform(i, p):\n    return i['t']", dataset(storage, "t", table)))
    assert table_of(answer).to_pylist() == table.to_pylist() and answer["left"] == []


def test_a_result_too_large_is_an_output_limit(host: Hosted) -> None:
    code = "def transform(i, p):\n    return pd.DataFrame({'a': np.random.rand(1_000_000)})"
    answer = host.transform(request(code, limits={"outputBytes": 4 << 20}))
    assert answer["frames"][-1]["code"] == "output_limit" and answer["left"] == []


def test_hostile_code_finds_no_other_place_and_no_more_room(host: Hosted) -> None:
    folders = [host.folder, os.path.join(host.folder, "jobs"), "/job", "/jobs", "/var/tmp", "/dev/shm"]
    answer = host.transform(request(f"FOLDERS = {folders!r}\n{ATTACK}"))
    assert answer["frames"][-1]["stdout"] == "1 files open\n"
    assert table_of(answer).to_pylist() == [] and answer["left"] == []
