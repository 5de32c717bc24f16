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

from newsletter.config_beside import (
    CalendarSettings,
    MarketSettings,
    SponsorSettings,
    refuse_private_links,
)
from newsletter.config_checks import CheckSettings
from newsletter.config_delivery import DeliverySettings
from newsletter.config_edition import EditionSettings
from newsletter.config_faults import fault_lines
from newsletter.config_segments import SegmentSettings  # noqa: TC001 - pydantic reads it
from newsletter.config_signup import Networks, SignupSettings
from newsletter.config_sources import SourceSettings, different_names, none_as_empty
from newsletter.config_text import ConfigText, overridden, read_text
from newsletter.config_theme import ThemeSettings
from newsletter.config_values import (
    Address,
    Database,
    Folder,
    Settings,
    SigningKey,
    TimeOfDay,
    WebAddress,
    Weekday,
    Zone,
    sqlite_url,
)
from newsletter.core.urls import is_public_address
from newsletter.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsletter.core.source import Source


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


class TranslationSettings(Settings):
    """A program of yours that translates titles and summaries; off while `command` is empty."""

    command: tuple[str, ...] = ()
    timeout: float = Field(60, gt=0, le=600)


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
    privacy_url: WebAddress | None = None


class Config(Settings):
    """All settings of one newsletter."""

    newsletter: IdentitySettings = IdentitySettings()
    schedule: ScheduleSettings = ScheduleSettings()
    collect: CollectSettings = CollectSettings()
    translation: TranslationSettings = TranslationSettings()
    highlights: HighlightSettings = HighlightSettings()
    edition: EditionSettings = EditionSettings()
    market: MarketSettings = MarketSettings()
    calendar: CalendarSettings = CalendarSettings()
    sponsors: tuple[SponsorSettings, ...] = ()
    theme: ThemeSettings = ThemeSettings()
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

    @model_validator(mode="after")
    def _links_lead_to_readers(self) -> Self:
        refuse_private_links(self.market.series, self.sponsors, self.collect.allow_hosts)
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
