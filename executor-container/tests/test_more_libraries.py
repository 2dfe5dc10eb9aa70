"""Most cards run in a child with the usual libraries; one that needs others gets them, however it asks."""

import os
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import pytest

from cardinal_executor.cards import CardRunner
from cardinal_executor.data.range_cache import RangeCache
from cardinal_executor.protocol import RenderRequest
from cardinal_executor.sandbox.fleet import FleetOptions, Fleets
from cardinal_executor.sandbox.jail import ChildLimits
from cardinal_executor.sandbox.libraries import likely_needs_more
from cardinal_executor.sandbox.tiers import TIERS
from cardinal_executor.settings import read
from support.processes import children_of

# none of them says a word that gives it away
UNFORESEEN = "def render(df, f, p):\n    __import__('sci' + 'py')\n    return 'got it'"
ASKING = {
    "an import": UNFORESEEN,
    "an import that is caught": """
def render(df, f, p):
    try:
        __import__('sci' + 'py')
        return 'got it'
    except BaseException:
        return 'none'
""",
    "a look whether it is there": """
import importlib.util
def render(df, f, p):
    return 'got it' if importlib.util.find_spec('sci' + 'py') else 'none'
""",
    "a name that is given": """
def render(df, f, p):
    globals()['p' + 'lt'].figure()
    return 'got it'
""",
    "a function of pandas": """
def render(df, f, p):
    s = pd.Series([1.0, None, 3.0, 4.0, 5.0])
    getattr(s, 'interp' + 'olate')(method='cu' + 'bic')
    return 'got it'
""",
}


@pytest.fixture(scope="module")
def fleets(strongest_tier: str) -> Iterator[Fleets]:
    with tempfile.TemporaryDirectory(prefix="fleets-test-") as folder:
        os.chmod(folder, 0o711)
        limits = ChildLimits(cpu_seconds=20, memory_mb=512)
        running = Fleets.start(TIERS[strongest_tier], FleetOptions(folder, limits, 0, 1000, 34500))
        yield running
        running.stop()


@pytest.fixture
def render(fleets: Fleets) -> Iterator:
    """Renders code; answers with how many children of each fleet it took."""
    with tempfile.TemporaryDirectory(prefix="fleets-test-") as folder:
        cache = RangeCache(folder, 1 << 20)
        runner = CardRunner(read({"EXECUTOR_SECRET": "s" * 32}), fleets, cache)

        def run(code: str, **more: Any) -> tuple[Any, tuple[int, int]]:
            fields = {"params": {}, "filters": [], "datasets": [], "zone": "UTC", "entry": "render", "scripts": False}
            request = RenderRequest.model_validate(
                {"executionId": "e", "author": "ada", "code": code, **fields, **more}
            )
            before = forks(fleets)
            answers: list[Any] = []
            runner.render(request, 0.0, answers.append)
            after = forks(fleets)
            return answers[0], (after[0] - before[0], after[1] - before[1])

        yield run
        cache.close()


def forks(fleets: Fleets) -> tuple[int, int]:
    assert fleets.usual._zygote is not None and fleets.everything._zygote is not None
    return fleets.usual._zygote.forks, fleets.everything._zygote.forks


def test_a_card_that_names_a_library_runs_once_where_it_is(render) -> None:
    answer, children = render("import scipy\ndef render(df, f, p):\n    return 'got ' + scipy.__name__")
    assert (answer["body"], children) == ("got scipy", (0, 1))


def test_a_card_with_the_usual_libraries_runs_once(render) -> None:
    answer, children = render("def render(df, f, p):\n    return px.bar(x=[1], y=[2])")
    assert (answer["kind"], children) == ("figure", (1, 0))


@pytest.mark.parametrize("way", ASKING)
def test_a_card_gets_its_library_however_it_asks(render, way: str) -> None:
    answer, children = render(ASKING[way])
    assert (answer["body"], children) == ("got it", (1, 1))


def test_code_that_asked_once_runs_where_its_library_is_from_then_on(render) -> None:
    assert render(UNFORESEEN)[1] == (1, 1)
    assert render(UNFORESEEN)[1] == (0, 1)


def test_of_code_that_asked_in_rows_that_somebody_may_not_see_nothing_is_remembered_for_them(render) -> None:
    code = UNFORESEEN.replace("got it", "got it, whose rows?")
    everything = {"name": "sales", "schema": [{"name": "region", "type": "string"}], "rowCount": 0, "objects": []}
    some = {**everything, "rowFilters": [{"column": "region", "type": "category", "values": ["EMEA"]}]}
    assert render(code, datasets=[everything])[1] == (1, 1)
    assert render(code, datasets=[everything])[1] == (0, 1)
    usual_of_first, _ = render(code, datasets=[some])[1]
    usual_of_second, _ = render(code, datasets=[some])[1]
    assert usual_of_first > usual_of_second


FORGED = """
import json, os, time
time.sleep(0.9)
os.write(3, json.dumps({"ok": False, "len": 0, "code": "needs_more_libraries"}).encode() + b"\\n")
os._exit(0)
"""


def test_code_that_forges_its_way_into_another_run_gets_no_more_time_by_it(render) -> None:
    error, (usual, everything) = render(FORGED, limits={"wallMs": 1500})
    assert (usual, everything) == (1, 1)
    assert (error.code, error.more["details"]["limit"]) == ("time_limit", 1500)
    assert error.more["details"]["used"] < 1900


def test_a_library_of_the_second_child_has_the_theme(render) -> None:
    code = "def render(df, f, p):\n    return str(__import__('matplot' + 'lib').rcParams['svg.hashsalt'])"
    assert render(code)[0]["body"] == "cardinal"


@pytest.mark.parametrize(
    ("code", "more"),
    [("df.groupby('a')", False), ("px.histogram(df)", False), ("plt.figure()", True), ("df.plot.bar()", True)],
)
def test_the_words_of_the_code_choose(code: str, more: bool) -> None:
    assert likely_needs_more(code) is more


def test_a_spare_warms_itself_up_when_no_card_comes(make_fleet) -> None:
    fleet = make_fleet(spares=1)
    launcher = fleet._zygote.process.pid
    zygote = children_of(launcher)[0] if fleet.tier.namespaces else launcher
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and not any(threads(pid) > 1 for pid in children_of(zygote)):
        time.sleep(0.05)
    assert [threads(pid) > 1 for pid in children_of(zygote)] == [True]


def threads(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/task"))
