"""newsletter.yaml to typed, frozen settings. All faults are found at once, each with its place.

Order of precedence: the environment (`NEWSLETTER_DELIVERY__TRANSPORT=smtp`, `DATABASE_URL`), the
file, the defaults below. Relative paths, SQLite's among them, follow the folder of the file. A
secret is never written in the file: it says `${ENV_NAME}`, or is set by its environment variable.
"""

from __future__ import annotations

import os
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from newsletter.config_delivery import DeliverySettings
from newsletter.config_faults import fault_lines
from newsletter.config_segments import SegmentSettings  # noqa: TC001 - pydantic reads it
from newsletter.config_signup import Networks, SignupSettings
from newsletter.config_sources import SourceSettings, different_names, none_as_empty
from newsletter.config_text import ConfigText, overridden, read_text
from newsletter.config_values import (
    Address,
    Database,
    Folder,
    Settings,
    SigningKey,
    TimeOfDay,
    WebAddress,
    Weekday,
    Word,
    Zone,
    sqlite_url,
)
from newsletter.core.selection import SECTIONS, Rules
from newsletter.core.urls import is_public_address
from newsletter.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsletter.core.source import Source


def _no_more_than_stories(least: int, info: ValidationInfo) -> int:
    most = info.data.get("stories", least)
    if least > most:
        raise ValueError(f"expected no more than `edition.stories`, which is {most}")
    return least


def _with_names(sections: object) -> object:
    """A section may be written as its bare name."""
    if not isinstance(sections, (list, tuple)):
        return sections
    return [{"name": one} if isinstance(one, str) else one for one in sections]


def _different_sections(sections: tuple[SectionSettings, ...]) -> tuple[SectionSettings, ...]:
    names = [section.name for section in sections]
    kinds = [kind for section in sections for kind in section.kinds]
    for what, listed in (("section", names), ("kind of event", kinds)):
        twice = next((one for one in listed if listed.count(one) > 1), None)
        if twice:
            raise ValueError(f"the {what} {twice!r} stands twice")
    return sections


class IdentitySettings(Settings):
    """Who sends the newsletter, as readers see it."""

    name: str = Field("Straight Into Your Inbox", min_length=1, max_length=80)
    tagline: str = "A daily update to help you keep pace with the rapidly evolving REE market"
    sender: Address = "Straight Into Your Inbox <daily@news.example.org>"
    reply_to: Address | None = None
    postal_address: str = Field("1 Example Street, Example Town", min_length=5)
    why: str = "You get this because you signed up for our daily update on the rare-earth market."
    notice: str = ""
    language: str = Field("en", pattern=r"^[a-z]{2}$")
    accent: str = Field("#8a2b12", pattern=r"^#[0-9a-fA-F]{6}$")


class ScheduleSettings(Settings):
    """When the edition leaves, in the newsletter's own time zone."""

    timezone: Zone = "UTC"
    send_at: TimeOfDay = "07:30"
    weekly_on: Weekday = "friday"


class CollectSettings(Settings):
    """Bounds and manners of reading sources."""

    contact: str = ""
    connect_timeout: float = Field(10, gt=0, le=120)
    total_timeout: float = Field(30, gt=0, le=300)
    max_megabytes: float = Field(10, gt=0, le=20)
    max_entries: int = Field(500, ge=1, le=2000)
    workers: int = Field(8, ge=1, le=64)
    per_host: int = Field(4, ge=1, le=16)
    processes: int | None = Field(None, ge=0, le=32)
    articles: bool = True
    most_articles: int = Field(40, ge=0, le=1000)
    images: bool = False
    tell_after_days: int = Field(3, ge=1, le=60)
    allow_hosts: tuple[str, ...] = ()


class WeightSettings(Settings):
    """How much each part of a story's score counts; they are brought to a sum of one."""

    relevance: float = Field(0.04, ge=0)
    importance: float = Field(0.44, ge=0)
    coverage: float = Field(0.09, ge=0)
    authority: float = Field(0.03, ge=0)
    freshness: float = Field(0.05, ge=0)
    novelty: float = Field(0.07, ge=0)
    distinctness: float = Field(0.28, ge=0)

    @model_validator(mode="after")
    def _some_count(self) -> Self:
        if not any(self.model_dump().values()):
            raise ValueError("at least one weight must be above 0")
        return self


class TranslationSettings(Settings):
    """A program of yours that translates titles and summaries; off while `command` is empty."""

    command: tuple[str, ...] = ()
    timeout: float = Field(60, gt=0, le=600)


class SectionSettings(Settings):
    """A section, and the kinds of event that stand in it beside those that do so anyway."""

    name: Annotated[Word, Field(max_length=60)]
    kinds: tuple[Word, ...] = ()


class EditionSettings(Settings):
    """What an edition holds."""

    window_hours: float = Field(72, gt=0, le=24 * 14)
    stories: int = Field(8, ge=1, le=40)
    also: int = Field(8, ge=0, le=60)
    least_stories: Annotated[int, AfterValidator(_no_more_than_stories)] = Field(3, ge=1)
    memory_days: int = Field(14, ge=0, le=365)
    big_news: float = Field(0.9, ge=0, le=1)
    per_outlet: int = Field(3, ge=1)
    per_section: int = Field(4, ge=1)
    per_company: int = Field(2, ge=1)
    per_country: int = Field(5, ge=1)
    most_paywalled: int = Field(3, ge=0)
    most_state_media: int = Field(2, ge=0)
    most_press_releases: int = Field(2, ge=0)
    most_promotion: int = Field(0, ge=0)
    most_foreign: int = Field(2, ge=0)
    sections: Annotated[
        tuple[SectionSettings, ...],
        BeforeValidator(_with_names),
        AfterValidator(_different_sections),
    ] = tuple(SectionSettings(name=name) for name in SECTIONS)
    weights: WeightSettings = WeightSettings()

    def rules(self, language: str) -> Rules:
        """How the page is filled, for an edition in a language."""
        return Rules(
            stories=self.stories,
            also=self.also,
            per_outlet=self.per_outlet,
            per_section=self.per_section,
            per_company=self.per_company,
            per_country=self.per_country,
            max_paywalled=self.most_paywalled,
            max_state_media=self.most_state_media,
            max_press_releases=self.most_press_releases,
            max_promotion=self.most_promotion,
            max_foreign=self.most_foreign,
            sections=tuple(section.name for section in self.sections),
            section_of={kind: one.name for one in reversed(self.sections) for kind in one.kinds},
            language=language,
        )


def _asked_for(name: str, info: ValidationInfo) -> str:
    if info.data.get("url") and not name.strip():
        raise ValueError("expected the model's name, as the server at `url` knows it")
    return name


def _only_way(command: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    model = info.data.get("model")
    if command and model and model.url:
        raise ValueError("expected either a command or `highlights.model.url`, not both")
    return command


_NEAR = (".local", ".lan", ".internal", ".home.arpa")
"""Endings of names that the public Internet does not have (RFC 6762, RFC 8375; by ICANN, 2024)."""


def _keeps_the_key(url: str) -> str:
    """In clear text a key goes no farther than the network that this machine stands in."""
    if url.startswith("http://") and not _is_near(urlsplit(url).hostname or ""):
        raise ValueError("expected https://: the key would go in clear text")
    return url


def _is_near(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_NEAR)
    return not is_public_address(host)


class ModelSettings(Settings):
    """A language model behind an OpenAI-compatible address; off while `url` is empty."""

    url: Annotated[WebAddress, AfterValidator(_keeps_the_key)] | None = None
    name: Annotated[str, AfterValidator(_asked_for)] = ""
    api_key: SecretStr = SecretStr("")
    timeout: float = Field(30, gt=0, le=300)


class HighlightSettings(Settings):
    """Who writes the highlights: the sources themselves, unless a model or a command is named."""

    model: ModelSettings = ModelSettings()
    command: Annotated[tuple[str, ...], AfterValidator(_only_way)] = ()
    timeout: float = Field(60, gt=0, le=600)

    @property
    def are_written(self) -> bool:
        """Whether a model is asked at all."""
        return bool(self.command or self.model.url)


class WebSettings(Settings):
    """The public pages behind the links in every mail."""

    base_url: WebAddress = "http://127.0.0.1:8000"
    bind: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    trusted_proxies: Networks = ()


class CheckSettings(Settings):
    """Thresholds of the checks."""

    warn_kilobytes: float = Field(80, gt=0)
    block_kilobytes: float = Field(95, gt=0)


class Config(Settings):
    """All settings of one newsletter."""

    newsletter: IdentitySettings = IdentitySettings()
    schedule: ScheduleSettings = ScheduleSettings()
    collect: CollectSettings = CollectSettings()
    translation: TranslationSettings = TranslationSettings()
    highlights: HighlightSettings = HighlightSettings()
    edition: EditionSettings = EditionSettings()
    delivery: DeliverySettings = DeliverySettings()
    web: WebSettings = WebSettings()
    signup: SignupSettings = SignupSettings()
    segments: dict[str, SegmentSettings] = Field(default_factory=dict)
    checks: CheckSettings = CheckSettings()
    database: Database = ""
    secret_key: SigningKey = SecretStr("")
    old_secret_keys: tuple[SigningKey, ...] = ()
    state: Folder = Path("var")
    templates: Folder | None = None
    gazetteer: Folder | None = None
    sources: Annotated[
        tuple[SourceSettings, ...], BeforeValidator(none_as_empty), AfterValidator(different_names)
    ] = ()

    @model_validator(mode="after")
    def _knows_its_segments(self) -> Self:
        for name in (self.delivery.only, *self.delivery.exclude):
            if name and name not in self.segments:
                raise ValueError(
                    f"`delivery` names the segment {name!r}, which is not in `segments`"
                )
        return self

    @property
    def database_url(self) -> str:
        """Where the tables are: the setting, else SQLite in the state folder."""
        return self.database or sqlite_url(self.state / "newsletter.db")

    @property
    def zone(self) -> ZoneInfo:
        """The newsletter's time zone."""
        return ZoneInfo(self.schedule.timezone)

    def enabled_sources(self) -> tuple[Source, ...]:
        """The sources to read, as the core knows them."""
        return tuple(source.as_source() for source in self.sources if source.enabled)


def load_config(
    file: Path | None, *, environ: Mapping[str, str] = os.environ, folder: Path | None = None
) -> Config:
    """The settings of `file` (None: all defaults), with the environment's overrides.

    Raises:
        ConfigError: with every fault found, one line each: file, line, key, what was expected.
    """
    text = read_text(file) if file else ConfigText.empty()
    data, places, faults = overridden(text, Config, environ)
    base = folder or (file.resolve().parent if file else Path.cwd())
    try:
        config = Config.model_validate(data, context={"folder": base})
    except ValidationError as error:
        lines = [*faults.values(), *fault_lines(error, Config, places, known=faults)]
        raise ConfigError(lines) from None
    if faults:
        raise ConfigError(list(faults.values()))
    return config
