"""Preferences, from the link in every mail: everything about a subscription on one page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from newsletter.budgets import budgets_of
from newsletter.catalogue import supported
from newsletter.web.choices import (
    HOURS,
    choices_of,
    choices_typed,
    faults_of,
    preferences_meant,
    with_likely_zone,
    without_idle_zone,
    zones_by_region,
)
from newsletter.web.following import load_offers
from newsletter.web.personal import (
    after,
    come_back,
    is_active,
    is_paused,
    leave,
    page_again,
    pause,
    pause_values,
    personal,
    pressed,
    shown,
    visit_of,
)
from newsletter.web.templating import words
from subscribers import requests, signup
from subscribers.choices import MOST_FOLLOWS
from subscribers.errors import (
    AddressError,
    PauseError,
    PreferencesError,
    StatusError,
    SuppressedError,
)
from subscribers.tokens import Purpose
from subscribers.values import ActKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse

    from newsletter.web.choices import Choices
    from newsletter.web.personal import Button, Visit
    from subscribers.values import Subscriber


@dataclass(frozen=True)
class _Wrong:
    """What was typed and cannot be taken, so that the page shows it again beside the reason."""

    choices: Choices | None = None
    faults: tuple[str, ...] = ()
    address: str | None = None
    date: str | None = None


def _can_ask(visit: Visit) -> bool:
    """True where a mail can go to the address on record."""
    return not visit.person.suppression


def _gets_mail(visit: Visit) -> bool:
    return visit.gets_mail


_DONE: Mapping[str, Callable[[Visit], bool]] = {
    "back": is_active,
    "paused": is_paused,
    "resumed": is_active,
    "saved": _gets_mail,
    "moved": _gets_mail,
    "address-asked": _gets_mail,
    "address-waits": _gets_mail,
    "export-asked": _can_ask,
    "erase-asked": _can_ask,
}


@personal
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """GET: how they get it, and what can be changed. POST: one of the page's buttons."""
    visit = visit_of(request, token, Purpose.PREFERENCES, "/p/")
    if request.method != "POST":
        return _page(after(visit, _DONE))
    forms = {"save": _save, "move": _move, "pause": _pause}
    form = forms.get(request.POST.get("act", ""))
    return form(visit) if form else pressed(visit, _BUTTONS)


def _save(visit: Visit) -> HttpResponse:
    """The large form: rhythm, depth, sections, follows, hour, format, language and name."""
    typed, sections = choices_typed(visit.request.POST), _sections()
    offers = load_offers(visit.person.preferences.follows, visit.today)
    faults = faults_of(typed, sections, offers)
    if faults:
        return _page(visit, _Wrong(choices=typed, faults=faults), status=422)
    kept = without_idle_zone(typed, visit.person.preferences, visit.language)
    wanted = preferences_meant(kept, sections, offers)
    try:
        saved = signup.change(visit.person.id, wanted, typed.name, act=visit.act("save"))
    except PreferencesError:
        return _page(visit, _Wrong(choices=typed, faults=("choices",)), status=422)
    except (StatusError, SuppressedError):
        return page_again(visit.request)  # they left meanwhile, in another window
    return _saved(visit, saved)


def _saved(visit: Visit, saved: Subscriber) -> HttpResponse:
    """The page again, in the language they chose if they chose another."""
    has_new_language = saved.preferences.language != visit.person.preferences.language
    return page_again(visit.request, "saved", keeps_language=not has_new_language)


def _move(visit: Visit) -> HttpResponse:
    """Another address: the same answer whoever it belongs to."""
    typed = visit.request.POST.get("address", "").strip()
    try:
        requests.ask_new_address(
            visit.person.id, typed, act=visit.act("move"), budgets=budgets_of(settings.CONFIG)
        )
    except AddressError:
        return _page(visit, _Wrong(address=typed), status=422)
    except (StatusError, SuppressedError):
        return page_again(visit.request, "address-waits")
    return page_again(visit.request, "address-asked")


def _pause(visit: Visit) -> HttpResponse:
    given = visit.request.POST.get("until", "").strip()
    try:
        pause(visit, given)
    except (ValueError, PauseError):
        return _page(visit, _Wrong(date=given), status=422)
    except StatusError:
        return page_again(visit.request)
    return page_again(visit.request, "paused")


def _resume(visit: Visit) -> Subscriber:
    return signup.resume(visit.person.id, act=visit.act("resume"))


def _ask_export(visit: Visit) -> None:
    requests.ask(visit.person.id, ActKind.EXPORT, act=visit.act("export"))


def _ask_erase(visit: Visit) -> None:
    requests.ask(visit.person.id, ActKind.ERASE, act=visit.act("ask_erase"))


_BUTTONS: Mapping[str, Button] = {
    "leave": (leave, ""),
    "come-back": (come_back, "back"),
    "resume": (_resume, "resumed"),
    "export": (_ask_export, "export-asked"),
    "erase": (_ask_erase, "erase-asked"),
}


def _page(visit: Visit, wrong: _Wrong | None = None, *, status: int = 200) -> HttpResponse:
    wrong = wrong or _Wrong()
    sections = _sections()
    values = {
        **pause_values(visit, wrong.date),
        "wrong_address": wrong.address,
        "has_moved_lately": requests.has_moved_lately(visit.person.id, visit.now),
        "faults": wrong.faults,
        "chosen": wrong.choices
        or with_likely_zone(choices_of(visit.person, sections), visit.language),
        "name": visit.person.name,
        "sections": sections,
        "offers": load_offers(visit.person.preferences.follows, visit.today),
        "most_follows": MOST_FOLLOWS,
        "hours": HOURS,
        "zones": zones_by_region(),
        "own_zone": settings.CONFIG.schedule.timezone,
        "own_language": words(visit.language).language_name(
            supported(settings.CONFIG.newsletter.language) or "en"
        ),
    }
    return shown(visit, "preferences.html", values, status)


def _sections() -> tuple[str, ...]:
    """The names of the sections; a newsletter with a single one offers no choice of them."""
    names = tuple(section.name for section in settings.CONFIG.edition.sections)
    return names if len(names) > 1 else ()
