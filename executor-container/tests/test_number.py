"""What `number()` shows.  In this process: it needs no jail."""

import datetime as dt
import re
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from cardinal_executor.runner.convert import convert
from cardinal_executor.runner.convert.number import number


def html(value: object) -> str:
    artefact = convert(value, scripts=False)
    assert artefact.kind == "html" and artefact.libs == ()
    return artefact.body


def test_a_number_is_a_big_block() -> None:
    assert html(number(1234567.891, "Sales", 0.05, ",.1f")) == (
        '<div class="c-number"><div class="c-number-label">Sales</div><div class="c-number-value">1,234,567.9</div>'
        '<div class="c-number-note"><span class="c-number-delta good">+0.1</span></div></div>'
    )
    assert html(number(1)) == '<div class="c-number"><div class="c-number-value">1</div></div>'
    assert html(number("<b>", "<i>", caption="<s>")).count("&lt;") == 3


@pytest.mark.parametrize(
    ("value", "more", "shown"),
    [
        (np.float64(3.14159), {}, "3.14"),
        (0.42, {"format": ".0%"}, "42%"),
        (-1234.5, {"format": ",.1f"}, "−1,234.5"),
        (1234.5, {"format": ",.0f", "prefix": "$"}, "$1,234"),
        (-1234.5, {"prefix": "$", "suffix": " net"}, "−$1,234.50 net"),
        (np.int64(98_000), {"suffix": " 円"}, "98,000 円"),
        (Decimal("12.50"), {"format": ".2f", "prefix": "£"}, "£12.50"),
        (float("-inf"), {"format": ".1f"}, "−∞"),
        ("-5 to 5", {"suffix": " °C"}, "-5 to 5 °C"),
        (dt.date(2024, 2, 29), {}, "2024-02-29"),
        (pd.Timestamp("2024-02-29"), {}, "2024-02-29"),
        (pd.Timestamp("2024-02-29 13:45"), {}, "2024-02-29 13:45:00"),
        (pd.Timestamp("2024-02-29"), {"format": "%B %Y"}, "February 2024"),
        (float("nan"), {"format": ".1f", "prefix": "$", "suffix": " km"}, "–"),
        (None, {}, "–"),
        (pd.NA, {}, "–"),
        (pd.NaT, {}, "–"),
    ],
)
def test_a_number_reads_as_people_write_it(value: object, more: dict[str, str], shown: str) -> None:
    assert f'"c-number-value">{shown}<' in html(number(value, **more))


@pytest.mark.parametrize(
    ("delta", "more", "shown"),
    [
        (-3, {}, '"c-number-delta bad">−3<'),
        (-3, {"good": "down"}, '"c-number-delta good">−3<'),
        (3, {"good": "down"}, '"c-number-delta bad">+3<'),
        (0, {}, '"c-number-delta">0<'),
        (0.051, {"format": ",.0f", "delta_format": ".1%"}, '"c-number-delta good">+5.1%<'),
        (Decimal("-0.5"), {"delta_format": ".2f"}, '"c-number-delta bad">−0.50<'),
        ("+2 %", {}, '"c-number-delta">+2 %<'),
        (1, {"caption": "vs. last month"}, "+1</span> vs. last month</div>"),
        (None, {"caption": "先月比"}, '"c-number-note">先月比<'),
    ],
)
def test_a_change_has_a_sign_and_the_colour_of_its_news(delta: object, more: dict[str, str], shown: str) -> None:
    assert shown in html(number(7, delta=delta, **more))


def test_a_change_that_is_not_known_is_not_shown() -> None:
    assert html(number(7, delta=float("nan"))) == html(number(7))


@pytest.mark.parametrize(
    ("value", "more", "error", "words"),
    [
        ([1], {}, TypeError, "not list"),
        (pd.Series([1]), {}, TypeError, "not Series"),
        (1, {"delta": dt.timedelta(1)}, TypeError, "not timedelta"),
        (1, {"format": "wide"}, ValueError, "format"),
        (1, {"good": "left"}, ValueError, '"up" or "down"'),
        (1, {"trend": ["a", "b"]}, ValueError, "'a'"),
        (1, {"trend": range(1001)}, ValueError, "at most 1,000 values, not 1,001"),
    ],
)
def test_what_a_number_cannot_show_fails_where_it_is_made(
    value: object, more: dict[str, object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        number(value, **more)


def test_a_trend_is_a_line_with_gaps_that_says_where_it_goes() -> None:
    body = html(number(3, trend=pd.Series([1, 4, None, 2, np.inf, 3])))
    assert re.findall('points="([^"]+)"', body) == ["0,22 20,2", "60,15.33 60,15.33", "100,8.667 100,8.667"]
    assert 'role="img" aria-label="1 → 3 (1 … 4)"' in body
    assert 'points="0,12 100,12"' in html(number(5, trend=[5, 5]))
    assert html(number(3, trend=[])) == html(number(3, trend=[None, 3])) == html(number(3))
    assert number(3, trend=[1, 2]).height > number(3).height
