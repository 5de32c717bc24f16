"""Which stories an edition tells, by stated rules: the lead, the further ones, the headlines.

The lead is the weightiest of the stories that may be told in full and are fresh: its weight is the
mean of its importance and its score, more where a second outlet or the document itself stands
behind it, less where only its maker tells it, or no outlet in the readers' language does. Comment,
explainers, looks back and promotion never lead.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from newsletter.core.edition import NearMiss
from newsletter.core.explanation import gap_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from newsletter.core.story import Ranking, Story

SECTIONS = (
    "Policy & trade",
    "Markets & prices",
    "Mining & projects",
    "Processing & magnets",
    "Technology & recycling",
    "Companies",
    "Geopolitics",
)
_MOST_NEAR_MISSES = 5
_NEVER = frozenset({"look back", "slogan"})
_HEADLINE_ONLY = frozenset({"explainer", "opinion", "reference", "follow-up", "study", "blog"})
_CORROBORATED, _DOCUMENTED, _OWN_WORDS, _FOREIGN = 0.1, 0.06, 0.08, 0.1
_FRESH_LEAD = 0.3
_SPREAD = 3


@dataclass(frozen=True)
class Rules:
    """How the page is filled. Counts include the lead, except `per_section`.

    `stories` are told in full, `also` only as headlines. `least_score` (0..1) is the score below
    which nothing is told in full, `least_also_score` the same for headlines; `oldest_hours` the
    age beyond which a story is no news any more. A company (a group of them counts as one) has
    `per_company` stories in full and `more_per_company` as headlines. `max_foreign` caps the
    stories told in full that no outlet carries in the edition's `language`; `max_paywalled`,
    `max_state_media`, `max_press_releases` and `max_promotion` those with that label.
    `sections` are the names in reading order; `section_of` names the section of a kind of event
    that is not to stand in its own.
    """

    stories: int = 8
    also: int = 8
    per_outlet: int = 3
    per_company: int = 2
    more_per_company: int = 1
    per_country: int = 5
    per_section: int = 3
    max_paywalled: int = 3
    max_state_media: int = 2
    max_press_releases: int = 2
    max_promotion: int = 0
    max_foreign: int = 2
    least_score: float = 0.5
    least_also_score: float = 0.4
    oldest_hours: float = 120.0
    sections: tuple[str, ...] = SECTIONS
    section_of: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    language: str = "en"

    def most_marked(self) -> dict[str, int]:
        """How many stories with a label may be told in full, by the label."""
        return {
            "paywall": self.max_paywalled,
            "state media": self.max_state_media,
            "press release": self.max_press_releases,
            "promotion": self.max_promotion,
        }


@dataclass(frozen=True)
class Selection:
    """The chosen stories: `lead` is None only where nothing may lead."""

    lead: Story | None
    further: tuple[Story, ...]
    also: tuple[Story, ...]
    near_misses: tuple[NearMiss, ...]


@dataclass
class _Page:
    """The page as it fills: how often each outlet, company, country and section stands on it."""

    rules: Rules
    outlets: Counter[str] = field(default_factory=Counter)
    companies: Counter[str] = field(default_factory=Counter)
    countries: Counter[str] = field(default_factory=Counter)
    sections: Counter[str] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)
    foreign: int = 0

    def refusal(self, story: Story) -> str:
        """Why the story finds no place, in words; empty when it does."""
        return next(self._refusals(story), "")

    def _refusals(self, story: Story) -> Iterator[str]:
        rules = self.rules
        if self.outlets[story.best.outlet] >= rules.per_outlet:
            yield f"{story.best.outlet} already has {rules.per_outlet} stories"
        for company in story.companies[:_SPREAD]:
            if self.companies[company] >= rules.per_company:
                yield f"{company} is already in {rules.per_company} stories"
        for country in story.countries[:1]:
            if self.countries[country] >= rules.per_country:
                yield f"{country} is already in {rules.per_country} stories"
        if not is_readable(story, rules) and self.foreign >= rules.max_foreign:
            yield f"Already {rules.max_foreign} stories in another language"
        for mark, most in rules.most_marked().items():
            if mark in story.marks and self.marks[mark] >= most:
                yield f"Already {most} stories marked as {mark}"
        if self.sections[story.section] >= rules.per_section:
            yield f"{story.section} is full with {rules.per_section} stories"

    def crowded(self, story: Story) -> str:
        """Why the story may not even be a headline beside what is told of its companies."""
        most = self.rules.per_company + self.rules.more_per_company
        full = [name for name in story.companies[:_SPREAD] if self.companies[name] >= most]
        return f"{full[0]} is already in {most} stories" if full else ""

    def take(self, story: Story, *, is_lead: bool = False) -> None:
        self.outlets[story.best.outlet] += 1
        self.companies.update(story.companies[:_SPREAD])
        self.countries.update(story.countries[:1])
        self.sections[story.section] += not is_lead
        self.marks.update(story.marks)
        self.foreign += not is_readable(story, self.rules)


def select(ranking: Ranking, rules: Rules) -> Selection:
    """The edition's stories out of a ranking, by the rules."""
    ranking = replace(ranking, stories=tuple(_placed(s, rules) for s in ranking.stories))
    unfit = {story.id: _unfit(story, ranking, rules) for story in ranking.stories}
    fit = [story for story in ranking.stories if not unfit[story.id]]
    told = [story for story in fit if _may_be_told(story, rules)]
    page = _Page(rules)
    lead = _lead(told, rules)
    if lead:
        page.take(lead, is_lead=True)
    refused: dict[str, str] = {}
    further = _filled(page, [s for s in told if s is not lead], rules, refused)
    picked = {story.id for story in (*further, *((lead,) if lead else ()))}
    rest = [story for story in fit if story.id not in picked]
    also = _also(page, rest, refused)
    shown = picked | {story.id for story in also}
    last = min((s.score for s in (*further, *((lead,) if lead else ()))), default=1.0)
    left = [story for story in ranking.stories if story.id not in shown]
    return Selection(lead, tuple(further), also, _near_misses(left, unfit, refused, last, rules))


def _placed(story: Story, rules: Rules) -> Story:
    """The story in the section that the rules give to its kind of event."""
    section = rules.section_of.get(story.event, story.section)
    return story if section == story.section else replace(story, section=section)


def _unfit(story: Story, ranking: Ranking, rules: Rules) -> str:
    """Why a story may not stand on the page at all; empty when it may."""
    age = (ranking.now - story.published_at).total_seconds() / 3600
    if story.told_on and not story.parts.get("novelty", 0.0):
        return f"Told on {story.told_on.day} {story.told_on:%B}, and nothing new since"
    if _NEVER & set(story.marks):
        return "Official rhetoric, not news" if "slogan" in story.marks else "A look back, not news"
    if "promotion" in story.marks and rules.max_promotion == 0:
        return "Promotion"
    if age > rules.oldest_hours:
        return f"{age / 24:.0f} days old"
    if story.score < rules.least_also_score:
        return f"Its score is below {rules.least_also_score:.2f}"
    return ""


def is_readable(story: Story, rules: Rules) -> bool:
    """Whether the article a reader is sent to is in the edition's language."""
    return story.best.language.startswith(rules.language)


def _may_be_told(story: Story, rules: Rules) -> bool:
    return story.score >= rules.least_score and not _HEADLINE_ONLY & set(story.marks)


def _lead(stories: Sequence[Story], rules: Rules) -> Story | None:
    """The most important fresh story; corroborated, documented and readable ones first."""
    able = [story for story in stories if _may_lead(story)]
    fresh = [story for story in able if story.parts.get("freshness", 0.0) >= _FRESH_LEAD]
    return min(fresh or able, key=lambda s: (-_weight(s, rules), -s.score, s.id), default=None)


def _may_lead(story: Story) -> bool:
    return not {"promotion", "look back", *_HEADLINE_ONLY} & set(story.marks)


def _weight(story: Story, rules: Rules) -> float:
    weight = (story.parts.get("importance", 0.0) + story.score) / 2
    weight += _CORROBORATED if story.outlets > 1 else 0.0
    weight += _DOCUMENTED if story.primary else 0.0
    weight -= _OWN_WORDS if "press release" in story.marks and story.outlets == 1 else 0.0
    weight -= 0.0 if is_readable(story, rules) else _FOREIGN
    return weight


def _filled(
    page: _Page, stories: Iterable[Story], rules: Rules, refused: dict[str, str]
) -> list[Story]:
    """The further stories in order of score, as far as the caps allow."""
    chosen: list[Story] = []
    for story in stories:
        if len(chosen) >= rules.stories - 1:
            continue
        refused[story.id] = page.refusal(story)
        if not refused[story.id]:
            page.take(story)
            chosen.append(story)
    return chosen


def _also(page: _Page, stories: Sequence[Story], refused: dict[str, str]) -> tuple[Story, ...]:
    """Headlines below: what is left in order, no outlet or company more often than its cap."""
    outlets: Counter[str] = Counter()
    chosen: list[Story] = []
    for story in stories:
        if len(chosen) >= page.rules.also or outlets[story.best.outlet] >= page.rules.per_outlet:
            continue
        if crowded := page.crowded(story):
            refused[story.id] = crowded
            continue
        outlets[story.best.outlet] += 1
        page.companies.update(story.companies[:_SPREAD])
        chosen.append(story)
    return tuple(chosen)


def _near_misses(
    left: Sequence[Story], unfit: dict[str, str], refused: dict[str, str], last: float, rules: Rules
) -> tuple[NearMiss, ...]:
    """The best stories that found no place, with what each lacked."""
    return tuple(
        NearMiss(
            story,
            round(max(0.0, last - story.score), 3),
            unfit[story.id] or _missed(story, refused.get(story.id, ""), last, rules),
        )
        for story in left[:_MOST_NEAR_MISSES]
    )


def _missed(story: Story, refusal: str, last: float, rules: Rules) -> str:
    """By how much a story missed the page, and what would have lifted it."""
    for mark in sorted(_HEADLINE_ONLY & set(story.marks)):
        article = "An" if mark[0] in "aeiou" else "A"
        return f"{article} {mark} stands only as a headline, and the headlines were full"
    if refusal and story.score >= last:
        return f"{refusal}; its score alone would have lifted it"
    if refusal:
        return f"{refusal}; and {last - story.score:.2f} below the last pick"
    if story.score < rules.least_score:
        return gap_in_words(story, rules.least_score, "the least score of a full story")
    return gap_in_words(story, last, "the last pick")
