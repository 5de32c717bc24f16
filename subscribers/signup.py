"""In, out and back: every act moves a subscriber and appends a consent, in one transaction.

An act that finds nothing to change is no error and leaves no record.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from subscribers import choices, moves, notices, store
from subscribers.address import normal_address, plain_line, plain_name
from subscribers.errors import SuppressedError
from subscribers.suppression import is_suppressed
from subscribers.values import Act, ConsentKind, NoticeKind, Preferences, Status, Subscriber

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

REASON_LENGTH = 200
SOURCE_LENGTH = 100


def add(
    address: str, name: str = "", *, act: Act, source: str = "command", bring_back: bool = False
) -> Subscriber:
    """Add an address by the operator's hand: active at once, on the operator's word.

    The same address again changes nothing; the answer's `is_new` tells. `bring_back` is the
    operator's word that someone who left has asked to come back.

    Raises:
        AddressError: this is not an address we can mail.
        SuppressedError: the address must never be mailed.
        LeftError: the person left, and `bring_back` was not given.
    """
    normal = normal_address(address)
    with transaction.atomic():
        if is_suppressed(normal):
            raise SuppressedError("this address is on the suppression list and is never mailed")
        number, is_new = store.save_new(
            normal,
            plain_name(name),
            Status.ACTIVE,
            act.now,
            source=plain_line(source, SOURCE_LENGTH),
        )
        if is_new:
            store.save_act(number, ConsentKind.AGREED, act)
        else:
            _make(number, lambda person: moves.joining(person, bring_back=bring_back), act)
        return replace(store.lock_subscriber(number), is_new=is_new)


def leave(subscriber_id: int, *, act: Act, reason: str = "") -> Subscriber:
    """Take a subscriber out, at once. `reason` is what they told us of it, in their own words.

    Raises:
        NoSubscriberError: nobody has this number.
    """
    told = plain_line(reason, REASON_LENGTH)
    return _moved(subscriber_id, lambda person: moves.leaving(person, told), act)


def come_back(subscriber_id: int, *, act: Act) -> Subscriber:
    """Undo a leaving, within 30 days of it.

    Raises:
        NoSubscriberError: nobody has this number.
        SuppressedError: the address must never be mailed.
        StatusError: too late, or the subscriber never confirmed.
    """

    def move(person: Subscriber) -> moves.Move | None:
        refuse_suppressed(person)
        return moves.returning(person, act.now)

    return _moved(subscriber_id, move, act)


def pause_until(subscriber_id: int, until: date, *, act: Act) -> Subscriber:
    """Send nothing before `until`; on that day mail comes again by itself.

    Raises:
        NoSubscriberError: nobody has this number.
        StatusError: the subscriber left or never confirmed.
        PauseError: the date is not after today, or more than a year away.
    """
    today = act.now.date()
    return _moved(subscriber_id, lambda person: moves.pausing(person, until, today), act)


def resume(subscriber_id: int, *, act: Act) -> Subscriber:
    """End a pause at once.

    Raises:
        NoSubscriberError: nobody has this number.
        StatusError: the subscriber left or never confirmed.
    """
    return _moved(subscriber_id, moves.resuming, act)


def confirm(subscriber_id: int, *, act: Act) -> Subscriber:
    """The press in the mail: active from now on, and `welcome` is owed.

    Pressed again, nothing changes.

    Raises:
        NoSubscriberError: nobody has this number.
        SuppressedError: the address must never be mailed.
        StatusError: nobody asked within the last 30 days, or they left since.
    """

    def move(person: Subscriber) -> moves.Move | None:
        refuse_suppressed(person)
        return moves.confirming(person, act.now)

    with transaction.atomic():
        if _make(subscriber_id, move, act):
            notices.owe(subscriber_id, NoticeKind.WELCOME, act.now)
        return store.lock_subscriber(subscriber_id)


def change(
    subscriber_id: int, preferences: Preferences, name: str | None = None, *, act: Act
) -> Subscriber:
    """Take new preferences (and a name); the record says which ones changed, from and to what.

    Raises:
        NoSubscriberError: nobody has this number.
        StatusError: the subscriber left or never confirmed.
        PreferencesError: a time zone, an hour, a section or a follow that cannot be kept.
    """
    wanted = choices.checked(preferences)
    with transaction.atomic():
        person = store.lock_subscriber(subscriber_id)
        moves.refuse_unless_in(person, "choose")
        called = person.name if name is None else plain_name(name)
        changes = choices.differences(person.preferences, wanted)
        changes += ["name changed"] if called != person.name else []
        if changes:
            store.save_preferences(subscriber_id, wanted, called, act.now)
            detail = choices.in_one_line(changes)
            store.save_act(subscriber_id, ConsentKind.CHANGED, act, detail)
        return store.lock_subscriber(subscriber_id)


def refuse_suppressed(person: Subscriber) -> None:
    """Raise SuppressedError for someone whose address must never be mailed."""
    if person.suppression:
        raise SuppressedError("this address is on the suppression list and is never mailed")


def _moved(
    subscriber_id: int, decide: Callable[[Subscriber], moves.Move | None], act: Act
) -> Subscriber:
    with transaction.atomic():
        _make(subscriber_id, decide, act)
        return store.lock_subscriber(subscriber_id)


def _make(subscriber_id: int, decide: Callable[[Subscriber], moves.Move | None], act: Act) -> bool:
    person = store.lock_subscriber(subscriber_id)
    move = decide(person)
    if move is not None:
        store.save_move(person, move, act.now)
        store.save_act(subscriber_id, move.kind, act, move.detail)
    return move is not None
