"""A reader's copy of an edition: joining bytes against building each message anew.

All cases of the table run side by side on the same edition; trust the ratios, not the seconds.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import TYPE_CHECKING

from newsletter.config import load_config
from newsletter.core.delivery import Delivery
from newsletter.core.headers import Mailbox
from newsletter.core.mail import Letter, message_template, personalise
from newsletter.core.page import page_for
from newsletter.messages import brand_of, identity_of
from newsletter.render import Renderer
from newsletter.sample.edition import sample_draft

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)
TOKENS = {"unsubscribe": 24, "preferences": 24}
ROUNDS = 5


def microseconds(work: Callable[[], object], times: int) -> float:
    """The median over rounds of one call's time."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(times):
            work()
        rounds.append((time.perf_counter() - began) / times * 1e6)
    return sorted(rounds)[ROUNDS // 2]


def main() -> None:
    config = load_config(None, environ={"NEWSLETTER_WEB__BASE_URL": "https://news.example.org"})
    draft = sample_draft(NOW, UTC)
    renderer = Renderer()
    page = page_for(draft, brand_of(config))
    rendered = renderer.edition(page)
    letter = Letter(rendered.subject, rendered.html, rendered.text)
    template = message_template("2026-04-07", letter, identity_of(config), date=NOW, tokens=TOKENS)
    values = dict.fromkeys(TOKENS, "x" * 24)
    person = Delivery(1, 1, "ada@example.org", "Ada", 1)

    def join() -> object:
        recipient = Mailbox(person.address, person.name)
        return personalise(template, delivery_id=1, recipient=recipient, values=values)

    def build() -> object:
        mail = EmailMessage()
        mail["Subject"], mail["To"] = letter.subject, person.address
        mail.set_content(letter.text)
        mail.add_alternative(letter.html, subtype="html")
        return mail.as_bytes()

    cases = (
        ("join bytes (what is used)", join, 2000),
        ("build with the standard library", build, 20),
        ("render templates and inline", lambda: renderer.edition(page), 3),
    )
    base = 0.0
    print(f"a reader's copy, {len(rendered.html) / 1000:.0f} kB of HTML")
    for name, work, times in cases:
        took = microseconds(work, times)
        base = base or took
        print(f"  {name:34} {took:10.1f} µs   x {took / base:8.1f}")
