"""A reader's copy of an edition: joining bytes against building, rendering and inlining it anew.

All cases make copies of the same edition in one run, with names and tokens that differ from reader
to reader. A time is the processor's for one copy in the fastest of many batches: whatever else the
machine does only adds to it. Trust the ratios more than the times.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import TYPE_CHECKING

from newsletter.config import load_config
from newsletter.core.headers import Mailbox
from newsletter.core.mail import PERSONAL_URL, Feedback, Letter, message_template, personalise
from newsletter.core.page import page_for
from newsletter.messages import brand_of, identity_of
from newsletter.render import Links, Renderer
from newsletter.sample.edition import sample_draft

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from newsletter.config import Config

    Values = dict[str, str]
    Copy = Callable[[int, Mailbox, Values], object]

NOW = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)
TOKENS = {"unsubscribe": 24, "preferences": 24}
READERS = 100_000
LARGE = 60_000  # bytes of HTML of a full edition
MOST = 10  # µs that a personal copy may cost
NAMES = ("Ada", "", "Grace Hopper", "O'Hara, Pat", "Jürgen Groß", "王小明", "Zoë", "Kim, S.")


def main() -> None:
    config = load_config(None, environ={"NEWSLETTER_WEB__BASE_URL": "https://news.example.org"})
    renderer, page = Renderer(), page_for(sample_draft(NOW, UTC), brand_of(config))
    edition = renderer.edition(page)
    letter = Letter(edition.subject, edition.html, edition.text, "en")
    text = "<p>Neodymium, praseodymium and dysprosium.</p>\n"
    filling = text * ((LARGE - len(letter.html)) // len(text))
    large = Letter(letter.subject, filling + letter.html, letter.text, "en")
    values = {"page": page, "brand": page.brand, "links": Links(view=None)}

    def render(*_reader: object) -> object:
        return renderer.render("email/edition/body.html", values)

    def inline(*_reader: object) -> object:
        return renderer.edition(page)

    cases: tuple[tuple[str, Copy, int], ...] = (
        ("join bytes (what is used)", joined(letter, config), READERS),
        (f"join bytes, {LARGE / 1000:.0f} kB of HTML", joined(large, config), READERS),
        ("build with the standard library", built(letter), 50),
        ("render by jinja2", render, 50),
        ("render by jinja2, inline by premailer", inline, 5),
    )
    print(f"a reader's copy, {len(letter.html) / 1000:.0f} kB of HTML, {READERS} readers")
    took = [told(name, copy, count) for name, copy, count in cases[:2]]
    for name, copy, count in cases[2:]:
        told(name, copy, count, took[0])
    print(f"  under {MOST} µs for a copy: {'yes' if max(took) < MOST else 'NO'}")


def told(name: str, copy: Copy, count: int, base: float = 0) -> float:
    """The microseconds of one copy, printed beside their ratio to `base`."""
    took = min(times(copy, count))
    print(f"  {name:38} {took:10.1f} µs   x {took / (base or took):8.1f}")
    return took


def times(copy: Copy, count: int) -> Iterator[float]:
    """The microseconds of a copy in each batch; the readers are made outside of them."""
    batch = max(1, count // 100)
    for start in range(0, count, batch):
        people = [reader(number) for number in range(start, start + batch)]
        began = time.process_time()
        for number, recipient, values in people:
            copy(number, recipient, values)
        yield (time.process_time() - began) / batch * 1e6


def reader(number: int) -> tuple[int, Mailbox, Values]:
    token = f"{number:024}"
    name = NAMES[number % len(NAMES)]
    recipient = Mailbox(f"reader{number}@mail{number % 50}.example.org", name)
    return number, recipient, {"unsubscribe": token, "preferences": token[::-1]}


def joined(letter: Letter, config: Config) -> Copy:
    template = message_template(
        "2026-04-07",
        letter,
        identity_of(config),
        date=NOW,
        tokens=TOKENS,
        feedback=Feedback("2026-04-07", "edition"),
    )
    return lambda number, recipient, values: personalise(
        template, delivery_id=number, recipient=recipient, values=values
    )


def built(letter: Letter) -> Copy:
    def build(number: int, recipient: Mailbox, values: Values) -> object:
        mail = EmailMessage()
        mail["Message-ID"] = f"<{number}@news.example.org>"
        mail["Subject"], mail["To"] = letter.subject, f"reader <{recipient.address}>"
        mail["List-Unsubscribe"] = f"<https://news.example.org/u/{values['unsubscribe']}>"
        mail.set_content(filled(letter.text, values))
        mail.add_alternative(filled(letter.html, values), subtype="html")
        return mail.as_bytes()

    return build


def filled(text: str, values: Values) -> str:
    for name, token in values.items():
        text = text.replace(PERSONAL_URL + name, f"https://news.example.org/{name[0]}/{token}")
    return text
