"""The page: what a reader is shown, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from newsletter.core import page
from newsletter.core.edition import DraftFigures, Section
from newsletter.core.page import Brand, StoryBlock, page_for
from newsletter.core.source import Publisher
from newsletter.core.story import Highlight, Story
from newsletter.core.words import LEFT_TO_RIGHT_MARK
from tests import drafts

PLAIN = Highlight("Plain words.", "Far Wire")


def lead_of(story: Story | None = None, **changes: str) -> StoryBlock:
    told = page_for(drafts.draft(story or drafts.lead_story()), drafts.brand(**changes)).lead
    assert told is not None
    return told


def test_the_date_line_is_written_in_full() -> None:
    assert page_for(drafts.normal(), drafts.brand()).date_line == "Tuesday 7 April 2026"


def test_the_age_of_an_undated_entry_is_that_of_its_first_sight() -> None:
    story = drafts.lead_story()
    undated = replace(story, best=replace(story.best, date_is_known=False))
    assert lead_of(undated).facts[0] == "first seen 3 hours ago"


def test_the_source_line_counts_outlets_and_minutes() -> None:
    assert lead_of().facts == ("3 hours ago", "7 outlets", "4 min read")


def test_a_single_outlet_is_said_of_stories_but_not_of_headlines() -> None:
    lone = drafts.story(drafts.entry("A title", "Far Wire"))
    told = page_for(drafts.draft(lone, also=(lone,)), drafts.brand())
    assert told.lead
    assert told.lead.facts == ("3 hours ago", "1 outlet")
    assert told.also[0].facts == ("3 hours ago",)


def test_other_outlets_are_named_up_to_four_and_the_rest_counted() -> None:
    assert lead_of().also_covered == (
        "Also covered by The Separation Post, Tokyo Industry Daily, Magnet Wire, Bourse Ticker "
        "and 2 more."
    )


def test_one_other_outlet_is_named_without_a_list() -> None:
    pair = drafts.story(drafts.entry("A title", "Far Wire"), others=("Near Wire",))
    assert lead_of(pair).also_covered == "Also covered by Near Wire."


def test_the_lead_has_three_quotations_and_a_further_story_two() -> None:
    five = tuple(Highlight(f"Sentence {n}.", "Far Wire") for n in range(5))
    story = replace(drafts.lead_story(), highlights=five)
    section = Section("Policy", (story,))
    told = page_for(drafts.draft(story, (section,)), drafts.brand())
    assert told.lead
    assert (len(told.lead.quotes), len(told.sections[0].stories[0].quotes)) == (3, 2)


def test_a_quotation_is_marked_for_plain_text_only() -> None:
    (quote,) = lead_of(replace(drafts.lead_story(), highlights=(PLAIN,))).quotes
    assert quote.words.text == "Plain words."
    assert quote.marked == "\u201cPlain words.\u201d"


def test_a_sentence_with_quotation_marks_gets_no_second_pair() -> None:
    spoken = Highlight("\u201cNo,\u201d she said.", "Far Wire")
    (quote,) = lead_of(replace(drafts.lead_story(), highlights=(spoken,))).quotes
    assert quote.marked == "\u201cNo,\u201d she said."


def test_the_outlet_named_above_is_named_once_below_its_sentences() -> None:
    own = Highlight("Its own words.", drafts.lead_story().best.outlet)
    told = lead_of(replace(drafts.lead_story(), highlights=(own, own, own)))
    assert [quote.outlet for quote in told.quotes] == ["", "", "Pacific Metals Review"]


def test_every_sentence_of_another_outlet_names_it() -> None:
    own = Highlight("Its own words.", drafts.lead_story().best.outlet)
    mixed = lead_of(replace(drafts.lead_story(), highlights=(own, PLAIN)))
    other = lead_of(replace(drafts.lead_story(), highlights=(PLAIN, PLAIN)))
    assert [quote.outlet for quote in mixed.quotes] == ["Pacific Metals Review", "Far Wire"]
    assert [quote.outlet for quote in other.quotes] == ["Far Wire", "Far Wire"]


def test_the_primary_document_is_linked_with_its_host() -> None:
    primary = lead_of().primary
    assert primary
    assert (primary.host, primary.outlet) == ("commerce-ministry.example", "Ministry of Commerce")


def test_a_story_that_is_the_document_says_so_and_links_it_once() -> None:
    release = drafts.entry("A release", "Loop Magnetics", publisher=Publisher.COMPANY)
    told = lead_of(drafts.story(release, primary=release))
    assert told.primary is None
    assert "the document itself" in told.facts


def test_a_returning_story_says_when_it_was_told_and_what_is_new() -> None:
    returning = replace(
        drafts.lead_story(), told_on=date(2026, 4, 2), news="a sum of\x00 $3 million"
    )
    told = lead_of(returning)
    assert told.update == "Update: told on Thursday 2 April; new: a sum of $3 million"
    assert told.update_url == "https://readers.example/archive/2026-04-02"


def test_a_returning_story_without_news_is_no_update() -> None:
    told = lead_of(replace(drafts.lead_story(), told_on=date(2026, 4, 2)))
    assert told.update == "Told on Thursday 2 April"


def test_without_an_address_of_its_own_the_earlier_edition_is_not_linked() -> None:
    returning = replace(drafts.lead_story(), told_on=date(2026, 4, 2), news="a partnership")
    page = page_for(drafts.draft(returning), drafts.brand(home_url=""))
    assert page.lead
    assert page.lead.update_url == ""


def test_the_reasons_are_told_in_one_sentence() -> None:
    assert lead_of().why == (
        "told by 7 independent outlets within 9 hours; a government acts on exports;"
        " names dysprosium and terbium."
    )


def test_a_further_story_gives_two_reasons() -> None:
    told = page_for(
        drafts.draft(None, (Section("Policy", (drafts.lead_story(),)),)), drafts.brand()
    )
    assert told.sections[0].stories[0].why.count(";") == 1


def test_a_foreign_story_names_its_language_and_marks_its_headline() -> None:
    told = lead_of(drafts.foreign_names().lead)
    assert "in Chinese" in told.facts
    assert (told.headline.lang, told.headline.dir) == ("zh", "ltr")


def translated(summary: str = "", **changes: bool) -> Story:
    lead = drafts.foreign_names().lead
    assert lead
    words = {"translated_title": "Beijing controls magnets", "translated_summary": summary}
    best = replace(lead.best, **words, **changes)  # type: ignore[arg-type]
    return replace(lead, best=best)


SUMMARY = "It applies from May. Exporters need a licence. Dr. Li said so. Nobody else did."


def test_under_a_translated_headline_stands_the_translated_summary() -> None:
    told = lead_of(translated(SUMMARY))
    assert told.headline.text == "Beijing controls magnets"
    assert [(quote.words.text, quote.words.lang, quote.outlet) for quote in told.quotes] == [
        ("It applies from May.", "", "稀土产业观察, translated"),
        ("Exporters need a licence.", "", "稀土产业观察, translated"),
        ("Dr. Li said so.", "", "稀土产业观察, translated"),
    ]


def test_a_translated_headline_without_a_summary_has_no_foreign_sentences_below() -> None:
    assert lead_of(translated()).quotes == ()


def test_a_translation_of_what_may_not_be_quoted_is_not_quoted() -> None:
    assert lead_of(translated(SUMMARY, is_quotable=False)).quotes == ()


def test_a_translated_sentence_too_long_for_a_quotation_is_left_out() -> None:
    (quote,) = lead_of(translated("Word " * 60 + "ends. Short it is.")).quotes
    assert quote.words.text == "Short it is."


def test_translated_sentences_are_not_vouched_for_as_the_outlets_own() -> None:
    made = page_for(drafts.draft(translated(SUMMARY)), drafts.brand()).made
    assert "word for word" not in made
    assert "translated by machine" in made


def test_a_headline_rewritten_by_the_editor_is_in_the_editions_language() -> None:
    lead = drafts.foreign_names().lead
    assert lead
    told = lead_of(replace(lead, headline="Beijing controls magnet exports"))
    assert told.headline.lang == ""
    assert "in Chinese" in told.facts


def test_arabic_is_right_to_left() -> None:
    told = page_for(drafts.foreign_names(), drafts.brand()).sections[0].stories[0]
    assert (told.headline.lang, told.headline.dir) == ("ar", "rtl")
    assert told.quotes[0].words.dir == "rtl"


def test_a_right_to_left_name_does_not_pull_the_age_to_its_left() -> None:
    told = page_for(drafts.foreign_names(), drafts.brand()).sections[0].stories[0]
    assert told.outlet.endswith(LEFT_TO_RIGHT_MARK)


def test_the_editions_own_language_is_not_announced() -> None:
    told = lead_of(drafts.foreign_names().lead, language="zh-Hans")
    assert told.headline.lang == ""
    assert not any(fact.startswith("in ") for fact in told.facts)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "urn:none:n2",
        "ftp://a.example/x",
        "https://",
        "https:///path",
        "http://[bad",
        "//a.example/x",
        'https://a.example/"onclick="x',
        "https://a.example/a b",
        "https://a.example/\nb",
        "https://a.example/\u202etxt",
        "",
    ],
)
def test_only_plain_web_addresses_are_linked(url: str) -> None:
    assert page.linkable(url) == ""


@pytest.mark.parametrize(
    "url", ["https://a.example/x?y=1&z=2#top", "HTTP://A.example", "https://例え.example/希土"]
)
def test_web_addresses_are_kept_as_they_are(url: str) -> None:
    assert page.linkable(url) == url


def test_the_host_shown_is_where_the_link_leads() -> None:
    story = drafts.lead_story()
    url = "https://www.other.example:8443/x"
    assert lead_of(replace(story, best=replace(story.best, url=url))).host == "other.example"


def test_the_figures_are_written_out() -> None:
    told = page_for(drafts.normal(), drafts.brand())
    assert told.facts == "142 entries from 15 sources, 31 stories"
    assert told.made.startswith("Made at 06:40 (Europe/London) on 7 April from 142 entries")
    assert told.made.endswith("1 source did not answer.")


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ((142, 50, 0, 15, 0), "142 entries from 15 sources"),
        ((0, 0, 3, 0, 0), "3 stories"),
        ((0, 0, 0, 15, 0), ""),
    ],
)
def test_a_figure_of_nothing_is_left_out(figures: tuple[int, ...], words: str) -> None:
    draft = replace(drafts.normal(), figures=DraftFigures(*figures))
    assert page_for(draft, drafts.brand()).facts == words


def test_an_edition_without_failures_does_not_mention_them() -> None:
    assert "did not answer" not in page_for(drafts.quiet(), drafts.brand()).made


def test_an_edition_without_quotations_does_not_vouch_for_them() -> None:
    assert "word for word" in page_for(drafts.normal(), drafts.brand()).made
    assert "word for word" not in page_for(drafts.empty(), drafts.brand()).made


def test_an_empty_day_makes_an_empty_page() -> None:
    assert page_for(drafts.empty(), drafts.brand()).is_empty
    assert not page_for(drafts.quiet(), drafts.brand()).is_empty


@pytest.mark.parametrize("accent", ["red", "#fff", "#0b5563;}</style>", "#0b556g"])
def test_an_accent_that_could_break_a_style_sheet_is_refused(accent: str) -> None:
    with pytest.raises(ValueError, match="accent must be a colour"):
        drafts.brand(accent=accent)


@pytest.mark.parametrize("name", ["Mars/Olympus", "../../etc/passwd", ""])
def test_an_unknown_time_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        drafts.brand(time_zone=name)


def test_the_page_depends_on_nothing_but_the_draft_and_the_brand() -> None:
    assert page_for(drafts.normal(), drafts.brand()) == page_for(drafts.normal(), drafts.brand())
    assert isinstance(drafts.brand(), Brand)


@pytest.mark.parametrize(
    "headline", ["GE.com", "Magnets.Inc", "www.lynas.com/login", "See https://www.lynas.com now"]
)
def test_a_headline_that_names_another_site_is_told_without_its_link(headline: str) -> None:
    story = replace(drafts.lead_story(), headline=headline)
    told = lead_of(story)
    assert (told.headline.text, told.url, told.host) == (headline, "", "")


@pytest.mark.parametrize("headline", ["Lynas.com reports a record", "U.S. curbs", "annual.pdf"])
def test_a_headline_that_names_no_address_keeps_its_link(headline: str) -> None:
    story = replace(drafts.lead_story(), headline=headline)
    assert lead_of(story).url == story.url


def test_a_story_within_a_private_network_is_linked_to_only_where_that_is_meant() -> None:
    story = drafts.lead_story()
    near = replace(story, best=replace(story.best, url="http://wiki.internal/x"))
    assert lead_of(near).url == ""
    brand = replace(drafts.brand(), near_hosts=frozenset({"wiki.internal"}))
    meant = page_for(drafts.draft(near), brand).lead
    assert meant
    assert meant.url == "http://wiki.internal/x"
