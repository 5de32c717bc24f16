"""Which column of a file means what: of a platform that is known, or as the operator says."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from subscribers.errors import ImportFileError
from subscribers.imports.cells import LONGEST_NAME, MOST_ATTRIBUTES, clean
from subscribers.imports.platforms import NEVER_AGREED, Platform, plain_column, recognise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

FIELDS = ("email", "name", "first_name", "last_name", "consented_at", "network", "status")
_FIELD = re.compile(rf"(?:^|,)\s*({'|'.join(FIELDS)})\s*=")
_LIKELY = {
    "name": ("name", "full name", "first name"),
    "consented_at": (
        *("consented at", "optin time", "opt in date", "confirmed at", "subscribed at"),
        *("signup date", "sign up date", "created at", "date added"),
    ),
    "status": ("status", "state"),
}
_MOST_TOLD = 40


@dataclass(frozen=True)
class Layout:
    """The places (from 0) of the columns that mean something; -1 is a column that is not there.

    `others` are (name, place) of the columns that are kept as attributes. `never_agreed` marks a
    file of people who never signed up.
    """

    platform: Platform
    address: int
    names: tuple[int, ...]
    agreed: tuple[int, ...]
    networks: tuple[int, ...]
    status: int
    left: tuple[int, ...]
    documents: tuple[int, ...]
    others: tuple[tuple[str, int], ...]
    places: Mapping[str, int]
    never_agreed: bool = False


def columns_of(texts: Iterable[str]) -> dict[str, str]:
    """What `--map` says: field -> column.

    Raises:
        ImportFileError: a field is unknown, is given twice, or has no column.
    """
    found: dict[str, str] = {}
    for text in texts:
        pieces = _FIELD.split(text)
        if pieces[0].strip() or len(pieces) == 1:
            raise ImportFileError(
                f"--map takes {', '.join(FIELDS)}, as in --map 'email=E-mail,name=Full name'"
            )
        for name, column in zip(pieces[1::2], pieces[2::2], strict=True):
            if name in found or not column.strip():
                raise ImportFileError(f"--map: {name} needs one column")
            found[name] = column.strip()
    if found and "email" not in found:
        raise ImportFileError("--map: say which column holds the addresses: email=COLUMN")
    return found


def layout_of(
    header: Sequence[str],
    samples: Sequence[Sequence[str]],
    columns: Mapping[str, str],
    table_name: str = "",
) -> Layout:
    """What the columns mean. `samples` are some rows, for a guess.

    Raises:
        ImportFileError: nobody knows these columns; it lists them with the --map to type.
    """
    if any("@" in cell for cell in header):
        raise ImportFileError(
            "the first line holds an address where the names of the columns should be; put a line"
            " such as email,name above it"
        )
    known = [plain_column(cell) for cell in header]
    platform = _mapped(columns, known, header) if columns else recognise(known)
    if platform is None:
        raise ImportFileError(_unknown(header, samples))
    return _placed(platform, known, header, NEVER_AGREED in table_name.lower().replace("-", ""))


def _mapped(
    columns: Mapping[str, str], known: Sequence[str], header: Sequence[str]
) -> Platform | None:
    missing = [name for name in columns.values() if plain_column(name) not in known]
    if missing:
        raise ImportFileError(f"there is no column {missing[0]!r}; there are {_listed(header)}")
    at = {name: (plain_column(column),) for name, column in columns.items()}
    return Platform(
        "file",
        (),
        address=at["email"],
        names=at.get("name", ()) or at.get("first_name", ()) + at.get("last_name", ()),
        agreed=at.get("consented_at", ()),
        networks=at.get("network", ()),
        status=at.get("status", ()),
    )


def _placed(
    platform: Platform, known: Sequence[str], header: Sequence[str], never_agreed: bool
) -> Layout:
    places = {name: place for place, name in reversed(list(enumerate(known)))}

    def of(names: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(places[name] for name in names if name in places)

    address, status = of(platform.address), of(platform.status)
    groups = (platform.names, platform.agreed, platform.networks, platform.left, platform.documents)
    names, agreed, networks, left, documents = map(of, groups)
    used = {address[0], *status[:1], *names, *agreed, *networks, *documents}
    others = {_title(header[place]): place for place in range(len(header)) if place not in used}
    return Layout(
        platform,
        address[0],
        names,
        agreed,
        networks,
        status[0] if status else -1,
        left,
        documents,
        tuple(others.items())[:MOST_ATTRIBUTES],
        places,
        never_agreed,
    )


def _title(column: str) -> str:
    """The name of an attribute: the column's, on one line."""
    return clean(" ".join(column.split()))[:LONGEST_NAME]


def _unknown(header: Sequence[str], samples: Sequence[Sequence[str]]) -> str:
    told = f"no platform that we know exports these columns: {_listed(header)}."
    guess = _guess(header, samples)
    return f"{told} Say which is which, as in: --map {shlex.quote(guess)}"


def _listed(header: Sequence[str]) -> str:
    shown = ", ".join(repr(cell[:60]) for cell in header[:_MOST_TOLD])
    return shown if len(header) <= _MOST_TOLD else f"{shown} and {len(header) - _MOST_TOLD} more"


def _guess(header: Sequence[str], samples: Sequence[Sequence[str]]) -> str:
    full = [sum("@" in row[place] for row in samples) for place in range(len(header))]
    best = max(range(len(header)), key=full.__getitem__)
    found = {"email": header[best] if full[best] else "COLUMN"}
    for name, likely in _LIKELY.items():
        fits = [cell for cell in header if plain_column(cell).replace("-", " ") in likely]
        found |= {name: fits[0]} if fits else {}
    return ",".join(f"{name}={column.strip()}" for name, column in found.items())
