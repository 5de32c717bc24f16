"""A reading: everything the choosing needs to know of one entry, found once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.core.amounts import Amount, acts_in, figures_in, is_unusual, money_in
from newsletter.core.gazetteer import Gazetteer, names
from newsletter.core.headline import cut_tail
from newsletter.core.tokens import features, flat, has_cjk, stems, visible

if TYPE_CHECKING:
    from newsletter.core.entry import Entry

_LEAD_LENGTH = 600
_BODY_LENGTH = 1_800
_TITLE_LENGTH = 400
_NONE = frozenset[str]()  # one for all: an empty set of its own takes 216 bytes


@dataclass(frozen=True, slots=True)
class Reading:
    """An entry's title (without the outlet's tail), lead and body as labels and words.

    `title_labels` are the things named in the title, `lead_labels` those in the first 600
    characters after it. `body_labels` are those in the next 1,200 that name the field by
    themselves, looked for only where title and lead do not. `script` is "cjk" or "latin".
    """

    entry: Entry
    title: str
    lead: str
    title_labels: frozenset[str]
    lead_labels: frozenset[str]
    body_labels: frozenset[str]
    title_items: tuple[str, ...]
    words: tuple[str, ...]
    lead_words: tuple[str, ...]
    money: tuple[Amount, ...]
    figures: frozenset[str]
    lead_figures: frozenset[str]
    acts: frozenset[str]
    outlet_kinds: frozenset[str]

    @property
    def script(self) -> str:
        """Which words the title can be compared with."""
        return self.entry.language[:2] if has_cjk(self.title) else "latin"

    @property
    def labels(self) -> frozenset[str]:
        """The things named in title and lead."""
        return self.title_labels | self.lead_labels

    @property
    def numbers(self) -> frozenset[str]:
        """Sums of money, numbers of acts, and the title's figures, as labels."""
        sums = {f"money:{amount.label}" for amount in self.money}
        acts = {f"act:{number}" for number in self.acts}
        return frozenset(sums | acts | {f"figure:{figure}" for figure in self.figures - self.acts})

    @property
    def lead_numbers(self) -> frozenset[str]:
        """The lead's figures as labels."""
        return frozenset(f"figure:{figure}" for figure in self.lead_figures - self.acts)

    @property
    def unusual(self) -> frozenset[str]:
        """Sums and figures that two texts hardly share by chance."""
        sums = {amount.label for amount in self.money if amount.is_telling}
        return frozenset(sums.union(filter(is_unusual, self.figures | self.lead_figures)))

    def names_in_title(self, kind: str) -> tuple[str, ...]:
        """The names of one kind in the title alone."""
        return names(self.title_labels, kind)

    def names(self, kind: str) -> tuple[str, ...]:
        """The names of one kind in title and lead."""
        return names(self.labels, kind)


def read(entry: Entry, gazetteer: Gazetteer) -> Reading:
    """The reading of an entry; never raises, whatever the text."""
    title = cut_tail(entry.title[:_TITLE_LENGTH], entry.outlet, entry.host)[:_TITLE_LENGTH]
    title = _shared(title, entry.title)
    body = _body(entry, title)
    lead = body[:_LEAD_LENGTH]
    items, title_labels = _named(title, gazetteer)
    lead_items, lead_labels = _named(lead, gazetteer)
    is_plain = bool((title_labels | lead_labels) & gazetteer.sure)
    rest = "" if is_plain else body[_LEAD_LENGTH:]
    return Reading(
        entry=entry,
        title=title,
        lead=lead,
        title_labels=title_labels,
        lead_labels=lead_labels,
        body_labels=gazetteer.sure_lexicon.find(rest) if rest else _NONE,
        title_items=items,
        words=tuple(features(items)),
        lead_words=tuple(features(lead_items)),
        money=money_in(f"{title}\n{lead}"),
        figures=figures_in(title) or _NONE,
        lead_figures=figures_in(lead) or _NONE,
        acts=acts_in(f"{title}\n{lead}") or _NONE,
        outlet_kinds=gazetteer.kinds_of_outlet(entry.outlet, entry.host) or _NONE,
    )


def _named(text: str, gazetteer: Gazetteer) -> tuple[tuple[str, ...], frozenset[str]]:
    """The stems of a text, and the labels of the things it names."""
    flattened = flat(text)
    items = stems(flattened)
    return items, gazetteer.lexicon.find_in(text, flattened, items) if text else frozenset()


def _body(entry: Entry, title: str) -> str:
    """Summary and text without repeating the title, which many feeds put there again."""
    parts: list[str] = []
    for raw in dict.fromkeys((entry.summary[:_BODY_LENGTH], entry.text[:_BODY_LENGTH])):
        part = _shared(visible(raw).strip(), raw)
        known = part.startswith(title) and len(part) < len(title) + 60
        if part and not known and part != entry.title and not any(part in p for p in parts):
            parts.append(part)
    return "\n".join(parts)[:_BODY_LENGTH]


def _shared(text: str, own: str) -> str:
    """The entry's own text where it is the same, so that it is held once."""
    return own if text == own else text
