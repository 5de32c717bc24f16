"""The invented outlets and their entries, read from the YAML files in this folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class SampleEntry:
    """One item as an outlet publishes it; all texts are plain except `markup`."""

    title: str
    path: str
    summary: str = ""
    age_hours: float | None = None
    """Hours before the moment of the run; negative is the future."""
    date: str | None = None
    """A fixed date, written into the feed as it stands; an entry may have neither."""
    author: str = ""
    guid: str = ""
    categories: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    """The paragraphs of the full text."""
    highlights: tuple[str, ...] = ()
    markup: str = ""
    """Raw HTML after the summary: page furniture, and the hostile kind."""
    via: str = ""
    """The outlet an aggregator took the headline from."""


@dataclass(frozen=True)
class Outlet:
    """One invented outlet: how it is described, what it publishes and how it misbehaves."""

    slug: str
    name: str
    group: str
    publisher: str
    weight: float
    language: str
    format: str
    behaviour: str = "normal"
    damage: tuple[str, ...] = ()
    utc_offset: int = 0
    """Whole hours; the outlet writes its dates in this zone."""
    footer: str = ""
    """HTML after every summary, with places for {title}, {link}, {home} and {outlet}."""
    entries: tuple[SampleEntry, ...] = ()

    @property
    def home(self) -> str:
        """The outlet's front page, on a host name reserved by RFC 2606."""
        return f"https://{self.slug}.example/"

    def link(self, entry: SampleEntry) -> str:
        """The address of an entry; a path that names its own scheme is left alone."""
        return entry.path if ":" in entry.path else self.home + entry.path


@cache
def load_outlets() -> tuple[Outlet, ...]:
    """Read all outlets with their entries, in the order of outlets.yaml."""
    wires = _read(FOLDER / "wires.yaml")
    return tuple(_outlet(fields, wires) for fields in _read(FOLDER / "outlets.yaml"))


def _outlet(fields: Mapping[str, Any], wires: Mapping[str, Any]) -> Outlet:
    path = FOLDER / "entries" / f"{fields['slug']}.yaml"
    # An outlet that never answers needs no entries.
    rows = _read(path) if path.exists() else []
    return Outlet(**_frozen(fields), entries=tuple(_entry(row, wires) for row in rows))


def _entry(fields: Mapping[str, Any], wires: Mapping[str, Any]) -> SampleEntry:
    # A syndicated text is written once, in wires.yaml; each outlet adds its own path and age.
    own = {name: value for name, value in fields.items() if name != "wire"}
    return SampleEntry(**_frozen({**wires.get(fields.get("wire", ""), {}), **own}))


def _frozen(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in fields.items()}


def _read(path: Path) -> Any:  # noqa: ANN401 - whatever the YAML holds
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is far faster
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader
