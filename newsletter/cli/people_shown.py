"""`newsletter subscribers show`: one person, and the record that proves their consent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.common import Options, open_app, open_config, shared_options
from newsletter.cli.people_words import (
    address_argument,
    faults_told,
    moment_iso,
    moment_words,
    preference_words,
)
from newsletter.core.words import clean
from newsletter.errors import NewsletterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from newsletter.config import Config
    from subscribers.values import ConsentRecord, Subscriber, SuppressionRecord

VERSION_SHOWN = 12  # signs of a wording's version, enough to find it below
NOT_A_SUBSCRIBER = (
    "Nobody on the list has this address; what follows is known by its keyed hash alone."
)


@click.command()
@shared_options
@address_argument
@click.option("--history", is_flag=True, help="All that was agreed, changed and withdrawn.")
def show(options: Options, address: str, history: bool) -> None:
    """Show where ADDRESS stands, also after an erasure: then its hash is all there is."""
    config = open_config(options)
    app = open_app(config)
    from subscribers import listing, store, suppression

    with faults_told():
        person = store.find_subscriber(address)
        never = listing.suppression_of(address)
        acts = suppression.load_acts(address)
    if person is None and never is None and not acts:
        raise NewsletterError("nobody on the list has this address, nor is it suppressed")
    records = store.load_history(person.id) if person and history else []
    today = app.clock.now().astimezone(config.zone).date()
    if options.as_json:
        told = _document(person, never, today)
        told |= _history_document(records, acts) if history else {}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    lines = [*_person_lines(person, config, today), *_suppression_lines(never, acts, config)]
    if history:
        lines += [*_record_lines(records, config), *_act_lines(acts, config)]
        lines += _wording_lines(records)
    click.echo("\n".join(lines))


def _person_lines(person: Subscriber | None, config: Config, today: date) -> Iterator[str]:
    if person is None:
        yield NOT_A_SUBSCRIBER
        return
    yield " ".join([person.address, f"({clean(person.name)})" if person.name else ""]).rstrip()
    yield _line("status", _status_words(person, today))
    yield _line("number", str(person.id))
    yield _line("came", moment_words(person.created_at, config.zone))
    for label, moment in _moments(person):
        yield _line(label, moment_words(moment, config.zone))
    yield _line("from", clean(person.source) or "not known")
    for label, words in preference_words(person.preferences, config).items():
        yield _line(label, words)
    for key, value in person.attributes.items():
        yield _line("attribute", f"{clean(key)}: {clean(str(value))}")


def _moments(person: Subscriber) -> Iterator[tuple[str, datetime]]:
    if person.activated_at:
        yield "joined", person.activated_at
    if person.asked_at:
        yield "asked", person.asked_at
    if person.changed_at != person.created_at:
        yield "changed", person.changed_at


def _status_words(person: Subscriber, today: date) -> str:
    status = person.status_on(today).value
    return f"paused until {person.paused_until}" if status == "paused" else status


def _suppression_lines(
    never: SuppressionRecord | None, acts: Sequence[SuppressionRecord], config: Config
) -> Iterator[str]:
    if never:
        yield _line("never mailed", f"{_why(never)}, since {_when(never.happened_at, config)}")
    elif acts:
        yield _line("mailed", "it was on the suppression list and was taken off it")


def _why(record: SuppressionRecord) -> str:
    by = f" by {clean(record.actor)}" if record.actor else ""
    note = f" ({clean(record.note)})" if record.note else ""
    return f"{record.reason}{by}{note}"


def _record_lines(records: Sequence[ConsentRecord], config: Config) -> Iterator[str]:
    if records:
        yield "History"
    for record in records:
        yield f"  {_when(record.happened_at, config)}  {record.kind}, {record.how}"
        for label, words in _facts(record):
            yield f"      {label:8} {words}"


def _facts(record: ConsentRecord) -> Iterator[tuple[str, str]]:
    """What else a record says, each with its name; nothing of what is empty."""
    proof = ", ".join(f"{key}: {value}" for key, value in record.proof.items())
    facts = {
        "page": record.page,
        "detail": record.detail,
        "network": record.network,
        "by": record.actor,
        "proof": proof,
        "wording": record.wording_version[:VERSION_SHOWN],
    }
    return ((label, clean(words)) for label, words in facts.items() if words)


def _act_lines(acts: Sequence[SuppressionRecord], config: Config) -> Iterator[str]:
    if acts:
        yield "Suppression list"
    for record in acts:
        was = "lifted, having been " if record.act == "lifted" else ""
        yield f"  {_when(record.happened_at, config)}  {was}suppressed: {_why(record)}"


def _wording_lines(records: Sequence[ConsentRecord]) -> Iterator[str]:
    """Each wording once, in full."""
    texts = {one.wording_version: one.wording for one in records if one.wording}
    if texts:
        yield "Wordings, by the SHA-256 of each"
    for version, text in texts.items():
        yield f"  {version}"
        yield from (f"      {clean(line)}" for line in text.splitlines())


def _line(label: str, words: str) -> str:
    return f"  {label:13} {words}"


def _when(moment: datetime, config: Config) -> str:
    return moment_words(moment, config.zone)


def _document(
    person: Subscriber | None, never: SuppressionRecord | None, today: date
) -> dict[str, Any]:
    suppression = _act_record(never) if never else None
    return {"subscriber": _person_record(person, today), "suppression": suppression}


def _person_record(person: Subscriber | None, today: date) -> dict[str, Any] | None:
    from dataclasses import asdict

    if person is None:
        return None
    moments = ("created_at", "changed_at", "activated_at", "asked_at")
    return {
        "id": person.id,
        "address": person.address,
        "name": person.name,
        "status": person.status_on(today).value,
        "paused_until": person.paused_until.isoformat() if person.paused_until else None,
        "source": person.source,
        **{name: _iso(getattr(person, name)) for name in moments},
        "preferences": asdict(person.preferences),
        "attributes": dict(person.attributes),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment_iso(moment) if moment else None


def _history_document(
    records: Sequence[ConsentRecord], acts: Sequence[SuppressionRecord]
) -> dict[str, Any]:
    return {
        "history": [_consent_record(one) for one in records],
        "suppression_acts": [_act_record(one) for one in acts],
        "wordings": {one.wording_version: one.wording for one in records if one.wording},
    }


def _consent_record(record: ConsentRecord) -> dict[str, Any]:
    return {
        "at": moment_iso(record.happened_at),
        "kind": record.kind.value,
        "how": record.how.value,
        "page": record.page,
        "detail": record.detail,
        "network": record.network,
        "actor": record.actor,
        "proof": dict(record.proof),
        "wording_version": record.wording_version,
    }


def _act_record(record: SuppressionRecord) -> dict[str, Any]:
    return {
        "at": moment_iso(record.happened_at),
        "act": record.act,
        "reason": record.reason.value,
        "actor": record.actor,
        "note": record.note,
    }
