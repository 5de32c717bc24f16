"""What was told is known again in other words; what is new in it is said; what differs is new."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core.entry import Entry
from newsletter.core.memory import Memory, ToldStory, recall
from newsletter.core.reading import read
from tests.core.entries import NOW, entry, field

YESTERDAY = (NOW - timedelta(days=1)).replace(hour=6)


def told(*titles: str, days: float = 1.0, **changes: object) -> ToldStory:
    """A story that the edition of so many days ago told under these titles."""
    at = YESTERDAY - timedelta(days=days - 1)
    values: dict[str, object] = {"texts": titles, "made_at": at, "published_at": at}
    return ToldStory(at.date(), titles[0], **{**values, **changes})  # type: ignore[arg-type]


OTHERS = tuple(
    told(title, days=days)
    for days, title in enumerate(
        (
            "Arafura draws a loan for its mine at Nolans",
            "Dysprosium prices reach a record in Europe",
            "Neo opens its magnet plant in Narva",
            "China sets its mining quota for the first half of the year",
            "Toyota develops a motor magnet without dysprosium",
            "Solvay restarts separation in La Rochelle",
            "Brazil maps new ionic clays in Goias",
            "Kachin rebels close the border to ore trucks",
            "USA Rare Earth builds a magnet plant in Oklahoma",
            "Korea looks for rare earth supply in Vietnam",
        ),
        start=1,
    )
)
"""What else was told lately: words are only rare or common among others."""


def remembered(*entries: Entry, before: ToldStory, story_id: str = "") -> Memory:
    readings = [read(one, field()) for one in entries]
    return recall([readings], [before, *OTHERS], field(), NOW, [story_id])[0]


MERGER = told(
    "Lynas and MP Materials confirm talks on a merger",
    "MP Materials in merger talks with Australian rival Lynas",
)
BLAST = told(
    "Explosion at Shenghe separation plant in Ganzhou injures 12 workers",
    "Shenghe confirms blast at its Ganzhou separation plant",
)


def test_without_earlier_editions_everything_is_new() -> None:
    found = recall([[read(entry("Lynas opens a plant"), field())]], [], field(), NOW)
    assert found == (Memory(),)
    assert found[0].novelty == 1.0


@pytest.mark.parametrize(
    ("before", "title"),
    [
        (MERGER, "Lynas confirms it talks to MP Materials about a merger"),
        (MERGER, "Lynas, MP Materials merger talks: what shareholders should know"),
        (BLAST, "Workers hurt as blast hits Shenghe plant in Ganzhou"),
        (BLAST, "盛和资源赣州分离厂爆炸"),
    ],
)
def test_an_old_story_in_other_words_is_known_though_no_entry_is_shared(
    before: ToldStory, title: str
) -> None:
    found = remembered(entry(title), before=before)
    assert found.told_on == before.date
    assert found.is_stale
    assert found.novelty == 0.0
    assert found.words == "Told on 4 March, nothing new"


@pytest.mark.parametrize(
    ("before", "title"),
    [
        (
            told("China's rare earth exports in February fell 12% on the month", days=5),
            "China's rare earth exports in March rose 8% on the month",
        ),
        (
            told("Iluka and Hastings sign memorandum on rare earth concentrate", days=6),
            "Iluka opens its rare earth refinery in Eneabba",
        ),
        (
            told("Vulcan Elements picks Benson for its magnet plant"),
            "Noveon picks San Marcos for its second magnet plant",
        ),
        (
            told("India's cabinet clears Rs 7,280 crore magnet scheme", days=10),
            "India extends the deadline for bids under its magnet scheme",
        ),
    ],
)
def test_another_happening_in_the_same_saga_is_a_new_story(before: ToldStory, title: str) -> None:
    assert remembered(entry(title), before=before) == Memory()


def test_a_shared_entry_is_enough() -> None:
    ours = entry("Baogang lifts its list price", id="e1")
    found = remembered(ours, before=told("Quite another headline", entry_ids=("e1",)))
    assert found.is_stale


def test_a_storys_own_id_is_enough() -> None:
    ours = entry("Baogang lifts its list price", hours=60)
    before = told("Quite another headline", id="abc")
    assert remembered(ours, before=before, story_id="abc").is_stale
    assert remembered(ours, before=before, story_id="abd") == Memory()


def test_a_link_tells_nothing_where_the_words_have_nothing_in_common() -> None:
    ours = entry("Lynas opens a plant in Malaysia")
    before = told("Brazil maps ionic clays", urls=(ours.url,))
    assert remembered(ours, before=before) == Memory()
    assert remembered(replace(ours, url=""), before=replace(before, urls=("",))) == Memory()


def test_by_words_alone_nothing_older_than_three_weeks_is_known_again() -> None:
    again = entry(MERGER.headline)
    assert remembered(again, before=told(MERGER.headline, days=30)) == Memory()
    by_id = told(MERGER.headline, days=30, entry_ids=(again.id,))
    assert remembered(again, before=by_id).told_on == by_id.date


def test_an_edition_of_tomorrow_or_of_more_than_a_year_ago_counts_for_nothing() -> None:
    ours = entry("Lynas opens a plant", id="e1")
    for days in (-1.0, 400.0):
        assert remembered(ours, before=told("Other", days=days, entry_ids=("e1",))) == Memory()


def test_an_edition_made_later_on_the_same_day_counts_for_nothing() -> None:
    ours = entry("Lynas opens a plant", id="e1")
    for minutes, is_told in ((-1, True), (0, True), (1, False)):
        at = NOW + timedelta(minutes=minutes)
        before = replace(told("Other", entry_ids=("e1",)), date=at.date(), made_at=at)
        assert (remembered(ours, before=before) != Memory()) is is_told


@pytest.mark.parametrize(("days", "is_told"), [(1, True), (0, False), (-1, False)])
def test_an_edition_without_its_moment_was_told_on_an_earlier_day(days: int, is_told: bool) -> None:
    ours = entry("Lynas opens a plant", id="e1")
    before = ToldStory((NOW - timedelta(days=days)).date(), "Other", entry_ids=("e1",))
    assert (remembered(ours, before=before) != Memory()) is is_told


@pytest.mark.parametrize(
    ("before", "title", "news"),
    [
        (
            told("Noveon raises $215 million for magnets"),
            "Noveon raises $315 million after all for magnets",
            "a sum of $315 million",
        ),
        (
            told("US weighs taking a stake in Vulcan Elements"),
            "US takes a stake in Vulcan Elements",
            "a government takes a stake",
        ),
        (
            BLAST,
            "Explosion at Shenghe separation plant in Ganzhou: 17 workers injured",
            "17 workers",
        ),
        (
            MERGER,
            "Lynas and MP Materials end merger talks as court blocks the deal",
            "\u201ccourt blocks the deal\u201d",
        ),
        (
            MERGER,
            "Lynas shareholders approve the merger with MP Materials",
            "an approval",
        ),
    ],
)
def test_an_update_says_what_is_new(before: ToldStory, title: str, news: str) -> None:
    found = remembered(entry(title), before=before)
    assert found.told_on == before.date
    assert news in found.news
    assert 0.6 < found.novelty <= 0.9
    assert found.words == f"Told on 4 March; new: {found.news}"


@pytest.mark.parametrize(
    ("before", "title", "news"),
    [
        (
            "India opens anti-subsidy inquiry into magnets from China",
            "India imposes duties on magnets from China after inquiry",
            "India imposes duties on magnets from China after inquiry",
        ),
        (
            "Canada raises its tariff on Chinese magnets",
            "Canada raises its tariff on Chinese magnets to 35%",
            "35%",
        ),
        (
            "Blast at rare earth smelter in Longnan injures four",
            "Longnan smelter blast: two workers die, Jiangxi orders checks of rare earth smelters",
            "two workers die",
        ),
        (
            "Rock fall at Mount Weld rare earth mine kills two",
            "Toll of rock fall at Mount Weld rare earth mine: five dead",
            "five dead",
        ),
        (
            "Beijing grants export licences to three dysprosium magnet makers",
            "Beijing grants export licences to three more dysprosium magnet makers",
            "three more",
        ),
        (
            "Iluka bids for Northern Minerals and its heavy rare earths",
            "Iluka sweetens its bid for Northern Minerals and its heavy rare earths",
            "Iluka sweetens its bid",
        ),
        (
            "Iluka bids for Northern Minerals and its heavy rare earths",
            "Northern Minerals holders vote down Iluka bid for its heavy rare earths",
            "a refusal",
        ),
        (
            "Iluka bids for Northern Minerals and its heavy rare earths",
            "Iluka walks away from its bid for Northern Minerals and its heavy rare earths",
            "an end",
        ),
        (
            "Aclara builds its rare earth separation plant in Louisiana",
            "Judge orders Aclara to stop building its rare earth separation plant in Louisiana",
            "Judge orders Aclara to stop building",
        ),
        (
            "China bans exports of dysprosium to Korea",
            "China lifts its ban on exports of dysprosium to Korea",
            "China lifts its ban",
        ),
        (
            "Head of Arafura rare earths to retire",
            "Arafura names new head as its rare earths veteran retires",
            "Arafura names new head",
        ),
        (
            "Iluka bids for Northern Minerals and its heavy rare earths",
            "Iluka wins Northern Minerals and its heavy rare earths",
            "Iluka wins Northern Minerals",
        ),
    ],
)
def test_a_further_step_in_a_told_story_is_an_update(before: str, title: str, news: str) -> None:
    found = remembered(entry(title), before=told(before))
    assert found.told_on == date(2026, 3, 4)
    assert news in found.news
    assert found.novelty > 0.6


@pytest.mark.parametrize(
    ("before", "title"),
    [
        (
            "Rock fall at Mount Weld rare earth mine kills twelve",
            "A dozen die in rock fall at Mount Weld rare earth mine",
        ),
        (
            "Canada raises its tariff on Chinese magnets by 34.8%",
            "Canada raises its tariff on Chinese magnets by 35%",
        ),
        (
            "India opens anti-subsidy inquiry into magnets from China",
            "What to know about India's inquiry into magnets from China",
        ),
        (
            "Vietnam authorises rare earth auction at Dong Pao",
            "Vietnamese authorities clear rare earth auction at Dong Pao",
        ),
        (
            "China suspends rare earth licence applications from Japan",
            "China halts rare earth licence applications from Japan",
        ),
    ],
)
def test_the_same_in_other_words_or_explained_is_no_update(before: str, title: str) -> None:
    found = remembered(entry(title), before=told(before))
    assert found.told_on == date(2026, 3, 4)
    assert found.is_stale


def test_news_is_quoted_where_its_kind_says_little_and_cut_at_a_word() -> None:
    title = (
        "Aclara opens its rare earth separation plant in Louisiana with guests from Brazil and "
        "Chile and with a concert"
    )
    before = told("Aclara plans rare earth separation plant in Louisiana")
    news = remembered(entry(title), before=before).news
    assert news.startswith("\u201cAclara opens its rare earth separation plant")
    assert news.endswith("\u2026\u201d")
    assert title.startswith(news[1:-2])
    assert title[len(news) - 3] == " "
    assert len(news) <= 90 + 3


@pytest.mark.parametrize(
    ("before", "title"),
    [
        (
            "China rare earth magnet exports rise 9% in January to 5,100 tonnes",
            "China rare earth magnet exports fall 4% in February from January to 4,900 tonnes",
        ),
        ("中国1月稀土永磁出口5100吨", "中国2月稀土永磁出口4900吨"),
        (
            "Lynas revenue falls 5% in second quarter on NdPr price",
            "Lynas revenue rises 5% in third quarter on NdPr price",
        ),
    ],
)
def test_the_figures_of_another_month_or_quarter_are_a_story_of_their_own(
    before: str, title: str
) -> None:
    assert remembered(entry(title), before=told(before)) == Memory()


def test_figures_of_the_same_month_are_known_though_another_month_is_named_beside_it() -> None:
    before = told("China rare earth magnet exports rise 9% in February to 5,100 tonnes")
    again = entry("China's rare earth magnet exports rose 9% in February from January")
    assert remembered(again, before=before).is_stale


@pytest.mark.parametrize(("days", "is_own"), [(3, False), (16, True)])
def test_an_opening_is_an_update_shortly_after_the_plan_and_later_its_own_story(
    days: int, is_own: bool
) -> None:
    plan = "Aclara plans Vinton rare earth separation plant in Louisiana, costing $277 million"
    opens = "Aclara opens Vinton rare earth separation plant in Louisiana, costing $277 million"
    before = told(plan, days=days)
    assert (remembered(entry(opens), before=before) == Memory()) is is_own
    assert remembered(entry(plan, hours=4), before=before).is_stale


def test_what_one_of_many_later_headlines_says_is_no_news_yet() -> None:
    before = replace(MERGER, entry_ids=("told",))
    copies = [entry(MERGER.headline, outlet=f"Copy {n}", hours=2) for n in range(4)]
    odd = entry("Lynas shareholders approve the merger with MP Materials", hours=1)
    assert remembered(*copies, odd, before=before).is_stale
    assert remembered(copies[0], odd, before=before).news == "an approval"


def test_a_weightier_fact_makes_more_of_an_update() -> None:
    before = told("Noveon raises $15 million for magnets")
    small = remembered(entry("Noveon raises $25 million for magnets"), before=before)
    large = remembered(entry("Noveon raises $425 million for magnets"), before=before)
    assert small.novelty < large.novelty


def test_a_sum_rounded_or_in_another_currency_is_no_news() -> None:
    before = told("Noveon raises $215 million for its magnet plant")
    for title in (
        "Noveon raises $0.2 billion for its magnet plant",
        "Noveon raises €200 million for its magnet plant",
    ):
        assert remembered(entry(title), before=before).is_stale


def test_what_the_edition_knew_by_then_is_no_news() -> None:
    before = replace(MERGER, entry_ids=("told",))
    known = entry("Lynas and MP Materials confirm $9 billion merger talks", hours=40, id="late")
    first = entry(MERGER.headline, hours=41, id="told")
    assert remembered(first, known, before=before).is_stale
    later = replace(known, published_at=NOW - timedelta(hours=1))
    assert "$9 billion" in remembered(first, later, before=before).news


def test_what_was_told_in_the_text_is_no_news_in_a_headline() -> None:
    before = told(
        "Noveon raises money for magnets",
        leads=("Noveon said it had raised $215 million from investors.",),
    )
    again = entry("Noveon raises $215 million for magnets")
    assert remembered(again, before=before).is_stale


def test_only_what_is_new_since_the_last_telling_counts() -> None:
    first = told("Noveon raises $215 million for magnets", days=3, entry_ids=("e1",))
    update = told("Noveon raises $315 million for magnets", entry_ids=("e1", "e2"))
    entries = [
        entry("Noveon raises $215 million for magnets", hours=80, id="e1"),
        entry("Noveon raises $315 million for magnets", hours=30, id="e2"),
        entry("Noveon has raised $315 million", hours=1, id="e3"),
    ]
    readings = [read(one, field()) for one in entries]
    found = recall([readings], [first, update], field(), NOW)[0]
    assert found.told_on == update.date
    assert found.is_stale


def test_a_reaction_to_what_was_told_is_no_update() -> None:
    before = told("China adds five rare earths to its export control list")
    reaction = entry("Brussels uneasy as China adds rare earths to export control list")
    assert remembered(reaction, before=before).is_stale


def test_the_order_of_the_editions_plays_no_part() -> None:
    readings = [[read(entry("Lynas and MP Materials still in merger talks"), field())]]
    editions = [MERGER, BLAST, told("Lynas and MP Materials talk", days=4)]
    assert recall(readings, editions, field(), NOW) == recall(
        readings, editions[::-1], field(), NOW
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=4), st.text(max_size=60))
def test_no_text_breaks_the_memory(titles: list[str], ours: str) -> None:
    found = remembered(entry(ours), before=told(*titles, leads=tuple(titles)))
    assert found.told_on in (None, date(2026, 3, 4))
