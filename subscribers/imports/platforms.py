"""The exports of other platforms, known by the names of their columns.

The columns are those that the platforms' own importers and exporters write: Mailchimp, Substack,
beehiiv and Ghost as in TryGhost/migrate's fixtures and Ghost's help, listmonk as in its
cmd/subscribers.go, Buttondown and Kit as in their help pages and API references. Names are in the
form of `plain_column`: lower case, single spaces, no underscores.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from subscribers.imports.values import Standing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

OURS = "newsletter"

WORDS: Mapping[str, Standing] = {
    **dict.fromkeys(("active", "subscribed", "confirmed", "enabled"), Standing.ACTIVE),
    **dict.fromkeys(("true", "yes", "1"), Standing.ACTIVE),
    **dict.fromkeys(("pending", "unconfirmed", "unactivated"), Standing.PENDING),
    **dict.fromkeys(("unsubscribed", "left", "inactive", "disabled"), Standing.LEFT),
    **dict.fromkeys(("cancelled", "canceled", "removed", "opted out"), Standing.LEFT),
    **dict.fromkeys(("false", "no", "0"), Standing.LEFT),
    **dict.fromkeys(("cleaned", "bounced", "undeliverable", "invalid"), Standing.BOUNCED),
    **dict.fromkeys(("complained", "spam", "complaint"), Standing.COMPLAINED),
    **dict.fromkeys(("blocklisted", "blacklisted", "blocked", "spammy"), Standing.BLOCKED),
}
"""The words for a status that we take for the same everywhere; a word not here is no status."""


@dataclass(frozen=True)
class Platform:
    """What the export of a platform looks like.

    `needs` tells it from others: of each group one column must be there. Of `agreed` and
    `networks` the first filled one counts; `names` are joined. `status` holds a word of `words`
    (then of WORDS); a filled column of `left` says that the person left, whatever the word. A file
    of one standing has `standing`. Cells of `documents` are JSON objects of attributes.
    """

    name: str
    needs: tuple[tuple[str, ...], ...]
    address: tuple[str, ...] = ("email",)
    names: tuple[str, ...] = ("name",)
    agreed: tuple[str, ...] = ("created at",)
    networks: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    words: Mapping[str, Standing] = field(default_factory=dict)
    left: tuple[str, ...] = ()
    standing: Standing = Standing.ACTIVE
    documents: tuple[str, ...] = ()


_FIRST_AND_LAST = ("first name", "last name")
_ADDRESSES = ("email", "email address")


def _mailchimp(marks: tuple[tuple[str, ...], ...], standing: Standing) -> Platform:
    return Platform(
        "mailchimp",
        (("email address",), ("optin time",), *marks),
        address=("email address",),
        names=_FIRST_AND_LAST,
        agreed=("confirm time", "optin time"),
        networks=("confirm ip", "optin ip"),
        standing=standing,
    )


PLATFORMS = (
    _mailchimp((("clean time",),), Standing.BOUNCED),
    _mailchimp((("unsub time",),), Standing.LEFT),
    _mailchimp((("euid", "leid", "confirm time"),), Standing.ACTIVE),
    Platform(
        "substack",
        (("email",), ("active subscription",), ("email disabled",)),
        status=("email disabled",),
        words={"true": Standing.LEFT, "false": Standing.ACTIVE},
    ),
    Platform(
        "ghost",
        (("email",), ("subscribed to emails",)),
        status=("subscribed to emails",),
    ),
    Platform(
        "beehiiv",
        (("email",), ("status",), ("created at",), ("tier", "subscription tier", "premium tier")),
        names=_FIRST_AND_LAST,
        status=("status",),
        words={"validating": Standing.PENDING, "needs attention": Standing.PENDING},
        left=("unsubscribed at",),
    ),
    Platform(
        "buttondown",
        (
            _ADDRESSES,
            ("type", "subscriber type"),
            ("creation date", "subscription date"),
        ),
        address=_ADDRESSES,
        agreed=("creation date", "subscription date"),
        networks=("ip address",),
        status=("type", "subscriber type"),
        words=dict.fromkeys(
            (
                *("regular", "premium", "gifted", "trialed", "churning", "churned"),
                *("past due", "unpaid", "upgraded", "paused"),
            ),
            Standing.ACTIVE,
        ),
        left=("unsubscription date",),
        documents=("metadata",),
    ),
    Platform(
        "listmonk",
        (("email",), ("attributes",), ("status",), ("uuid", "name")),
        status=("status",),
        documents=("attributes",),
    ),
    Platform(
        "kit",
        (_ADDRESSES, ("first name",), ("created at",), ("state", "status", "id", "tags")),
        address=_ADDRESSES,
        names=_FIRST_AND_LAST,
        status=("state", "status"),
        words={"inactive": Standing.PENDING, "cold": Standing.ACTIVE},
        left=("cancelled at", "canceled at"),
    ),
)
"""From the most telling columns to the least: the first that fits is taken."""

OUR_COLUMNS = (
    *("address", "name", "status", "suppression", "rhythm", "depth", "sections", "follows"),
    *("hour", "time zone", "format", "language", "paused until", "source", "joined at"),
    *("confirmed at", "changed at", "consented at", "attributes"),
)
"""Our own export, in the order it is written (see exports.py)."""

OUR_PLATFORM = Platform(OURS, tuple((name,) for name in OUR_COLUMNS), address=("address",))

NEVER_AGREED = "nonsubscribed"
"""In the name of the Mailchimp file of people who never signed up; its columns do not tell."""


def plain_column(name: str) -> str:
    """The name of a column as names are compared: case, spaces and underscores do not count."""
    return " ".join(name.replace("_", " ").casefold().split())


def recognise(columns: Collection[str]) -> Platform | None:
    """The platform whose export has these columns (in the form of `plain_column`)."""
    known = set(columns)
    for platform in (OUR_PLATFORM, *PLATFORMS):
        if all(known.intersection(group) for group in platform.needs):
            return platform
    return None
