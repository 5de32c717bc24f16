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
    from collections.abc import Iterator, Mapping, Sequence

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
_NEVER_LIFTED = 2.0
"""A score that no story has."""


@dataclass(frozen=True)
class Rules:
    """How the page is filled. Counts include the lead.

    `stories` are told in full, `also` only as headlines. `least_score` (0..1) is the score below
    which nothing is told in full, `least_also_score` the same for headlines; `oldest_hours` the
    age beyond which a story is no news any more. An outlet has `per_outlet` stories in full and as
    many headlines beside them. A company (a group of them counts as one) has
    `per_company` stories in full and `more_per_company` as headlines. `max_foreign` caps the
    stories told in full that no outlet carries in the edition's `language`; `max_paywalled`,
    `max_state_media`, `max_press_releases` and `max_promotion` those with that label.
    `sections` are the names in reading order; `section_of` names the section of a kind of event
    that is not to stand in its own.
    """

    stories: int = 6
    also: int = 10
    per_outlet: int = 3
    per_company: int = 2
    more_per_company: int = 1
    per_country: int = 5
    per_section: int = 4
    max_paywalled: int = 3
    max_state_media: int = 2
    max_press_releases: int = 2
    max_promotion: int = 0
    max_foreign: int = 2
    least_score: float = 0.54
    least_also_score: float = 0.45
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


@dataclass(frozen=True)
class _Cap:
    """A cap that touches a story: how many may be told in full, and which ones are."""

    most: int
    words: str
    holders: tuple[Story, ...]

    @property
    def is_full(self) -> bool:
        return len(self.holders) >= self.most


def _caps(story: Story, told: Sequence[Story], rules: Rules) -> Iterator[_Cap]:
    """The caps that touch a story beside those told in full, the plainest to a reader first."""
    outlet, section = story.best.outlet, story.section
    words = f"{outlet} already has {_counted(rules.per_outlet)}"
    yield _Cap(rules.per_outlet, words, tuple(t for t in told if t.best.outlet == outlet))
    for name in story.companies[:_SPREAD]:
        words = f"{name} is already in {_counted(rules.per_company)}"
        alike = tuple(t for t in told if name in t.companies[:_SPREAD])
        yield _Cap(rules.per_company, words, alike)
    for name in story.countries[:1]:
        words = f"{name} is already in {_counted(rules.per_country)}"
        yield _Cap(rules.per_country, words, tuple(t for t in told if name in t.countries[:1]))
    if not is_readable(story, rules):
        words = _already(rules.max_foreign, "in another language")
        yield _Cap(rules.max_foreign, words, tuple(t for t in told if not is_readable(t, rules)))
    for mark, most in rules.most_marked().items():
        if mark in story.marks:
            words = _already(most, f"marked as {mark}")
            yield _Cap(most, words, tuple(t for t in told if mark in t.marks))
    words = f"{section} is full with {_counted(rules.per_section)}"
    yield _Cap(rules.per_section, words, tuple(t for t in told if t.section == section))


def _counted(number: int) -> str:
    return "1 story" if number == 1 else f"{number} stories"


def _already(most: int, which: str) -> str:
    return f"Already {_counted(most)} {which}" if most else f"No story {which} is told in full"


def select(ranking: Ranking, rules: Rules) -> Selection:
    """The edition's stories out of a ranking, by the rules."""
    ranking = replace(ranking, stories=tuple(_placed(s, rules) for s in ranking.stories))
    unfit = {s.id: why for s in ranking.stories if (why := _unfit(s, ranking, rules))}
    fit = [story for story in ranking.stories if story.id not in unfit]
    told = [story for story in fit if _may_be_told(story, rules)]
    lead = _lead(told, rules)
    full = _filled(lead, told, rules)
    ids = {story.id for story in full}
    rest = [story for story in fit if story.id not in ids]
    also, crowded = _also(full, rest, rules)
    shown = ids | {story.id for story in also}
    left = [story for story in ranking.stories if story.id not in shown]
    misses = _near_misses(left, {**crowded, **unfit}, full, lead, rules)
    return Selection(lead, tuple(s for s in full if s is not lead), also, misses)


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
    able = [story for story in stories if _may_lead(story, rules)]
    fresh = [story for story in able if story.parts.get("freshness", 0.0) >= _FRESH_LEAD]
    return min(fresh or able, key=lambda s: (-_weight(s, rules), -s.score, s.id), default=None)


def _may_lead(story: Story, rules: Rules) -> bool:
    """Whether it is news, and of a kind of which any may be told in full."""
    if {"promotion", "look back", *_HEADLINE_ONLY} & set(story.marks):
        return False
    return all(cap.most for cap in _caps(story, (), rules))


def _weight(story: Story, rules: Rules) -> float:
    weight = (story.parts.get("importance", 0.0) + story.score) / 2
    weight += _CORROBORATED if story.outlets > 1 else 0.0
    weight += _DOCUMENTED if story.primary else 0.0
    weight -= _OWN_WORDS if "press release" in story.marks and story.outlets == 1 else 0.0
    weight -= 0.0 if is_readable(story, rules) else _FOREIGN
    return weight


def _filled(lead: Story | None, stories: Sequence[Story], rules: Rules) -> list[Story]:
    """The stories told in full: the lead, then the further ones by score as the caps allow."""
    full = [lead] if lead else []
    for story in stories:
        if len(full) >= rules.stories:
            break
        if story is not lead and not any(cap.is_full for cap in _caps(story, full, rules)):
            full.append(story)
    return full


def _also(
    full: Sequence[Story], stories: Sequence[Story], rules: Rules
) -> tuple[tuple[Story, ...], dict[str, str]]:
    """Headlines below: what is left in order, no outlet or company more often than its cap.

    An outlet has as many headlines as full stories, beside them; a company `more_per_company`.
    With them, why the others may not even be a headline, by their ids.
    """
    outlets: Counter[str] = Counter()
    companies = Counter(name for story in full for name in story.companies[:_SPREAD])
    chosen: list[Story] = []
    crowded: dict[str, str] = {}
    for story in stories:
        if len(chosen) >= rules.also:
            break
        if why := _crowded(story, outlets, companies, rules):
            crowded[story.id] = why
            continue
        outlets[story.best.outlet] += 1
        companies.update(story.companies[:_SPREAD])
        chosen.append(story)
    return tuple(chosen), crowded


def _crowded(story: Story, outlets: Counter[str], companies: Counter[str], rules: Rules) -> str:
    """Why a story may not even be a headline beside the others; empty when it may."""
    most = rules.per_company + rules.more_per_company
    full = [name for name in story.companies[:_SPREAD] if companies[name] >= most]
    if full:
        return f"{full[0]} is already in {_counted(most)}"
    if outlets[story.best.outlet] >= rules.per_outlet:
        counted = _counted(rules.per_outlet).replace("stories", "headlines")
        return f"{story.best.outlet} already has {counted.replace('story', 'headline')}"
    return ""


def _near_misses(
    left: Sequence[Story],
    refused: Mapping[str, str],
    full: Sequence[Story],
    lead: Story | None,
    rules: Rules,
) -> tuple[NearMiss, ...]:
    """The best stories that found no place, with what each lacked."""
    found = []
    for story in left[:_MOST_NEAR_MISSES]:
        least, words = _missed(story, full, lead, rules)
        gap = round(max(0.0, least - story.score), 3)
        found.append(NearMiss(story, gap, refused.get(story.id) or words))
    return tuple(found)


def _missed(
    story: Story, full: Sequence[Story], lead: Story | None, rules: Rules
) -> tuple[float, str]:
    """The score that would have told a story in full, and what it lacked, in words.

    Where caps stand in the way it has to pass the last story that fills each of them; no score
    takes a place from the lead.
    """
    last = min((one.score for one in full if one is not lead), default=lead.score if lead else 1.0)
    for mark in sorted(_HEADLINE_ONLY & set(story.marks)):
        article = "An" if mark[0] in "aeiou" else "A"
        return last, f"{article} {mark} stands only as a headline, and the headlines were full"
    if story.score < rules.least_score:
        words = gap_in_words(story, rules.least_score, "the least score of a full story")
        return rules.least_score, words
    caps = [cap for cap in _caps(story, full, rules) if cap.is_full]
    if not caps:
        return last, gap_in_words(story, last, "the last pick")
    bars = [
        min((o.score for o in cap.holders if o is not lead), default=_NEVER_LIFTED) for cap in caps
    ]
    least, cap = max(zip(bars, caps, strict=True), key=lambda one: one[0])
    if least == _NEVER_LIFTED:
        return last, f"{cap.words}{', the lead' if cap.holders else ''}"
    return least, f"{cap.words}; {gap_in_words(story, least, 'the last of them')}"
