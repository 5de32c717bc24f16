"""Alarms: a mail to the operator when sign-ups overran a budget; numbers only, nobody's name.

At most one leaves in an hour. What is refused in between is added up in a file of the state folder
and told by the next one, also when the refusing itself has ended.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from newsletter.catalogue import supported
from newsletter.core.delivery import DeliveryState
from newsletter.core.headers import mailbox
from newsletter.core.mail import Feedback, Letter, message_template, personalise
from newsletter.errors import ConfigError, StoreError, TransportError
from newsletter.messages import brand_of, identity_of
from newsletter.notices_mail import rendered, renderer_of, without_a_list
from newsletter.store.locks import hold_lock
from newsletter.store.moments import take_turn

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from newsletter.core.delivery import Message
    from newsletter.ports import App

EVERY = timedelta(hours=1)
BUDGETS = ("domain", "network", "all", "budget")
"""The budgets of an hour by name, as the form meets them; `budget` is any, met when settling."""
LEAST = 5
"""So many refusals in an hour that were met when settling: fewer are an impatient person's."""


def add_refusals(state: Path, refused: Mapping[str, int], now: datetime) -> None:
    """Add up what was refused, until it is told; names other than of `BUDGETS` are passed over."""
    counted = {name: refused[name] for name in BUDGETS if refused.get(name)}
    if counted:
        with hold_lock(state, "refusals", waits=True):
            since, before = _read(state)
            if since is None or (now - since >= EVERY and not _is_news(before)):
                since, before = now, {}
            _write(state, since, Counter(before) + Counter(counted))


def tell(app: App) -> dict[str, int]:
    """Mail the operator what was refused since the last alarm; says what was told, if anything.

    Raises:
        TransportError: it could not leave. Its numbers are kept for the next one.
        TemporaryError: the same, for now.
    """
    state, now = app.config.state, app.clock.now()
    if not _is_news(_read(state)[1]) or not take_turn(state, "alarm", now, EVERY):
        return {}
    refused = _take(state)
    try:
        _hand_over(app, refused)
    except BaseException:
        add_refusals(state, refused, now)
        raise
    return refused


def alarm_line(refused: Mapping[str, int]) -> str:
    """The alarm as one line for a terminal."""
    numbers = ", ".join(f"{number} ({name})" for name, number in refused.items())
    return f"sign-ups over a budget were refused: {numbers}; see `signup.budgets`"


def _hand_over(app: App, refused: Mapping[str, int]) -> None:
    [outcome] = app.transport.send([_message(app, refused)])
    if outcome.state is not DeliveryState.ACCEPTED:
        raise TransportError(f"the alarm mail did not leave: {outcome.detail}")


def _message(app: App, refused: Mapping[str, int]) -> Message:
    config, now = app.config, app.clock.now()
    identity = without_a_list(identity_of(config))
    operator = config.signup.alarms_to or config.newsletter.reply_to or config.newsletter.sender
    try:
        template = message_template(
            f"alarm:{now.isoformat()}",
            _letter(app, refused),
            identity,
            date=now,
            tokens={},
            is_automatic=True,
            feedback=Feedback("alarm", "notice"),
        )
        return personalise(template, delivery_id=0, recipient=mailbox(operator), values={})
    except ValueError as error:
        raise ConfigError([f"the alarm mail cannot be made: {error}"]) from error


def _letter(app: App, refused: Mapping[str, int]) -> Letter:
    config = app.config
    language = supported(config.newsletter.language) or "en"
    values = {
        "brand": brand_of(config),
        "contact": identity_of(config).sender.address,
        "palette": brand_of(config).palette,
        "language": language,
        "direction": "ltr",
        "link": "",
        "links": None,
        "refused": dict.fromkeys(BUDGETS, 0) | dict(refused),
        "budgets": config.signup.budgets,
    }
    return rendered(renderer_of(config.templates, language), "alarm", values)


def _is_news(refused: Mapping[str, int]) -> bool:
    return any(number >= (LEAST if name == "budget" else 1) for name, number in refused.items())


def _take(state: Path) -> dict[str, int]:
    """Take the numbers away."""
    with hold_lock(state, "refusals", waits=True):
        _, refused = _read(state)
        _file(state).unlink(missing_ok=True)
    return refused


def _write(state: Path, since: datetime, refused: Mapping[str, int]) -> None:
    kept = {"since": since.isoformat(), "refused": dict(refused)}
    try:
        _file(state).write_text(json.dumps(kept), encoding="ascii")
    except OSError as error:
        raise StoreError(f"{_file(state)}: cannot be written: {error.strerror}") from error


def _read(state: Path) -> tuple[datetime | None, dict[str, int]]:
    """Since when, and the numbers; nothing where the file is missing or damaged."""
    try:
        kept = json.loads(_file(state).read_text(encoding="ascii"))
        numbers = {name: int(kept["refused"][name]) for name in BUDGETS if name in kept["refused"]}
        return datetime.fromisoformat(kept["since"]), numbers
    except (OSError, LookupError, TypeError, ValueError):
        return None, {}


def _file(state: Path) -> Path:
    return state / "refusals.json"
