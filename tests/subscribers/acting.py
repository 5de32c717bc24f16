"""What the tests of subscribers' acts share: moments, people where they stand, all that is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Thread
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection, transaction

from subscribers import applications, models, notices, signup, store
from subscribers.applications import Budgets, Settled
from subscribers.suppression import suppress
from subscribers.values import (
    Act,
    How,
    OwedNotice,
    Subscriber,
    SuppressionReason,
)

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 4, 7, 7, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WORDS = "I agree to get the daily update."
VICTIM = "victim@example.org"


def form(now: datetime = NOW, network: str = "203.0.113.7") -> Act:
    return Act(How.FORM, now, "/subscribe", WORDS, network)


def command(now: datetime = NOW) -> Act:
    return Act(How.COMMAND, now, "newsletter subscribers", actor="operator")


def sign_up(address: str = VICTIM, now: datetime = NOW, **more: Any) -> None:
    applications.apply(address, act=form(now, more.pop("network", "203.0.113.7")), **more)


def settle(now: datetime = NOW, **more: Any) -> Settled:
    given: dict[str, Any] = {"budgets": Budgets(), "remind_after": DAY}
    return applications.settle(now, **given | more)


def person(address: str = VICTIM) -> Subscriber:
    found = store.find_subscriber(address)
    assert found is not None
    return found


def owed() -> list[str]:
    return list(models.Notice.objects.order_by("id").values_list("kind", flat=True))


def planned() -> list[str]:
    rows = models.Notice.objects.filter(state="planned").order_by("id")
    return list(rows.values_list("kind", flat=True))


def mailed(now: datetime) -> list[OwedNotice]:
    """Claim all that is due, as the sweep does, and say that it left."""
    found: list[OwedNotice] = []
    while batch := _claimed(now):
        for notice in batch:
            notices.record(notice.id, "accepted", "", now)
        found += batch
    return found


def _claimed(now: datetime) -> list[OwedNotice]:
    with transaction.atomic():
        return notices.claim_due(now, 50)


def pending(address: str = VICTIM) -> int:
    """Somebody whose sign-up waits, and whose confirmation is owed."""
    sign_up(address)
    settle()
    return person(address).id


def active(address: str = VICTIM) -> int:
    return signup.add(address, "Ann Lee", act=command()).id


def paused(address: str = VICTIM) -> int:
    number = active(address)
    signup.pause_until(number, date(2026, 5, 1), act=form())
    return number


def left(address: str = VICTIM) -> int:
    number = active(address)
    signup.leave(number, act=form())
    return number


def unconfirmed(address: str = VICTIM) -> int:
    """Somebody who left before they ever confirmed."""
    number = pending(address)
    signup.leave(number, act=form())
    return number


def waiting(address: str = VICTIM) -> int:
    """Somebody who left and signed up anew."""
    number = left(address)
    sign_up(address)
    settle()
    return number


def suppressed(address: str = VICTIM) -> int:
    number = active(address)
    suppress(address, SuppressionReason.COMPLAINED, now=NOW)
    return number


MAKERS: dict[str, Callable[[], int]] = {
    "pending": pending,
    "active": active,
    "paused": paused,
    "left": left,
    "unconfirmed": unconfirmed,
    "waiting": waiting,
}


def stands(number: int) -> str:
    found = store.load_subscriber(number)
    return found.status.value if found else "gone"


def everything() -> str:
    """All that all tables of the subscribers hold, as one text."""
    tables = apps.get_app_config("subscribers").get_models()
    return "\n".join(str(list(table._default_manager.values())) for table in tables)


def at_once(*acts: Callable[[], object]) -> None:
    """Each in a thread with a connection of its own."""

    def run(act: Callable[[], object]) -> None:
        try:
            act()
        finally:
            connection.close()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
