"""Cards over HTTP, through the real jail: what comes back, and how each way to go wrong is told apart."""

import time

import pytest

from support.client import Client

TABLE = "def render(dataset, filters, params):\n    return pd.DataFrame({'a': [1, 2], 'b': ['x', 'y']})"


def test_a_card_answers_with_its_html_and_what_it_cost(client: Client) -> None:
    answer = client.render("def render(d, f, p):\n    print('hello')\n    return '<b>1</b>'")
    assert answer["http"] == 200
    assert (answer["status"], answer["kind"], answer["body"], answer["libs"]) == ("ok", "html", "<b>1</b>", [])
    assert answer["stdout"] == "hello\n"
    assert set(answer["timings"]) == {"queueMs", "fetchMs", "loadMs", "runMs", "cpuMs", "totalMs"}
    assert answer["fetched"] == {"requests": 0, "bytes": 0}


def test_a_card_gets_its_params_and_its_filters_by_column(client: Client) -> None:
    filters = [
        {"column": "region", "type": "category", "values": ["APAC"], "includeNull": True},
        {"column": "day", "type": "date_range", "start": "2024-01-01", "end": None},
    ]
    code = "import json\ndef render(d, f, p):\n    return json.dumps([d, f, p])"
    answer = client.render(code, filters=filters, params={"top": 3})
    assert (
        answer["body"] == '[null, {"region": ["APAC", null], "day": {"start": "2024-01-01", "end": null}}, {"top": 3}]'
    )


def test_every_promised_name_is_imported_already(client: Client) -> None:
    names = "pd np px go plt sns pl pa duckdb alt HTMLResult number datasets".split()
    answer = client.render(f"def render(d, f, p):\n    return str(len([{', '.join(names)}]))")
    assert answer["body"] == str(len(names))


@pytest.mark.parametrize(
    ("code", "line", "exception"),
    [
        ("def render(d, f, p):\n    x = 1\n    return 1 / 0", 3, "ZeroDivisionError"),
        ("def render(d, f, p):\n    return (", 2, "SyntaxError"),
        ("def render(d, f, p):\n    return pd.DataFrame({'a': [1]})['b']", 2, "KeyError"),
        ("raise SystemExit(3)", 1, "SystemExit"),
        ("x = undefined", 1, "NameError"),
    ],
)
def test_an_error_of_the_author_names_their_line(client: Client, code: str, line: int, exception: str) -> None:
    answer = client.render(code)
    assert (answer["http"], answer["code"]) == (422, "user_code_error")
    assert answer["line"] == line
    assert answer["details"] == {"exception": exception}
    assert exception in answer["message"]


def test_a_traceback_shows_the_authors_lines_and_no_frame_of_ours(client: Client) -> None:
    code = "def inner(x):\n    return x['missing']\n\ndef render(d, f, p):\n    return inner(pd.DataFrame({'a': [1]}))"
    trace = client.render(code)["traceback"]
    assert "return x['missing']" in trace and "in render" in trace
    assert "pandas/core/frame.py" in trace
    assert "cardinal_executor" not in trace and "run.py" not in trace and "site-packages" not in trace


def test_a_chained_error_shows_both(client: Client) -> None:
    code = "def render(d, f, p):\n    try:\n        1 / 0\n    except ZeroDivisionError as e:\n        raise ValueError('bad') from e"
    answer = client.render(code)
    assert answer["message"] == "ValueError: bad"
    assert answer["traceback"].index("ZeroDivisionError") < answer["traceback"].index("ValueError: bad")


def test_an_error_that_cannot_be_shown_is_still_an_error(client: Client) -> None:
    code = (
        "class E(Exception):\n    def __str__(self):\n        raise RuntimeError\ndef render(d, f, p):\n    raise E()"
    )
    answer = client.render(code)
    assert (answer["code"], answer["line"]) == ("user_code_error", 5)


@pytest.mark.parametrize(
    ("value", "named"),
    [("None", "None"), ("object()", "object"), ("42", "number(42)"), ("{'a': 1}", "dict"), ("[1, 2]", "list")],
)
def test_nonsense_is_an_invalid_result_that_says_what_is_accepted(client: Client, value: str, named: str) -> None:
    answer = client.render(f"def render(d, f, p):\n    return {value}")
    assert (answer["http"], answer["code"]) == (422, "invalid_result")
    assert named in answer["message"] and "DataFrame" in answer["message"]


def test_code_without_render_is_an_invalid_result(client: Client) -> None:
    answer = client.render("x = 1")
    assert answer["code"] == "invalid_result" and "render(dataset, filters, params)" in answer["message"]


def test_an_endless_loop_ends_at_its_limit(client: Client) -> None:
    started = time.monotonic()
    answer = client.render("def render(d, f, p):\n    while True: pass", limits={"wallMs": 1000})
    assert (answer["http"], answer["code"]) == (422, "time_limit")
    assert answer["details"]["limit"] == 1000 and 1000 <= answer["details"]["used"] < 1500
    assert time.monotonic() - started < 3


def test_a_hang_in_c_ends_at_its_limit(client: Client) -> None:
    code = "import re\ndef render(d, f, p):\n    return re.match(r'(a+)+$', 'a' * 60 + 'b')"
    assert client.render(code, limits={"wallMs": 1000})["code"] == "time_limit"


def test_a_memory_bomb_is_a_memory_limit_with_its_line(client: Client) -> None:
    code = "def render(d, f, p):\n    x = []\n    while True:\n        x.append(bytearray(20 << 20))"
    answer = client.render(code, limits={"memoryMb": 300, "wallMs": 60_000})
    assert (answer["http"], answer["code"], answer["line"]) == (422, "memory_limit", 4)
    assert answer["details"]["limit"] == 300 << 20 and answer["details"]["used"] > 0


def test_an_allocator_that_aborts_is_a_memory_limit_too(client: Client) -> None:
    code = "def render(d, f, p):\n    return str(pl.select(pl.int_range(0, 10**10)).height)"
    assert client.render(code, limits={"memoryMb": 300, "wallMs": 60_000})["code"] == "memory_limit"


def test_printing_a_megabyte_is_an_output_limit_and_keeps_the_beginning(client: Client) -> None:
    answer = client.render("def render(d, f, p):\n    print('x' * 1_000_000)\n    return ''")
    assert (answer["http"], answer["code"]) == (422, "output_limit")
    assert answer["details"]["limit"] == 65_536 and len(answer["stdout"]) == 65_536


def test_500_mb_of_html_is_an_output_limit(client: Client) -> None:
    answer = client.render("def render(d, f, p):\n    return 'x' * (500 << 20)", limits={"wallMs": 60_000})
    assert (answer["http"], answer["code"]) == (422, "output_limit")
    assert answer["details"] == {"limit": 5_000_000, "used": 500 << 20}


def test_what_the_jail_refuses_is_a_sandbox_violation(client: Client) -> None:
    for code in (
        "import socket\ndef render(d, f, p):\n    socket.create_connection(('127.0.0.1', 80))",
        "import urllib.request\ndef render(d, f, p):\n    urllib.request.urlopen('http://example.com')",
        "import subprocess\ndef render(d, f, p):\n    subprocess.run(['true'])",
        "import ctypes\ndef render(d, f, p):\n    ctypes.CDLL(None).syscall(165, 0, 0, 0, 0, 0)",
    ):
        answer = client.render(code)
        assert (answer["http"], answer["code"]) == (422, "sandbox_violation"), (code, answer)


def test_the_next_card_runs_after_any_of_these(client: Client) -> None:
    for code in ("import os\nos._exit(0)", "import ctypes\nctypes.string_at(0)", "import os\nos.write(3, b'junk\\n')"):
        assert client.render(code + "\ndef render(d, f, p):\n    return ''")["code"] == "user_code_error"
        assert client.render(TABLE)["status"] == "ok"


def test_text_that_no_page_can_carry_is_replaced(client: Client) -> None:
    code = "def render(d, f, p):\n    print('a\\ud800b\\0c')\n    return '<p>x\\ud800y\\0z</p>'"
    answer = client.render("\ufeff" + code)
    assert answer["body"] == "<p>x�y�z</p>"
    assert answer["stdout"] == "a�b�c\n"


def test_a_script_runs_only_in_a_card_that_may(client: Client) -> None:
    code = "def render(d, f, p):\n    return '<p onclick=\"x()\">hi</p>'"
    refused, allowed = client.render(code), client.render(code, scripts=True)
    assert (refused["kind"], allowed["kind"]) == ("html", "script")
    assert len(refused["warnings"]) == 1 and "scripts" in refused["warnings"][0]
    assert allowed["warnings"] == []
    assert client.render(TABLE, scripts=True)["kind"] == "html"


def test_html_result_says_which_filters_apply(client: Client) -> None:
    answer = client.render("def render(d, f, p):\n    return HTMLResult('<p>', ['a'], ['region'])")
    assert answer["filterApplicable"] == ["region"]
    assert client.render(TABLE)["filterApplicable"] is None


PROGRAMS = {
    "table": "return pd.DataFrame({'a': [1.5, 2], 'b': ['x', 'y']})",
    "styler": "return pd.DataFrame({'a': [1, 2]}).style.background_gradient()",
    "styler html": "return pd.DataFrame({'a': [1, 2]}).style.highlight_max().to_html()",
    "plotly": "return px.scatter(x=np.random.rand(20), y=np.random.rand(20))",
    "plotly html": "return px.bar(x=['a'], y=[1]).to_html(full_html=False, include_plotlyjs=False)",
    "altair": "return alt.Chart(pd.DataFrame({'a': [1, 2]})).mark_bar().encode(x='a').interactive()",
    "matplotlib": "fig, ax = plt.subplots(); ax.plot(np.random.rand(9), label='l'); ax.legend(); return fig",
    "seaborn": "return sns.relplot(pd.DataFrame({'a': [1, 2, 3], 'b': [3, 1, 2]}), x='a', y='b')",
    "sets": "return str({'a', 'b', 'c', 'd'} | set(dir(pd)[:20]))",
    "random": "import random, uuid; return f'{random.random()} {np.random.rand()} {uuid.uuid4()}'",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_equal_input_gives_equal_bytes(client: Client, name: str) -> None:
    code = f"def render(d, f, p):\n    {PROGRAMS[name]}"
    first, second = client.render(code), client.render(code)
    assert first["status"] == "ok", first
    assert first["body"] == second["body"]
