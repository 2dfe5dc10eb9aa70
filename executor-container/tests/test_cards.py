"""A card whose surroundings fail before it runs: it is told so, and no descriptor stays open."""

import os
from typing import Any

import pytest

from cardinal_executor.cards import CardRunner
from cardinal_executor.data.range_cache import Fetched
from cardinal_executor.errors import ExecutorError
from cardinal_executor.protocol import RenderRequest
from cardinal_executor.sandbox.fleet import Fleets
from cardinal_executor.sandbox.process import ZygoteFailed
from cardinal_executor.settings import read

OBJECT = {
    "version": "v",
    "size": 8,
    "url": "http://127.0.0.1/",
    "etag": "e",
    "ranges": [],
    "rowGroups": [],
    "partition": None,
}
REQUEST = RenderRequest.model_validate(
    {
        "executionId": "exec",
        "author": "ada",
        "code": "",
        "entry": "render",
        "scripts": False,
        "params": {},
        "filters": [],
        "datasets": [
            {
                "name": "t",
                "columns": None,
                "schema": [],
                "rowCount": 1,
                "objects": [{**OBJECT, "key": key} for key in "abc"],
            }
        ],
        "zone": "UTC",
    }
)


class NoZygote:
    def take(self, *_: object) -> None:
        raise ZygoteFailed("no zygote")


class Cache:
    """Opens something for every object but those of `broken`."""

    def __init__(self, broken: str = "") -> None:
        self.broken = broken

    def open(self, ref: Any, ranges: object, deadline: float) -> tuple[int, Fetched]:
        if ref.key in self.broken:
            raise OSError(28, "No space left on device")
        return os.open(os.devnull, os.O_RDONLY), Fetched()


def render(cache: Cache) -> ExecutorError:
    answers: list[Any] = []
    runner = CardRunner(read({"EXECUTOR_SECRET": "s" * 32}), Fleets(NoZygote(), NoZygote()), cache)  # type: ignore[arg-type]
    runner.render(REQUEST, 0.0, answers.append)
    (answer,) = answers
    assert isinstance(answer, ExecutorError)
    return answer


@pytest.mark.parametrize(("cache", "code"), [(Cache(), "executor_lost"), (Cache("b"), "data_unavailable")])
def test_a_card_that_never_ran_leaves_no_descriptor_open(cache: Cache, code: str) -> None:
    before = len(os.listdir("/proc/self/fd"))
    assert render(cache).code == code
    assert len(os.listdir("/proc/self/fd")) == before
