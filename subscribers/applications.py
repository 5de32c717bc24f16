"""Sign-ups as they come in: each is only written down, and looked at a moment later.

A page must answer the same bytes in the same time whoever an address belongs to, so it does the
same work for all: one row, nothing looked up. `settle` then decides, out of sight, and in one
transaction makes the subscriber and the notice that is owed. Budgets are counted from these rows.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Q

from subscribers import notices, store
from subscribers.address import normal_address, plain_line, plain_name
from subscribers.errors import AddressError
from subscribers.limits import Budgets, domain_of, mailbox_of, neighbourhood_of
from subscribers.models import Application, HashKey, PendingAct, Suppression
from subscribers.suppression import hasher
from subscribers.values import Act, ConsentKind, How, NoticeKind, Status

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from subscribers.values import Subscriber

__all__ = ["Budgets", "Settled", "apply", "prune", "settle", "spent_budget"]

_HOUR, _DAY, _WEEK, _MONTH = (timedelta(hours=hours) for hours in (1, 24, 168, 720))
_MAILED = ("confirm", "already")  # outcomes that led to a mail
_PERSONAL = dict.fromkeys(("address", "name", "language", "source", "page", "network"), "")
_LANGUAGE = re.compile(r"[A-Za-z0-9-]{0,8}", re.ASCII)
_SOURCE, _PAGE, _NETWORK = 100, 200, 45  # longest texts
_BATCH = 500


@dataclass(frozen=True)
class Settled:
    """What became of a batch: how many were looked at, and how many per outcome.

    Outcomes are `confirm`, `already`, `suppressed`, `budget` and `invalid`.
    """

    count: int
    outcomes: dict[str, int]


def apply(
    address: str,
    *,
    act: Act,
    name: str = "",
    language: str = "",
    source: str = "form",
    counted_network: str | None = None,
    answered: bool = False,
) -> None:
    """Write a sign-up down; the same work whoever the address belongs to.

    `counted_network` is what the budget of a network is counted by, where `act.network` is less
    than that or nothing; only its keyed hash is kept. `answered` says that a challenge was met:
    then the budgets of the domain, the network and all hold nothing back, only those of the
    address.

    Raises:
        AddressError: this is not an address we can mail.
    """
    normal = normal_address(address)
    network = act.network if counted_network is None else counted_network
    with transaction.atomic():
        Application.objects.create(
            asked_at=act.now,
            address=normal,
            name=plain_name(name),
            language=language if _LANGUAGE.fullmatch(language) else "",
            source=plain_line(_source_of(act, source), _SOURCE),
            page=plain_line(act.page, _PAGE),
            wording_id=store.save_wording(act.wording),
            network=plain_line(act.network, _NETWORK),
            **_hashes(normal, network, answered=answered),
        )


def spent_budget(address: str, network: str, budgets: Budgets, now: datetime) -> str:
    """The budget that one more sign-up would overrun: `domain`, `network`, `all`, or "".

    It does not depend on who the address belongs to.

    Raises:
        AddressError: this is not an address we can mail.
    """
    normal = normal_address(address)
    hashes = _hashes(normal, network)
    rows = Application.objects.filter(asked_at__gt=now - _HOUR)
    return _spent(rows, hashes["domain_hash"], hashes["network_hash"], domain_of(normal), budgets)


def settle(now: datetime, budgets: Budgets, *, remind_after: timedelta, most: int = 100) -> Settled:
    """Look at the sign-ups that wait, oldest first: at most `most` in one transaction.

    Unknown address: a pending subscriber, and `confirm` is owed. Pending: `confirm` again. Left:
    `confirm`, and the status stays until it is pressed. Active or paused: `already` is owed.
    Suppressed, or over a budget: nothing. While another process settles, nothing is looked at and
    the count is 0.

    Raises:
        HashKeyError: the key of the suppression list is lost.
    """
    if not Application.objects.filter(outcome="").exists():
        return Settled(0, {})  # without the lock that a transaction takes in SQLite
    with transaction.atomic():
        if not _is_ours_alone():
            return Settled(0, {})
        rows = list(Application.objects.filter(outcome="").order_by("id")[:most])
        outcomes = Counter(_settle_one(row, now, budgets, remind_after) for row in rows)
    return Settled(len(rows), dict(outcomes))


def prune(now: datetime) -> int:
    """Forget sign-ups older than a month, and pending subscribers who never confirmed within it.

    The addresses in requests that are a week old go as well. Answers how many
    sign-ups and subscribers were forgotten.
    """
    with transaction.atomic():
        lock()
        forgotten, _ = Application.objects.filter(asked_at__lt=now - _MONTH).delete()
        stale = PendingAct.objects.filter(asked_at__lt=now - _WEEK).exclude(address="")
        stale.update(address="", address_hash="")
    while True:
        with transaction.atomic():
            ids = store.lock_unconfirmed(now - _MONTH, _BATCH)
            store.forget(ids)
        forgotten += len(ids)
        if len(ids) < _BATCH:
            return forgotten


def lock() -> None:
    """Keep others from settling until the transaction ends; whoever settles is waited for."""
    list(HashKey.objects.select_for_update().values_list("id"))


def empty(hashed: str, now: datetime) -> None:
    """Take what is personal out of the sign-ups for a keyed hash; none of them waits any more."""
    rows = Application.objects.filter(address_hash=hashed)
    rows.update(**_PERSONAL)
    rows.filter(outcome="").update(outcome="suppressed", settled_at=now)


def has_spent_mailbox(address: str, budgets: Budgets, now: datetime) -> bool:
    """Whether the mailbox of a normal address had its mails of the day or of the month."""
    return _is_mailbox_spent(hasher()(mailbox_of(address)), budgets, now)


def save_mailed(address: str, outcome: str, now: datetime) -> None:
    """Count a mail to a normal address that no sign-up led to, without keeping the address."""
    hashes = _hashes(address, "", answered=True) | {"network_hash": ""}
    Application.objects.create(asked_at=now, settled_at=now, outcome=outcome, **hashes)


def _is_ours_alone() -> bool:
    """One settles at a time, so that two sign-ups for one mailbox see each other's mail."""
    hasher()  # refuses a lost key, which would look like a locked one
    rows = HashKey.objects.select_for_update(skip_locked=True)
    return rows.values_list("id").first() is not None


def _settle_one(row: Application, now: datetime, budgets: Budgets, remind_after: timedelta) -> str:
    outcome = _outcome(row, now, budgets, remind_after)
    settled = Application.objects.filter(id=row.id)
    settled.update(**_PERSONAL, outcome=outcome, settled_at=now)
    return outcome


def _outcome(row: Application, now: datetime, budgets: Budgets, remind_after: timedelta) -> str:
    try:
        address = normal_address(row.address)
    except AddressError:
        return "invalid"
    if Suppression.objects.filter(address_hash=row.address_hash).exists():
        return "suppressed"
    if _is_mailbox_spent(row.mailbox_hash, budgets, now) or _is_hour_spent(row, address, budgets):
        return "budget"
    person = _person(row, address)
    if person.status in (Status.ACTIVE, Status.PAUSED):
        notices.owe(person.id, NoticeKind.ALREADY, now)
        return "already"
    _await_confirmation(person, row, now)
    if not _had_mail(row.mailbox_hash, now):  # else a reminder would be one mail too many
        _remind(person.id, row.asked_at + remind_after, now)
    return "confirm"


def _is_mailbox_spent(mailbox_hash: str, budgets: Budgets, now: datetime) -> bool:
    rows = _mails_to(mailbox_hash, now)
    mails = rows.aggregate(day=Count("id", filter=Q(settled_at__gt=now - _DAY)), month=Count("id"))
    is_day_spent: bool = mails["day"] >= budgets.per_address_day
    return is_day_spent or mails["month"] >= budgets.per_address_month


def _had_mail(mailbox_hash: str, now: datetime) -> bool:
    return _mails_to(mailbox_hash, now).exists()


def _mails_to(mailbox_hash: str, now: datetime) -> QuerySet[Application]:
    """The month's sign-ups that led to a mail to the mailbox."""
    return Application.objects.filter(
        mailbox_hash=mailbox_hash, outcome__in=_MAILED, settled_at__gt=now - _MONTH
    )


def _is_hour_spent(row: Application, address: str, budgets: Budgets) -> bool:
    if not row.domain_hash:  # a challenge was answered
        return False
    before = Application.objects.filter(asked_at__gt=row.asked_at - _HOUR, id__lt=row.id)
    spent = _spent(before, row.domain_hash, row.network_hash, domain_of(address), budgets)
    return spent != ""


def _spent(
    rows: QuerySet[Application], domain_hash: str, network_hash: str, domain: str, budgets: Budgets
) -> str:
    found = rows.aggregate(
        domain=Count("id", filter=Q(domain_hash=domain_hash)),
        network=Count("id", filter=Q(network_hash=network_hash)),
        all=Count("id"),
    )
    limits = {
        "domain": budgets.of_domain(domain),
        "network": budgets.per_network_hour,
        "all": budgets.per_hour,
    }
    return next((name for name, most in limits.items() if found[name] >= most), "")


def _person(row: Application, address: str) -> Subscriber:
    number, _ = store.save_new(
        address, row.name, Status.PENDING, row.asked_at, source=row.source, language=row.language
    )
    return store.lock_subscriber(number)


def _await_confirmation(person: Subscriber, row: Application, now: datetime) -> None:
    store.save_asked(person, row.asked_at, name=row.name, language=row.language)
    store.save_act(person.id, ConsentKind.AGREED, _act_of(row))
    notices.owe(person.id, NoticeKind.CONFIRM, now)


def _remind(person_id: int, remind_at: datetime, now: datetime) -> None:
    if remind_at > now and not notices.is_owed(person_id, NoticeKind.REMIND):
        notices.owe(person_id, NoticeKind.REMIND, remind_at)


def _act_of(row: Application) -> Act:
    how = How.API if row.source.startswith(How.API) else How.FORM
    wording = row.wording.text if row.wording else ""
    return Act(how, row.asked_at, row.page, wording, row.network)


def _source_of(act: Act, source: str) -> str:
    """Where a sign-up came from; what came by the JSON address always says so."""
    is_told = act.how is not How.API or source.startswith(How.API)
    return source if is_told else f"{How.API}:{source}"


def _hashes(normal: str, network: str, *, answered: bool = False) -> dict[str, str]:
    """The hashes that budgets are counted by; an answered sign-up counts for no domain."""
    hashed = hasher()
    return {
        "address_hash": hashed(normal),
        "mailbox_hash": hashed(mailbox_of(normal)),
        "domain_hash": "" if answered else hashed(domain_of(normal)),
        "network_hash": hashed(f"network {neighbourhood_of(network)}"),
    }
