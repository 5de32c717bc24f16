"""Stories in order: parts, reasons, the best source, memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.config import EditionSettings
from newsletter.core.entry import Entry
from newsletter.core.ranking import ToldStory, Weights, rank
from newsletter.core.reading import read
from newsletter.core.redundancy import set_apart
from newsletter.core.selection import Rules
from newsletter.core.source import Publisher
from newsletter.core.story import Ranking, Story
from tests.core.entries import NOW, entry, field

CONTROL = "China imposes export controls on seven rare earths"


def ranked(*entries: Entry, **options: object) -> Ranking:
    return rank(entries, gazetteer=field(), now=NOW, **options)  # type: ignore[arg-type]


def first(*entries: Entry, **options: object) -> Story:
    return ranked(*entries, **options).stories[0]


def test_an_act_that_changes_supply_stands_above_small_news() -> None:
    small = entry("Ucore appoints a new chairman", outlet="Zinc Post")
    assert first(small, entry(CONTROL)).headline == CONTROL


def test_a_single_source_can_beat_a_widely_told_explainer() -> None:
    wide = [entry("Explainer: what are rare earths?", outlet=f"Paper {n}") for n in range(6)]
    assert first(entry(CONTROL), *wide).headline == CONTROL


def test_an_old_story_gives_way_to_the_same_kind_of_news_today() -> None:
    old = entry("Lynas opens a refinery in Malaysia", hours=90)
    new = entry("Arafura opens a refinery in Australia", hours=2)
    assert first(old, new).headline == new.title


def test_the_score_is_the_weighted_mean_of_the_parts() -> None:
    weights = Weights(1, 2, 3, 4, 5, 6, 7)
    story = first(entry(CONTROL), weights=weights)
    total = sum(getattr(weights, name) * value for name, value in story.parts.items())
    assert story.score == round(total / 28, 4)
    assert all(0.0 <= part <= 1.0 for part in story.parts.values())


def test_copies_aggregators_and_sister_titles_are_no_further_outlets() -> None:
    story = first(
        entry(CONTROL, outlet="Daily Ore", hours=5),
        entry(CONTROL, outlet="Copy Gazette", hours=4),
        entry(f"{CONTROL} - MSN", outlet="MSN", hours=3),
        entry("Beijing puts seven rare earths under export controls", outlet="Reuters", hours=2),
        entry("Seven rare earths face China's export controls", outlet="reuters.com", hours=2),
    )
    assert story.outlets == 2
    assert "2 independent outlets within 3 hours" in story.reasons


def test_reasons_speak_to_a_reader() -> None:
    story = first(entry("Serra Verde secures a $465 million loan for dysprosium and terbium"))
    assert story.reasons == (
        "Only Daily Ore has it so far",
        "Money is raised: $465 million",
        "Names dysprosium and terbium",
    )


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        (CONTROL, "A government acts on exports"),
        (f"{CONTROL}, may add more", "A government acts on exports"),
        (f"{CONTROL} in May", "A government acts on exports"),
        ("China halts rare earth exports as EU weighs response", "A government acts on exports"),
        (
            "China considers U.S. rare earth export curbs: Global Times editor",
            "Curbs on exports are being considered",
        ),
        ("China may ban rare earth exports", "Curbs on exports are being considered"),
        ("中国拟对稀土出口管制", "Curbs on exports are being considered"),
        ("LS Cable plans to build rare earth magnet plant in Korea", "A plant is planned"),
        ("LS전선, 희토류 자석 공장 짓는다… 검토", "A plant is planned"),
        ("Lynas opens a rare earth plant in Malaysia", "A plant opens or is planned"),
        ("Japan weighs a rare earth stockpile", "A stockpile is planned"),
        (
            "Meteoric wins preliminary licence for rare earths of Caldeira",
            "A mine or a plant is on its way to a licence",
        ),
        ("Meteoric wins licence for rare earths of Caldeira", "A mine or a plant is licensed"),
    ],
)
def test_what_is_only_considered_is_not_told_as_an_act(title: str, reason: str) -> None:
    assert reason in first(entry(title)).reasons


def test_copies_of_one_report_are_said_to_be_that() -> None:
    story = first(entry(CONTROL, outlet="A", hours=5), entry(CONTROL, outlet="B", hours=4))
    assert "One report, carried by 2 outlets" in story.reasons


def test_a_theme_without_an_act_gives_no_reason() -> None:
    story = first(entry("Rare earths and the long road to independence"))
    assert story.reasons == ("Only Daily Ore has it so far",)


def test_the_article_is_shown_and_the_document_beside_it() -> None:
    notice = entry(
        "Announcement No. 18: export controls on seven rare earths of China",
        outlet="Ministry Gazette",
        publisher=Publisher.GOVERNMENT,
        hours=6,
    )
    story = first(notice, entry(CONTROL))
    assert story.best.title == CONTROL
    assert story.primary == notice


def test_an_english_edition_prefers_an_english_article() -> None:
    korean = entry("노비온, 2억1500만달러 투자 유치", language="ko", weight=1.5, hours=6)
    english = entry("Noveon raises $215 million", outlet="Magnet Post")
    assert first(korean, english).best == english
    assert first(korean, english, language="ko").best == korean
    assert first(korean).headline == korean.title


def test_the_headline_says_who_did_what() -> None:
    plain = entry("China limits the export of rare earth machinery", outlet="B", hours=4)
    story = first(
        entry("Forty machines: China's rare earth export limits, and who feels them", outlet="A"),
        entry("China's limits on rare earth machinery exports: what they mean", outlet="C"),
        plain,
    )
    assert story.best == plain


def test_an_article_that_can_be_opened_is_preferred() -> None:
    unlinked = replace(entry(CONTROL, outlet="A", weight=1.5), url="")
    linked = entry("Beijing puts seven rare earths under export controls", outlet="B")
    assert first(unlinked, linked).best == linked


def test_a_list_page_is_no_article() -> None:
    page = "https://paper.example/rare-earths/"
    told = ["Lynas opens a plant in Malaysia", "Brazil maps ionic clays in Goiás"]
    listed = [replace(entry(title, outlet="P"), url=page) for title in told]
    same = "Beijing puts seven rare earths under export controls"
    listed.append(replace(entry(same, outlet="P"), url=page))
    linked = entry(CONTROL, outlet="B", weight=0.7)
    assert first(*listed, linked).best == linked


def test_of_two_copies_the_one_on_a_list_page_stands_before_one_without_a_link() -> None:
    page = "https://paper.example/rare-earths/"
    told = ["Lynas opens a plant in Malaysia", "Brazil maps ionic clays in Goiás", CONTROL]
    listed = [replace(entry(title, outlet="P", hours=2), url=page) for title in told]
    bare = replace(entry(CONTROL, outlet="P", hours=5), url="urn:none:1")
    story = first(*listed, bare)
    assert bare in story.entries
    assert story.best == listed[-1]


def test_a_doubtful_entry_counts_where_it_tells_a_relevant_event() -> None:
    deed = entry("ZZT: scheme implementation deed with Energy Fuels at A$447 million", outlet="X")
    bid = entry(
        "Energy Fuels bids A$447 million for Australian Strategic Materials", outlet="Daily Ore"
    )
    story = first(deed, bid)
    assert set(story.entries) == {deed, bid}
    assert story.best == bid
    assert ranked(deed).stories == ()


def test_a_stock_tip_is_not_carried_in_by_the_days_news() -> None:
    tips = [
        entry("MP Materials stock after the Pentagon deal: should you buy?", outlet="Tips"),
        entry("MP Materials: Pentagon's $400 million stake supports buy rating", outlet="Tips"),
    ]
    news = entry("Pentagon takes a stake in MP Materials for $400 million")
    assert len(ranked(*tips, news).rejected) == len(tips)


def test_the_kind_of_event_is_the_one_most_entries_tell() -> None:
    story = first(
        entry("Magnet exports from China rise to 3,188 tonnes as buyers return", outlet="A"),
        entry("China's June magnet exports jump to 3,188 tonnes", outlet="B"),
        entry("China's magnet exports of 3,188 tonnes rebound after trade truce", outlet="C"),
    )
    assert len(story.entries) == 3
    assert story.event == "trade figures"


def test_what_a_reader_should_know_of_a_source_is_marked() -> None:
    wire = entry("Noveon opens a magnet plant in Texas", outlet="PR Newswire")
    state = entry(CONTROL, outlet="Xinhua", paywall=True)
    assert first(wire).marks == ("press release",)
    assert first(state).marks == ("paywall", "state media")
    assert "opinion" in first(entry("Opinion: rare earths deserve better")).marks


def test_a_blog_is_marked() -> None:
    essay = "Lynas opens a rare earth plant in Malaysia"
    assert "blog" in first(entry(essay, outlet="브런치")).marks
    assert "blog" in first(entry(essay, outlet="brunch.co.kr")).marks


def test_a_story_told_before_has_no_novelty_without_news() -> None:
    before = entry("Noveon raises $215 million", hours=50)
    told = ToldStory(
        date=(NOW - timedelta(days=1)).date(),
        headline=before.title,
        entry_ids=(before.id,),
        texts=(before.title,),
    )
    again = first(before, told=[told])
    assert again.told_on == told.date
    assert again.parts["novelty"] == 0.0
    update = first(before, entry("Noveon raises $315 million after all", hours=1), told=[told])
    assert update.told_on == told.date
    assert 0.0 < update.parts["novelty"] < 1.0
    assert any("new:" in reason for reason in update.reasons)


def test_one_list_page_told_yesterday_does_not_tell_all_its_stories() -> None:
    yesterday = (NOW - timedelta(days=1)).date()
    other = entry("Lynas opens a plant in Malaysia")
    for url in ("", other.url):
        told = ToldStory(yesterday, "Brazil maps ionic clays", urls=(url,))
        assert first(replace(other, url=url), told=[told]).told_on is None


def test_an_id_survives_a_later_entry() -> None:
    early = entry(CONTROL, hours=8)
    late = entry(CONTROL, outlet="Late Post", hours=1)
    assert first(early).id == first(early, late).id


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=8), st.randoms())
def test_every_entry_stands_in_exactly_one_place_in_any_order(
    drawn: list[str], random: object
) -> None:
    texts = [CONTROL, "Copper rises", *drawn]
    entries = [entry(title, id=str(n)) for n, title in enumerate(texts)]
    shuffled = list(entries)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found = ranked(*entries)
    assert found == ranked(*shuffled)
    told = [one.id for story in found.stories for one in story.entries]
    assert sorted(told + [r.entry_id for r in found.rejected]) == sorted(e.id for e in entries)


def apart(*entries: Entry) -> tuple[Story, ...]:
    """Each entry a story of its own, beside the others."""
    told = [(first(one), [read(one, field())]) for one in entries]
    return set_apart(told, Weights(), field())


def test_a_story_close_to_one_above_it_stands_lower_and_says_so() -> None:
    act = entry("China bans exports of dysprosium to Japan", outlet="A", hours=2)
    like = entry("China halts exports of magnets to Japan", outlet="B", hours=9)
    other = entry("India sets a price floor for neodymium oxide", outlet="C", hours=20)
    found = apart(act, like, other)
    assert [story.best for story in found] == [act, other, like]
    assert found[2].parts["distinctness"] < 0.7
    assert found[2].score < first(like).score
    assert found[2].close_to == act.title
    assert found == apart(other, like, act)


def test_two_languages_do_not_hide_that_two_stories_are_one() -> None:
    act = entry("China bans exports of dysprosium to Japan", outlet="A", hours=2)
    same = entry("中国禁止对日出口稀土", outlet="B", hours=9, language="zh")
    assert apart(act, same)[1].parts["distinctness"] < 0.5


def test_a_story_close_to_one_above_it_keeps_most_of_its_score() -> None:
    twins = [entry(CONTROL, outlet=f"Paper {n}", hours=n + 1) for n in range(4)]
    found = apart(*twins)
    assert all(story.parts["distinctness"] >= 0.0 for story in found)
    assert found[-1].score > 0.8 * found[0].score


def test_two_events_of_different_kinds_do_not_push_each_other_down() -> None:
    found = ranked(
        entry("Lynas pours its first terbium oxide in Malaysia", outlet="A"),
        entry("Pentagon takes a 15% stake in a Texas magnet maker", outlet="B"),
    )
    assert [story.parts["distinctness"] for story in found.stories] == [1.0, 1.0]


def test_a_saga_that_is_mostly_talked_about_gives_way_to_an_act_of_one_source() -> None:
    talk = [
        entry("What the Pentagon's stake in MP Materials means for Europe", outlet="A"),
        entry("Explainer: the Pentagon's stake in MP Materials", outlet="B"),
        entry("Opinion: the Pentagon's stake in MP Materials is a mistake", outlet="C"),
        entry("MP Materials: a year later, who wins from the Pentagon's stake", outlet="D"),
    ]
    act = entry("India sets a price floor for neodymium oxide", outlet="E", hours=30)
    assert first(act, *talk).best == act


def test_an_important_act_of_two_days_ago_stays_above_small_news_of_today() -> None:
    act = entry(CONTROL, hours=48)
    small = entry("Ucore starts drilling at its rare earth project", outlet="B", hours=1)
    assert first(act, small).best == act


def test_an_outlet_weighs_more_on_what_it_is_known_for() -> None:
    price = "Dysprosium oxide prices rise 4% in a week"
    plain, known = entry(price, outlet="Daily Ore"), entry(price, outlet="Argus Media")
    assert first(known).parts["authority"] > first(plain).parts["authority"]
    told = first(plain, topics={"Daily Ore": ("oxide prices",)})
    assert told.parts["authority"] > first(plain).parts["authority"]
    assert first(plain, topics={"Daily Ore": ("gold",)}) == first(plain)


def test_a_known_story_keeps_its_id_and_no_two_stories_share_one() -> None:
    old, new = entry(CONTROL, hours=30, id="old"), entry(CONTROL, outlet="B", id="new")
    other = entry("Lynas pours its first terbium oxide in Malaysia", outlet="C", id="other")
    assert first(old, new, known={"old": "0123456789ab"}).id == "0123456789ab"
    taken = first(other).id
    found = ranked(old, other, known={"old": taken})
    assert {story.best: story.id == taken for story in found.stories} == {old: True, other: False}


def test_odd_entries_are_ranked_or_rejected() -> None:
    odd = ["", "x", "\x00\u202e", "rare earth " * 90_000, "稀土" * 5_000]
    entries = [entry(t, text=t, id=str(n), outlet="") for n, t in enumerate(odd)]
    found = ranked(*entries)
    assert len(found.rejected) + sum(len(s.entries) for s in found.stories) == len(odd)


def test_the_configured_weights_and_rules_are_those_of_the_program() -> None:
    edition = EditionSettings()
    assert Weights(**edition.weights.model_dump()) == Weights()
    assert edition.rules("en") == Rules(section_of={})
