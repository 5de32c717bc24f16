"""What a real SMTP server receives of every golden edition has no fault a strict linter knows."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from newsletter.config import load_config
from newsletter.core.delivery import DeliveryState
from newsletter.core.headers import Mailbox
from newsletter.core.mail import Feedback, Identity, Letter, message_template, personalise
from newsletter.core.page import page_for
from newsletter.messages import edition_brand
from newsletter.notices_mail import Latest, Shape, letter_for
from newsletter.render import Renderer
from newsletter.transports.smtp import SmtpTransport
from subscribers.values import NoticeKind
from tests import drafts
from tests.core.test_dkim import is_valid, signer
from tests.goldens import MAKERS
from tests.mail_linter import faults_of
from tests.smtp_sink import SmtpSink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from newsletter.core.edition import Draft
    from newsletter.core.mail import MessageTemplate

WHEN = datetime(2026, 4, 7, 6, 30, tzinfo=UTC)
INJECTION = "=?utf-8?q?a=0D=0ABcc:_x@y.example?="
READERS = (
    Mailbox("ann@example.org", "Ann Reader"),
    Mailbox("bob+daily@example.net"),
    Mailbox("o'hara@bücher.example", 'O"Hara, \\ Pat <x@y.example>'),
    Mailbox("wang@example.org", "王小明" * 20),
    Mailbox("maadin@example.org", "معادن السعودية"),
    Mailbox("eve@example.org", f"Eve\r\nBcc: x@y.example\0 {INJECTION}"),
    Mailbox("long@example.org", "a" * 300),
)


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


def png() -> str:
    file = BytesIO()
    Image.new("RGB", (60, 20), "#b45309").save(file, "PNG")
    return f'<img src="data:image/png;base64,{b64encode(file.getvalue()).decode()}" alt="up">'


IDENTITY = Identity(
    Mailbox("daily@news.example.org", f"The “Daily”, {INJECTION}"),
    list_id="daily.news.example.org",
    list_name="Straight: Into, Your <Inbox>",
    base_url="https://news.example.org",
    message_id_domain="news.example.org",
    reply_to=Mailbox("editor@example.org", "Müller, Ed\r\nBcc: x@y.example"),
)


def template_of(draft: Draft, *, has_html: bool = True) -> MessageTemplate:
    """A golden edition's message, with a picture in it, from an awkwardly named newsletter."""
    rendered = Renderer().edition(page_for(draft, drafts.brand()))
    html = rendered.html.replace("</body>", f"{png()}</body>") if has_html else ""
    return message_template(
        str(draft.date),
        Letter(rendered.subject, html, rendered.text, "en"),
        IDENTITY,
        date=WHEN,
        tokens={"unsubscribe": 24, "preferences": 24},
        feedback=Feedback(str(draft.date), "edition"),
    )


@pytest.mark.parametrize("golden", MAKERS)
def test_every_reader_receives_a_faultless_message_with_a_valid_signature(
    golden: Callable[[], Draft], sink: SmtpSink
) -> None:
    template = template_of(golden())
    messages = [
        personalise(
            template,
            delivery_id=delivery_id,
            recipient=reader,
            values={"unsubscribe": f"{delivery_id:-<24}", "preferences": f"{delivery_id:_>24}"},
        )
        for delivery_id, reader in enumerate(READERS, 1)
    ]
    transport = SmtpTransport(host=sink.host, port=sink.port, security="none", sign=signer().signed)
    outcomes = transport.send(messages)
    transport.close()
    assert {outcome.state for outcome in outcomes} == {DeliveryState.ACCEPTED}
    assert len(sink.received) == len(READERS)
    for arrived, message in zip(sink.received, messages, strict=True):
        assert faults_of(arrived.content) == []
        assert arrived.content.endswith(message.content)
        assert is_valid(arrived.content)
        mail = BytesParser(policy=policy.default).parsebytes(arrived.content)
        [person] = mail["To"].addresses
        assert person.addr_spec == message.recipient == arrived.recipient
        assert "Bcc" not in mail


def test_a_text_only_reader_receives_a_faultless_message_too(sink: SmtpSink) -> None:
    template = template_of(drafts.foreign_names(), has_html=False)
    values = dict.fromkeys(template.tokens, "t" * 24)
    message = personalise(template, delivery_id=1, recipient=READERS[3], values=values)
    transport = SmtpTransport(host=sink.host, port=sink.port, security="none")
    transport.send([message])
    transport.close()
    [arrived] = sink.received
    assert faults_of(arrived.content) == []
    assert arrived.content == message.content


def test_the_welcome_brings_the_pictures_of_the_edition_in_it(tmp_path: Path) -> None:
    Image.new("RGB", (120, 40), "#b45309").save(tmp_path / "logo.png")
    config = load_config(None, environ={"NEWSLETTER_THEME__LOGO": "logo.png"}, folder=tmp_path)
    page = page_for(drafts.normal(), edition_brand(config))
    latest = Latest(page, "https://news.example.org/archive/2026-04-07")
    letter = letter_for(Shape(NoticeKind.WELCOME, "en"), config, latest)
    tokens = {"unsubscribe": 24, "preferences": 24}
    template = message_template("welcome", letter, IDENTITY, date=WHEN, tokens=tokens)
    values = dict.fromkeys(tokens, "t" * 24)
    message = personalise(template, delivery_id=1, recipient=READERS[0], values=values)
    assert faults_of(message.content) == []
    shown = set(re.findall(r'src="(data:image/png;base64,[^"]+)"', letter.html))
    assert page.brand.theme.logo in shown
    assert message.content.count(b"Content-Type: image/png") == len(shown)
