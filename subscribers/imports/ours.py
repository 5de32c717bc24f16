"""A line of our own export, taken back exactly as it was written (see exports.py)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from subscribers.address import normal_address, plain_name
from subscribers.imports.cells import attributes_of, unguarded
from subscribers.imports.values import Staged, Standing
from subscribers.values import Depth, MailFormat, Rhythm, Status, SuppressionReason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from enum import StrEnum

_LONGEST_NAME = 100
_LAST_HOUR = 23


class LineError(ValueError):
    """A line cannot be taken. The message says why, and holds nothing of the person."""


def restored(
    places: Mapping[str, int], row: Sequence[str], now: datetime
) -> tuple[Staged, datetime | None]:
    """The subscriber that a line describes, and when they agreed.

    Raises:
        LineError: a value is none that our export writes.
        AddressError: the address is none.
    """
    cell = {name: unguarded(row[place]) for name, place in places.items()}
    status = _one_of(Status, cell["status"], "status")
    suppression = _one_of(SuppressionReason, cell["suppression"], "suppression", may_be_empty=True)
    found = Staged(
        part=0,
        line=0,
        address=normal_address(cell["address"]),
        name=_name(cell["name"]),
        status=status,
        suppression=suppression,
        strictness=Standing.BOUNCED.strictness if suppression else Standing(status).strictness,
        created_at=_moment(cell["joined at"], "joined_at") or now,
        changed_at=_moment(cell["changed at"], "changed_at") or now,
        activated_at=_moment(cell["confirmed at"], "confirmed_at"),
        paused_until=_pause(cell["paused until"], status),
        source=cell["source"][:100],
        language=cell["language"][:8],
        rhythm=_one_of(Rhythm, cell["rhythm"], "rhythm"),
        depth=_one_of(Depth, cell["depth"], "depth"),
        sections=_lines(cell["sections"]),
        follows=_lines(cell["follows"]),
        hour=_hour(cell["hour"]),
        time_zone=cell["time zone"][:40],
        mail_format=_one_of(MailFormat, cell["format"], "format"),
        attributes=json.dumps(_attributes(cell["attributes"]), ensure_ascii=False),
    )
    return found, _moment(cell["consented at"], "consented_at")


def _one_of(known: type[StrEnum], text: str, column: str, *, may_be_empty: bool = False) -> str:
    if (may_be_empty and not text) or text in set(known):
        return text
    raise LineError(f"its {column} is none that we export")


def _name(text: str) -> str:
    """A name we wrote is kept to the letter; one that somebody edited is made plain."""
    return text if text.isprintable() and len(text) <= _LONGEST_NAME else plain_name(text)


def _moment(text: str, column: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise LineError(f"its {column} is no date as we export it") from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _pause(text: str, status: str) -> date | None:
    if not text and status != "paused":
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or status != "paused":
        raise LineError("its pause and its status do not fit together")
    return found


def _hour(text: str) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdigit() and int(text) <= _LAST_HOUR:
        return int(text)
    raise LineError("its hour is none from 0 to 23")


def _lines(text: str) -> str:
    return "\n".join(sorted(filter(None, text.split("\n"))))


def _attributes(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise LineError("its attributes are no JSON object")
    return attributes_of(found.items())
