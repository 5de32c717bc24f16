"""Segments: named parts of the audience, as one condition on the table of subscribers.

Nobody is copied anywhere: `condition` gives a `Q` that a query of subscribers takes, also negated,
on SQLite and PostgreSQL. Whether mails are opened or links are followed is not tracked by this
program, so that a segment cannot ask for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING

from django.db.models import BooleanField, F, Func, Q, TextField, Value
from django.db.models.functions import Coalesce, Concat, Left, Lower, Right, StrIndex
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThan, Regex

from subscribers.address import normal_address
from subscribers.suppression import address_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Expression
    from django.db.models.sql.compiler import SQLCompiler

    _Sql = tuple[str, tuple[str | int, ...]]

_EVERYBODY = Q(pk__isnull=False)


@dataclass(frozen=True)
class Segment:
    """Who belongs to a segment: everyone for whom each of the given conditions holds.

    A tuple holds for those to whom any of its words applies; an empty one asks nothing.

    `time_zone`, `source` and `domains` may be patterns with `*` and `?` (`Asia/*`, `import:*`,
    `*.cn`); of these only `source` looks at case. `domains` are in punycode. `language` and
    `time_zone` may hold the empty text, for those who follow the newsletter's own. `sections`
    holds for those who chose one of them and for those who get all; `follows` are
    `company:<name>` and `thread:<id>`. `addresses` are compared by their keyed hash, however they
    are written. `attributes` must all be there, each as exactly one of these texts.

    Somebody joined when they first became active, or, never active, when they came. A date begins
    at midnight in `zone`; `joined_since` is the first day that counts, `joined_before` the first
    that does not, and `joined_within_days` counts today and the days before it: 1 is today.
    """

    rhythm: tuple[str, ...] = ()
    depth: tuple[str, ...] = ()
    mail_format: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    time_zone: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    joined_since: date | None = None
    joined_before: date | None = None
    joined_within_days: int | None = None
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    zone: tzinfo = UTC


def condition(segment: Segment, today: date) -> Q:
    """The condition on a query of `models.Subscriber` that holds for those in the segment.

    It asks the database for the key of the address hashes where `addresses` are given, and for
    nothing else.

    Raises:
        AddressError: one of `addresses` is none.
    """
    parts = [*_choices(segment), *_origins(segment), *_dates(segment, today)]
    parts += [_has_one_of(key, texts) for key, texts in segment.attributes.items()]
    return reduce(and_, parts, _EVERYBODY)


def _choices(segment: Segment) -> Iterator[Q]:
    """The conditions on what subscribers chose."""
    for column in ("rhythm", "depth", "mail_format", "language"):
        if words := getattr(segment, column):
            yield Q(**{f"{column}__in": words})
    if segment.time_zone:
        yield _any(_like(Lower("time_zone"), zone.lower()) for zone in segment.time_zone)
    if segment.sections:
        yield Q(sections="") | _any(_has_line("sections", name) for name in segment.sections)
    if segment.follows:
        yield _any(_has_line("follows", one) for one in segment.follows)


def _origins(segment: Segment) -> Iterator[Q]:
    """The conditions on where they came from and what their address is."""
    if segment.source:
        yield _any(_like(F("source"), pattern) for pattern in segment.source)
    if segment.domains:
        yield _any(_is_of_domain(domain.lower()) for domain in segment.domains)
    if segment.addresses:
        yield Q(address_hash__in=[address_hash(normal_address(one)) for one in segment.addresses])


def _dates(segment: Segment, today: date) -> Iterator[Q]:
    joined = Coalesce("activated_at", "created_at")
    since = [segment.joined_since] if segment.joined_since else []
    if segment.joined_within_days:
        since.append(_days_before(today, segment.joined_within_days - 1))
    for day in since:
        yield Q(GreaterThanOrEqual(joined, _midnight(day, segment.zone)))
    if segment.joined_before:
        yield Q(LessThan(joined, _midnight(segment.joined_before, segment.zone)))


def _days_before(today: date, days: int) -> date:
    return date.fromordinal(max(today.toordinal() - days, date(1970, 1, 1).toordinal()))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions)


def _like(column: Expression | F, pattern: str) -> Q:
    """A pattern with `*` and `?`; the usual one, with a `*` at its end, needs no regex."""
    if not set("*?") & set(pattern):
        return Q(Exact(column, pattern))
    if pattern.endswith("*") and not set("*?") & set(pattern[:-1]):
        return _starts(column, pattern[:-1])
    return Q(Regex(column, f"^{_regex(pattern)}\\Z"))


def _starts(column: Expression | F, beginning: str) -> Q:
    """LIKE looks at case on one database and not on the other."""
    return Q(Exact(Left(column, len(beginning)), beginning)) if beginning else _EVERYBODY


def _is_of_domain(pattern: str) -> Q:
    if set("*?") & set(pattern):
        return Q(Regex(F("address"), f"@{_regex(pattern)}\\Z"))
    return Q(Exact(Right("address", len(pattern) + 1), f"@{pattern}"))


def _regex(pattern: str) -> str:
    """In the words that Python and PostgreSQL share: a sign in brackets is itself."""
    meanings = {"*": "(.|\n)*", "?": "(.|\n)", "^": r"\^", "\\": r"\\", "]": r"\]"}
    return "".join(
        meanings.get(sign) or (sign if sign.isalnum() else f"[{sign}]") for sign in pattern
    )


def _has_one_of(key: str, texts: Sequence[str]) -> Q:
    return reduce(or_, (Q(_HasAttribute(key, text)) for text in texts))


def _has_line(column: str, line: str) -> Q:
    text = Concat(Value("\n"), column, Value("\n"), output_field=TextField())
    return Q(GreaterThan(StrIndex(text, Value(f"\n{line}\n")), 0))


class _HasAttribute(Func):
    """Whether an attribute is exactly a text: never NULL, so that it can be negated.

    Not Django's own lookup: that takes a key such as `2024` for a place in a list.
    """

    conditional = True

    def __init__(self, key: str, text: str) -> None:
        super().__init__(
            F("attributes"),
            Value(key, TextField()),
            Value(text, TextField()),
            output_field=BooleanField(),
        )

    def as_sqlite(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,  # noqa: ARG002 - Django's signature
        **_: object,
    ) -> _Sql:
        return self._filled(
            "EXISTS(SELECT 1 FROM json_each({}) AS one"
            " WHERE one.type = 'text' AND one.key = {} AND one.atom = {})",
            compiler,
        )

    def as_postgresql(
        self, compiler: SQLCompiler, _connection: BaseDatabaseWrapper, **_: object
    ) -> _Sql:
        return self._filled("({} @> jsonb_build_object({}::text, {}::text))", compiler)

    def _filled(self, template: str, compiler: SQLCompiler) -> _Sql:
        parts = [compiler.compile(source) for source in self.get_source_expressions()]
        sql = template.format(*(text for text, _ in parts))
        return sql, tuple(value for _, values in parts for value in values)
