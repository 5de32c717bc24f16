"""A day seen with hindsight: what it missed and why, what nobody followed, each source's yield."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from newsletter.core.compose import compose
from newsletter.core.edition import Draft, DraftFigures
from newsletter.core.entry import Entry
from newsletter.core.radar import Cause, Hindsight, Missed, Radar, SourceYield, look_back
from newsletter.core.ranking import rank
from newsletter.core.selection import Rules
from newsletter.core.source import Publisher
from newsletter.core.story import Ranking
from tests.core.entries import NOW, entry, field

DAY = date(2026, 3, 5)
LATER = NOW + timedelta(days=1)
CURBS = (
    "China tightens export licence rules for dysprosium and terbium",
    "Beijing tightens export licence rules for dysprosium, terbium",
    "China's tighter export licence rules hit dysprosium and terbium",
    "Export licence rules for dysprosium and terbium tightened by China",
)
PLANT = "Lynas starts its heavy rare earth separation line in Malaysia"


def curbs(*hours: float, papers: str = "ABCD") -> list[Entry]:
    """One story, in one paper after the other, so many hours before the edition."""
    return [
        entry(title, outlet=f"Paper {paper}", hours=ago)
        for title, paper, ago in zip(CURBS, papers, hours, strict=False)
    ]


def ranked(entries: Iterable[Entry], now: datetime = NOW) -> Ranking:
    return rank(list(entries), gazetteer=field(), now=now)


def edition(entries: Iterable[Entry], **rules: float) -> Draft:
    figures = DraftFigures(1, 1, 1, 1, 0)
    wanted = Rules(**rules)  # type: ignore[arg-type]
    return compose(ranked(entries), date=DAY, made_at=NOW, figures=figures, rules=wanted)


def seen(
    entries: list[Entry], draft: Draft | None, *, then: list[Entry] | None = None, outlets: int = 3
) -> Hindsight:
    known = [e for e in entries if e.published_at <= NOW and e.first_seen_at <= NOW]
    return Hindsight(
        date=DAY,
        draft=draft,
        as_of=NOW,
        read_by=NOW,
        day_ends=NOW.replace(hour=23, minute=59),
        until=LATER,
        then=ranked(known if then is None else then),
        since=ranked(entries, LATER),
        entries=tuple(entries),
        dropped=frozenset(),
        last_told=None,
        sources=tuple(sorted({name for e in entries for name in e.sources})),
        outlets=outlets,
    )


def only(radar: Radar) -> Missed:
    (missed,) = radar.missed
    return missed


def test_a_widely_carried_story_that_the_edition_told_is_not_missed() -> None:
    entries = curbs(9, 8, 7, 6)
    radar = look_back(seen(entries, edition(entries)))
    assert len(radar.wide) == 1
    assert radar.missed == ()


def test_a_story_told_from_its_first_entry_is_told_whatever_joins_it_later() -> None:
    entries = curbs(9, -1, -2, -3)
    radar = look_back(seen(entries, edition(entries[:1])))
    assert len(radar.wide) == 1
    assert radar.missed == ()


def test_a_story_of_few_outlets_is_not_widely_carried() -> None:
    radar = look_back(seen(curbs(9, 8), edition([])))
    assert radar.wide == ()
    assert radar.missed == ()
    assert len(look_back(seen(curbs(9, 8), edition([]), outlets=2)).missed) == 1


def test_a_story_that_broke_after_the_draft_says_when() -> None:
    missed = only(look_back(seen(curbs(-1, -2, -3), edition([]))))
    assert missed.cause is Cause.LATER
    assert missed.reason == "It broke at 5 March 09:00 UTC, after the draft of 5 March 08:00 UTC"


def test_a_story_that_was_read_too_late_says_when_it_was_published() -> None:
    entries = [replace(e, first_seen_at=LATER) for e in curbs(9, 8, 7)]
    missed = only(look_back(seen(entries, edition([]))))
    assert missed.cause is Cause.LATER
    assert "Published at 4 March 23:00 UTC, but first read at 6 March 08:00 UTC" in missed.reason


def test_a_story_of_the_next_day_was_not_this_editions_to_tell() -> None:
    assert look_back(seen(curbs(-17, -18, -19), edition([]))).wide == ()


def test_a_story_with_too_low_a_score_says_by_how_much() -> None:
    entries = curbs(9, 8, 7)
    strong = [entry(PLANT, outlet=f"Wire {n}", publisher=Publisher.TRADE_PRESS) for n in range(2)]
    draft = edition([*entries, *strong])
    plant = next(s for s in draft.stories if s.headline == PLANT)
    lone = replace(draft, lead=replace(plant, score=0.99), sections=(), also=(), near_misses=())
    missed = only(look_back(seen([*entries, *strong], lone)))
    assert missed.cause is Cause.LOW
    assert "below the last pick (place " in missed.reason


def test_a_story_that_a_cap_kept_out_has_the_drafts_own_words() -> None:
    entries = [*curbs(9), entry(PLANT, outlet="Wire")]
    draft = edition(entries, stories=1, also=0)
    missed = only(look_back(seen(entries, draft, outlets=1)))
    assert draft.near_misses[0].reason in missed.reason


def test_how_many_outlets_had_it_then_is_told() -> None:
    entries = curbs(9, -1, -2)
    plant = entry(PLANT, outlet="Wire", hours=1)
    missed = only(look_back(seen([*entries, plant], edition([plant]))))
    assert "one outlet had it then, 3 since" in missed.reason


def test_a_rejected_entry_says_why() -> None:
    entries = curbs(9, 8, 7)
    off_topic = [replace(e, title="Local fair opens on Sunday") for e in entries]
    missed = only(look_back(seen(entries, edition([]), then=off_topic)))
    assert missed.cause is Cause.REJECTED
    (reason,) = {one.reason for one in ranked(off_topic).rejected}
    assert missed.reason.startswith(reason)
    assert "and 2 more entries" in missed.reason


def test_a_story_that_the_editor_dropped_says_so() -> None:
    entries = curbs(9, 8, 7)
    look = seen(entries, edition([]))
    dropped = replace(look, dropped=frozenset({look.then.stories[0].id}))
    assert only(look_back(dropped)).cause is Cause.DROPPED


def test_a_day_without_an_edition_shows_what_there_was_to_tell() -> None:
    radar = look_back(seen(curbs(9, 8, 7), None))
    assert not radar.has_edition
    assert only(radar).cause is Cause.NO_EDITION
    assert radar.unfollowed == ()


YESTERDAY = NOW - timedelta(hours=24)


def remembered(look: Hindsight, *, then: str = "", since: str = "") -> Hindsight:
    """As if yesterday's edition had told all of it; with what is new since, by both rankings."""

    def told(ranking: Ranking, news: str) -> Ranking:
        stories = (replace(s, told_on=DAY - timedelta(days=1), news=news) for s in ranking.stories)
        return replace(ranking, stories=tuple(stories))

    return replace(
        look, then=told(look.then, then), since=told(look.since, since), last_told=YESTERDAY
    )


def test_what_an_earlier_edition_told_is_not_missed_again() -> None:
    assert look_back(remembered(seen(curbs(40, 3, 2, 1), edition([])))).wide == ()


def test_widely_carried_news_in_a_told_story_was_to_be_told() -> None:
    look = remembered(seen(curbs(40, 3, 2, 1), edition([])), then="a ban", since="a ban")
    assert only(look_back(look)).story.news == "a ban"


def test_of_a_told_story_only_what_was_carried_since_counts() -> None:
    look = remembered(seen(curbs(40, 39, 38, 1), edition([])), then="a ban", since="a ban")
    assert look_back(look).wide == ()


def test_news_in_a_told_story_that_came_after_the_draft_came_later() -> None:
    look = remembered(seen(curbs(40, -1, -2, -3), edition([])), since="a ban")
    assert only(look_back(look)).cause is Cause.LATER


def test_a_told_story_in_which_nothing_was_new_yet_says_so() -> None:
    missed = only(look_back(remembered(seen(curbs(40, 3, 2, 1), edition([])), since="a ban")))
    assert missed.cause is Cause.TOLD
    assert missed.reason.startswith("Told on 2026-03-04, and nothing was new in it")


def test_what_was_wide_before_the_last_edition_was_that_ones_to_tell() -> None:
    look = seen(curbs(40, 39, 38, 2), edition([]))
    assert look_back(replace(look, last_told=YESTERDAY)).wide == ()
    spreading = seen(curbs(40, 3, 2, 1), edition([]))
    assert len(look_back(replace(spreading, last_told=YESTERDAY)).wide) == 1


def test_a_pick_that_stayed_with_one_outlet_was_not_followed() -> None:
    plant = entry(PLANT, outlet="Wire")
    radar = look_back(seen([plant], edition([plant])))
    assert [story.headline for story in radar.unfollowed] == [PLANT]


def test_a_pick_that_others_took_up_later_was_followed() -> None:
    entries = curbs(9, -5)
    assert look_back(seen(entries, edition(entries[:1]))).unfollowed == ()


def test_a_pick_of_several_outlets_needs_no_followers() -> None:
    entries = curbs(9, 8)
    assert look_back(seen(entries, edition(entries))).unfollowed == ()


def row(radar: Radar, name: str) -> SourceYield:
    return next(one for one in radar.sources if one.name == name)


def test_a_sources_yield_counts_relevant_picked_wide_and_first() -> None:
    noise = [entry(f"Fair number {n} opens on Sunday", outlet="Paper A", hours=n) for n in (1, 2)]
    plant = entry(PLANT, outlet="Paper A", hours=4)
    entries = [*curbs(9, 8, 7), plant, *noise]
    radar = look_back(seen(entries, edition(entries[:3])))
    first, second = row(radar, "Paper A"), row(radar, "Paper B")
    assert (first.entries, first.relevant, first.picked) == (4, 2, 1)
    assert (first.wide, first.first, second.wide, second.first) == (1, 1, 1, 0)
    assert (first.recall, first.relevant_share, first.picked_share) == (1.0, 0.5, 0.25)


def test_a_source_that_carried_nothing_has_no_shares() -> None:
    look = replace(seen([], edition([])), sources=("Silent",))
    silent = row(look_back(look), "Silent")
    assert (silent.recall, silent.relevant_share, silent.picked_share) == (None, None, None)


def test_an_entry_of_two_sources_counts_for_both_and_is_first_in_one() -> None:
    one, *rest = curbs(9, 8, 7)
    both = replace(one, sources=("Paper A", "Aggregator"))
    radar = look_back(seen([both, *rest], edition([])))
    assert (row(radar, "Paper A").first, row(radar, "Aggregator").first) == (1, 0)
    assert row(radar, "Aggregator").wide == 1


def test_the_order_of_the_entries_changes_nothing() -> None:
    entries = [*curbs(9, 8, 7), entry(PLANT, outlet="Wire"), *curbs(-1, papers="E")]
    one = look_back(seen(entries, edition(entries)))
    other = look_back(replace(seen(entries[::-1], edition(entries)), sources=one_names(one)))
    assert one == other


def one_names(radar: Radar) -> tuple[str, ...]:
    return tuple(one.name for one in radar.sources)


def test_the_nearest_rejected_entries_are_shown() -> None:
    noise = [entry(f"Fair number {n} opens", outlet="Paper A", hours=n) for n in range(1, 9)]
    radar = look_back(seen(noise, edition([])))
    assert len(radar.rejected) == 5
