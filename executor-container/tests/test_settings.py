"""What a process needs before it serves: its settings, a folder of its own, and a host that is strong enough."""

import json
import os
import sys

import pytest

from cardinal_executor import settings
from cardinal_executor.sandbox.tiers import Probe
from cardinal_executor.services import claim_folder
from cardinal_executor.versions import image_hash
from conftest import ROOT, start_refused

SECRET = "x" * 32


def host(**changes: object) -> Probe:
    everything = {
        "uid": 0,
        "arch": "x86_64",
        "kernel": "6.1",
        "namespaces": True,
        "user_namespaces": True,
        "seccomp": True,
        "landlock_abi": 6,
        "uid_switch": True,
    }
    return Probe(**{**everything, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "names"),
    [
        (host(), ["root", "uid"]),
        (host(namespaces=False), ["uid"]),
        (host(namespaces=False, uid_switch=False), ["seccomp"]),
        (host(uid=1000, namespaces=False, uid_switch=False), ["userns", "seccomp"]),
        (host(uid=1000, namespaces=False, user_namespaces=False, uid_switch=False), ["seccomp"]),
        (host(seccomp=False), []),
        (host(landlock_abi=0), []),
    ],
)
def test_the_tiers_of_a_host_are_those_it_can_hold_strongest_first(found: Probe, names: list[str]) -> None:
    assert [tier.name for tier in found.tiers()] == names


def test_a_missing_layer_is_named() -> None:
    assert host().missing() == []
    assert host(seccomp=False, landlock_abi=0).missing() == ["seccomp", "landlock"]
    assert host(landlock_abi=3, namespaces=False, user_namespaces=False).missing() == [
        "landlock scopes (abi 6)",
        "namespaces",
    ]


def test_everything_wrong_is_named_in_one_message() -> None:
    with pytest.raises(settings.SettingsError) as wrong:
        settings.read({"PORT": "http", "EXECUTOR_MIN_LEVEL": "1", "EXECUTOR_SLOTS": "0"})
    for name in ("EXECUTOR_SECRET", "PORT", "EXECUTOR_MIN_LEVEL", "EXECUTOR_SLOTS"):
        assert name in str(wrong.value)


def test_defaults_are_those_of_the_design() -> None:
    read = settings.read({"EXECUTOR_SECRET": SECRET})
    assert (read.card_wall_ms, read.card_memory_mb, read.queue_cards, read.queue_heavy) == (10_000, 2048, 50, 20)
    assert (read.heavy_wall_ms, read.heavy_memory_mb, read.min_level) == (840_000, 4096, 2)
    assert read.card_slots == 2 * os.cpu_count()
    assert SECRET not in repr(read)


def test_no_setting_serves_below_level_two() -> None:
    with pytest.raises(settings.SettingsError):
        settings.read({"EXECUTOR_SECRET": SECRET, "EXECUTOR_MIN_LEVEL": "0"})


def test_a_folder_belongs_to_one_process(tmp_path) -> None:
    lock = claim_folder(str(tmp_path))
    with pytest.raises(settings.SettingsError):
        claim_folder(str(tmp_path))
    os.close(lock)
    os.close(claim_folder(str(tmp_path)))


@pytest.mark.parametrize("inside", [sys.prefix, os.path.join(ROOT, "cardinal_executor")])
def test_a_folder_that_code_in_the_jail_may_read_is_refused(tmp_path, inside: str) -> None:
    (tmp_path / "link").symlink_to(inside)
    folder = tmp_path / "link" / "cache"
    refused = start_refused(str(folder), EXECUTOR_SECRET=SECRET)
    assert refused.returncode == 78 and f"EXECUTOR_CACHE_DIR {folder} lies in" in refused.stderr
    assert not folder.exists()


def test_a_process_without_its_secret_does_not_start(tmp_path) -> None:
    refused = start_refused(str(tmp_path))
    assert refused.returncode == 78 and "EXECUTOR_SECRET" in refused.stderr


def test_a_host_below_the_level_asked_for_exits_78_with_one_json_line(tmp_path) -> None:
    refused = start_refused(str(tmp_path), EXECUTOR_SECRET=SECRET, EXECUTOR_MIN_LEVEL="4")
    assert refused.returncode == 78
    line = json.loads(refused.stdout)
    assert (line["event"], line["serve"], line["level"]) == ("executor_preflight", False, 0)
    assert any("level 4" in missing for missing in line["missing"])


def test_the_image_is_the_same_for_the_same_source() -> None:
    assert image_hash() == image_hash() and len(image_hash()) == 16
