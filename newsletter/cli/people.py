"""`newsletter subscribers`: who is on the list."""

from __future__ import annotations

import json
from collections import Counter

import click

from newsletter.cli.common import Options, open_app, open_config, shared_options
from newsletter.errors import NewsletterError, UsageError

WORDING = "Added by the operator, who states that this person asked for the newsletter."


@click.group()
def subscribers() -> None:
    """Add and list subscribers."""


@subscribers.command()
@shared_options
@click.argument("address")
@click.option("--name", default="", help="The person's name.")
@click.option("--again", is_flag=True, help="They left before and have asked to come back.")
def add(options: Options, address: str, name: str, again: bool) -> None:
    """Add ADDRESS, on your word that its owner asked for it."""
    app = open_app(open_config(options))
    from subscribers import signup
    from subscribers.errors import AddressError, LeftError, SubscriberError
    from subscribers.values import Act, How

    try:
        person = signup.add(
            address,
            name,
            act=Act(How.COMMAND, app.clock.now(), "newsletter subscribers add", WORDING),
            bring_back=again,
        )
    except LeftError as error:
        raise NewsletterError(f"{error}; --again says that they asked to come back") from error
    except AddressError as error:
        raise UsageError(str(error)) from error
    except SubscriberError as error:
        raise NewsletterError(str(error)) from error
    if options.as_json:
        click.echo(
            json.dumps({"id": person.id, "status": person.status.value, "new": person.is_new})
        )
    else:
        click.echo("Added." if person.is_new else f"On the list ({person.status.value}).")


@subscribers.command(name="list")
@shared_options
def list_(options: Options) -> None:
    """List everyone, with their status."""
    open_app(open_config(options))
    from subscribers.store import load_subscribers

    people = list(load_subscribers())
    if options.as_json:
        rows = [
            {"id": p.id, "address": p.address, "name": p.name, "status": p.status.value}
            for p in people
        ]
        click.echo(json.dumps({"subscribers": rows}, ensure_ascii=False, indent=2))
        return
    for person in people:
        click.echo(
            f"{person.status.value:8} {person.address}"
            + (f"  {person.name}" if person.name else "")
        )
    counts = Counter(person.status.value for person in people)
    click.echo(
        ", ".join(f"{n} {status}" for status, n in counts.items()) or "Nobody yet.", err=True
    )
