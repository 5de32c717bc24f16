"""A day with little to tell: what may leave, and what the page says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from newsletter.core.beside import Beside, Occasion, Sponsor
from newsletter.core.check import Finding
from newsletter.core.check_day import enough_stories
from newsletter.core.edition import Draft
from newsletter.core.page import page_for
from newsletter.core.proof import Proof, Thresholds
from newsletter.render import Renderer
from tests import drafts

AHEAD = Beside(ahead=(Occasion(drafts.DAY, "A licence deadline"),))
EMPTY = drafts.empty()
WITH_DATES = replace(EMPTY, beside=AHEAD)


def complaints(draft: Draft, least: int) -> list[Finding]:
    proof = Proof(
        *(draft, draft.subject, "", "", "", "", "", "", "", "files", None),
        thresholds=Thresholds(least_stories=least),
    )
    return list(enough_stories(proof))


def test_a_quiet_day_may_leave_by_default_and_a_day_without_a_story_may_not() -> None:
    one = replace(drafts.normal(), sections=(), also=())
    assert complaints(one, Thresholds().least_stories) == []
    (held,) = complaints(WITH_DATES, Thresholds().least_stories)
    assert "edition.least_stories: 0" in held.message


def test_where_no_story_is_asked_for_what_stands_beside_them_may_leave_alone() -> None:
    assert complaints(WITH_DATES, 0) == []


@pytest.mark.parametrize("beside", [Beside(), Beside(sponsor=Sponsor("Ore Bank", "Buys ore"))])
def test_with_nothing_but_a_sponsor_nothing_leaves(beside: Beside) -> None:
    (held,) = complaints(replace(EMPTY, beside=beside), 0)
    assert held.message == "nothing to tell: no story of the field was found today"


@pytest.mark.parametrize("make", [drafts.quiet, drafts.empty])
def test_the_mail_says_once_that_the_day_was_quiet_and_pads_nothing(make: object) -> None:
    draft: Draft = make()  # type: ignore[operator]
    mail = Renderer().edition(page_for(draft, drafts.brand()))
    for body in (mail.html, mail.text):
        assert body.count(draft.quiet) == 1
        assert "Also today" not in body
    assert draft.quiet not in Renderer().edition(page_for(drafts.normal(), drafts.brand())).text
