"""The day's work in reading order. This is the first file to read.

    sources --collect--> entries --draft--> draft --review--> approved edition --send--> readers

`run` is what the command line, a timer and the tests call. Every step stores its result before
the next begins, so a run that died is continued by running it again; whatever is started twice,
there is one edition a date, and it leaves once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from newsletter.articles import read_articles
from newsletter.collect import Collected, collect
from newsletter.core.edition import Edition, EditionState
from newsletter.draft import draft
from newsletter.errors import TemporaryError, TransportError, UsageError
from newsletter.market import read_market
from newsletter.review import Review, approve, hold, review
from newsletter.send import check_segments, send
from newsletter.store import editions, ledger
from newsletter.store.editions import EVERYBODY
from newsletter.translate import translate
from newsletter.wording import word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from newsletter.core.delivery import LedgerCount
    from newsletter.core.intake import Prepared
    from newsletter.core.source import Source
    from newsletter.core.story import Ranking
    from newsletter.ports import App
    from newsletter.store.editions import To


@dataclass(frozen=True)
class Day:
    """How far a day's work came. Parts that were not needed or not reached are None."""

    edition: Edition
    collected: Collected | None = None
    ranking: Ranking | None = None
    review: Review | None = None
    ledger: LedgerCount | None = None
    held_because: str = ""
    was_done_before: bool = False


REHEARSED = "a rehearsal with other sources than the configured ones"


def run(
    app: App,
    day: date,
    sources: Sequence[Source],
    *,
    is_rehearsal: bool = False,
    are_others: bool = False,
) -> Day:
    """Do what is left of the date's work: collect, draft, review, send; then finish yesterday's.

    A rehearsal does everything but approve and deliver, and leaves a frozen edition as it is.
    `are_others` says that the sources are not the configured ones: what a rehearsal makes of them
    is not sent by mistake later.
    """

    def work() -> Day:
        return _work(app, day, sources, is_rehearsal=is_rehearsal, are_others=are_others)

    return work() if is_rehearsal else _then_yesterday(app, day, work)


def _work(
    app: App, day: date, sources: Sequence[Source], *, is_rehearsal: bool, are_others: bool
) -> Day:
    edition = editions.load_edition(day)
    if edition and (edition.is_frozen or edition.state is EditionState.SKIPPED):
        return _as_it_stands(edition) if is_rehearsal else deliver(app, edition)
    reason = REHEARSED if is_rehearsal and are_others else ""
    prepared = prepare(
        app, day, sources, for_delivery=not is_rehearsal, reason=reason, are_others=are_others
    )
    return prepared if is_rehearsal else publish(app, prepared)


def _then_yesterday(app: App, day: date, work: Callable[[], Day]) -> Day:
    """Do a date's own work, and finish the day before whatever became of it.

    Whoever gets the newer edition by this is not sent the older one beside it.
    """
    try:
        done = work()
    except Exception:
        finish_yesterday(app, day)
        raise
    finish_yesterday(app, day)
    return done


def finish_yesterday(app: App, day: date) -> Day | None:
    """Send the edition of the day before to those whose hour has come; None where nobody waits.

    What could not leave for more than 24 hours stays, and is listed as unfinished. That the way
    out is shut must not keep today's work from being done: today's sending will say so.
    """
    edition = editions.load_edition(day - timedelta(days=1))
    since = app.clock.now() - ledger.OVERDUE
    if edition is None or edition.state is not EditionState.SENDING:
        return None
    if not ledger.is_waiting(edition, since):
        return None
    try:
        counted = _sent(app, edition, since=since)
    except (TemporaryError, TransportError):
        counted = ledger.count(edition, app.clock.now())
    return Day(_again(edition), ledger=counted)


def go_on(app: App, day: date) -> Day | None:
    """Send what is due of the editions that are leaving already, and nothing else; None if none."""
    edition = editions.load_edition(day)
    if edition is None or edition.state not in (EditionState.APPROVED, EditionState.SENDING):
        return finish_yesterday(app, day)
    return _then_yesterday(app, day, partial(deliver, app, edition))


def deliver(app: App, edition: Edition, to: To = EVERYBODY) -> Day:
    """Do what is left for a stored edition: review it if nobody has, send it if it has not left.

    `to` names the part of the audience that it goes to, where that is not the configured one.

    Raises:
        UsageError: `to` names what is not there, or others than the edition is approved for.
    """
    if to != EVERYBODY:
        check_segments(app, edition, to)
    if edition.state in (EditionState.SENT, EditionState.SKIPPED):
        return _as_it_stands(edition)
    if edition.is_frozen:
        counted = _sent(app, edition)
        return Day(_again(edition), ledger=counted)
    if edition.reason == REHEARSED:
        raise UsageError(
            f"the draft of {edition.date} is {REHEARSED}:"
            f" `newsletter draft --date {edition.date}` makes the real one"
        )
    with app.progress.stage("review"):
        reviewed = review(app, edition, for_delivery=True)
    return publish(app, Day(edition, review=reviewed), to)


def gather(
    app: App,
    sources: Sequence[Source],
    *,
    are_others: bool = False,
    is_now: bool = False,
    listener: Callable[[Source, Prepared], None] | None = None,
) -> Collected:
    """Collect; then, for the configured sources, fetch articles and translate, where that is on."""
    try:
        return _gathered(app, sources, are_others=are_others, is_now=is_now, listener=listener)
    finally:
        app.workers.close()


def _gathered(
    app: App,
    sources: Sequence[Source],
    *,
    are_others: bool,
    is_now: bool,
    listener: Callable[[Source, Prepared], None] | None,
) -> Collected:
    with app.progress.stage("collect"):
        collected = collect(app, sources, are_others=are_others, is_now=is_now, listener=listener)
    if are_others:
        return collected
    if app.config.market.series:
        with app.progress.stage("market"):
            market = read_market(app)
        collected = replace(collected, notes=market.problems)
    if app.config.collect.articles:
        with app.progress.stage("articles"):
            articles = read_articles(app, sources)
        notes = (*collected.notes, *articles.problems)
        collected = replace(collected, articles=articles.read, notes=notes)
    if app.config.translation.command:
        with app.progress.stage("translate"):
            translated = translate(app, sources)
        collected = replace(
            collected,
            translated=translated.count,
            notes=(*collected.notes, *translated.problems),
        )
    return collected


def prepare(
    app: App,
    day: date,
    sources: Sequence[Source],
    *,
    for_delivery: bool,
    reason: str = "",
    are_others: bool = False,
) -> Day:
    """Collect, draft and review; `reason` is kept beside the draft."""
    collected = gather(app, sources, are_others=are_others)
    with app.progress.stage("draft"):
        edition, ranking = draft(app, day, sources, reason=reason)
    edition = reworded(app, edition)
    with app.progress.stage("review"):
        reviewed = review(app, edition, for_delivery=for_delivery)
    return Day(edition, collected, ranking, reviewed)


def reworded(app: App, edition: Edition) -> Edition:
    """The drafted edition with the highlights a model writes, where that is on."""
    if not app.config.highlights.are_written:
        return edition
    with app.progress.stage("wording"):
        return word(app, edition)


def publish(app: App, prepared: Day, to: To = EVERYBODY) -> Day:
    """Approve and send when every gate is green; hold the edition when one is not."""
    assert prepared.review is not None  # noqa: S101 - both callers review first
    if prepared.review.blocked:
        reason = hold(prepared.edition, prepared.review)
        return replace(prepared, edition=_again(prepared.edition), held_because=reason)
    edition = approve(app, prepared.edition, prepared.review, "all gates were green", to)
    counted = _sent(app, edition)
    return replace(prepared, edition=_again(edition), ledger=counted)


def _as_it_stands(edition: Edition) -> Day:
    return Day(edition, ledger=ledger.count(edition), was_done_before=True)


def _again(edition: Edition) -> Edition:
    return editions.load_edition(edition.date) or edition


def _sent(app: App, edition: Edition, *, since: datetime | None = None) -> LedgerCount:
    with app.progress.stage("send"):
        return send(app, edition, since=since)
