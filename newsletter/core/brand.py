"""Who sends the newsletter."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from newsletter.core.colour import Palette, is_colour, palette_for
from newsletter.core.theme import Theme


@dataclass(frozen=True)
class Brand:
    """Who sends, in the words of the configuration.

    `why` is a whole sentence ("You get this because you signed up for …"), `accent` a colour
    like #0b5563, `language` a tag like "en-GB", `time_zone` an IANA name. `privacy_url` leads to
    what is kept of readers and why (or ""). `near_hosts` ("name" or "name:port") are those within
    a private network that an edition may link to.

    Raises:
        ValueError: the accent is no such colour, or the time zone is unknown.
    """

    name: str
    tagline: str
    sender_name: str
    postal_address: str
    why: str
    home_url: str
    accent: str = "#0b5563"
    language: str = "en"
    time_zone: str = "UTC"
    theme: Theme = Theme()  # noqa: RUF009 - frozen
    privacy_url: str = ""
    near_hosts: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not is_colour(self.accent):
            raise ValueError(f"accent must be a colour like #0b5563, not {self.accent!r}")
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"time zone {self.time_zone!r} is unknown") from error

    @property
    def imprint(self) -> tuple[str, ...]:
        """Sender and postal address as lines; the name once where the address begins with it."""
        name, address = self.sender_name.casefold().strip(), self.postal_address.casefold().strip()
        is_named = address.startswith(name) and not address[len(name) : len(name) + 1].isalnum()
        return (self.postal_address,) if is_named else (self.sender_name, self.postal_address)

    @property
    def palette(self) -> Palette:
        """The accent and the lines, as they can be seen on the theme's grounds."""
        theme = self.theme
        return palette_for(self.accent, theme.ground, theme.card, theme.ink)
