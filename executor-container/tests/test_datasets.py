"""What a child is handed of its datasets: plain ones as descriptors, guarded ones as the rows that a reader has kept."""

import datetime as dt
import fcntl
import json
import os
import time
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from cardinal_executor.data.range_cache import RangeCache
from cardinal_executor.datasets import Damaged, Datasets, Spent
from cardinal_executor.errors import ExecutorError
from cardinal_executor.protocol import RenderRequest
from cardinal_executor.runner import frames
from cardinal_executor.sandbox.canaries import attack_job
from cardinal_executor.sandbox.execution import Answer, Bounds, Execution
from cardinal_executor.sandbox.jail import ChildLimits
from support.client import Client, card
from support.datasets import dataset
from support.range_server import RangeServer

BOUNDS = Bounds(ChildLimits(cpu_seconds=10, memory_mb=512), 10_000, 1 << 20, 1 << 16)
SMALL = Bounds(ChildLimits(cpu_seconds=10, memory_mb=64), 10_000, 1 << 20, 1 << 16)
OWN = {"column": "region", "type": "category", "values": ["EMEA"], "includeNull": False}
ALL = {"column": "region", "type": "category", "values": ["EMEA", "APAC"], "includeNull": True}
DAY = dt.date(2024, 1, 1)
SECRET = "only-for-others"
COUNT = "def render(d, f, p):\n    return str(len(d))"


def guarded(plan: dict[str, Any], *rows: dict[str, Any]) -> dict[str, Any]:
    return {**plan, "rowFilters": list(rows or [OWN])}


def table(others: list[Any]) -> pa.Table:
    """Three rows of EMEA between others' rows, which hold `others`."""
    rows = [others, [1, None, True], others, [2, "b", None], others, [3, "c", False]]
    days = [DAY + dt.timedelta(row) for row in range(6)]
    return pa.table(
        {
            "region": ["APAC", "EMEA"] * 3,
            "n": pa.array([row[0] for row in rows], pa.int64()),
            "text": [row[1] for row in rows],
            "flag": pa.array([row[2] for row in rows], pa.bool_()),
            "day": pa.array([day if row % 2 else None for row, day in enumerate(days)], pa.date32()),
            "instant": pa.array([dt.datetime(2024, 1, 1)] * 6, pa.timestamp("us", "UTC")),
        }
    )


@pytest.fixture
def datasets(make_fleet, tmp_path) -> Iterator[Datasets]:
    cache = RangeCache(str(tmp_path / "ranges"), 1 << 30)
    yield Datasets(make_fleet(), cache)
    cache.close()


def request(*plans: dict[str, Any], **more: Any) -> RenderRequest:
    return RenderRequest.model_validate(card("", datasets=list(plans), **more))


def handed_over(datasets: Datasets, *plans: dict[str, Any], bounds: Bounds = BOUNDS, **more: Any):
    wanted = request(*plans, **more)
    return datasets.handed_over(wanted.datasets, wanted.filters, wanted.zone, bounds, False, Spent())


def test_nothing_that_a_card_is_handed_depends_on_rows_that_others_see(
    datasets: Datasets, storage: RangeServer
) -> None:
    handed = []
    for others in ([0, "", None], [2**62, SECRET, True]):
        many = pa.concat_tables([table(others)] * 50 + [table(others).slice(0, 1)] * (100 if others[0] else 1))
        plan = {**guarded(dataset(storage, "t", many)), "columns": ["n", "text", "flag", "day", "instant"]}
        if others[0]:
            plan["objects"] += dataset(storage, "more", many.filter(pc.field("region") == "APAC"))["objects"]
        with handed_over(datasets, plan) as given:
            (rows,) = given.fds
            handed.append((os.pread(rows, given.held_bytes, 0), json.dumps(given.jobs)))
    assert handed[0] == handed[1]
    assert SECRET.encode() not in handed[1][0]


def test_rows_in_memory_can_be_changed_by_nobody(datasets: Datasets, storage: RangeServer) -> None:
    plan = guarded(dataset(storage, "t", table([0, "", None])))
    with handed_over(datasets, plan) as given:
        (rows,) = given.fds
        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
        assert fcntl.fcntl(rows, fcntl.F_GET_SEALS) == seals
        assert given.held_bytes == os.fstat(rows).st_size < 10_000
        for change in (lambda: os.pwrite(rows, b"x", 0), lambda: os.ftruncate(rows, 0)):
            with pytest.raises(PermissionError):
                change()
    with pytest.raises(OSError):
        os.fstat(rows)


def test_a_plain_dataset_needs_no_reader(datasets: Datasets, storage: RangeServer) -> None:
    forks = datasets._fleet._zygote.forks
    with handed_over(datasets, dataset(storage, "t", table([0, "", None]))) as given:
        assert (given.read_ms, given.held_bytes, len(given.fds)) == (0, 0, 1)
    assert datasets._fleet._zygote.forks == forks


def test_each_guarded_dataset_has_a_reader_of_its_own_within_the_bounds_of_one_run(
    datasets: Datasets, storage: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = 200_000  # 3 MB are kept of each
    data = pa.table({"region": ["EMEA"] * size, "n": [7] * size})
    plans = [guarded({**dataset(storage, name, data), "columns": ["n"]}) for name in "ab"]
    run, readers = Execution.run, []

    def watched(execution: Execution, job: dict[str, Any], fds: list[int], *more: Any) -> Answer:
        found = run(execution, job, fds, *more)
        files = {os.readlink(f"/proc/self/fd/{fd}") for fd in fds[1:]}
        readers.append((job, os.fstat(fds[0]).st_ino, files, more[1], found.elapsed_ms))
        return found

    monkeypatch.setattr(Execution, "run", watched)
    with handed_over(datasets, *plans) as given:
        kept = [os.fstat(fd) for fd in given.fds]
    (first, its_rows, its_files, before, took), (second, other_rows, other_files, spent, then_took) = readers
    assert [job["dataset"]["name"] for job in (first, second)] == ["a", "b"]
    assert [rows.st_ino for rows in kept] == [its_rows, other_rows]
    assert len(its_files) == len(other_files) == 1 and not its_files & other_files
    assert (before, spent, given.read_ms) == (0, took, took + then_took)
    assert given.held_bytes == sum(rows.st_size for rows in kept)
    assert [job["memory_mb"] for job in (first, second)] == [512, 512 - (kept[0].st_size >> 20)]


def test_rows_of_all_guarded_datasets_together_have_the_room_of_one_run(
    datasets: Datasets, storage: RangeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardinal_executor.datasets.ROWS_SHARE", 16)  # 32 MB
    size = 2_500_000  # 20 MB of integers each
    data = pa.table({"region": pa.array(["EMEA"] * size).dictionary_encode(), "n": pa.array([7] * size)})
    plans = [guarded({**dataset(storage, name, data), "columns": ["n"]}) for name in "ab"]
    with handed_over(datasets, plans[0]) as given:
        assert given.held_bytes < 32 << 20
    with pytest.raises(ExecutorError) as refused, handed_over(datasets, *plans):
        pass
    assert refused.value.code == "memory_limit"


def test_frames_come_in_the_order_of_their_datasets_whichever_way_they_came(
    datasets: Datasets, storage: RangeServer
) -> None:
    tables = {name: pa.table({"region": ["EMEA", "APAC"], "n": [n, 10 * n]}) for n, name in enumerate("abcd", 1)}
    plans = [dataset(storage, name, each) for name, each in tables.items()]
    plans = [guarded(plans[0]), plans[1], guarded(plans[2]), plans[3]]
    with handed_over(datasets, *plans) as given:
        loaded = frames.load(given.jobs, [], "UTC", [os.dup(fd) for fd in given.fds])
    assert {name: list(frame.n) for name, frame in loaded.frames.items()} == {
        "a": [1],
        "b": [2, 20],
        "c": [3],
        "d": [4, 40],
    }
    assert (loaded.rows_input, loaded.rows_filtered) == (6, 6)


DESCRIBE = """
import hashlib
def render(d, f, p):
    kinds = {name: (str(kind), bool(getattr(d[name].to_numpy().flags, "writeable", True))) for name, kind in d.dtypes.items()}
    d.loc[0, "n"] = 7
    return f"{kinds} {type(d.index).__name__} {d.to_json()}"
"""


def test_a_guarded_frame_is_like_any_other(client: Client, storage: RangeServer) -> None:
    plan = dataset(storage, "t", table([5, "x", None]), exact=("n",))
    plain = client.render(DESCRIBE, datasets=[plan])
    kept = client.render(DESCRIBE, datasets=[guarded(plan, ALL)])
    assert plain["status"] == "ok", plain
    assert plain["body"] == kept["body"]


def test_filters_of_the_viewer_apply_to_the_kept_rows(client: Client, storage: RangeServer) -> None:
    plan = guarded(dataset(storage, "t", table([9, "b", True])))
    only_b = {"column": "text", "type": "category", "values": ["b"], "includeNull": True}
    code = "def render(d, f, p):\n    return f'{list(d.n)} {f}'"
    answer = client.render(code, datasets=[plan], filters=[only_b])
    assert answer["body"] == "[1, 2] {'text': ['b', None]}"
    assert answer["rows"] == {"input": 2, "filtered": 2}


@pytest.mark.parametrize(("columns", "said"), [(["n"], "6"), ([], None)])
def test_a_narrow_run_gets_kept_rows_without_the_column_that_kept_them(
    client: Client, storage: RangeServer, columns: list[str], said: str | None
) -> None:
    plan = {**guarded(dataset(storage, "t", table([9, "b", True]))), "columns": columns}
    code = "def render(d, f, p):\n    return str(d.n.sum())" if said else COUNT
    assert client.render(code, datasets=[plan])["body"] == (said or "3")
    refused = client.render("def render(d, f, p):\n    return str(d.region.nunique())", datasets=[plan])
    assert refused["status"] == "needs_all_columns"


def test_a_guarded_version_of_which_every_object_was_pruned_is_empty(client: Client, storage: RangeServer) -> None:
    plan = guarded({**dataset(storage, "t", table([0, "", None])), "objects": []})
    answer = client.render("def render(d, f, p):\n    return f'{len(d)} {d.day.dtype}'", datasets=[plan])
    assert answer["body"] == "0 datetime64[us]"
    assert answer["rows"] == {"input": 0, "filtered": 0}


def test_a_reader_that_meets_a_hole_costs_one_more_run_and_no_wrong_answer(
    client: Client, storage: RangeServer
) -> None:
    size = 50_000
    data = pa.table({"region": ["EMEA", "APAC"] * (size // 2), "b": [str(n * 7919) for n in range(size)]})
    plan = guarded(dataset(storage, "t", data, reads=["region"], row_group=5000))
    plan["objects"][0]["ranges"] = plan["objects"][0]["ranges"][:3]
    answer = client.render("def render(d, f, p):\n    return str(d.b.astype(int).sum())", datasets=[plan])
    assert answer["body"] == str(sum(n * 7919 for n in range(0, size, 2)))
    assert answer["fetched"]["bytes"] >= plan["objects"][0]["size"]


def test_damaged_bytes_are_told_from_holes(datasets: Datasets, storage: RangeServer) -> None:
    plan = guarded(dataset(storage, "t", table([0, "", None])))
    with handed_over(datasets, plan):
        pass
    before = len(os.listdir("/proc/self/fd"))
    storage.objects["t.parquet"] = bytes(len(storage.objects["t.parquet"]))
    with (
        pytest.raises(Damaged),
        handed_over(datasets, {**plan, "objects": [{**plan["objects"][0], "version": "other"}]}),
    ):
        pass
    assert len(os.listdir("/proc/self/fd")) == before


def test_damaged_bytes_of_a_guarded_dataset_are_data_unavailable(client: Client, storage: RangeServer) -> None:
    plan = guarded(dataset(storage, "t", table([0, "", None])))
    storage.objects["t.parquet"] = bytes(len(storage.objects["t.parquet"]))
    answer = client.render(COUNT, datasets=[plan])
    assert (answer["http"], answer["code"]) == (502, "data_unavailable")


def test_more_rows_than_the_limit_has_room_for_are_a_memory_limit(datasets: Datasets, storage: RangeServer) -> None:
    size = 6_000_000  # 48 MB of integers, where 32 MB are for the rows
    data = pa.table({"region": pa.array(["EMEA"] * size).dictionary_encode(), "n": pa.array([7] * size)})
    plan = {**guarded(dataset(storage, "t", data, row_group=size)), "columns": ["n"]}
    with pytest.raises(ExecutorError) as refused, handed_over(datasets, plan, bounds=SMALL):
        pass
    assert refused.value.code == "memory_limit"
    assert refused.value.more["details"]["limit"] == 64 << 20


def test_a_reader_of_a_long_run_has_the_limits_of_that_run(make_fleet, tmp_path, storage: RangeServer) -> None:
    size = 6_000_000  # 48 MB of integers, which a card of this fleet has no room to decode
    data = pa.table({"region": pa.array(["EMEA"] * size).dictionary_encode(), "n": pa.array([7] * size)})
    plan = {**guarded(dataset(storage, "t", data, row_group=size)), "columns": ["n"]}
    cache = RangeCache(str(tmp_path / "ranges"), 1 << 30)
    with handed_over(Datasets(make_fleet(memory_mb=32), cache), plan) as given:
        assert given.held_bytes > 8 * size
    cache.close()


def test_what_a_reader_took_is_time_that_the_card_does_not_have(make_fleet) -> None:
    fleet = make_fleet()
    child = fleet.take()
    execution = Execution(child, BOUNDS)
    code = "import time\ndef render(d, f, p):\n    time.sleep(30)"
    started = time.monotonic()
    found = execution.run(attack_job(code, {}, BOUNDS.limits), [], spent_ms=9_500)
    took = time.monotonic() - started
    fleet.release(child, execution.reap())
    assert took < 2
    assert found.error is not None and found.error.code == "time_limit"
    assert found.error.more["details"]["limit"] == 10_000 <= found.error.more["details"]["used"]
