"""The draft: sections, subject, preheader, one sentence of the day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from newsletter.core.compose import Rules, compose
from newsletter.core.edition import Draft, DraftFigures
from newsletter.core.entry import Entry
from newsletter.core.quiet import quiet_subject
from newsletter.core.ranking import ToldStory, rank
from tests.core.entries import NOW, entry, field

DAY = [
    entry("China imposes export controls on seven rare earths from 4 April", outlet="A"),
    entry("Lynas pours its first terbium oxide at the plant in Malaysia", outlet="B"),
    entry("Dysprosium prices jump 40% in Europe in one week", outlet="C"),
    entry("노비온, 2억1500만달러 투자 유치…희토류 자석 증산", outlet="D", language="ko"),
]


def drafted(*entries: Entry, notice: str = "", before: Sequence[str] = ()) -> Draft:
    ranking = rank(entries, gazetteer=field(), now=NOW)
    figures = DraftFigures(len(entries), len(entries), len(ranking.stories), 1, 0)
    return compose(
        ranking, date=NOW.date(), made_at=NOW, figures=figures, notice=notice, before=before
    )


def test_an_empty_day_gives_a_draft_that_says_so() -> None:
    draft = drafted(notice="A holiday")
    assert draft.lead is None
    assert draft.stories == ()
    assert draft.is_empty
    assert draft.subject == "A quiet day, 5 March: no story met the bar"
    assert draft.quiet == draft.preheader == "No story met the bar today."
    assert (draft.summary, draft.notice) == ("", "A holiday")


def test_a_quiet_day_says_so_in_a_line_of_its_own() -> None:
    alone = drafted(DAY[0], notice="A holiday")
    assert alone.quiet == alone.preheader == "A quiet day: one story met the bar."
    assert (alone.subject, alone.notice) == (DAY[0].title, "A holiday")
    pair = drafted(*DAY[:2])
    assert pair.quiet == "A quiet day: two stories met the bar."
    assert pair.preheader == DAY[1].title
    assert drafted(*DAY).quiet == ""


def test_the_subject_of_a_day_without_a_story_can_be_read_in_any_month() -> None:
    days = [date(2026, month, day) for month in range(1, 13) for day in (1, 28)]
    assert all(30 <= len(quiet_subject(day)) <= 70 for day in days)


def test_the_subjects_of_the_days_before_are_not_repeated() -> None:
    first = drafted(*DAY)
    again = drafted(*DAY, before=(first.subject,))
    assert again.subject != first.subject
    assert again.lead == first.lead
    assert again.subjects_before == (first.subject,)


def test_sections_stand_in_their_order_and_none_is_empty() -> None:
    draft = drafted(*DAY)
    names = [section.name for section in draft.sections]
    assert names == [name for name in Rules().sections if name in names]
    assert all(section.stories for section in draft.sections)


def test_the_subject_is_the_leads_headline() -> None:
    draft = drafted(*DAY)
    assert draft.lead
    assert draft.subject == draft.lead.headline


def test_a_long_subject_is_cut_at_a_word_and_a_short_one_is_completed() -> None:
    long = (
        f"China imposes export controls on rare earths and {'magnets for motors ' * 3}of any kind"
    )
    assert 30 <= len(drafted(entry(long)).subject) <= 70
    short = drafted(entry("China bans rare earths export"), DAY[1])
    assert 30 <= len(short.subject) <= 70


def test_a_subject_does_not_shout() -> None:
    draft = drafted(entry("CHINA BANS THE EXPORT OF RARE EARTHS TO ALL BUYERS!!!"))
    assert "!" not in draft.subject
    assert draft.subject != draft.subject.upper()


def test_preheader_and_summary_name_the_next_stories_in_the_readers_language() -> None:
    draft = drafted(*DAY)
    assert len(draft.preheader) <= 110
    assert DAY[1].title in draft.preheader
    assert draft.summary.startswith("In brief: ")
    assert draft.summary.endswith(".")
    assert draft.lead
    assert draft.lead.headline not in draft.summary
    assert "노비온" not in draft.preheader + draft.summary


def test_who_says_so_is_never_cut_off() -> None:
    said = "Beijing weighs a stop of magnet exports to America: newspaper editor"
    lead = entry("Pentagon takes a stake of $900 million in MP Materials", outlet="A")
    draft = drafted(lead, entry(said, hours=60))
    assert draft.lead
    assert draft.lead.headline == lead.title
    assert draft.summary == f"In brief: {said}."
    assert draft.preheader == said
    long = (
        "Lynas is to sell its rare earth plant in Malaysia, with all its staff and stocks, "
        "to a group of buyers from abroad: sources"
    )
    subject = drafted(entry(long)).subject
    assert subject.endswith("…: sources")
    assert len(subject) <= 70
    assert drafted(lead, entry(long, hours=60)).summary.endswith("…: sources.")


def test_the_summary_tells_the_lead_in_another_outlets_words() -> None:
    other = "Beijing puts seven rare earths under licence from 4 April"
    draft = drafted(*DAY, entry(other, outlet="E", hours=4))
    assert draft.lead
    assert {DAY[0].title, other} == {one.title for one in draft.lead.entries}
    told = next(t for t in (DAY[0].title, other) if t != draft.lead.headline)
    assert draft.summary.startswith(f"{told}; ")
    assert "; and " in draft.summary


def test_a_headline_is_cut_before_a_dangling_word_or_number() -> None:
    title = "Twenty-five companies attend the meeting on the magnet scheme for Rs 7,280 crore"
    subject = drafted(entry(f"{title} and rare earths")).subject
    assert subject == "Twenty-five companies attend the meeting on the magnet scheme…"


def test_an_update_gives_its_own_news_as_the_subject() -> None:
    before = entry("Lynas plans a A$240 million rare earth plant at Kuantan", outlet="A", hours=30)
    news = entry("Malaysian court orders Lynas to stop its plant at Kuantan", outlet="B", hours=2)
    told = ToldStory(
        (NOW - timedelta(days=1)).date(), before.title, (before.id,), texts=(before.title,)
    )
    known = dict.fromkeys((before.id, news.id), "0123456789ab")
    ranking = rank([before, news], gazetteer=field(), now=NOW, told=[told], known=known)
    figures = DraftFigures(2, 2, 1, 1, 0)
    draft = compose(ranking, date=NOW.date(), made_at=NOW, figures=figures)
    assert draft.lead
    assert draft.subject == draft.lead.headline == news.title
    assert before.title not in draft.summary + draft.preheader


def test_the_same_ranking_gives_the_same_draft() -> None:
    assert drafted(*DAY) == drafted(*reversed(DAY))
