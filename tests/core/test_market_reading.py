"""Tables of prices as they are found: what is read, what is refused, and in which words."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.beside import Point
from newsletter.core.market_reading import MOST_POINTS, Columns, points_in
from newsletter.core.market_values import day_in, day_order, decimal_mark, number_in
from newsletter.errors import SourceError

TODAY = date(2026, 11, 24)
DAYS = st.dates(date(1990, 1, 1), TODAY)
PRICES = st.floats(0.0001, 1e9).map(lambda value: round(value, 4))


def values(text: str, **columns: str) -> list[tuple[str, float]]:
    found = points_in(text, Columns(**columns), TODAY)
    return [(point.day.isoformat(), point.value) for point in found.points]


def refusal(text: str, **columns: str) -> str:
    with pytest.raises(SourceError) as caught:
        points_in(text, Columns(**columns), TODAY)
    return str(caught.value)


TWO = [("2026-11-20", 61.2), ("2026-11-23", 1061.5)]


@pytest.mark.parametrize(
    "text",
    [
        "date,value\n2026-11-20,61.2\n2026-11-23,1061.5\n",
        "Value,DATE\r\n61.20,2026-11-20\r\n1061.50,2026-11-23",
        "\ufeffdate;value\n20.11.2026;61,20\n23.11.2026;1.061,50\n",
        "sep=;\ndate;value\n20.11.2026;61,20\n23.11.2026;1 061,50\n",
        "date\tvalue\tnote\n2026/11/20\t61.2\tx\n2026/11/23\t1061.5\t\n",
        '# a licence\n\ndate,value\n"Nov 20, 2026","61.20"\n"Nov 23, 2026","1,061.50"\n',
        "date,value\n2026-11-23T16:00:00Z,1061.5\n2026-11-20T16:00:00Z,61.2\n\n",
        "date,value\n13/11/2026,n/a\n20/11/2026,61.2\n23/11/2026,1061.5\n",
        "date,value\n11/20/2026,61.2\n11/23/2026,1061.5\n",
        "date,value\n20-Nov-2026,61.2\n23-Nov-2026,1061.5\n",
        "date,value\n2026年11月20日,61.2\n2026年11月23日,1061.5\n",
        "date,value\n1795132800,61.2\n1795392000000,1061.5\n",
        "date|value\n20261120|61.2\n20261123|1'061.5\n",
    ],
)
def test_tables_in_the_usual_ways_of_writing_say_the_same(text: str) -> None:
    assert values(text) == TWO


@pytest.mark.parametrize(
    ("document", "columns"),
    [
        ([{"date": "2026-11-20", "value": 61.2}, {"date": "2026-11-23", "value": "1,061.50"}], {}),
        (
            {"data": {"items": [{"d": "2026-11-20", "p": {"c": 61.2}}, {"d": 1795392000, "p": 5}]}},
            {"rows": "data.items", "date": "d", "value": "p.c"},
        ),
        (
            {"prices": [[1795132800000, 61.2], [1795392000000, 1061.5]]},
            {"rows": "prices", "date": "0", "value": "1"},
        ),
        ({"2026-11-23": 1061.5, "2026-11-20": 61.2}, {}),
        (
            {"rates": {"2026-11-20": {"CNY": 61.2}, "2026-11-23": {"CNY": 1061.5}}},
            {"rows": "rates", "value": "CNY"},
        ),
        (
            {"series": {"2026-11-20": {"4. close": "61.2"}, "2026-11-23": {"4. close": "1061.5"}}},
            {"rows": "series", "value": "4. close"},
        ),
    ],
)
def test_json_is_read_by_paths(document: object, columns: dict[str, str]) -> None:
    assert values(json.dumps(document), **columns)[:1] == TWO[:1]


def test_one_object_is_one_row() -> None:
    text = json.dumps({"quote": {"date": "2026-11-23", "value": 1061.5}})
    assert values(text, rows="quote") == TWO[1:]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ('{"price": 61.2}', {"value": "price"}),
        ("61.2", {"form": "json"}),
        ('{"a": {"b": "61.20"}}', {"rows": "a.b"}),
        ("price\n61.2\n", {"value": "price"}),
    ],
)
def test_a_number_without_a_date_is_of_the_day_it_is_read(
    text: str, columns: dict[str, str]
) -> None:
    assert values(text, date="", **columns) == [("2026-11-24", 61.2)]


def test_several_numbers_without_a_date_are_refused() -> None:
    assert "2 rows; name the column" in refusal("value\n1\n2\n", date="")


@pytest.mark.parametrize(
    ("text", "columns", "words"),
    [
        ("date,price\n2026-11-20,1\n", {}, "has no column `value`; it has: date, price"),
        ("", {}, "is empty"),
        ("\n# only words\n", {}, "is empty"),
        ("date,value\n", {}, "has no row that can be used"),
        ("<!DOCTYPE html><p>Sign in", {}, "is a page or XML"),
        ("{not json", {}, "is no JSON that can be read"),
        ("[" * 100_000, {}, "is no JSON that can be read"),
        ('{"error": "limit reached"}', {"rows": "data"}, "has no `data`; it has: error"),
        ('{"error": "limit reached"}', {}, "row 1: `limit reached` is no price"),
        ('[{"date": "2026-11-20", "close": 1}]', {}, "has no `value` in its rows"),
        ("date,value\n04/05/2026,1\n06/07/2026,2\n", {}, "`04/05/2026` is no date, or could be"),
        ("date,value\n13/05/2026,1\n05/13/2026,2\n", {}, "both as 24/11/2026 and as 11/24/2026"),
        ("date;value\n2026-11-20;7.081\n", {}, "7.081 that can be read two ways; set `decimal`"),
        ("date;value\n2026-11-20;7.08\n2026-11-21;7,08\n", {}, "both as 1.5 and as 1,5"),
        ("date,value\n2026-11-25,1\n", {}, "2026-11-25 is in the future"),
        ("date,value\n2026-11-20,61,20\n", {}, "it has more cells than the header"),
        ("date,value\n2026-11-20\n", {}, "it has fewer cells than the header"),
        ('date,value\n2026-11-20,"' + "9" * 200_000, {}, "is no CSV that can be read"),
        ("date,value\n" + "2026-11-20,1\n" * 20_001, {}, "more than 20,000 rows"),
        ("date,value\n" + "\n" * 100_001, {}, "more than 100,000 lines"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(
    text: str, columns: dict[str, str], words: str
) -> None:
    assert words in refusal(text, **columns)


@pytest.mark.parametrize(
    "number",
    [
        "-1",
        "0",
        "0.00",
        "-0",
        "1e-320",
        "1e999",
        "inf",
        "nan",
        "1e13",
        "12,34.5",
        "1.2.3.4,5",
        "x",
        "1 kg",
        "9" * 41,
    ],
)
def test_what_is_no_price_is_left_out_and_counted(number: str) -> None:
    found = points_in(f'date,value\n2026-11-20,1.5\n2026-11-23,"{number}"\n', Columns(), TODAY)
    assert found.points == (Point(date(2026, 11, 20), 1.5),)
    assert found.note.startswith("1 of 2 rows left out; row 2: ")


@pytest.mark.parametrize(
    "value", [True, None, [], {}, float("nan"), float("inf"), -1, 0, 5e-324, 10**400]
)
def test_json_that_is_no_number_is_no_price(value: object) -> None:
    assert number_in(value, ".") is None


def test_days_without_a_price_are_no_fault() -> None:
    text = "date,value\n2026-11-18,.\n2026-11-19,\n2026-11-20,61.2\n2026-11-23,N/A\n"
    assert points_in(text, Columns(), TODAY).note == ""


def test_a_mark_that_is_set_is_believed() -> None:
    assert values("date;value\n2026-11-20;7.081\n", decimal=".") == [("2026-11-20", 7.081)]
    assert values("date;value\n2026-11-20;7.081\n", decimal=",") == [("2026-11-20", 7081)]


def test_one_clear_number_tells_how_the_others_are_written() -> None:
    text = "date;value\n2026-11-20;7.081\n2026-11-23;7.08\n"
    assert values(text) == [("2026-11-20", 7.081), ("2026-11-23", 7.08)]


def test_only_the_newest_points_are_kept_whatever_their_order() -> None:
    days = [TODAY - timedelta(days=back) for back in range(MOST_POINTS + 50)]
    text = "date,value\n" + "".join(f"{day},{place}\n" for place, day in enumerate(days, 1))
    found = points_in(text, Columns(), TODAY).points
    assert (len(found), found[-1], found[0].day) == (
        *(MOST_POINTS, Point(TODAY, 1)),
        TODAY - timedelta(days=MOST_POINTS - 1),
    )


def test_of_two_rows_for_a_day_the_later_counts() -> None:
    assert values("date,value\n2026-11-20,1\n2026-11-20,61.2\n") == TWO[:1]


@given(st.dictionaries(DAYS, PRICES, min_size=1, max_size=30))
def test_what_is_written_is_read_again(prices: dict[date, float]) -> None:
    told = tuple(Point(day, prices[day]) for day in sorted(prices))
    plain = "date,value\n" + "".join(f"{day},{value:.4f}\n" for day, value in prices.items())
    german = "date;value\n" + "".join(
        f"{day:%d.%m.%Y};{f'{value:.4f}'.replace('.', ',')}\n" for day, value in prices.items()
    )
    mapping = json.dumps({day.isoformat(): value for day, value in prices.items()})
    for text in (plain, german, mapping):
        assert points_in(text, Columns(), TODAY).points == told


@given(DAYS, DAYS)
def test_a_date_is_never_read_as_another(one: date, other: date) -> None:
    texts = [f"{day:%d/%m/%Y}" for day in (one, other)]
    order = day_order(texts)
    for day, text in zip((one, other), texts, strict=True):
        assert day_in(text, order) in (day, None)


@given(st.floats(0, 1e9), st.integers(0, 4), st.sampled_from((".", ",")))
def test_a_number_is_never_read_a_thousand_times_too_large(
    value: float, places: int, mark: str
) -> None:
    grouped = f"{value:,.{places}f}"
    text = grouped if mark == "." else grouped.translate(str.maketrans(".,", ",."))
    try:
        told = decimal_mark([text, f"0{mark}5"], ";")
    except SourceError:
        return
    assert told == mark
    assert number_in(text, told) == (float(f"{value:.{places}f}") or None)


@given(st.text(max_size=200) | st.text("date,value;.\n\t0123456789-/|\"'{}[]:", max_size=200))
def test_nothing_makes_it_fail_otherwise(text: str) -> None:
    for form in ("auto", "csv", "json"):
        with suppress(SourceError):
            found = points_in(text, Columns(form), TODAY).points
            assert all(math.isfinite(one.value) and one.day <= TODAY for one in found)
