"""What an operator does to one address: add, suppress, lift, erase. Every act is on the record."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from newsletter.cli.common import Options, open_app, open_config, shared_options
from newsletter.cli.people_words import address_argument, by_option, faults_told
from newsletter.cli.sources_rows import may_go_on
from newsletter.errors import NewsletterError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

WORDING = "Added by the operator, who states that this person asked for the newsletter."
REASONS = ("by-hand", "bounced", "complained")
LETTERS = 3  # of an address, to be typed before it is erased


@click.command()
@shared_options
@address_argument
@click.option("--name", default="", help="The person's name.")
@click.option("--again", is_flag=True, help="They left before and have asked to come back.")
@by_option
def add(options: Options, address: str, name: str, again: bool, actor: str) -> None:
    """Add ADDRESS, on your word that its owner asked for it."""
    app = open_app(open_config(options))
    from subscribers import signup
    from subscribers.errors import LeftError, SuppressedError
    from subscribers.values import Act, How

    page = "newsletter subscribers add"
    act = Act(How.COMMAND, app.clock.now(), page, WORDING, actor=actor)
    try:
        with faults_told():
            person = signup.add(address, name, act=act, bring_back=again)
    except NewsletterError as error:
        if isinstance(error.__cause__, LeftError):
            raise NewsletterError(f"{error}; --again says that they asked to come back") from error
        if isinstance(error.__cause__, SuppressedError):
            way_out = (
                "`newsletter subscribers show` says why, `newsletter subscribers lift` ends it"
            )
            raise NewsletterError(f"{error}; {way_out}") from error
        raise
    told = {"id": person.id, "status": person.status.value, "new": person.is_new}
    words = "Added." if person.is_new else f"On the list ({person.status.value})."
    _tell(options, told, words)


@click.command()
@shared_options
@address_argument
@click.option("--reason", type=click.Choice(REASONS), default="by-hand", show_default=True)
@click.option("--note", default="", metavar="TEXT", help="Why, for the record.")
@by_option
def suppress(options: Options, address: str, reason: str, note: str, actor: str) -> None:
    """Never mail ADDRESS again, whoever signs it up or imports it."""
    app = open_app(open_config(options))
    from subscribers import listing, suppression
    from subscribers.values import SuppressionReason

    with faults_told():
        is_new = suppression.suppress(
            address, SuppressionReason(reason), now=app.clock.now(), actor=actor, note=note
        )
        found = listing.suppression_of(address)
    stands = found.reason.value if found else reason
    words = "It is never mailed again; no sign-up and no import gets past that."
    if not is_new:
        words = f"It was on the suppression list already ({stands}); nothing changed."
    _tell(options, {"suppressed": True, "new": is_new, "reason": stands}, words)


@click.command()
@shared_options
@address_argument
@click.option("--note", required=True, metavar="TEXT", help="Why it may be mailed again.")
@by_option
@click.option("--yes", is_flag=True, help="Do not ask.")
def lift(options: Options, address: str, note: str, actor: str, yes: bool) -> None:
    """Take ADDRESS off the suppression list, for a reason that is kept."""
    if not note.strip():
        raise UsageError("--note is empty: say why the address may be mailed again")
    app = open_app(open_config(options))
    from subscribers import listing, store, suppression
    from subscribers.values import Act, How

    with faults_told():
        found = listing.suppression_of(address)
        if found is None:
            raise NewsletterError("this address is not on the suppression list; nothing to lift")
        question = f"{_meaning(found.reason.value, found.happened_at.date().isoformat())} Lift it?"
        if not may_go_on(options, question, yes):
            click.echo("Nothing was lifted.", err=True)
            return
        act = Act(How.COMMAND, app.clock.now(), "newsletter subscribers lift", actor=actor)
        reason = suppression.lift(address, act=act, note=note).value
        person = store.find_subscriber(address)
        status = person.status_on(app.today).value if person else None
    _tell(options, {"lifted": True, "reason": reason, "status": status}, _lifted(status))


def _lifted(status: str | None) -> str:
    if status in ("active", "paused"):
        return f"Lifted. They are on the list ({status}), so mail goes to them again."
    return "Lifted. Nobody is on the list by that alone: who left or was erased signs up again."


def _meaning(reason: str, day: str) -> str:
    told = {
        "bounced": "Mail to it came back as undeliverable; more of that harms your reputation.",
        "complained": "Its owner reported a mail as spam; mailing them again needs their own word.",
        "erased": "Its owner asked to be erased; mailing them again needs their own word.",
        "by-hand": "An operator or an import put it there.",
    }
    return f"On the suppression list since {day}. {told[reason]}"


@click.command()
@shared_options
@address_argument
@by_option
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(options: Options, address: str, actor: str, yes: bool) -> None:
    """Delete what is known of ADDRESS, for good, and never mail it again.

    A keyed hash stays on the suppression list, and of the record of consent what was agreed when,
    under a number that leads to nobody.
    """
    app = open_app(open_config(options))
    from newsletter.store.schema import forget_on_disk
    from subscribers import privacy
    from subscribers.address import normal_address
    from subscribers.values import Act, How

    with faults_told():
        if not yes:
            _ask_for_letters(options, normal_address(address))
        act = Act(How.COMMAND, app.clock.now(), "newsletter subscribers erase", actor=actor)
        was_on_the_list = privacy.erase_address(address, act=act)
        forget_on_disk()
    words = "Erased." if was_on_the_list else "Nobody on the list has this address; it is erased"
    words += "" if was_on_the_list else " wherever else it stood."
    told = {"erased": True, "was_on_the_list": was_on_the_list}
    _tell(options, told, f"{words} A keyed hash stays, so that it is never mailed again.")


def _ask_for_letters(options: Options, address: str) -> None:
    """An address that was pasted wrongly is noticed when its beginning must be typed."""
    if not sys.stdin.isatty() or options.as_json:
        raise UsageError("an erasure cannot be undone, and nobody is here to ask; --yes says so")
    wanted = address[:LETTERS]
    question = f"This cannot be undone. Type the first {LETTERS} characters of the address"
    if click.prompt(question, err=True, default="", show_default=False).lower() != wanted.lower():
        raise NewsletterError("these are not its first characters; nothing was erased")


def _tell(options: Options, told: Mapping[str, object], words: str) -> None:
    click.echo(json.dumps(told) if options.as_json else words)
