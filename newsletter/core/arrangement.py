"""A composed page rearranged as the editor wants it: every place exact, the page's size kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from newsletter.core.compose import Morning, named_of, words_of
from newsletter.core.edition import Section
from newsletter.core.quiet import quiet_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from newsletter.core.edition import Draft
    from newsletter.core.selection import Rules
    from newsletter.core.story import Story


@dataclass(frozen=True)
class Places:
    """What is to stand where, by the ids of stories.

    The `pinned` are told in full, `lead` leads. `full` and `also` are moves, ordered by place: the
    first place of `full` is the lead's, that of `also` the first headline's.
    """

    pinned: tuple[str, ...]
    lead: str | None
    full: tuple[tuple[int, str], ...]
    also: tuple[tuple[int, str], ...]

    @property
    def taken_out(self) -> frozenset[str]:
        """The stories that leave their own place for another."""
        leads = (self.lead,) if self.lead else ()
        return frozenset((*leads, *(name for _, name in (*self.full, *self.also))))


def arrange(
    composed: Draft, stories: Iterable[Story], places: Places, rules: Rules, notice: str
) -> Draft:
    """The composed draft with each story in its place, and words that fit.

    `stories` hold all that are named in `places`; `notice` is the operator's.
    """
    page = _Page.of(composed, rules, places)
    page.rearrange({story.id: story for story in stories})
    return page.draft(notice)


@dataclass
class _Page:
    """A page as the editor rearranges it: the lead, rows of heading and story, the headlines."""

    composed: Draft
    rules: Rules
    places: Places
    lead: Story | None
    rows: list[tuple[str, Story]]
    also: list[Story]

    @classmethod
    def of(cls, draft: Draft, rules: Rules, places: Places) -> _Page:
        rows = [(section.name, story) for section in draft.sections for story in section.stories]
        return cls(draft, rules, places, draft.lead, rows, list(draft.also))

    def rearrange(self, stories: Mapping[str, Story]) -> None:
        """Carry the decisions out; room is made first, so that each place is exact."""
        places = self.places
        self._take_out(places.taken_out)
        for name in places.pinned:
            if stories[name] not in self._full():
                self._tell(stories[name])
        self._make_room(len(places.full) + (places.lead is not None), len(places.also))
        if places.lead:
            before, self.lead = self.lead, stories[places.lead]
            if before:
                self._tell(before)
        for place, name in places.full:
            self._insert(stories[name], place - 2)
        for place, name in places.also:
            self.also.insert(place - 1, stories[name])

    def _take_out(self, names: frozenset[str]) -> None:
        self.rows = [row for row in self.rows if row[1].id not in names]
        self.also = [story for story in self.also if story.id not in names]
        if self.lead and self.lead.id in names:
            self.lead = None

    def _full(self) -> list[Story]:
        return [*([self.lead] if self.lead else []), *(story for _, story in self.rows)]

    def _tell(self, story: Story) -> None:
        """Tell a story in full under its own heading, in order of score."""
        self.also = [one for one in self.also if one.id != story.id]
        own = [n for n, (heading, _) in enumerate(self.rows) if heading == story.section]
        if own:
            weaker = [n for n in own if self.rows[n][1].score < story.score]
            at = weaker[0] if weaker else own[-1] + 1
        else:
            later = [
                n
                for n, row in enumerate(self.rows)
                if self._order(row[0]) > self._order(story.section)
            ]
            at = later[0] if later else len(self.rows)
        self.rows.insert(at, (story.section, story))

    def _order(self, heading: str) -> int:
        names = self.rules.sections
        return names.index(heading) if heading in names else len(names)

    def _insert(self, story: Story, at: int) -> None:
        at = max(0, min(at, len(self.rows)))
        self.rows.insert(at, (self._heading(story, at), story))

    def _heading(self, story: Story, at: int) -> str:
        """A moved story's own heading where that borders on its place, else that of the place."""
        around = [self.rows[n][0] for n in (at - 1, at) if 0 <= n < len(self.rows)]
        is_new = all(heading != story.section for heading, _ in self.rows)
        is_inside = len(around) == len((at - 1, at)) and around[0] == around[1]
        if not around or story.section in around or (is_new and not is_inside):
            return story.section
        return around[0]

    def _make_room(self, full: int, below: int) -> None:
        """Leave places free; the weakest stories that nobody decided on become headlines."""
        while len(self._full()) + full > self.rules.stories:
            free = [row for row in self.rows if row[1].id not in self.places.pinned]
            if not free:
                break
            weakest = min(free, key=lambda row: (row[1].score, row[1].id))
            self.rows.remove(weakest)
            self.also.insert(0, weakest[1])
        del self.also[max(0, self.rules.also - below) :]

    def draft(self, notice: str) -> Draft:
        """The page as a draft, its words made anew. Whatever is told in full, one story leads."""
        if self.lead is None and self.rows:
            self.lead = self.rows.pop(0)[1]
        named = named_of([story for _, story in self.rows], self.also, self.rules)
        quiet = quiet_words(len(self._full()))
        morning = Morning(self.composed.date, self.composed.subjects_before, quiet)
        words = words_of(morning, self.lead, named, self.rules)
        shown = {story.id for story in (*self._full(), *self.also)}
        missed = [miss for miss in self.composed.near_misses if miss.story.id not in shown]
        return replace(
            self.composed,
            lead=self.lead,
            sections=tuple(
                Section(name, tuple(story for _, story in rows))
                for name, rows in groupby(self.rows, key=lambda row: row[0])
            ),
            also=tuple(self.also),
            near_misses=tuple(missed),
            notice=notice,
            quiet=quiet,
            subject=words.subject,
            preheader=words.preheader,
            summary=words.summary,
        )
