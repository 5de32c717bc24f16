"""Which column of a file means what: of a platform that is known, or as the operator says."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from subscribers.errors import ImportFileError
from subscribers.imports.cells import LONGEST_NAME, MOST_ATTRIBUTES, clean
from subscribers.imports.platforms import (
    NEVER_AGREED,
    OUR_COLUMNS,
    OUR_PLATFORM,
    WORDS,
    Platform,
    plain_column,
    recognise,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

FIELDS = ("email", "name", "first_name", "last_name", "consented_at", "network", "status")
_FIELD = re.compile(rf"(?:^|,)\s*({'|'.join(FIELDS)})\s*=")
_LIKELY = {
    "name": ("name", "full name", "first name"),
    "consented_at": (
        *("consented at", "consent date", "date of consent", "opt in date", "optin date"),
        *("opt in time", "optin time", "opted in at", "opt in", "optin", "confirmed at"),
        *("confirmed", "subscribed at", "subscribed on", "subscription date", "subscribe date"),
        *("date subscribed", "subscriber since", "subscribed", "signup date", "sign up date"),
        *("signed up", "signed up at", "signup", "sign up", "joined at", "joined on", "join date"),
        *("date joined", "joined", "member since", "registered at", "registration date"),
        *("registered", "start date", "started", "created at", "created on", "creation date"),
        *("date created", "created", "added at", "added on", "date added", "added"),
    ),
    "status": ("status", "state"),
}
_FITS: Mapping[str, Callable[[str], bool]] = {
    "consented_at": lambda cell: plain_column(cell) not in WORDS,  # "subscribed" may be yes or no
    "status": lambda cell: plain_column(cell) in WORDS,
}
_MOST_TOLD = 40


@dataclass(frozen=True)
class Layout:
    """The places (from 0) of the columns that mean something; -1 is a column that is not there.

    `others` are (name, place) of the columns that are kept as attributes, `doubled` the names that
    stand more than once among all. `never_agreed` marks a file of people who never signed up.
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
    doubled: tuple[str, ...] = ()


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
        ImportFileError: nobody knows these columns (it lists them with the --map to type), or one
            that decides something stands there twice.
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
    _refuse_doubled(platform, known, header)
    places = {name: place for place, name in reversed(list(enumerate(known)))}

    def of(names: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(places[name] for name in names if name in places)

    address, status = of(platform.address), of(platform.status)
    groups = (platform.names, platform.agreed, platform.networks, platform.left, platform.documents)
    names, agreed, networks, left, documents = map(of, groups)
    used = {address[0], *status[:1], *names, *agreed, *networks, *documents}
    others = [place for place in range(len(header)) if place not in used][:MOST_ATTRIBUTES]
    return Layout(
        platform,
        address[0],
        names,
        agreed,
        networks,
        status[0] if status else -1,
        left,
        documents,
        tuple(zip(_titles(header, others), others, strict=True)),
        places,
        never_agreed,
        tuple(dict.fromkeys(header[place].strip() for place in _again(known))),
    )


def _refuse_doubled(platform: Platform, known: Sequence[str], header: Sequence[str]) -> None:
    decide = {*platform.address, *platform.status, *platform.agreed, *platform.left}
    decide |= set(OUR_COLUMNS) if platform is OUR_PLATFORM else set()
    for place in _again(known):
        if known[place] in decide:
            raise ImportFileError(
                f"the column {header[place].strip()!r} stands twice in the first line, and nobody"
                " can tell which of them counts; take one out or give it another name"
            )


def _again(known: Sequence[str]) -> list[int]:
    """The places of columns whose name stood there before."""
    first = {name: place for place, name in reversed(list(enumerate(known)))}
    return [place for place, name in enumerate(known) if name and first[name] != place]


def _titles(header: Sequence[str], places: Sequence[int]) -> list[str]:
    """The names of attributes: the columns', on one line, each different from the others."""
    found: list[str] = []
    for place in places:
        plain = clean(" ".join(header[place].split()))[:LONGEST_NAME] or f"column {place + 1}"
        title, number = plain, 1
        while title in found:
            number += 1
            title = f"{plain[: LONGEST_NAME - 5]} ({number})"
        found.append(title)
    return found


def _unknown(header: Sequence[str], samples: Sequence[Sequence[str]]) -> str:
    told = f"no platform that we know exports these columns: {_listed(header)}."
    guess = _guess(header, samples)
    return (
        f"{told} Say which is which, as in: --map {shlex.quote(guess)} (consented_at is the date on"
        " which each person agreed: without it there is no proof, and nobody is taken unless"
        " --without-proof says how)"
    )


def _listed(header: Sequence[str]) -> str:
    shown = ", ".join(repr(cell[:60]) for cell in header[:_MOST_TOLD])
    return shown if len(header) <= _MOST_TOLD else f"{shown} and {len(header) - _MOST_TOLD} more"


def _guess(header: Sequence[str], samples: Sequence[Sequence[str]]) -> str:
    full = [sum("@" in row[place] for row in samples) for place in range(len(header))]
    best = max(range(len(header)), key=full.__getitem__)
    found = {"email": header[best] if full[best] else "COLUMN"}
    for name, likely in _LIKELY.items():
        fits = [place for place, cell in enumerate(header) if _plainly(cell) in likely]
        fits = [place for place in fits if _is_filled_so(name, place, samples)]
        fits.sort(key=lambda place: likely.index(_plainly(header[place])))
        found |= {name: header[fits[0]]} if fits else {}
    found.setdefault("consented_at", "COLUMN")
    return ",".join(f"{name}={column.strip()}" for name, column in found.items())


def _plainly(column: str) -> str:
    return plain_column(column.replace("-", " "))


def _is_filled_so(name: str, place: int, samples: Sequence[Sequence[str]]) -> bool:
    """Whether a column's cells are what its name promises; one without any is believed."""
    cells = [cell for row in samples if (cell := row[place].strip())]
    fits = _FITS.get(name)
    return fits is None or not cells or any(map(fits, cells))
