"""A personal copy is, byte for byte, the message that the standard library builds alone."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core.headers import Mailbox
from newsletter.core.mail import (
    PERSONAL_URL,
    Feedback,
    Identity,
    Letter,
    delivery_key,
    message_template,
    personalise,
)
from newsletter.core.pictures import split_pictures
from tests.mail_linter import faults_of, headers_of

if TYPE_CHECKING:
    from collections.abc import Sequence

WHEN = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
DOMAIN = "news.example.org"
IDENTITY = Identity(
    Mailbox("daily@news.example.org", "Straight Into Your Inbox"),
    list_id="daily.news.example.org",
    list_name="Straight Into Your Inbox",
    base_url="https://news.example.org",
    message_id_domain=DOMAIN,
    reply_to=Mailbox("editor@example.org", "The Editor"),
)
FEEDBACK = Feedback("2026-11-24", "edition")
POLICY = policy.SMTP.clone(max_line_length=76)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 2
GIF = b"GIF89a" + b"\0" * 19


@dataclass(frozen=True)
class Reader:
    """A reader, and the tokens of the two personal links."""

    name: str
    leave: str
    prefer: str

    @property
    def values(self) -> dict[str, str]:
        return {"unsubscribe": self.leave, "preferences": self.prefer}


def data_url(content: bytes, kind: str = "png") -> str:
    return f'src="data:image/{kind};base64,{b64encode(content).decode()}"'


def ours(letter: Letter, reader: Reader) -> bytes:
    template = message_template(
        "key",
        letter,
        IDENTITY,
        date=WHEN,
        tokens={name: len(value) for name, value in reader.values.items()},
        feedback=FEEDBACK,
    )
    recipient = Mailbox("ann@example.org", reader.name)
    return personalise(template, delivery_id=7, recipient=recipient, values=reader.values).content


def alone(letter: Letter, reader: Reader) -> bytes:
    """The same message with nothing of ours but the values: no template, no cut, no join."""
    body = _body(letter, reader)
    mail = EmailMessage(policy=POLICY)
    for name, value in (*_headers(letter, reader), ("MIME-Version", "1.0")):
        mail[name] = value
    mail["Content-Type"] = body["Content-Type"]
    mail.set_payload(body.get_payload())
    return mail.as_bytes()


def _body(letter: Letter, reader: Reader) -> EmailMessage:
    html, pictures = split_pictures(letter.html, DOMAIN)
    body = EmailMessage(policy=POLICY)
    body.set_content(_filled(letter.text, reader), cte="quoted-printable")
    body.add_alternative(_filled(html, reader), subtype="html", cte="quoted-printable")
    body.set_boundary("=_straight-into-your-inbox")
    shown = list(body.iter_parts())[1]
    assert isinstance(shown, EmailMessage)
    for picture in pictures:
        shown.add_related(
            picture.content,
            *picture.media_type.split("/"),
            filename=picture.file_name,
            disposition="inline",
            cid=f"<{picture.content_id}>",
        )
    if pictures:
        shown.replace_header("Content-Type", 'multipart/related; type="text/html"')
        shown.set_boundary("=_pictures")
    for part in list(body.walk())[1:]:
        del part["MIME-Version"]  # the library puts one on each part
    return body


def _headers(letter: Letter, reader: Reader) -> Sequence[tuple[str, str]]:
    return (
        ("Message-ID", f"<{delivery_key('key', 7)}@{DOMAIN}>"),
        ("To", f"{reader.name} <ann@example.org>"),
        ("Date", "Tue, 24 Nov 2026 07:30:00 +0000"),
        ("From", "Straight Into Your Inbox <daily@news.example.org>"),
        ("Reply-To", "The Editor <editor@example.org>"),
        ("Subject", letter.subject),
        ("Content-Language", letter.language),
        ("List-Id", "Straight Into Your Inbox <daily.news.example.org>"),
        ("Feedback-ID", "2026-11-24:daily:edition:news-example-or"),
        ("List-Unsubscribe", f"<https://news.example.org/u/{reader.leave}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )


def _filled(text: str, reader: Reader) -> str:
    text = text.replace(f"{PERSONAL_URL}unsubscribe", f"https://news.example.org/u/{reader.leave}")
    return text.replace(f"{PERSONAL_URL}preferences", f"https://news.example.org/p/{reader.prefer}")


tokens = st.text("ABCXYZabcxyz0189_-", min_size=24, max_size=24)
readers = st.builds(Reader, st.text("abcXYZ", min_size=1, max_size=20), tokens, tokens)
# every sort of letter that quoted-printable writes alone, and none that ends a line by itself
words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"])
    | st.sampled_from([" ", "\n", "="]),
    max_size=120,
)
pads = st.integers(0, 80).map("x".__mul__) | st.integers(0, 30).map("é".__mul__)


@st.composite
def letters(draw: st.DrawFn) -> Letter:
    """A letter with its personal links at any columns, in both parts and more than once."""
    leave, prefer = f"{PERSONAL_URL}unsubscribe", f"{PERSONAL_URL}preferences#pause"
    spaces = st.integers(0, 80).map(" ".__mul__)
    text = "".join(
        f"{draw(words)}\n{draw(spaces)}{link}\n" for link in (leave, prefer, leave, leave)
    )
    html = "".join(
        f'{draw(words)}{draw(pads)}<a href="{link}">{link}</a>' for link in (leave, prefer, leave)
    )
    return Letter("Lynas lifts output", f"{html}\n", text, "en")


@given(letter=letters(), reader=readers)
@settings(max_examples=150, deadline=None)
def test_every_byte_is_the_standard_librarys_wherever_the_tokens_fall(
    letter: Letter, reader: Reader
) -> None:
    assert ours(letter, reader) == alone(letter, reader)


@given(letter=letters(), reader=readers, content=st.binary(min_size=1, max_size=300))
@settings(max_examples=60, deadline=None)
def test_with_pictures_too(letter: Letter, reader: Reader, content: bytes) -> None:
    shown = f"<img {data_url(PNG)}><img {data_url(b'GIF89a' + content, 'gif')}>"
    shown += f"<img {data_url(PNG)}>"
    letter = replace(letter, html=f"{shown}{letter.html}")
    assert ours(letter, reader) == alone(letter, reader)


@given(subject=words, name=words.map(lambda text: text[:10]))
@settings(max_examples=100, deadline=None)
def test_a_subject_and_a_name_of_any_script_are_read_as_they_were_given(
    subject: str, name: str
) -> None:
    """By encoded words of our own choice, so it is what they say that must be the same.

    Names are short, because Python 3.11 puts a space between two encoded words of a name.
    """
    reader = Reader(name, "t" * 24, "p" * 24)
    content = ours(Letter(subject, "<p>Hi</p>", "Hi"), reader)
    mail = BytesParser(policy=policy.default).parsebytes(content)
    [person] = mail["To"].addresses
    assert str(mail["Subject"]) == one_line(subject)
    assert (person.display_name, person.addr_spec) == (one_line(name), "ann@example.org")


def one_line(text: str) -> str:
    return re.sub(" +", " ", text.replace("\n", " ")).strip(" ")


def letter_with_pictures() -> Letter:
    shown = f"<p><img {data_url(PNG)} alt='up'><img {data_url(GIF, 'gif')} alt='down'></p>"
    return Letter(
        "Pictures",
        f'{shown}<img {data_url(PNG)}><a href="{PERSONAL_URL}unsubscribe">x</a>',
        "In words\n",
        "en",
    )


READER = Reader("Ann", "t" * 24, "p" * 24)


def test_a_message_with_pictures_has_no_fault_and_sends_each_picture_once() -> None:
    content = ours(letter_with_pictures(), READER)
    assert faults_of(content) == []
    mail = BytesParser(policy=policy.default).parsebytes(content)
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == [
        *("multipart/alternative", "text/plain", "multipart/related", "text/html"),
        *("image/png", "image/gif"),
    ]
    pictures = [part for part in mail.walk() if part.get_content_maintype() == "image"]
    assert [part.get_content() for part in pictures] == [PNG, GIF]
    html = mail.get_body(("html",))
    assert html is not None
    assert html.get_content().count(f"cid:{pictures[0]['Content-ID'].strip('<>')}") == 2


def test_a_letter_of_plain_text_alone_sends_no_picture() -> None:
    content = ours(replace(letter_with_pictures(), html=""), READER)
    assert faults_of(content) == []
    assert b"image/" not in content


def test_the_feedback_id_names_the_edition_and_nobody() -> None:
    headers = dict(headers_of(ours(letter_with_pictures(), READER)))
    assert headers["Feedback-ID"] == "2026-11-24:daily:edition:news-example-or"
    assert headers["Content-Language"] == "en"
