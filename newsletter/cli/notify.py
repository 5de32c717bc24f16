"""`notify`: the small mails that wait, sent once."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from newsletter.cli.common import Options, open_app, open_config, shared_options
from newsletter.errors import TemporaryError

if TYPE_CHECKING:
    from newsletter.notify import Notified


@click.command()
@shared_options
def notify(options: Options) -> int:
    """Look at the sign-ups that wait, and send the small mails that are owed.

    `newsletter serve` does the same every two seconds. Run this from a timer where another server
    serves the pages.
    """
    app = open_app(open_config(options))
    from newsletter.alarms import alarm_line
    from newsletter.notify import run

    done = run(app)
    click.echo(json.dumps(asdict(done)) if options.as_json else _said(done))
    if done.alarm:
        click.echo(alarm_line(done.alarm), err=True)
    return TemporaryError.exit_code if done.waiting else 0


def _said(done: Notified) -> str:
    numbers = {
        "sent": done.accepted,
        "refused": done.rejected,
        "in doubt": done.unknown,
        "waiting": done.waiting,
    }
    mails = ", ".join(f"{number} {what}" for what, number in numbers.items() if number)
    return f"Sign-ups looked at: {done.settled}. Mails: {mails or 'none'}."
