"""The edition: its draft, its states, and what moves it from one to the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime  # noqa: TC003 - read at run time when drafts are loaded
from enum import StrEnum

from newsletter.core.beside import Beside
from newsletter.core.story import Story  # noqa: TC001 - read at run time when drafts are loaded


class EditionState(StrEnum):
    """Where an edition stands. `sent` and `skipped` are final."""

    DRAFTED = "drafted"
    HELD = "held"
    APPROVED = "approved"
    SENDING = "sending"
    SENT = "sent"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Section:
    """A heading of the edition and the stories under it."""

    name: str
    stories: tuple[Story, ...]


@dataclass(frozen=True)
class NearMiss:
    """A story that was not picked, the gap in score, and what would have lifted it."""

    story: Story
    gap: float
    reason: str


@dataclass(frozen=True)
class SourceReport:
    """How one source fared in a collection. `problem` is empty when all was well.

    `may_pass` marks a problem that may be gone next time. `waiting` says why it was not read this
    time. `days` is on how many days it has failed, today included; `is_lasting` is True the one
    time that the operator is told of it as a lasting failure, `was_told` ever after. `left_out`
    counts items that the source's `allow` and `deny` keep away; `is_cut` says that its document
    broke off, or that a bound left items out; `moved_to` is set the time that its address moves.
    """

    name: str
    entries: int
    problem: str = ""
    may_pass: bool = False
    waiting: str = ""
    days: int = 0
    is_lasting: bool = False
    was_told: bool = False
    left_out: int = 0
    is_cut: bool = False
    moved_to: str = ""


@dataclass(frozen=True)
class DraftFigures:
    """How the draft was made, in numbers."""

    entries_read: int
    entries_relevant: int
    stories_found: int
    sources_read: int
    sources_failed: int


@dataclass(frozen=True)
class Draft:
    """A composed proposal for a date, before any wording of mail is rendered.

    `lead` is None only on an empty day. `sections` hold the further stories in reading order,
    `also` the headlines below them, `near_misses` what nearly made it (for the editor only).
    `notes` tell the editor what went otherwise than configured while it was made. `beside` is what
    it holds beside the stories. `quiet` is what the page says of a day with few stories or none.
    `subjects_before` are the subjects of the editions before it; `has_own_subject` and
    `has_own_preheader` say that those words are the editor's.
    """

    date: date
    made_at: datetime
    subject: str
    preheader: str
    summary: str
    lead: Story | None
    sections: tuple[Section, ...]
    also: tuple[Story, ...]
    near_misses: tuple[NearMiss, ...]
    figures: DraftFigures
    notice: str = ""
    notes: tuple[str, ...] = ()
    beside: Beside = Beside()  # noqa: RUF009 - frozen
    quiet: str = ""
    subjects_before: tuple[str, ...] = ()
    has_own_subject: bool = False
    has_own_preheader: bool = False

    @property
    def picks(self) -> tuple[Story, ...]:
        """The stories told in full: the lead first, then the sections in order."""
        told = tuple(story for section in self.sections for story in section.stories)
        return ((self.lead, *told)) if self.lead else told

    @property
    def stories(self) -> tuple[Story, ...]:
        """Every story a reader sees, the headlines included."""
        return self.picks + self.also

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to tell: no story, and nothing beside the stories."""
        return not self.stories and self.beside.is_empty


@dataclass(frozen=True)
class Edition:
    """The dated newsletter as it is stored.

    `subject`, `html` and `text` are frozen at approval and empty before; `content_hash` is theirs.
    `reason` says why it stands where it stands (what held it, who approved it).
    """

    id: int
    date: date
    state: EditionState
    draft: Draft
    subject: str = ""
    html: str = ""
    text: str = ""
    content_hash: str = ""
    reason: str = ""
    sent_at: datetime | None = None

    @property
    def is_frozen(self) -> bool:
        """True once what leaves is fixed, byte for byte."""
        return self.state in (EditionState.APPROVED, EditionState.SENDING, EditionState.SENT)
