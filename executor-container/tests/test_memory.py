"""What all slots may use together is held against the memory that there is, and too much is said."""

import json
import os
from pathlib import Path

import pytest

from cardinal_executor import memory, settings
from cardinal_executor.sandbox.cgroup import memory_limit
from conftest import start_server, stop_server
from support.client import SECRET

GIGABYTE = 1 << 30
UNLIMITED = str((1 << 63) - 4096)  # how version 1 says it


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text}\n")


@pytest.fixture
def group(tmp_path: Path):
    """Control groups as files: what the process says it is in, and limits by path.  Returns the limit that is found."""

    def limit_of(own: str, limits: dict[str, str]) -> int | None:
        write(tmp_path / "own", own)
        for path, text in limits.items():
            write(tmp_path / "mount" / path, text)
        return memory_limit(str(tmp_path / "mount"), str(tmp_path / "own"))

    return limit_of


def test_the_limit_of_a_container_is_that_of_the_group_it_sees_as_the_root(group) -> None:
    assert group("0::/", {"memory.max": str(8 * GIGABYTE)}) == 8 * GIGABYTE


def test_the_lowest_limit_of_the_groups_around_counts(group) -> None:
    limits = {"system.slice/memory.max": str(2 * GIGABYTE), "system.slice/cardinal.service/memory.max": "max"}
    assert group("0::/system.slice/cardinal.service", limits) == 2 * GIGABYTE


def test_the_first_version_of_groups_is_read_as_well(group) -> None:
    own = "9:name=systemd:/x\n5:cpu,cpuacct:/y\n4:memory:/docker/abc\n0::/"
    assert group(own, {"memory/docker/abc/memory.limit_in_bytes": str(6 * GIGABYTE)}) == 6 * GIGABYTE
    # In the container itself the same group is the root, whatever its name outside.
    assert group("4:memory:/docker/other", {"memory/memory.limit_in_bytes": str(3 * GIGABYTE)}) == 3 * GIGABYTE


def test_without_a_limit_there_is_all_that_the_machine_has(group) -> None:
    assert group("0::/", {}) is None
    assert group("0::/user.slice", {"user.slice/memory.max": "max", "memory.max": "max"}) is None
    unlimited = group("4:memory:/x", {"memory/x/memory.limit_in_bytes": UNLIMITED})
    assert memory.budget(settings.read({"EXECUTOR_SECRET": SECRET}), unlimited, 16 * GIGABYTE).there == 16 * 1024


def read_settings(**environment: str) -> settings.Settings:
    return settings.read({"EXECUTOR_SECRET": SECRET, "EXECUTOR_SLOTS": "4", **environment})


def test_jobs_that_fit_say_nothing() -> None:
    given = read_settings()
    assert memory.warning(memory.budget(given, None, 12 * GIGABYTE), given) is None


def test_jobs_that_may_use_more_than_there_is_are_told_in_one_line_with_the_settings_that_count() -> None:
    given = read_settings()
    line = memory.warning(memory.budget(given, 8 * GIGABYTE, 64 * GIGABYTE), given)
    assert line is not None
    assert (line["event"], line["wantedMb"], line["thereMb"]) == ("executor_memory", 12288, 8192)
    message = line["message"]
    assert "4 cards of 2048 MB and an import or transform of 4096 MB may together use 12288 MB" in message
    assert "the container or service that it runs in has 8192 MB" in message
    assert all(f"EXECUTOR_{name}" in message for name in ("SLOTS", "CARD_MEMORY_MB", "HEAVY_MEMORY_MB"))
    fewer = read_settings(EXECUTOR_SLOTS="2")
    assert memory.warning(memory.budget(fewer, 8 * GIGABYTE, 64 * GIGABYTE), fewer) is None


def test_a_process_that_may_run_out_of_memory_says_so_and_serves(tmp_path: Path) -> None:
    os.chmod(tmp_path, 0o711)
    server = start_server(str(tmp_path), EXECUTOR_UID_BASE="35000", EXECUTOR_HEAVY_MEMORY_MB="100000000")
    try:
        lines = [json.loads(line) for line in Path(server.output).read_text().splitlines()]
        assert [line["event"] for line in lines] == ["executor_preflight", "executor_memory"]
        counts = server.client.metrics()
        assert counts["slots_memory_bytes", "heavy"] == 100_000_000 << 20
        assert counts["slots_memory_bytes", "card"] == counts["slots", "card"] * (2048 << 20)
        assert counts["memory_limit_bytes",] == lines[1]["thereMb"] << 20
    finally:
        stop_server(server)
