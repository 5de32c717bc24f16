"""Which stories stand on the page, and which leads it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from newsletter.core.entry import Entry
from newsletter.core.ranking import ToldStory, rank
from newsletter.core.selection import Rules, Selection, select
from newsletter.core.source import Publisher
from newsletter.core.story import Story
from tests.core.entries import NOW, entry, field


def selected(
    *entries: Entry, rules: Rules | None = None, told: ToldStory | None = None
) -> Selection:
    ranking = rank(entries, gazetteer=field(), now=NOW, told=[told] if told else [])
    return select(ranking, rules or Rules())


COMPANIES = ["Lynas", "Iluka", "Arafura", "Ucore", "Pensana", "Noveon", "Aclara", "Vulcan Elements"]
ACTS = ["Malaysia", "Brazil", "Kenya", "Norway", "Angola", "Texas", "Chile", "Ohio"]


def plants(outlet: str = "", company: str = "") -> list[Entry]:
    return [
        entry(
            f"{company or name} opens rare earth plant number {n}{n} in {place}",
            outlet=outlet or f"Paper {n}",
            hours=3 * n + 1,
        )
        for n, (name, place) in enumerate(zip(COMPANIES, ACTS, strict=True))
    ]


def test_no_opinion_explainer_or_promotion_leads() -> None:
    found = selected(
        entry("Opinion: export controls on rare earths should worry us"),
        entry("Explainer: China's export controls on rare earths", outlet="B"),
        entry("Rare earth export controls: investor guide", outlet="Motley Fool"),
        entry("Lynas opens a plant in Malaysia", outlet="C"),
    )
    assert found.lead
    assert found.lead.headline == "Lynas opens a plant in Malaysia"
    assert not found.further


def test_a_look_back_is_never_shown() -> None:
    found = selected(entry("FLASHBACK: China's first rare earth export controls"))
    assert found.lead is None
    assert found.also == ()
    assert found.near_misses[0].reason == "A look back, not news"


def test_an_outlet_has_no_more_stories_than_its_cap() -> None:
    found = selected(*plants(outlet="Daily Ore"), rules=Rules(per_section=9, per_outlet=3))
    assert found.lead
    assert 1 + len(found.further) == 3


def test_a_company_has_no_more_stories_than_its_cap() -> None:
    found = selected(*plants(company="Lynas"), rules=Rules(per_section=9))
    assert found.lead
    assert 1 + len(found.further) <= 2


def test_the_companies_of_one_group_share_one_cap() -> None:
    found = selected(
        *(
            entry(title, outlet=f"Paper {n}", hours=n + 1)
            for n, title in enumerate(
                [
                    "LS Cable opens a rare earth magnet plant in Virginia",
                    "LS Eco Energy signs a supply deal for Vietnam's rare earth oxide",
                    "LS Group raises $90 million for rare earth metal",
                    "LS Eco Energy reports a higher quarterly profit on rare earths",
                    "LS Cable names a new chief executive for rare earths",
                ]
            )
        ),
        rules=Rules(per_section=9),
    )
    assert found.lead
    assert found.lead.companies == ("LS",)
    assert 1 + len(found.further) == 2
    assert len(found.also) == 1
    assert found.near_misses[0].reason.startswith("LS is already in 3 stories")


def test_a_blog_stands_only_as_a_headline() -> None:
    found = selected(entry("Lynas opens a rare earth plant in Malaysia", outlet="브런치"))
    assert found.lead is None
    assert found.further == ()


def test_a_section_has_no_more_stories_than_its_cap_the_lead_among_them() -> None:
    found = selected(*plants(), rules=Rules(per_section=2))
    assert found.lead
    assert [story.section for story in found.further] == [found.lead.section]


def test_an_outlet_has_as_many_headlines_as_full_stories_beside_them() -> None:
    found = selected(*plants(outlet="Daily Ore"), rules=Rules(per_section=9, per_outlet=2))
    assert (1 + len(found.further), len(found.also)) == (2, 2)
    assert found.near_misses[0].reason == "Daily Ore already has 2 headlines"


def test_a_country_has_no_more_stories_than_its_cap() -> None:
    titles = [
        "Norway opens a rare earth plant in Herøya",
        "Norway sets a price floor for neodymium oxide",
        "Norway fills a stockpile of rare earth magnets",
        "Kenya bans the export of rare earth ore",
    ]
    entries = [entry(title, outlet=f"Paper {n}") for n, title in enumerate(titles)]
    free = selected(*entries, rules=Rules(per_section=9))
    assert len(free.further) == 3
    found = selected(*entries, rules=Rules(per_section=9, per_country=1))
    assert found.lead
    told = [story.countries[0] for story in (found.lead, *found.further)]
    assert sorted(told) == ["Kenya", "Norway"]


def test_so_many_stories_in_another_language_and_no_more() -> None:
    foreign = [
        entry("노비온, 희토류 자석 공장 준공", outlet="A", language="ko"),
        entry("中国对稀土出口实施管制", outlet="B", language="zh"),
        entry("日本、レアアースを備蓄", outlet="C", language="ja"),
    ]
    english = entry("Lynas pours its first terbium oxide in Malaysia", outlet="D")
    found = selected(*foreign, english, rules=Rules(max_foreign=1, per_section=9))
    assert found.lead
    told = [story.best.language for story in (found.lead, *found.further)]
    assert min(told) == "en"
    assert len(told) == 2


def test_a_story_told_yesterday_does_not_come_back() -> None:
    old = entry("Noveon raises $215 million", hours=30)
    told = ToldStory(date=(NOW - timedelta(days=1)).date(), headline=old.title, entry_ids=(old.id,))
    found = selected(old, entry("Lynas opens a plant in Malaysia", outlet="B"), told=told)
    assert found.lead
    assert found.lead.headline == "Lynas opens a plant in Malaysia"
    assert not found.further
    assert not found.also


def test_what_is_too_old_is_no_news() -> None:
    assert selected(entry("Lynas opens a plant in Malaysia", hours=24 * 9)).lead is None


def test_a_corroborated_story_leads_before_a_press_release_of_its_kind() -> None:
    release = entry(
        "Iluka opens a refinery in Australia", outlet="Iluka", publisher=Publisher.COMPANY
    )
    seen = [
        entry("Lynas opens a magnet metal plant in Kuantan", outlet="A"),
        entry("Lynas opens Kuantan plant, the first to make magnet metal in Malaysia", outlet="B"),
    ]
    found = selected(release, *seen)
    assert found.lead
    assert found.lead.outlets == 2


def test_near_misses_say_what_stood_in_the_way() -> None:
    found = selected(*plants(), rules=Rules(per_section=1, also=0))
    assert found.near_misses
    assert all(miss.gap >= 0 and miss.reason for miss in found.near_misses)
    assert any("is full" in miss.reason for miss in found.near_misses)


def test_a_near_miss_says_by_how_much_and_what_would_have_lifted_it() -> None:
    found = selected(*plants(), rules=Rules(stories=4, per_section=9, also=0))
    wanted = r"0\.\d\d below the last pick; a second outlet would have (lifted it|helped)"
    assert re.fullmatch(wanted, found.near_misses[-1].reason)
    full = selected(*plants(outlet="Daily Ore"), rules=Rules(per_section=9, also=0))
    assert full.near_misses[-1].reason.startswith("Daily Ore already has 3 stories; 0.0")


def test_a_story_kept_out_by_a_cap_misses_the_last_story_that_fills_it() -> None:
    found = selected(*plants(), rules=Rules(per_section=3, also=0))
    assert [story.section for story in found.further] == ["Processing & magnets"] * 2
    for miss in found.near_misses:
        assert miss.gap == round(found.further[-1].score - miss.story.score, 3) > 0
        words = "(0.0. below|Level with) the last of them; .* would have lifted it"
        assert re.fullmatch(f"Processing & magnets is full with 3 stories; {words}", miss.reason)


def test_no_score_takes_the_leads_place() -> None:
    found = selected(*plants(), rules=Rules(per_section=1, also=0))
    said = {miss.reason for miss in found.near_misses}
    assert said == {"Processing & magnets is full with 1 story, the lead"}


def test_a_cap_of_none_is_said_plainly() -> None:
    foreign = entry("노비온, 희토류 자석 공장 준공", language="ko")
    found = selected(foreign, rules=Rules(max_foreign=0, also=0, stories=3))
    assert found.near_misses[0].reason == "No story in another language is told in full"


def weighed(**parts: float) -> tuple[Story, Story]:
    """Two stories alike but for some parts of the second, which has the better score."""
    found = rank(plants()[:2], gazetteer=field(), now=NOW).stories
    plain = replace(found[0], score=0.7, parts={**found[0].parts, "importance": 0.7})
    return plain, replace(plain, id="other", score=0.71, parts={**plain.parts, **parts})


def leading(*stories: Story) -> str:
    ranking = rank(plants()[:2], gazetteer=field(), now=NOW)
    lead = select(replace(ranking, stories=stories), Rules()).lead
    assert lead
    return lead.id


def test_what_is_no_longer_fresh_leads_only_where_nothing_is() -> None:
    plain, other = weighed(freshness=0.29)
    assert leading(other, plain) == plain.id
    assert leading(other) == other.id
    plain, other = weighed(freshness=0.3)
    assert leading(other, plain) == other.id


def test_a_document_behind_a_story_speaks_for_it_as_the_lead() -> None:
    plain, other = weighed()
    assert leading(other, plain) == other.id
    assert leading(other, replace(plain, primary=other.best)) == plain.id


def test_a_story_that_readers_cannot_read_gives_way_as_the_lead() -> None:
    plain, other = weighed(importance=0.85)
    foreign = replace(other, best=replace(other.best, language="ko"))
    assert leading(other, plain) == other.id
    assert leading(foreign, plain) == plain.id


def test_a_page_to_look_things_up_in_is_told_as_a_headline_at_most() -> None:
    codes = entry("Rare earth tariff codes: the full list", outlet="Gazette")
    assert selected(codes).lead is None


@pytest.mark.parametrize(
    ("outlet", "paywall", "mark", "rules"),
    [
        ("Daily Ore", True, "paywall", Rules(max_paywalled=1, per_outlet=9, per_section=9)),
        ("Xinhua", False, "state media", Rules(max_state_media=1, per_outlet=9, per_section=9)),
        (
            "PR Newswire",
            False,
            "press release",
            Rules(max_press_releases=1, per_outlet=9, per_section=9),
        ),
    ],
)
def test_a_label_has_its_cap(outlet: str, paywall: bool, mark: str, rules: Rules) -> None:
    titles = [
        "Lynas pours its first terbium oxide in Malaysia",
        "Dysprosium oxide prices rise 4% in a week",
        "Japan fills a stockpile of rare earth magnets",
    ]
    found = selected(*(entry(t, outlet=outlet, paywall=paywall) for t in titles), rules=rules)
    told = [story for story in (found.lead, *found.further) if story and mark in story.marks]
    assert len(told) == 1
    assert {story.marks for story in found.also} == {(mark,)}


def test_a_section_may_claim_a_kind_of_event() -> None:
    rules = Rules(sections=("Deals", "Companies"), section_of={"merger": "Deals"})
    found = selected(entry("Lynas acquires a rare earth rival for $80 million"), rules=rules)
    assert found.lead
    assert found.lead.event == "merger"
    assert found.lead.section == "Deals"


def test_a_story_close_to_another_lacks_news_of_its_own() -> None:
    ranking = rank(plants(), gazetteer=field(), now=NOW)
    last = ranking.stories[-1]
    like = replace(last, parts={**last.parts, "distinctness": 0.2}, close_to="Another")
    stories = (*ranking.stories[:-1], like)
    found = select(replace(ranking, stories=stories), Rules(stories=4, per_section=9, also=0))
    assert "news that no story above it tells" in found.near_misses[-1].reason


def test_official_rhetoric_is_never_shown() -> None:
    found = selected(entry("牢记嘱托 谱写稀土产业新篇章", language="zh"))
    assert (found.lead, found.further, found.also) == (None, (), ())
    assert found.near_misses[0].reason == "Official rhetoric, not news"


def test_nothing_stands_on_the_page_twice() -> None:
    found = selected(*plants(), entry("Opinion: rare earths", outlet="Z"))
    assert found.lead
    ids = [story.id for story in (found.lead, *found.further, *found.also)]
    assert len(ids) == len(set(ids))
