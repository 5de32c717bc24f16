"""What mail clients are known to support, as data, and what mails do where something fails."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_CLIENTS = ("gmail", "outlook", "apple-mail", "yahoo")
"""Families of clients that mails must work in where nothing else is configured."""

FAMILIES = (
    *("aol", "apple-mail", "fastmail", "free-fr", "gmail", "gmx", "hey", "ionos-1and1"),
    *("laposte", "mail-ru", "orange", "outlook", "protonmail", "rainloop", "samsung-email", "sfr"),
    *("t-online-de", "thunderbird", "web-de", "wp-pl", "yahoo"),
)
"""All families that the data knows."""

_NUMBER = re.compile(r"#(\d+)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_PLACES = {
    "desktop-webmail": "{} on the web",
    "mobile-webmail": "{} on the web of phones",
    "outlook-com": "Outlook.com",
    "windows-mail": "Windows Mail",
}


@dataclass(frozen=True)
class Client:
    """A mail client on one platform; `family` is as settings name it ("gmail")."""

    family: str
    name: str


@dataclass(frozen=True)
class Weakness:
    """Where a feature fails, or works in part, and what was noted of it.

    `version` is the newest that was tested: a number, a year or a month.
    """

    client: Client
    version: str
    is_partial: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Support:
    """What is known of features by their names ("css-padding"), and the declared fallbacks.

    `weaknesses` has every known feature, those without a weakness too. `fallbacks` says for
    a feature what a reader gets where it fails. `date` is when the data was taken.
    """

    date: str
    families: frozenset[str]
    titles: Mapping[str, str]
    weaknesses: Mapping[str, tuple[Weakness, ...]]
    fallbacks: Mapping[str, str]


def support_from(data: Mapping[str, Any], fallbacks: Mapping[str, str]) -> Support:
    """The pinned data of caniemail.com, read, with what is declared for our mails.

    Raises:
        KeyError: the data is not in the form that `tests/caniemail.py` writes.
    """
    clients = {key: _client(key, data) for key in data["clients"]}
    features = data["features"].items()
    return Support(
        date=data["date"],
        families=frozenset(client.family for client in clients.values()),
        titles={slug: feature["title"] for slug, feature in features},
        weaknesses={slug: _weaknesses(feature, clients) for slug, feature in features},
        fallbacks=fallbacks,
    )


def _client(key: str, data: Mapping[str, Any]) -> Client:
    family, _, platform = key.partition(".")
    name = data["families"].get(family, family)
    place = data["platforms"].get(platform, platform)
    return Client(family, _PLACES.get(platform, "{} on " + place).format(name))


def _weaknesses(feature: Mapping[str, Any], clients: Mapping[str, Client]) -> tuple[Weakness, ...]:
    marks = dict(zip(clients, feature["marks"], strict=True))
    return tuple(
        Weakness(
            client=clients[key],
            version=words.split()[0],
            is_partial=marks[key] == "a",
            notes=tuple(
                _LINK.sub(r"\1", feature["notes"][number])
                for number in _NUMBER.findall(words)
                if number in feature["notes"]
            ),
        )
        for key, words in feature["weak"].items()
    )
