"""newsletter.yaml to typed, frozen settings. All faults are found at once, each with its place.

Order of precedence: the environment (`NEWSLETTER_DELIVERY__TRANSPORT=smtp`, `DATABASE_URL`), the
file, the defaults below. Relative paths, SQLite's among them, follow the folder of the file. A
secret is never written in the file: it says `${ENV_NAME}`, or is set by its environment variable.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import quote, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
)

from newsletter.config_faults import fault_lines
from newsletter.config_text import ConfigText, overridden, read_text
from newsletter.core.source import Publisher, Source
from newsletter.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

DATABASES = ("sqlite", "postgres", "postgresql")
LEAST_KEY = 32
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"localhost|{_LABEL}(?:\.{_LABEL})+")
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")


def _beside_the_file(path: Path, info: ValidationInfo) -> Path:
    folder = (info.context or {}).get("folder", Path.cwd())
    return (Path(folder) / path.expanduser()).resolve()


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("expected a time zone such as Europe/Berlin") from None
    return name


def _clock_time(text: str) -> str:
    hours, _, minutes = text.partition(":")
    is_time = len(text) == 5 and hours.isdigit() and minutes.isdigit()  # noqa: PLR2004 - HH:MM
    if not is_time or int(hours) > 23 or int(minutes) > 59:  # noqa: PLR2004
        raise ValueError('expected a time of day such as "07:30"')
    return text


def _one_address(text: str) -> str:
    from email.utils import parseaddr

    local, _, domain = parseaddr(text)[1].rpartition("@")
    if not local or "@" in local or not _DOMAIN.fullmatch(domain):
        raise ValueError(
            "expected an address such as: Daily Brief <daily@news.example.org>,"
            " its domain in letters a-z, digits, hyphens and dots"
        )
    if "\n" in text or "\r" in text:
        raise ValueError("expected one line")
    return text


def _web_address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("expected an address that starts with https:// or http://")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if host and not host.isascii():
        raise ValueError("expected a host in ASCII: write its punycode form, such as xn--bcher-kva")
    if not _HOST.fullmatch(host) or any(sign.isspace() for sign in text):
        raise ValueError("expected an address such as https://news.example.org")
    return text.rstrip("/")


def _place_to_read(text: str, info: ValidationInfo) -> str:
    try:
        scheme = urlsplit(text).scheme
    except ValueError:
        scheme = "none"
    if scheme not in ("", "http", "https"):
        raise ValueError("expected an address that starts with https:// or http://, or a file")
    return text if scheme else str(_beside_the_file(Path(text), info))


def _database(text: str, info: ValidationInfo) -> str:
    scheme, _, rest = text.partition(":")
    if text and scheme not in DATABASES:
        raise ValueError("expected sqlite:///path or postgres://user@host/name")
    if scheme != "sqlite":
        return text
    path, mark, query = rest.removeprefix("///").partition("?")
    if path in ("", "//", ":memory:", "//:memory:"):
        raise ValueError("a database in memory keeps nothing: expected sqlite:///path")
    if not rest.startswith("///"):
        raise ValueError("expected sqlite:///path, with three slashes")
    return _sqlite(_beside_the_file(Path(unquote(path)), info)) + mark + query


def _sqlite(file: Path) -> str:
    return f"sqlite:///{quote(str(file))}"


def _no_more_than_stories(least: int, info: ValidationInfo) -> int:
    most = info.data.get("stories", least)
    if least > most:
        raise ValueError(f"expected no more than `edition.stories`, which is {most}")
    return least


def _long_enough(key: SecretStr) -> SecretStr:
    if 0 < len(key.get_secret_value()) < LEAST_KEY:
        raise ValueError(f"expected at least {LEAST_KEY} characters that nobody can guess")
    return key


Folder = Annotated[Path, AfterValidator(_beside_the_file)]
Zone = Annotated[str, AfterValidator(_known_zone)]
TimeOfDay = Annotated[str, AfterValidator(_clock_time)]
Address = Annotated[str, AfterValidator(_one_address)]
WebAddress = Annotated[str, AfterValidator(_web_address)]


class Settings(BaseModel):
    """The base of every group: frozen, complete, no unknown key."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class IdentitySettings(Settings):
    """Who sends the newsletter, as readers see it."""

    name: str = Field("Straight Into Your Inbox", min_length=1, max_length=80)
    tagline: str = "What moved in rare earths today"
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


class CollectSettings(Settings):
    """Bounds and manners of reading sources."""

    contact: str = ""
    connect_timeout: float = Field(10, gt=0, le=120)
    total_timeout: float = Field(30, gt=0, le=300)
    max_megabytes: float = Field(10, gt=0, le=200)
    max_entries: int = Field(500, ge=1, le=10_000)
    workers: int = Field(8, ge=1, le=64)
    allow_hosts: tuple[str, ...] = ()


class WeightSettings(Settings):
    """How much each part of a story's score counts; they are brought to a sum of one."""

    relevance: float = Field(0.10, ge=0)
    importance: float = Field(0.42, ge=0)
    coverage: float = Field(0.18, ge=0)
    authority: float = Field(0.10, ge=0)
    freshness: float = Field(0.12, ge=0)
    novelty: float = Field(0.08, ge=0)


class EditionSettings(Settings):
    """What an edition holds."""

    window_hours: float = Field(72, gt=0, le=24 * 14)
    stories: int = Field(8, ge=1, le=40)
    also: int = Field(8, ge=0, le=60)
    least_stories: Annotated[int, AfterValidator(_no_more_than_stories)] = Field(3, ge=1)
    memory_days: int = Field(14, ge=0, le=365)
    per_outlet: int = Field(3, ge=1)
    per_section: int = Field(3, ge=1)
    weights: WeightSettings = WeightSettings()


class FilesSettings(Settings):
    """The transport `files`: a Maildir on this machine."""

    directory: Folder = Path("var/outbox")


class SmtpSettings(Settings):
    """The transport `smtp`: your own or your provider's relay."""

    host: str = "localhost"
    port: int = Field(587, ge=1, le=65535)
    username: str = ""
    password: SecretStr = SecretStr("")
    security: Literal["none", "starttls", "tls"] = "starttls"
    timeout: float = Field(30, gt=0, le=600)


class SendGridSettings(Settings):
    """The transport `sendgrid`: Twilio SendGrid's v3 API."""

    api_key: SecretStr = SecretStr("")
    host: WebAddress = "https://api.sendgrid.com"
    timeout: float = Field(30, gt=0, le=600)


class DeliverySettings(Settings):
    """How finished messages leave."""

    transport: Literal["files", "smtp", "sendgrid"] = "files"
    batch_size: int = Field(100, ge=1, le=1000)
    files: FilesSettings = FilesSettings()
    smtp: SmtpSettings = SmtpSettings()
    sendgrid: SendGridSettings = SendGridSettings()


class WebSettings(Settings):
    """The public pages behind the links in every mail."""

    base_url: WebAddress = "http://127.0.0.1:8000"
    bind: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)


class CheckSettings(Settings):
    """Thresholds of the checks."""

    warn_kilobytes: float = Field(80, gt=0)
    block_kilobytes: float = Field(95, gt=0)


class SourceSettings(Settings):
    """One place to read."""

    name: str = Field(min_length=1, max_length=120)
    url: Annotated[str, Field(min_length=1), AfterValidator(_place_to_read)]
    kind: Literal["auto", "feed", "jsonfeed"] = "auto"
    group: str = "Trade press"
    publisher: Publisher = Publisher.TRADE_PRESS
    weight: float = Field(1.0, ge=0, le=3)
    language: str | None = Field(None, pattern=r"^[a-z]{2}$")
    paywall: bool = False
    enabled: bool = True

    def as_source(self) -> Source:
        """The same as the core knows it."""
        return Source(**self.model_dump())


def _different_names(sources: tuple[SourceSettings, ...]) -> tuple[SourceSettings, ...]:
    names = [source.name for source in sources]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"two sources are called {twice[0]!r}; give each its own name")
    return sources


class Config(Settings):
    """All settings of one newsletter."""

    newsletter: IdentitySettings = IdentitySettings()
    schedule: ScheduleSettings = ScheduleSettings()
    collect: CollectSettings = CollectSettings()
    edition: EditionSettings = EditionSettings()
    delivery: DeliverySettings = DeliverySettings()
    web: WebSettings = WebSettings()
    checks: CheckSettings = CheckSettings()
    database: Annotated[str, AfterValidator(_database)] = ""
    secret_key: Annotated[SecretStr, AfterValidator(_long_enough)] = SecretStr("")
    state: Folder = Path("var")
    templates: Folder | None = None
    gazetteer: Folder | None = None
    sources: Annotated[tuple[SourceSettings, ...], AfterValidator(_different_names)] = ()

    @property
    def database_url(self) -> str:
        """Where the tables are: the setting, else SQLite in the state folder."""
        return self.database or _sqlite(self.state / "newsletter.db")

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
