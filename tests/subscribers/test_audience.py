"""Who gets the edition of a day: one query, and a second look before the hand-over."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q

from subscribers import audience, models, signup, store
from subscribers.suppression import suppress, suppress_subscriber
from subscribers.values import (
    Act,
    Depth,
    Exclusion,
    How,
    MailFormat,
    Preferences,
    Recipient,
    Rhythm,
    Status,
    SuppressionReason,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 4, 7, 7, 30, tzinfo=UTC)
TODAY = NOW.date()
BACK = date(2026, 4, 20)


def add(name: str) -> int:
    return signup.add(f"{name}@example.org", name, act=Act(How.COMMAND, NOW)).id


def add_paused(name: str) -> int:
    number = add(name)
    signup.pause_until(number, BACK, act=Act(How.FORM, NOW))
    return number


def add_left(name: str) -> int:
    number = add(name)
    signup.leave(number, act=Act(How.FORM, NOW))
    return number


def add_pending(name: str) -> int:
    return store.save_new(f"{name}@example.org", name, Status.PENDING, NOW)[0]


def add_suppressed(name: str) -> int:
    number = add(name)
    suppress_subscriber(number, SuppressionReason.BOUNCED, now=NOW)
    return number


def wanting(name: str, **wishes: object) -> int:
    """A subscriber with these preferences, as their table keeps them."""
    number = add(name)
    models.Subscriber.objects.filter(id=number).update(**wishes)
    return number


def listed(day: date, *rhythms: Rhythm, **more: Any) -> list[tuple[int, str]]:
    """The audience as the ledger gets it: through an INSERT … SELECT."""
    sql, parameters = audience.audience_query(day, rhythms or audience.EVERY_RHYTHM, **more)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE planned (id bigint, reason varchar(200))")
        cursor.execute(
            "INSERT INTO planned (id, reason)"
            f" SELECT audience.id, audience.reason FROM ({sql}) AS audience",
            parameters,  # type: ignore[arg-type]
        )
        cursor.execute("SELECT id, reason FROM planned ORDER BY id")
        found = [(int(number), str(reason)) for number, reason in cursor.fetchall()]
        cursor.execute("DROP TABLE planned")
    return found


def test_an_active_subscriber_is_listed_to_be_mailed() -> None:
    assert listed(TODAY) == []
    ann = add("ann")
    assert listed(TODAY) == [(ann, "")]


def test_a_suppressed_subscriber_is_listed_with_the_reason() -> None:
    ann, bob = add("ann"), add_suppressed("bob")
    assert listed(TODAY) == [(ann, ""), (bob, "suppressed")]


def test_a_suppression_of_the_address_in_other_letters_holds_for_the_subscriber() -> None:
    ann = add("Ann")
    suppress("aNN@EXAMPLE.org", SuppressionReason.COMPLAINED, now=NOW)
    assert listed(TODAY) == [(ann, "suppressed")]


def test_who_left_or_never_confirmed_is_not_listed() -> None:
    add_left("ann")
    add_pending("pat")
    assert listed(TODAY) == []


def test_who_pauses_is_not_listed_before_the_day_and_returns_on_it_without_any_act() -> None:
    ann = add_paused("ann")
    assert listed(date(2026, 4, 19)) == []
    assert listed(BACK) == [(ann, "")]
    assert listed(date(2026, 4, 21)) == [(ann, "")]


def test_a_suppressed_subscriber_stays_suppressed_after_a_pause() -> None:
    ann = add_paused("ann")
    suppress_subscriber(ann, SuppressionReason.BOUNCED, now=NOW)
    assert listed(BACK) == [(ann, "suppressed")]


def test_only_those_of_the_days_rhythms_are_listed() -> None:
    people = {rhythm: wanting(rhythm.value, rhythm=rhythm.value) for rhythm in Rhythm}
    assert listed(TODAY, Rhythm.DAILY) == [(people[Rhythm.DAILY], "")]
    saturday = (Rhythm.DAILY, Rhythm.WEEKLY)
    assert listed(TODAY, *saturday) == [(people[rhythm], "") for rhythm in saturday]
    assert len(listed(TODAY)) == len(Rhythm)


def test_of_a_rhythm_that_is_not_due_those_are_listed_who_follow_something() -> None:
    wanting("idle", rhythm="big")
    keen = wanting("keen", rhythm="big", follows="company:Lynas")
    assert listed(TODAY, Rhythm.DAILY, if_following={Rhythm.BIG}) == [(keen, "")]
    assert audience.size(TODAY, {Rhythm.DAILY}, if_following={Rhythm.BIG}) == 1


def test_only_a_part_of_the_audience_is_listed_where_one_is_named() -> None:
    add("ann")
    press = wanting("press", source="press")
    assert listed(TODAY, only=Q(source="press")) == [(press, "")]


def test_a_part_that_is_left_out_is_listed_with_its_name() -> None:
    ann, press = add("ann"), wanting("press", source="press")
    bounced = add_suppressed("bounced")
    models.Subscriber.objects.filter(id=bounced).update(source="press")
    without = [("friends 100%", Q(source="friend")), ("the press", Q(source="press"))]
    assert listed(TODAY, without=without) == [
        (ann, ""),
        (press, "segment:the press"),
        (bounced, "suppressed"),
    ]


def test_the_hours_are_of_those_who_receive_each_once() -> None:
    for name in ("ann", "bob"):
        wanting(name, hour=7, time_zone="Asia/Tokyo")
    wanting("eve", hour=7)
    wanting("now", time_zone="Asia/Tokyo")
    gone = wanting("gone", hour=9)
    signup.leave(gone, act=Act(How.FORM, NOW))
    assert audience.hours(TODAY) == [(7, ""), (7, "Asia/Tokyo")]


def test_the_choices_are_each_once_and_the_commonest_first() -> None:
    wanting("one", sections="Policy & trade", rhythm="weekly")
    for name in ("a", "b", "c"):
        wanting(name, depth="full", hour=len(name), language="de")
    found = list(audience.choices(TODAY))
    assert found == [
        Preferences(depth=Depth.FULL),
        Preferences(rhythm=Rhythm.WEEKLY, sections=("Policy & trade",)),
    ]


def test_the_second_look_gives_what_the_reader_wants_by_now() -> None:
    ann = wanting("ann", sections="A\nB", hour=7, mail_format="text")
    wanted = audience.mailable([ann], TODAY)[ann].preferences
    assert (wanted.sections, wanted.hour, wanted.mail_format) == (("A", "B"), 7, MailFormat.TEXT)


def test_the_size_counts_those_to_be_mailed() -> None:
    add("ann")
    add_suppressed("bob")
    add_paused("eve")
    add_left("joe")
    assert (audience.size(TODAY), audience.size(BACK)) == (1, 2)


def test_the_second_look_gives_address_and_name_of_those_still_to_be_mailed() -> None:
    ann = add("ann")
    others = [add_left("l"), add_paused("p"), add_pending("n"), add_suppressed("s"), 4711]
    found = audience.mailable([ann, *others], TODAY)
    assert found == {ann: Recipient(ann, "ann@example.org", "ann")}


def test_the_second_look_is_limited_to_the_numbers_asked_for() -> None:
    ann, _ = add("ann"), add("bob")
    assert list(audience.mailable([ann], TODAY)) == [ann]
    assert audience.mailable([], TODAY) == {}


def test_the_second_look_sees_who_left_after_the_ledger_was_planned() -> None:
    ann = add("ann")
    assert listed(TODAY) == [(ann, "")]
    signup.leave(ann, act=Act(How.ONE_CLICK, NOW))
    assert audience.mailable([ann], TODAY) == {}


def test_the_second_look_is_one_query(django_assert_num_queries: object) -> None:
    numbers = [add(f"reader{number}") for number in range(20)]
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(audience.mailable(numbers, TODAY)) == 20


def test_every_exclusion_has_its_word() -> None:
    assert audience.why_not(add("ann"), TODAY) is Exclusion.NONE
    assert audience.why_not(add_left("left"), TODAY) is Exclusion.LEFT
    assert audience.why_not(add_pending("pending"), TODAY) is Exclusion.PENDING
    assert audience.why_not(add_suppressed("bounced"), TODAY) is Exclusion.SUPPRESSED
    assert audience.why_not(4711, TODAY) is Exclusion.GONE
    paused = add_paused("paused")
    assert audience.why_not(paused, TODAY) is Exclusion.PAUSED
    assert audience.why_not(paused, BACK) is Exclusion.NONE


def test_the_list_and_the_second_look_agree() -> None:
    for number, make in enumerate([add, add_left, add_paused, add_pending, add_suppressed]):
        make(f"reader{number}")
    everybody = list(models.Subscriber.objects.values_list("id", flat=True))
    for day in (TODAY, BACK):
        planned = {number for number, reason in listed(day) if not reason}
        assert planned == set(audience.mailable(everybody, day))
        assert planned == {number for number in everybody if not audience.why_not(number, day)}
