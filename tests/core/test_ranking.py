"""Stories in order: parts, reasons, the best source, memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.config_edition import EditionSettings
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
            "Beijing weighs a stop of magnet exports to America: newspaper editor",
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


PLAN = "Lynas plans a A$240 million rare earth plant at Kuantan in Malaysia"
PLAN_TEXT = "The plant would make separated oxides for buyers in Japan and Europe. " * 2
STOPPED = "Malaysian court orders Lynas to stop its A$240 million plant at Kuantan"
STOPPED_TEXT = "The judges said that residents had not been heard before the permit was given."


def stopped_yesterdays_plan() -> tuple[Entry, Entry, ToldStory]:
    before = entry(PLAN, outlet="Zinc Post", hours=30, text=PLAN_TEXT, weight=2.0)
    news = entry(STOPPED, outlet="Alloy Post", hours=2, text=STOPPED_TEXT)
    told = ToldStory(
        date=(NOW - timedelta(days=1)).date(),
        headline=PLAN,
        entry_ids=(before.id,),
        texts=(PLAN,),
        made_at=NOW - timedelta(hours=24),
    )
    return before, news, told


def test_an_update_is_told_by_the_entries_that_bring_its_news() -> None:
    before, news, told = stopped_yesterdays_plan()
    rewrite = entry(f"{PLAN}, report says", outlet="Late Post", hours=1, weight=2.0)
    known = dict.fromkeys((before.id, news.id, rewrite.id), "0123456789ab")
    (story,) = ranked(before, news, rewrite, told=[told], known=known).stories
    assert story.told_on == told.date
    assert (story.best, story.headline) == (news, STOPPED)
    assert {one.outlet for one in story.highlights} == {"Alloy Post"}
    assert set(story.entries) == {before, news, rewrite}
    assert "A court or a regulator acts" in story.reasons[1]


def test_without_a_told_story_the_best_of_all_entries_is_shown() -> None:
    before, news, _ = stopped_yesterdays_plan()
    known = dict.fromkeys((before.id, news.id), "0123456789ab")
    assert first(before, news, known=known).best == before


def test_what_was_told_stands_last_and_pushes_nothing_down() -> None:
    act = entry("China bans exports of dysprosium to Japan", outlet="A", hours=2)
    like = entry("China halts exports of magnets to Japan", outlet="B", hours=40)
    small = entry("Ucore appoints a new chairman", outlet="C")
    old = replace(first(act), told_on=NOW.date())
    told = [(old, [read(act, field())])]
    told += [(first(one), [read(one, field())]) for one in (like, small)]
    found = set_apart(told, Weights(), field())
    assert [story.best for story in found] == [like, small, act]
    assert [story.parts["distinctness"] for story in found[:2]] == [1.0, 1.0]


def test_the_ranking_puts_what_was_told_last() -> None:
    old = entry(CONTROL, outlet="A", hours=30)
    small = entry("Ucore appoints a new chairman", outlet="C")
    told = ToldStory((NOW - timedelta(days=1)).date(), old.title, entry_ids=(old.id,))
    assert [story.best for story in ranked(old, small, told=[told]).stories] == [small, old]


def test_freshness_is_half_after_two_days_and_falls_smoothly() -> None:
    found = [first(entry(CONTROL, hours=n)).parts["freshness"] for n in (0, 24, 48, 96)]
    assert found == [1.0, 0.707, 0.5, 0.25]
    early = entry(CONTROL, outlet="A", hours=48)
    late = entry(CONTROL, outlet="B", hours=0)
    assert first(early, late).parts["freshness"] == 0.75


def test_a_time_that_nobody_stated_is_believed_by_four_fifths() -> None:
    undated = replace(entry(CONTROL, hours=0), date_is_known=False)
    assert first(undated).parts["freshness"] == 0.8


@pytest.mark.parametrize(
    ("plain", "better"),
    [
        ("Lynas pours terbium oxide in Kuantan", "Lynas pours first terbium oxide in Kuantan"),
        (
            "Lynas pours first terbium oxide in Kuantan",
            "Lynas pours first terbium oxide in Kuantan, ending China's monopoly",
        ),
        ("包钢氧化铽量产", "包钢首次氧化铽量产"),
        ("LS전선, 디스프로슘 산화물 양산", "LS전선, 국내 최초 디스프로슘 산화물 양산"),
    ],
)
def test_a_first_of_its_kind_matters_more(plain: str, better: str) -> None:
    found = [first(entry(title)).parts["importance"] for title in (plain, better)]
    assert found[0] < found[1] <= 0.7


@pytest.mark.parametrize(
    "title",
    [
        "Iluka's first-half rare earth profit doubles",
        "First Solar and Noveon open a magnet plant in Ohio",
        "China bans rare earth exports to Japan and refuses its first buyers",
    ],
)
def test_not_every_first_is_a_first_of_its_kind(title: str) -> None:
    plain = title.replace("first-half", "half-year").replace("First Solar", "Toyota")
    plain = plain.replace(" its first buyers", " its buyers")
    found = [first(entry(one)).parts["importance"] for one in (title, plain)]
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("title", "text", "reasons"),
    [
        (
            "Brussels lists nine rare earth projects as strategic",
            "The expected investment is 14 billion euros, most of it still to be found.",
            (),
        ),
        (
            "Canberra backs an Iluka refinery with a loan",
            "Canberra backs the refinery with a loan of A$400 million.",
            ("A government spends on the industry: A$400 million",),
        ),
        (
            "Canberra backs an Iluka refinery with a loan",
            "Iluka was valued at A$3 billion on Friday.",
            ("A government spends on the industry",),
        ),
        (
            "Noveon opens a magnet plant in Texas, seeks $90 million",
            "",
            ("A plant opens or is planned", "$90 million at stake"),
        ),
        ("A giant that does not wake", "A court fined the rare earth mine.", ()),
        ("Beijing does not plan to ban rare earth exports", "", ()),
        ("日本、レアアース輸出規制を検討しない", "", ()),
    ],
)
def test_a_reason_says_no_more_than_the_headline_and_a_sum_only_where_it_is_said_of_the_act(
    title: str, text: str, reasons: tuple[str, ...]
) -> None:
    assert first(entry(title, text=text)).reasons[1:] == reasons


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
    like = entry("China halts exports of magnets to Japan", outlet="B", hours=40)
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


def test_a_repeat_stands_below_all_other_news_of_its_day_but_is_not_left_out() -> None:
    twins = [entry(CONTROL, outlet=f"Paper {n}", hours=n + 1) for n in range(4)]
    small = entry("Iluka's rare earth profit halves", outlet="B", hours=30)
    found = apart(*twins, small)
    assert [story.best for story in found[:2]] == [twins[0], small]
    assert len(found) == len(twins) + 1
    assert all(story.close_to == CONTROL for story in found[2:])
    assert all(story.score > 0.5 for story in found[2:])


def test_two_firms_that_do_the_same_are_two_stories() -> None:
    one = entry("Lynas opens a magnet plant in Texas", outlet="A", hours=2)
    other = entry("Noveon opens a magnet plant in Ohio", outlet="B", hours=4)
    same = entry("Lynas starts up a magnet plant in Texas", outlet="C", hours=6)
    found = {story.best: story.parts["distinctness"] for story in apart(one, other, same)}
    assert found[same] < 0.3 < found[other]


def beside(one: Entry, other: Entry, **changes: str) -> float:
    """The distinctness of the lower of two stories, the first of them changed."""
    told = [(replace(first(one), **changes), [read(one, field())])]  # type: ignore[arg-type]
    told += [(first(other), [read(other, field())])]
    return min(story.parts["distinctness"] for story in set_apart(told, Weights(), field()))


def test_like_acts_of_two_named_firms_are_not_closer_for_being_alike() -> None:
    lynas = entry("Lynas opens a magnet plant in Texas", outlet="A", hours=2)
    noveon = entry("Noveon opens a magnet plant in Ohio", outlet="B", hours=4)
    nobody = entry("Kenya opens its rare earth refinery", outlet="B", hours=30)
    assert 0.0 < beside(lynas, noveon) == beside(lynas, noveon, event="news") < 1.0
    assert beside(lynas, nobody) < beside(lynas, nobody, event="news")


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


def test_what_only_promoters_or_blogs_tell_is_hardly_an_event_but_a_hot_list_names_news() -> None:
    title = "Lynas opens a rare earth plant in Malaysia"
    names = ("Daily Ore", "weibo.com", "브런치", "Discovery Alert")
    found = [first(entry(title, outlet=name)).parts["importance"] for name in names]
    assert found == sorted(found, reverse=True)
    assert found[1] > 0.8 * found[0]
    assert found[2] < 0.5 * found[0]
