"""An article from a page saved as plain text: what is its own, and what the site puts around it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter.core.article import MAX_RECENT, article_of_text
from newsletter.errors import SourceError
from newsletter.extract import article_of

SEED = Path(__file__).resolve().parents[3] / "shared" / "seed" / "article.txt"

OPENING = (
    "A smelter in the north started its second furnace on Monday, two months later than planned,"
    " and the operator expects full output before the winter."
)
MIDDLE = (
    "The furnace was built by a contractor from Finland. It uses hydrogen for a third of its heat,"
    " which the company says saves forty thousand tonnes of carbon dioxide a year."
)
CLOSING = "The next report on production is due in the last week of October."

UNDER_THE_TITLE = f"""\
Home > News > Metals

Northern smelter lights its second furnace

By Jane Doe and John Roe
Published: 3 May 2026 | Updated 4 May 2026

{OPENING}

A late start

{MIDDLE}

{CLOSING}
"""

ALL_AROUND = f"""\
Skip to content

# Northern smelter lights its second furnace

May 3, 2026 at 10:30 AM EST · 4 min read

Key takeaways:

- The second furnace started on Monday.
- **Hydrogen** gives a third of its heat.

{OPENING}

Share this article

Latest market news

Lithium carbonate slips for a fifth week
May 2, 2026
Copper stocks at the exchange fall to a ten-year low
May 1, 2026
Tungsten finds buyers again

{MIDDLE}

{CLOSING}

Stay in the loop

Sign up for our weekly newsletter

Leave a Reply

Your email address will not be published.

I do not think that the furnace will ever run at full output, whatever they say about it now.
"""

GERMAN = """\
Hütte im Norden zündet zweiten Ofen

Von Jana Müller | Veröffentlicht am 3. Mai 2026

Die Hütte im Norden hat am Montag ihren zweiten Ofen angefahren, zwei Monate später als geplant.

Der Betreiber rechnet vor dem Winter mit voller Leistung.

Weitere Nachrichten

Lithium wird zum fünften Mal in Folge billiger

Kupfer so knapp wie seit zehn Jahren nicht mehr
"""

CHINESE = """\
北方冶炼厂第二座熔炉点火

发布时间：2026年5月3日
作者：张三

北方冶炼厂周一启动了第二座熔炉，比原计划晚了两个月。运营商预计冬季之前将实现满负荷生产。

公司表示，该熔炉三分之一的热量来自氢气，每年可减少四万吨二氧化碳排放。

相关新闻

碳酸锂价格连续第五周下跌
"""

WRAPPED = """\
Northern smelter lights its second furnace

3 May 2026

A smelter in the north started its second furnace on Monday, two
months later than planned, and the operator expects full output
before the winter.

The furnace was built by a contractor from Finland. It uses hydrogen
for a third of its heat.
"""


def test_the_lines_under_the_title_give_authors_and_the_first_date() -> None:
    article = article_of_text(UNDER_THE_TITLE)
    assert article.title == "Northern smelter lights its second furnace"
    assert article.byline == ("Jane Doe", "John Roe")
    assert article.published_raw == "3 May 2026"
    assert article.published_at == datetime(2026, 5, 3, tzinfo=UTC)


def test_subheadings_stay_paragraphs_of_the_body() -> None:
    article = article_of_text(UNDER_THE_TITLE)
    assert article.text == f"{OPENING}\n\nA late start\n\n{MIDDLE}\n\n{CLOSING}"
    assert article.highlights == article.recent == ()


def test_points_and_other_headlines_are_told_apart_from_the_body() -> None:
    article = article_of_text(ALL_AROUND)
    assert article.title == "Northern smelter lights its second furnace"
    assert article.highlights == (
        "The second furnace started on Monday.",
        "Hydrogen gives a third of its heat.",
    )
    assert article.recent == (
        "Lithium carbonate slips for a fifth week",
        "Copper stocks at the exchange fall to a ten-year low",
        "Tungsten finds buyers again",
    )


def test_the_body_goes_on_below_a_list_in_its_middle_and_ends_at_the_comments() -> None:
    assert article_of_text(ALL_AROUND).text == f"{OPENING}\n\n{MIDDLE}\n\n{CLOSING}"


def test_a_time_with_its_zone_is_told_in_utc() -> None:
    assert article_of_text(ALL_AROUND).published_at == datetime(2026, 5, 3, 15, 30, tzinfo=UTC)


def test_a_german_page_is_read_by_the_same_rules() -> None:
    article = article_of_text(GERMAN)
    assert (article.byline, article.language) == (("Jana Müller",), "de")
    assert article.published_at == datetime(2026, 5, 3, tzinfo=UTC)
    assert article.text.count("\n\n") == 1
    assert article.recent[1] == "Kupfer so knapp wie seit zehn Jahren nicht mehr"


def test_a_chinese_page_is_read_by_the_same_rules() -> None:
    article = article_of_text(CHINESE)
    assert (article.byline, article.language) == (("张三",), "zh")
    assert article.published_at == datetime(2026, 5, 3, tzinfo=UTC)
    assert article.text.startswith("北方冶炼厂周一")
    assert article.recent == ("碳酸锂价格连续第五周下跌",)


def test_paragraphs_that_are_broken_at_one_width_become_whole() -> None:
    first, second = article_of_text(WRAPPED).text.split("\n\n")
    assert first == OPENING
    assert second.endswith("Finland. It uses hydrogen for a third of its heat.")


def test_a_byline_between_standfirst_and_body_is_no_biography() -> None:
    article = article_of_text(f"Title of it\n\n{CLOSING}\n\nBy Jane Doe\n\n{OPENING}\n\n{MIDDLE}")
    assert article.byline == ("Jane Doe",)
    assert article.text == f"{CLOSING}\n\n{OPENING}\n\n{MIDDLE}"


@pytest.mark.parametrize("heading", ["By Jane Doe", "About the author"])
def test_a_biography_below_the_article_is_left_out(heading: str) -> None:
    page = (
        f"Title of it\n\n{OPENING}\n\n{MIDDLE}\n\n{heading}\n\nJane has covered metals for years."
    )
    assert article_of_text(page).text == f"{OPENING}\n\n{MIDDLE}"


def test_other_headlines_may_stand_below_the_comments() -> None:
    page = f"Title of it\n\n{OPENING}\n\nLeave a reply\n\nNonsense!\n\nRelated posts\n\nTin is dear"
    assert article_of_text(page).recent == ("Tin is dear",)


def test_bylines_among_other_headlines_end_nothing() -> None:
    page = f"Title of it\n\n{OPENING}\n\nRecent posts\n\nTin is dear\nBy Ann Poe\nZinc is cheap"
    assert article_of_text(page).recent == ("Tin is dear", "Zinc is cheap")


def test_other_headlines_are_bounded() -> None:
    headlines = "\n".join(f"Headline number {number}" for number in range(100))
    page = f"Title of it\n\n{OPENING}\n\nRecent posts\n\n{headlines}"
    assert len(article_of_text(page).recent) == MAX_RECENT


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a _short_ word", "a short word"),
        ("of _processed minerals_—all of them", "of processed minerals—all of them"),
        ("**Bold** and *slanted*", "Bold and slanted"),
        ("the file snake_case_name.txt", "the file snake_case_name.txt"),
        ("2 * 3 * 4 is 24", "2 * 3 * 4 is 24"),
    ],
)
def test_signs_of_emphasis_go_and_others_stay(written: str, read: str) -> None:
    assert article_of_text(f"Title of it\n\n{OPENING} {written}.").text == f"{OPENING} {read}."


@pytest.mark.parametrize(
    "line", ["By contrast, China kept its quota", "By The Numbers", "In 2026 alone, prices doubled"]
)
def test_a_subheading_is_no_byline_and_no_date(line: str) -> None:
    article = article_of_text(f"Title of it\n\n{OPENING}\n\n{line}\n\n{MIDDLE}")
    assert line in article.text.split("\n\n")


def test_american_dates_in_figures_are_kept_as_written_and_not_guessed_at() -> None:
    article = article_of_text(f"Title of it\n\n04/05/2026\n\n{OPENING}")
    assert (article.published_raw, article.published_at) == ("04/05/2026", None)


@pytest.mark.parametrize("text", ["", "\x00\x00", "One line", "Title\n\nSearch\n\nMenu\n\nLog in"])
def test_a_page_without_an_article_is_refused_in_words(text: str) -> None:
    with pytest.raises(SourceError, match="holds no article"):
        article_of_text(text)


def test_a_wall_is_named_as_such() -> None:
    page = f"Title of it\n\n{CLOSING}\n\nSubscribe to continue reading\n\nOnly a dollar a week."
    with pytest.raises(SourceError, match="to subscribe"):
        article_of_text(page)


@pytest.mark.parametrize(
    "unit",
    [
        "By Jane Doe\n",
        "Recent news\n\n",
        "_",
        "* ",
        "x ",
        "Latest\nA. ",
        "\u0e42\u20ac",
        "1 | ",
        "(" * 9,
    ],
)
def test_a_hostile_page_is_read_or_refused(unit: str) -> None:
    page = f"Title of it\n\n{OPENING}\n\n" + unit * (1_000_000 // len(unit)) + f"\n\n{MIDDLE}"
    with suppress(SourceError):
        assert article_of_text(page).title == "Title of it"


@pytest.fixture(scope="module")
def seed_text() -> str:
    if not SEED.is_file():
        pytest.skip(f"{SEED} lies only beside the development checkout")
    return SEED.read_text(encoding="utf-8")


def test_the_real_page_gives_title_date_author_and_points(seed_text: str) -> None:
    article = article_of_text(seed_text)
    assert article.title == (
        "Baogang Group Signals Escalation of China’s Strategic Rare Earth Control"
    )
    assert article.published_at == datetime(2025, 4, 18, tzinfo=UTC)
    assert article.byline == ("Daniel",)
    assert [point.split()[0] for point in article.highlights] == ["Baogang", "China", "U.S."]


def test_the_real_page_gives_its_whole_body_and_nothing_else(seed_text: str) -> None:
    paragraphs = article_of_text(seed_text).text.split("\n\n")
    assert len(paragraphs) == 11
    assert paragraphs[0].startswith("Baotou, China — Baogang Group, China’s largest producer")
    assert "announced sharp gains" in paragraphs[0]
    assert paragraphs[5] == "Implications for the West"
    assert "of processed critical minerals—including" in paragraphs[8]
    assert paragraphs[10].endswith("rare earth and critical minerals sector.")


def test_the_real_page_gives_five_other_headlines(seed_text: str) -> None:
    recent = article_of_text(seed_text).recent
    assert [headline.split()[0] for headline in recent] == [
        "China", "You", "Can", "Energy", "Progress",
    ]  # fmt: skip


def test_the_real_page_gives_no_damaged_character(seed_text: str) -> None:
    article = article_of_text(seed_text)
    whole = "\n".join((article.title, article.text, *article.highlights, *article.recent))
    assert {char for char in whole if not char.isascii()} <= set("’“”—")


@given(
    st.fixed_dictionaries(
        dict.fromkeys(
            ("headline", "author", "datePublished", "image", "publisher", "inLanguage"),
            st.text(st.sampled_from("a2026-04 /:\x00\ud800\udfff\x1b\uffff稀"), max_size=20),
        )
    )
)
@example({"datePublished": "2026-04-07\x00 \ud800", "image": "https://x.example/\ud800.jpg"})
@settings(deadline=None, max_examples=40)
def test_every_text_of_an_article_can_be_stored(told: dict[str, str]) -> None:
    """PostgreSQL takes no NUL, UTF-8 no lone surrogate."""
    data = json.dumps({"@type": "NewsArticle", "headline": "A plant opens", **told})
    html = (
        f'<html><head><script type="application/ld+json">{data}</script></head><body><article>'
        f"<h1>A plant opens</h1><p>{OPENING}</p><p>{MIDDLE}</p><p>{CLOSING}</p></article></body>"
    )
    article = article_of(html.encode(), content_type="text/html", url="https://e.example/a")
    parts = [getattr(article, field.name) for field in fields(article)]
    lists = (part if isinstance(part, tuple) else (part,) for part in parts)
    texts = "".join(text for part in lists for text in part if isinstance(text, str))
    assert b"\x00" not in texts.encode()
