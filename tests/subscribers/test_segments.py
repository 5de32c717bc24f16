"""Segments: the condition in SQL gives exactly those whom a plain reading of the words gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from newsletter.config import Config
from newsletter.errors import ConfigError, UsageError
from newsletter.segments import segment_named
from subscribers import models
from subscribers.segments import Segment, condition
from subscribers.suppression import address_hash

pytestmark = pytest.mark.django_db

TODAY = date(2026, 4, 7)
TOKYO = ZoneInfo("Asia/Tokyo")
NOON = datetime(2026, 4, 7, 12, tzinfo=UTC)

RHYTHMS = ["daily", "weekdays", "weekly", "big"]
DEPTHS = ["headlines", "standard", "full"]
LANGUAGES = ["", "en", "de", "ja"]
ZONES = ["", "Asia/Tokyo", "Asia/Hong_Kong", "Europe/Berlin", "America/Argentina/Salta"]
SECTIONS = ["Policy", "policy", "Prices", "Price_s", "50% off", "Pol"]
FOLLOWS = ["company:Lynas", "company:Lynas Rare Earths", "thread:12", "thread:1"]
SOURCES = ["form", "import:mailchimp", "import:Ghost", "Import:x", "api:https://a.example/x", ""]
DOMAINS = ["example.org", "mail.example.org", "badexample.org", "xn--bcher-kva.example", "a.cn"]
LOCALS = ["ann", "Ann", "a.n_n", "bob%"]
ATTRIBUTES: list[dict[str, object]] = [
    {},
    {"region": "EU"},
    {"region": "EU ", "2024": "yes"},
    {"region": ["EU"], "2024": 5},
    {'a "b" c': "x'y", "region": "eu"},
    {"0": "zero", "region": None},
]
MOMENTS = [NOON - timedelta(hours=hours) for hours in (0, 9, 12, 13, 30, 24 * 7, 24 * 400)]


def person(number: int = 0, **columns: Any) -> models.Subscriber:
    address = columns.pop("address", "ann@example.org")
    values = {
        "address": address,
        "address_hash": address_hash(address + (f".{number}" if number else "")),
        "status": "active",
        "created_at": NOON,
        "changed_at": NOON,
        "activated_at": NOON,
    }
    return models.Subscriber.objects.create(**values | columns)


def found(segment: Segment, today: date = TODAY) -> set[int]:
    rows = models.Subscriber.objects.filter(condition(segment, today))
    return set(rows.values_list("id", flat=True))


def left_out(segment: Segment, today: date = TODAY) -> set[int]:
    rows = models.Subscriber.objects.filter(~condition(segment, today))
    return set(rows.values_list("id", flat=True))


def belongs(who: models.Subscriber, segment: Segment, today: date) -> bool:
    """The words of a segment, read plainly."""
    joined = (who.activated_at or who.created_at).astimezone(segment.zone).date()
    domain = who.address.rpartition("@")[2]
    chosen, followed = who.sections.splitlines(), who.follows.splitlines()
    days = segment.joined_within_days
    asked = [
        (segment.rhythm, who.rhythm in segment.rhythm),
        (segment.depth, who.depth in segment.depth),
        (segment.mail_format, who.mail_format in segment.mail_format),
        (segment.language, who.language in segment.language),
        (segment.time_zone, fits(who.time_zone.lower(), *map(str.lower, segment.time_zone))),
        (segment.sections, not chosen or bool(set(chosen) & set(segment.sections))),
        (segment.follows, bool(set(followed) & set(segment.follows))),
        (segment.source, fits(who.source, *segment.source)),
        (segment.domains, fits(domain, *segment.domains)),
        (
            segment.addresses,
            who.address.lower() in {one.strip().lower() for one in segment.addresses},
        ),
        (segment.joined_since, joined >= (segment.joined_since or joined)),
        (segment.joined_before, joined < (segment.joined_before or date.max)),
        (days, joined > today - timedelta(days=days or 0)),
        (
            segment.attributes,
            all(
                texts(who.attributes).get(key) in allowed
                for key, allowed in segment.attributes.items()
            ),
        ),
    ]
    return all(holds for condition, holds in asked if condition)


def fits(text: str, *patterns: str) -> bool:
    return any(fnmatchcase(text, pattern) for pattern in patterns)


def texts(attributes: Any) -> dict[str, str]:
    return {key: value for key, value in attributes.items() if isinstance(value, str)}


def words(*of: str) -> some.SearchStrategy[tuple[str, ...]]:
    return some.lists(some.sampled_from(of), max_size=2).map(tuple)


def lines(of: list[str]) -> some.SearchStrategy[str]:
    return some.sets(some.sampled_from(of), max_size=3).map(
        lambda chosen: "\n".join(sorted(chosen))
    )


people = some.fixed_dictionaries(
    {
        "address": some.builds(
            "{}@{}".format, some.sampled_from(LOCALS), some.sampled_from(DOMAINS)
        ),
        "rhythm": some.sampled_from(RHYTHMS),
        "depth": some.sampled_from(DEPTHS),
        "mail_format": some.sampled_from(["html", "text"]),
        "language": some.sampled_from(LANGUAGES),
        "time_zone": some.sampled_from(ZONES),
        "sections": lines(SECTIONS),
        "follows": lines(FOLLOWS),
        "source": some.sampled_from(SOURCES),
        "created_at": some.sampled_from(MOMENTS),
        "activated_at": some.one_of(some.none(), some.sampled_from(MOMENTS)),
        "attributes": some.sampled_from(ATTRIBUTES),
    }
)

days = some.one_of(some.none(), some.sampled_from([TODAY + timedelta(days=n) for n in (-8, -1, 0)]))
segments = some.builds(
    Segment,
    rhythm=words(*RHYTHMS),
    depth=words(*DEPTHS),
    mail_format=words("html", "text"),
    language=words(*LANGUAGES),
    time_zone=words(*ZONES, "Asia/*", "asia/t*", "*/*/*", "????/Tokyo", "*"),
    sections=words(*SECTIONS),
    follows=words(*FOLLOWS),
    source=words("form", "import:*", "*:*", "api:https://?.example/*", "im*:*o*", "."),
    domains=words(*DOMAINS, "*.cn", "*example.org", "?.cn", "*.example"),
    addresses=words("ANN@example.org", " ann@a.cn "),
    joined_since=days,
    joined_before=days,
    joined_within_days=some.one_of(some.none(), some.sampled_from([1, 2, 8, 36500])),
    attributes=some.one_of(
        some.just({}),
        some.sampled_from(
            [
                {"region": ("EU",)},
                {"region": ("EU", "Asia"), "2024": ("yes",)},
                {"2024": ("5",)},
                {'a "b" c': ("x'y",)},
                {"0": ("zero",)},
            ]
        ),
    ),
    zone=some.sampled_from([UTC, TOKYO]),
)
CONDITIONS = [name for name in Segment.__dataclass_fields__ if name != "zone"]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(some.lists(people, max_size=6, unique_by=lambda one: str(one["address"]).lower()), segments)
def test_the_condition_gives_exactly_those_whom_its_words_describe(
    everybody: list[dict[str, Any]], segment: Segment
) -> None:
    models.Subscriber.objects.all().delete()
    rows = [person(**columns) for columns in everybody]
    for name in CONDITIONS:
        alone = replace(Segment(zone=segment.zone), **{name: getattr(segment, name)})
        compare(rows, alone)
    compare(rows, segment)


def compare(rows: list[models.Subscriber], segment: Segment) -> None:
    wanted = {row.id for row in rows if belongs(row, segment, TODAY)}
    assert found(segment) == wanted
    assert left_out(segment) == {row.id for row in rows} - wanted


def test_a_segment_without_conditions_is_everybody() -> None:
    ann = person()
    assert found(Segment()) == {ann.id}


def test_a_pattern_of_time_zones_looks_at_no_case_and_at_no_other_zone() -> None:
    tokyo, berlin = person(1, time_zone="Asia/Tokyo"), person(2, time_zone="Europe/Berlin")
    assert found(Segment(time_zone=("asia/*",))) == {tokyo.id}
    assert found(Segment(time_zone=("Europe/*", "Asia/Tokyo"))) == {tokyo.id, berlin.id}
    assert found(Segment(time_zone=("Asia",))) == set()


def test_who_gets_every_section_belongs_to_each_of_them() -> None:
    everything, policy = person(1), person(2, sections="Policy\nPrices")
    person(3, sections="Policy papers")
    assert found(Segment(sections=("Policy",))) == {everything.id, policy.id}


def test_a_domain_is_not_the_end_of_another() -> None:
    person(1, address="ann@badexample.org")
    person(2, address="ann@mail.example.org")
    ann = person(3, address="ann@example.org")
    assert found(Segment(domains=("EXAMPLE.org",))) == {ann.id}


def test_an_address_is_found_however_it_is_written() -> None:
    ann = person(address="Ann@example.org")
    person(1, address="bob@example.org")
    assert found(Segment(addresses=(" aNN@EXAMPLE.ORG ",))) == {ann.id}


def test_days_of_joining_begin_at_midnight_of_the_newsletters_zone() -> None:
    before = datetime(2026, 4, 6, 14, 59, tzinfo=UTC)
    early, late = (
        person(1, activated_at=before),
        person(2, activated_at=before + timedelta(hours=1)),
    )
    segment = Segment(joined_since=TODAY, zone=TOKYO)
    assert found(segment) == {late.id}
    assert found(Segment(joined_before=TODAY, zone=TOKYO)) == {early.id}
    assert found(Segment(joined_within_days=1, zone=TOKYO)) == {late.id}
    assert found(replace(segment, zone=UTC)) == set()


def test_joined_within_more_days_than_there_are_dates_is_everybody() -> None:
    ann = person()
    assert found(Segment(joined_within_days=36500), date(1990, 1, 1)) == {ann.id}


def test_one_query_looks_a_segment_up(django_assert_num_queries: Any) -> None:
    person()
    segment = Segment(
        rhythm=("daily",),
        time_zone=("", "Asia/*"),
        sections=("Policy",),
        domains=("example.org",),
        joined_within_days=14,
    )
    with django_assert_num_queries(1):
        assert len(found(segment)) == 1


def test_a_condition_stands_inside_an_insert_select() -> None:
    ann = person(attributes={"region": "100% 'EU'"}, sections="50% off")
    segment = Segment(sections=("50% off",), attributes={"region": ("100% 'EU'",)}, source=("*",))
    rows = models.Subscriber.objects.filter(condition(segment, TODAY)).values_list("id")
    sql, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE planned (id bigint)")
        cursor.execute(f"INSERT INTO planned (id) {sql}", parameters)
        cursor.execute("SELECT id FROM planned")
        assert cursor.fetchall() == [(ann.id,)]
        cursor.execute("DROP TABLE planned")


def configured(**segments: Any) -> Config:
    return Config.model_validate(
        {
            "newsletter": {"language": "de"},
            "schedule": {"timezone": "Asia/Tokyo"},
            "segments": segments,
        }
    )


def test_who_has_the_newsletters_own_language_or_zone_belongs_to_it() -> None:
    own = person(1)
    person(2, language="en", time_zone="Europe/Berlin")
    config = configured(german={"language": ["de"]}, asia={"time_zone": ["Asia/*"]})
    for name in config.segments:
        assert found(segment_named(config, name)) == {own.id}
    assert found(segment_named(configured(us={"time_zone": ["America/*"]}), "us")) == set()


def test_a_domain_of_the_settings_may_be_written_with_its_own_letters() -> None:
    ann = person(address="ann@xn--bcher-kva.example")
    segment = segment_named(configured(shops={"domains": ["@Bücher.example"]}), "shops")
    assert found(segment) == {ann.id}


def test_dates_of_the_settings_are_days_of_the_newsletters_zone() -> None:
    segment = segment_named(configured(new={"joined_since": "2026-04-07"}), "new")
    assert segment.zone == TOKYO


@pytest.mark.parametrize("config", [Config(), configured(asia={"rhythm": ["daily"]})])
def test_an_unknown_name_lists_those_there_are(config: Config) -> None:
    with pytest.raises(UsageError, match=r"there are asia|none is configured"):
        segment_named(config, "europe")


def test_an_address_in_a_segment_that_is_none_is_told_without_repeating_it() -> None:
    config = configured(staff={"addresses": ["ann@example.org", "Bob Miller"]})
    with pytest.raises(ConfigError, match=r"`segments.staff.addresses`: number 2") as told:
        segment_named(config, "staff")
    assert "Bob" not in str(told.value)
