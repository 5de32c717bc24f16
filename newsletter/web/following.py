"""What a subscriber may follow: companies and threads of the recent editions, and their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from newsletter.store import editions, kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from newsletter.core.story import Story

RECENT = timedelta(days=14)
MOST = 12
"""How many companies, and how many threads, are offered beside those already followed."""
COMPANY, THREAD = "company:", "thread:"


@dataclass(frozen=True)
class Offer:
    """One box to tick: the follow as it is kept, and what people call it ("" if forgotten)."""

    value: str
    label: str


@dataclass(frozen=True)
class Offers:
    """The boxes of the page, those that are followed first."""

    companies: tuple[Offer, ...]
    threads: tuple[Offer, ...]


def load_offers(followed: Sequence[str], today: date) -> Offers:
    """What can be followed: the subscriber's own, then what the last 14 days told."""
    drafts = editions.load_told(since=today - RECENT, before=today + timedelta(days=1))
    stories = [story for draft in drafts for story in draft.stories]
    return Offers(_companies(followed, stories), _threads(followed, stories))


def typed_companies(text: str, offers: Offers) -> tuple[str, ...]:
    """Follows out of a typed list with commas; a company told lately is known in any case."""
    known = {offer.label.casefold(): offer.value for offer in offers.companies}
    names = filter(None, (" ".join(name.split()) for name in text.split(",")))
    return tuple(known.get(name.casefold(), COMPANY + name) for name in names)


def _companies(followed: Sequence[str], stories: Iterable[Story]) -> tuple[Offer, ...]:
    told = (COMPANY + name for story in stories for name in story.companies)
    return tuple(
        Offer(value, value.removeprefix(COMPANY)) for value in _own_first(COMPANY, followed, told)
    )


def _threads(followed: Sequence[str], stories: Iterable[Story]) -> tuple[Offer, ...]:
    headlines: dict[str, str] = {}
    for story in stories:
        headlines.setdefault(THREAD + story.thread, story.headline)
    headlines.pop(THREAD, None)
    values = _own_first(THREAD, followed, headlines)
    forgotten = [one.removeprefix(THREAD) for one in values if one not in headlines]
    remembered = kept.load_thread_headlines(forgotten)
    return tuple(
        Offer(value, headlines.get(value) or remembered.get(value.removeprefix(THREAD), ""))
        for value in values
    )


def _own_first(prefix: str, followed: Sequence[str], told: Iterable[str]) -> list[str]:
    own = [one for one in followed if one.startswith(prefix)]
    others = [one for one in dict.fromkeys(told) if one not in own]
    return [*own, *others[:MOST]]
