"""The variants of an edition: which one a reader's choice comes to, each rendered once.

They are frozen with the edition, and one whose page a mailbox would cut off tells less of each
story instead. Where a choice comes up later, since a reader changed it in the
middle of the sending, its variant is rendered from the frozen draft and kept then.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING

from newsletter.core.depth import Depth
from newsletter.core.pictures import mailed_size
from newsletter.core.rollup import roll_up, week_before
from newsletter.core.variant import (
    NOT_TODAY,
    Choice,
    Rhythm,
    Variant,
    chosen_ids,
    has_big_news,
    key_of,
    reduced,
)
from newsletter.errors import NewsletterError, TemplateError
from newsletter.messages import message_fault, press_of
from newsletter.store import editions
from newsletter.store.variants import drop_variants, load_variant, save_variants
from subscribers import audience, values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from newsletter.core.edition import Draft, Edition
    from newsletter.core.selection import Rules
    from newsletter.messages import Press
    from newsletter.ports import App
    from newsletter.render import RenderedEdition
    from subscribers.values import Preferences

_THREE_WEEKS = timedelta(days=21)
_WEEKEND = (5, 6)
_MOST_TRIED = 12
"""How many variants a check renders; approving renders all."""
_MOST_CHECKED = 5
"""How many pages are rendered for the checks that every page must pass."""
_IN_MEMORY = 50
"""How many rendered variants approving holds at a time, of up to a hundred kilobytes each."""


@dataclass(frozen=True)
class Told:
    """The draft that a choice comes to; the edition itself has no `key`."""

    key: str
    draft: Draft
    depth: Depth
    is_roll_up: bool


@dataclass
class Variants:
    """The variants of one edition. `week_since` is None where no roll-up is due with it."""

    app: App
    edition: Edition
    rules: Rules
    week_since: date | None
    _week: Draft | None = None
    _faults: dict[str, str] = field(default_factory=dict)
    _answers: dict[Choice, Told | str] = field(default_factory=dict)
    _told: dict[tuple[bool, Depth, frozenset[str]], Told | None] = field(default_factory=dict)

    @cached_property
    def press(self) -> Press:
        """What all of its pages are made with."""
        return press_of(self.app.config)

    @property
    def rhythms(self) -> frozenset[values.Rhythm]:
        """The rhythms whose readers get the edition of this date."""
        found = {values.Rhythm.DAILY}
        if self.edition.date.weekday() not in _WEEKEND:
            found.add(values.Rhythm.WEEKDAYS)
        if self.week_since is not None:
            found.add(values.Rhythm.WEEKLY)
        if has_big_news(self.edition.draft, self.app.config.edition.big_news):
            found.add(values.Rhythm.BIG)
        return frozenset(found)

    @property
    def rhythms_if_following(self) -> frozenset[values.Rhythm]:
        """The rhythms of which those get it who follow something that it tells."""
        return frozenset({values.Rhythm.BIG})

    def told_to(self, wanted: Preferences) -> Told | str:
        """What a reader with these preferences is told, or why it is nothing."""
        choice = choice_of(wanted)
        if choice not in self._answers:
            self._answers[choice] = self._answer(choice)
        return self._answers[choice]

    def rendered(self, told: Told) -> Variant:
        """The variant as it is frozen; rendered where it is not yet, and tried once.

        Raises:
            NewsletterError: a template is broken, or the variant cannot become a message.
        """
        if not told.key:
            edition = self.edition
            return Variant("", told.depth, edition.subject, edition.html, edition.text)
        if told.key in self._faults:
            raise TemplateError(self._faults[told.key])
        return load_variant(self.edition, told.key) or self.keep(self._tried(told))

    def _tried(self, told: Told) -> Variant:
        try:
            return self.render(told)
        except NewsletterError as error:
            self._faults[told.key] = str(error)
            raise

    def looked_at(self, told: Told) -> Variant:
        """The variant as a reader would get it; nothing is stored.

        Raises:
            NewsletterError: as for `render`.
        """
        if not told.key:
            return self.rendered(told)
        return load_variant(self.edition, told.key) or self.render(told)

    def render(self, told: Told) -> Variant:
        """The variant, rendered now: in the depth that was chosen, or in the next that fits.

        Raises:
            NewsletterError: a template is broken, or the variant cannot become a message.
        """
        depth, page = self._fitting(told)
        if fault := message_fault(page, self.app.config, self.app.clock.now()):
            raise TemplateError(f"the edition for readers of {told.depth.value}: {fault}")
        return Variant(told.key, depth, page.subject, page.html, page.text)

    def _fitting(self, told: Told) -> tuple[Depth, RenderedEdition]:
        """The most that does not block as too large, or else the least there is."""
        config = self.app.config
        for depth in told.depth.and_below:
            page = self.press.page(told.draft, depth, is_archived=not told.is_roll_up)
            if mailed_size(page.html) <= config.checks.block_kilobytes * 1000:
                break
        return depth, page

    def keep(self, variant: Variant) -> Variant:
        """Store a variant; the one that is stored by then, if another run was first."""
        save_variants(self.edition, [variant])
        return load_variant(self.edition, variant.key) or variant

    def _answer(self, choice: Choice) -> Told | str:
        if not self._is_today(choice):
            return NOT_TODAY
        is_roll_up = choice.rhythm is Rhythm.WEEKLY
        draft = self._of_the_week() if is_roll_up else self.edition.draft
        if not draft.stories:
            return self._without_stories(draft, choice)
        big = self.app.config.edition.big_news
        key = (is_roll_up, choice.depth, chosen_ids(draft, choice, self.rules.sections, big))
        if key not in self._told:
            self._told[key] = self._tell(draft, *key)
        return self._told[key] or choice.reason_for_none

    def _is_today(self, choice: Choice) -> bool:
        if choice.rhythm is Rhythm.WEEKDAYS:
            return self.edition.date.weekday() not in _WEEKEND
        return choice.rhythm is not Rhythm.WEEKLY or self.week_since is not None

    def _of_the_week(self) -> Draft:
        if self._week is None:
            assert self.week_since is not None  # noqa: S101 - asked by _is_today
            since, today = self.week_since, self.edition.date
            told = editions.load_told(since=since + timedelta(days=1), before=today)
            notice = self.app.config.newsletter.notice
            self._week = roll_up((self.edition.draft, *told), since, self.rules, notice)
        return self._week

    def _tell(
        self, draft: Draft, is_roll_up: bool, depth: Depth, ids: frozenset[str]
    ) -> Told | None:
        found = reduced(draft, ids, self.rules)
        return self._as_told(found, depth, is_roll_up=is_roll_up) if found else None

    def _without_stories(self, draft: Draft, choice: Choice) -> Told | str:
        """A day without a story is told to those who want an edition of every day, whatever it has.

        Who chose sections, or only news that is big, finds nothing of it there.
        """
        if choice.sections or choice.rhythm not in (Rhythm.DAILY, Rhythm.WEEKDAYS):
            return choice.reason_for_none
        return self._as_told(draft, choice.depth, is_roll_up=False)

    def _as_told(self, draft: Draft, depth: Depth, *, is_roll_up: bool) -> Told:
        is_the_edition = draft is self.edition.draft and depth is Depth.STANDARD
        return Told("" if is_the_edition else key_of(draft, depth), draft, depth, is_roll_up)


def variants_of(app: App, edition: Edition) -> Variants:
    """The variants of an edition, as what left before it makes them."""
    day = edition.date
    out = editions.load_told_dates(since=day - _THREE_WEEKS, before=day)
    since = week_before(day, app.config.schedule.weekly_on, out)
    return Variants(app, edition, app.config.edition.rules(app.config.newsletter.language), since)


def choice_of(wanted: Preferences) -> Choice:
    """A subscriber's preferences as the core knows them."""
    rhythm = Rhythm(wanted.rhythm.value)
    return Choice(depth_of(wanted), wanted.sections, wanted.follows, rhythm)


def depth_of(wanted: Preferences) -> Depth:
    """The depth that a subscriber prefers as the core knows it."""
    return Depth(wanted.depth.value)


def keep_variants(app: App, edition: Edition) -> tuple[str, ...]:
    """Render and store every variant that the audience of today comes to, beside the edition.

    Returns, in words, which of them tell less than was chosen. Nothing leaves by them before the
    edition is approved, and what an approval left that came to nothing is made anew.

    Raises:
        NewsletterError: one of them cannot be rendered or mailed.
    """
    found = variants_of(app, edition)
    told = iter(_distinct(found, audience.choices(app.today)))
    drop_variants(edition)
    notes: dict[str, None] = {}
    while some := [(one, found.render(one)) for one in islice(told, _IN_MEMORY)]:
        save_variants(edition, [variant for _, variant in some])
        notes |= dict.fromkeys(_shortened(app, *one) for one in some)
    return tuple(note for note in notes if note)


def variant_faults(app: App, edition: Edition) -> tuple[str, ...]:
    """Why one of the commonest variants cannot be mailed as it was chosen; empty when all can."""
    found = variants_of(app, edition)
    faults: dict[str, None] = {}
    for one in _distinct(found, audience.choices(app.today))[:_MOST_TRIED]:
        try:
            faults[_shortened(app, one, found.render(one))] = None
        except NewsletterError as error:
            faults[str(error)] = None
    return tuple(fault for fault in faults if fault)


@dataclass(frozen=True)
class Page:
    """A page of an edition: what it tells, and as what it leaves."""

    draft: Draft
    variant: Variant


def pages_to_check(app: App, edition: Edition) -> Iterator[tuple[str, Page | str]]:
    """The main pages beside the edition's own, each by its name, or why it cannot be made.

    They are the fullest and the shortest one, the roll-up where it is due, and a few of the
    commonest choices.
    """
    if edition.draft.is_empty:
        return
    found = variants_of(app, edition)
    main = [values.Preferences(depth=one) for one in (values.Depth.FULL, values.Depth.HEADLINES)]
    weekly = values.Preferences(rhythm=values.Rhythm.WEEKLY)
    wanted = chain(main, [weekly], audience.choices(app.today))
    for told in islice(_each_once(found, wanted), _MOST_CHECKED):
        name = _name(told, edition)
        try:
            made = found.looked_at(told) if edition.is_frozen else found.render(told)
        except NewsletterError as error:
            yield name, str(error)
        else:
            yield name, Page(told.draft, made)


def _name(told: Told, edition: Edition) -> str:
    """What an editor calls a page."""
    if told.is_roll_up:
        return "the roll-up of the week"
    less = "" if told.draft is edition.draft else " of chosen stories"
    return f"the {told.depth.value} edition{less}"


def _shortened(app: App, told: Told, variant: Variant) -> str:
    """That a variant tells less than was chosen, and why; empty where it does not."""
    if variant.depth is told.depth:
        return ""
    most = app.config.checks.block_kilobytes
    return (
        f"readers of {told.depth.value} get {variant.depth.value}:"
        f" their page would have more than {most:g} kB"
    )


def _distinct(found: Variants, wanted: Iterable[Preferences]) -> list[Told]:
    return list(_each_once(found, wanted))


def _each_once(found: Variants, wanted: Iterable[Preferences]) -> Iterator[Told]:
    """The variants that choices come to, the edition itself left out, in the order of choices."""
    known = {""}
    for one in wanted:
        told = found.told_to(one)
        if isinstance(told, Told) and told.key not in known:
            known.add(told.key)
            yield told
