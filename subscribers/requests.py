"""What a subscriber asks for on a page and confirms by a press in a mail: within a day, once.

A new address is confirmed at the new one. An export and an erasure are confirmed at the present
one, since the preferences link stands in every mail and mails are passed on.

The subscriber is locked before the request is read, so of two presses at once the second one finds
the request done.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q

from subscribers import applications, moves, notices, privacy, store
from subscribers.address import normal_address
from subscribers.errors import AddressError, NoSubscriberError, StatusError, SuppressedError
from subscribers.limits import Budgets
from subscribers.models import PendingAct
from subscribers.signup import refuse_suppressed
from subscribers.suppression import address_hash, is_suppressed
from subscribers.values import ActKind, ConsentKind, NoticeKind, Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from subscribers.values import Act, Subscriber

_A_DAY = {ActKind.ADDRESS: 3, ActKind.EXPORT: 1, ActKind.ERASE: 1}
"""How many of them within a day; each is a mail to somebody."""

WAY_BACK = timedelta(days=7)
"""So long after a move the old address can take it back, and nobody exports or erases."""

_MOVES = (ActKind.ADDRESS, ActKind.UNDO)
_ON_THE_LIST = (Status.ACTIVE, Status.PAUSED)


def ask_new_address(
    subscriber_id: int, address: str, *, act: Act, budgets: Budgets | None = None
) -> None:
    """Owe the new address a mail to confirm it; nothing moves before.

    The answer is the same where the new address is somebody else's or suppressed: then no mail is
    owed (somebody else: `already` to them), and where the mailbox had its mails of the day. Who
    never confirmed or left under the new address is not somebody else: it is their mailbox.

    Raises:
        AddressError: this is not an address we can mail, or the one that is mailed already.
        NoSubscriberError, SuppressedError
        StatusError: the subscriber is not on the list, or asked for three moves in a day.
    """
    normal = normal_address(address)
    with transaction.atomic():
        applications.lock()
        person = store.lock_subscriber(subscriber_id)
        refuse_suppressed(person)
        moves.refuse_unless_in(person, "move")
        if address_hash(person.address) == address_hash(normal):
            raise AddressError("the newsletter goes to this address already")
        if _is_asked_lately(subscriber_id, ActKind.ADDRESS, act.now):
            raise StatusError("a new address can be asked for three times a day; please wait")
        asked = _save(subscriber_id, ActKind.ADDRESS, act, normal)
        _owe_to_new_address(asked, budgets or Budgets(), act.now)


def ask(subscriber_id: int, kind: ActKind, *, act: Act) -> None:
    """Owe the present address a mail that leads to an export or an erasure; one of each a day.

    Within that day the mail that left already says the same, and nothing happens.

    Raises:
        NoSubscriberError, SuppressedError
        StatusError: the address changed within the last week. Whoever holds a mail that was
            passed on could move a subscription to see what is kept of its owner.
    """
    with transaction.atomic():
        refuse_suppressed(store.lock_subscriber(subscriber_id))
        if has_moved_lately(subscriber_id, act.now):
            raise StatusError("the address changed within the last week; please wait, or write")
        if not _is_asked_lately(subscriber_id, kind, act.now):
            asked = _save(subscriber_id, kind, act)
            notices.owe(subscriber_id, NoticeKind(kind.value), act.now, act_id=asked.id)


def person_of(act_id: int, kind: ActKind, now: datetime) -> Subscriber:
    """Whose request it is, while it can be confirmed.

    Raises:
        StatusError: too old, or done already.
        NoSubscriberError: the subscriber is gone, or there is no such request.
    """
    asked = _load(act_id, kind)
    person = store.load_subscriber(asked.subscriber_id)
    if person is None:
        raise _gone()
    _refuse_unless_open(asked, now)
    return person


def has_moved_lately(subscriber_id: int, now: datetime) -> bool:
    """True for a week after a change of address that was not taken back."""
    rows = PendingAct.objects.filter(subscriber_id=subscriber_id, kind=ActKind.UNDO.value)
    return rows.filter(done_at=None, asked_at__gt=now - WAY_BACK).exists()


def confirm_new_address(act_id: int, *, act: Act) -> Subscriber:
    """Move the subscription to the new address; `moved` is owed to the old one.

    The mail to the old address leads to a way back, for a week. What was asked for before and
    waits for a press in a mail is void either way; of the ways back a later move leaves the
    earlier ones open, or else whoever moves on from a stolen address would shut out its owner.

    Raises:
        StatusError, NoSubscriberError: as for `person_of`.
        SuppressedError: the new address must never be mailed, or is somebody else's by now.
    """
    with transaction.atomic():
        person, asked = _locked(act_id, ActKind.ADDRESS, act.now)
        is_way_back = asked.kind == ActKind.UNDO
        if not is_way_back:
            moves.refuse_unless_in(person, "move")
        _make_room(asked.address)
        _take_address(person.id, asked.address, act.now)
        _close(asked, act.now)
        _void_the_rest(asked, act.now)
        told = "change of address taken back" if is_way_back else "address changed"
        store.save_act(person.id, ConsentKind.CHANGED, act, told)
        if not is_way_back:
            undo = _save(person.id, ActKind.UNDO, act, person.address)
            notices.owe(person.id, NoticeKind.MOVED, act.now, act_id=undo.id)
        return store.lock_subscriber(person.id)


def _void_the_rest(done: PendingAct, now: datetime) -> None:
    """What waits besides; ways back only where they undo what was moved since the one taken."""
    rows = PendingAct.objects.filter(subscriber_id=done.subscriber_id)
    rows.filter(kind__in=[ActKind.EXPORT.value, ActKind.ERASE.value]).delete()
    is_later_way_back = Q(kind=ActKind.UNDO.value, id__gt=done.id)
    voided = rows.filter(Q(kind=ActKind.ADDRESS.value) | is_later_way_back, done_at=None)
    voided.update(done_at=now, address="", address_hash="")


def export(act_id: int, *, act: Act, also: Mapping[str, object] | None = None) -> dict[str, object]:
    """Everything that is kept of the subscriber, as plain JSON values; may be fetched again.

    `also` is what the caller keeps of the subscriber elsewhere, as plain JSON values by name.

    Raises:
        StatusError, NoSubscriberError: as for `person_of`.
    """
    with transaction.atomic():
        person, asked = _locked(act_id, ActKind.EXPORT, act.now)
        if asked.done_at is None:
            _close(asked, act.now)
        return privacy.data_of(person.id, also=also)


def erase(act_id: int, *, act: Act) -> None:
    """Erase whoever asked; see `privacy.erase_subscriber`.

    Raises:
        StatusError, NoSubscriberError: as for `person_of`.
    """
    with transaction.atomic():
        applications.lock()
        person, _ = _locked(act_id, ActKind.ERASE, act.now)
        privacy.erase_subscriber(person.id, act=act)


def _is_asked_lately(subscriber_id: int, kind: ActKind, now: datetime) -> bool:
    rows = PendingAct.objects.filter(subscriber_id=subscriber_id, kind=kind.value)
    return rows.filter(asked_at__gt=now - timedelta(days=1)).count() >= _A_DAY[kind]


def _save(subscriber_id: int, kind: ActKind, act: Act, address: str = "") -> PendingAct:
    return PendingAct.objects.create(
        subscriber_id=subscriber_id,
        kind=kind.value,
        asked_at=act.now,
        address=address,
        address_hash=address_hash(address) if address else "",
    )


def _owe_to_new_address(asked: PendingAct, budgets: Budgets, now: datetime) -> None:
    is_closed = is_suppressed(asked.address)
    if is_closed or applications.has_spent_mailbox(asked.address, budgets, now):
        return
    holder = store.find_subscriber(asked.address)
    if holder and holder.status in _ON_THE_LIST:
        notices.owe(holder.id, NoticeKind.ALREADY, now)
        applications.save_mailed(asked.address, "already", now)
    else:
        notices.owe(asked.subscriber_id, NoticeKind.NEW_ADDRESS, now, act_id=asked.id)
        applications.save_mailed(asked.address, "confirm", now)


def _locked(act_id: int, kind: ActKind, now: datetime) -> tuple[Subscriber, PendingAct]:
    person = store.lock_subscriber(_load(act_id, kind).subscriber_id)
    asked = _load(act_id, kind)
    _refuse_unless_open(asked, now)
    return person, asked


def _load(act_id: int, kind: ActKind) -> PendingAct:
    kinds = _MOVES if kind is ActKind.ADDRESS else (kind,)
    found = PendingAct.objects.filter(id=act_id, kind__in=[one.value for one in kinds]).first()
    if found is None:
        raise _gone()
    return found


def _gone() -> NoSubscriberError:
    return NoSubscriberError("there is no such request, or no such subscriber (any more)")


def _refuse_unless_open(asked: PendingAct, now: datetime) -> None:
    may_be_done_again = asked.kind == ActKind.EXPORT
    if asked.done_at and not may_be_done_again:
        raise StatusError("this was done already")
    is_emptied = asked.kind in _MOVES and not asked.address
    lasts = WAY_BACK if asked.kind == ActKind.UNDO else notices.OPEN_FOR
    if is_emptied or now - asked.asked_at > lasts:
        raise StatusError("this link no longer works; please ask once more")


def _make_room(address: str) -> None:
    """Whoever never confirmed or left under the new address gives way to the one who moves in.

    Raises:
        SuppressedError: the address must never be mailed, or is on the list.
    """
    holder = store.find_subscriber(address)
    if is_suppressed(address) or (holder and holder.status in _ON_THE_LIST):
        raise _taken()
    if holder:
        store.forget([holder.id])


def _take_address(subscriber_id: int, address: str, now: datetime) -> None:
    try:
        with transaction.atomic():
            store.save_address(subscriber_id, address, now)
    except IntegrityError:
        raise _taken() from None


def _taken() -> SuppressedError:
    return SuppressedError("the subscription cannot move to this address")


def _close(asked: PendingAct, now: datetime) -> None:
    """Done: a request does not keep an address longer than it waits."""
    PendingAct.objects.filter(id=asked.id).update(done_at=now, address="", address_hash="")
