"""A message is right in every byte, and a personal copy is what it would be if made alone."""

from __future__ import annotations

from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core.headers import AddressError, Mailbox
from newsletter.core.mail import (
    PERSONAL_PATHS,
    PERSONAL_URL,
    Identity,
    Letter,
    delivery_key,
    message_template,
    personalise,
)
from subscribers.tokens import TOKEN_LENGTH
from tests.mail_linter import faults_of, headers_of

if TYPE_CHECKING:
    from newsletter.core.delivery import Message

WHEN = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
READER = Mailbox("ann@example.org", "Ann Reader")
HOSTILE = "=?utf-8?q?a=0D=0ABcc:_x@y.example?="

texts = st.text(st.characters(codec="utf-8"), max_size=300)
names = st.one_of(
    st.text(max_size=120),
    st.sampled_from(
        [HOSTILE, "a\r\nBcc: x@y.example", 'O"Hara, \\ Pat', "王小明", "a" * 300, "é" * 90]
    ),
)


def identity(**changes: object) -> Identity:
    given = {
        "sender": Mailbox("daily@news.example.org", "Straight Into Your Inbox"),
        "reply_to": Mailbox("editor@example.org", "The Editor"),
        "list_id": "daily.news.example.org",
        "list_name": "Straight Into Your Inbox",
        "base_url": "https://news.example.org",
        "message_id_domain": "news.example.org",
    }
    return Identity(**(given | changes))  # type: ignore[arg-type]


def letter(
    subject: str = "Lynas lifts output", html: str = "<p>Hi</p>", text: str = "Hi"
) -> Letter:
    leave = f"{PERSONAL_URL}unsubscribe"
    return Letter(
        subject,
        f'{html}<a href="{leave}">Leave</a><a href="{PERSONAL_URL}preferences">Change</a>',
        f"{text}\nLeave:\n{leave}\nChange:\n  {PERSONAL_URL}preferences\n",
    )


def build(
    wording: Letter | None = None,
    *,
    who: Identity | None = None,
    recipient: Mailbox = READER,
    token: str = "T" * 43,
    delivery_id: int = 7,
) -> Message:
    template = message_template(
        "2026-11-24",
        wording or letter(),
        who or identity(),
        date=WHEN,
        tokens={"unsubscribe": len(token), "preferences": len(token)},
    )
    values = {"unsubscribe": token, "preferences": token[::-1]}
    return personalise(template, delivery_id=delivery_id, recipient=recipient, values=values)


def read(message: Message) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(message.content)


def header(message: Message, name: str) -> str:
    [value] = [value for field, value in headers_of(message.content) if field == name]
    return value


def by_the_standard_library(text: str, subtype: str) -> bytes:
    """One part alone, as Python's own e-mail package writes it."""
    part = EmailMessage(policy=policy.SMTP.clone(max_line_length=76))
    part.set_content(text, subtype=subtype, cte="quoted-printable")
    return part.as_bytes().partition(b"\r\n\r\n")[2]


def parts_of(message: Message) -> list[bytes]:
    boundary = read(message).get_boundary()
    assert boundary
    pieces = message.content.split(f"--{boundary}".encode())[1:3]
    return [piece.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for piece in pieces]


@given(
    text=texts,
    html=texts,
    token=st.text("ABCXYZabcxyz0189_-", min_size=1, max_size=200),
    before=st.integers(0, 80),
)
@settings(max_examples=200, deadline=None)
def test_a_personal_copy_has_the_bytes_the_standard_library_would_write(
    text: str, html: str, token: str, before: int
) -> None:
    """Wherever the tokens fall, on the end of an encoded line too."""
    wording = letter(text="x" * before + text, html="é" * before + html)
    message = build(wording, token=token)

    def filled(part: str) -> str:
        links = {"unsubscribe": f"u/{token}", "preferences": f"p/{token[::-1]}"}
        for name, link in links.items():
            part = part.replace(PERSONAL_URL + name, f"https://news.example.org/{link}")
        return part.replace("\0", "")

    assert parts_of(message) == [
        by_the_standard_library(filled(wording.text), "plain"),
        by_the_standard_library(filled(wording.html), "html"),
    ]


@given(subject=texts, name=names, list_name=names, reply_name=names)
@settings(max_examples=200, deadline=None)
def test_any_text_in_any_header_makes_a_message_without_fault(
    subject: str, name: str, list_name: str, reply_name: str
) -> None:
    who = identity(
        sender=Mailbox("daily@news.example.org", name),
        list_name=list_name,
        reply_to=Mailbox("editor@example.org", reply_name),
    )
    recipient = Mailbox("ann@example.org", name[::-1])
    message = build(letter(subject), who=who, recipient=recipient)
    assert faults_of(message.content) == []


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        "plain\r\nBcc: x@y.example",
        "plain\nBcc: x@y.example",
        "plain\rBcc: x@y.example",
        "nul\0Bcc: x@y.example",
        "next line\x85Bcc: x@y.example",
        "separator\u2028Bcc: x@y.example",
        "=?utf-8?b?DQpCY2M6IHhAeS5leGFtcGxl?=",
        "=?utf-8?q?=0A_Bcc:",
    ],
)
def test_nothing_in_a_subject_or_a_name_becomes_a_header(text: str) -> None:
    who = identity(
        sender=Mailbox("daily@news.example.org", text),
        list_name=text,
        reply_to=Mailbox("editor@example.org", text),
    )
    message = build(letter(text), who=who, recipient=Mailbox("ann@example.org", text))
    mail = read(message)
    assert faults_of(message.content) == []
    assert "Bcc" not in mail
    assert [str(a) for field in ("To", "From") for a in mail[field].addresses[1:]] == []
    assert b"\r\nBcc" not in mail.as_bytes(policy=policy.SMTP.clone(refold_source="all"))


def test_the_parts_are_plain_text_first_and_html_last_as_they_were_given() -> None:
    wording = letter(text="Lynas – 镝\n.\n..two\nFrom here  \n", html="<p>Straße \t</p>\n.\n")
    message = read(build(wording))
    first, last = message.iter_parts()
    assert message.get_content_type() == "multipart/alternative"
    assert [first.get_content_type(), last.get_content_type()] == ["text/plain", "text/html"]
    link = f"https://news.example.org/u/{'T' * 43}"
    leave = f"{PERSONAL_URL}unsubscribe"
    change = (f"{PERSONAL_URL}preferences", f"https://news.example.org/p/{'T' * 43}")
    assert isinstance(first, EmailMessage)
    assert isinstance(last, EmailMessage)
    assert first.get_content().replace("\r\n", "\n") == wording.text.replace(leave, link).replace(
        *change
    )
    html = wording.html.replace(leave, link).replace(*change) + "\n"
    assert last.get_content().replace("\r\n", "\n") == html


def test_an_ordinary_message_has_no_fault() -> None:
    assert faults_of(build().content) == []


def test_a_message_says_whom_it_comes_from_whom_it_is_for_and_what_it_is_about() -> None:
    message = build(letter("Größe: 5,5"))
    assert {name: header(message, name) for name in ("From", "Reply-To", "To", "List-Id")} == {
        "From": "Straight Into Your Inbox <daily@news.example.org>",
        "Reply-To": "The Editor <editor@example.org>",
        "To": "Ann Reader <ann@example.org>",
        "List-Id": "Straight Into Your Inbox <daily.news.example.org>",
    }
    assert str(read(message)["Subject"]) == "Größe: 5,5"


def test_two_copies_differ_in_the_recipient_the_message_id_and_the_tokens_alone() -> None:
    one = build(token="Z" * 43).content
    other = build(
        token="J" * 43, recipient=Mailbox("bob@example.net", "Bob"), delivery_id=8
    ).content
    swapped = (
        one.replace(b"Z", b"J")
        .replace(b"Ann Reader <ann@example.org>", b"Bob <bob@example.net>")
        .replace(delivery_key("2026-11-24", 7).encode(), delivery_key("2026-11-24", 8).encode())
    )
    assert swapped == other


def test_the_unsubscribe_headers_are_what_rfc_8058_asks_for() -> None:
    message = build(token="T" * 180)
    lines = message.content.split(b"\r\n")
    link = b"<https://news.example.org/u/" + b"T" * 180 + b">"
    assert b"List-Unsubscribe: " + link in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


def test_one_click_is_not_offered_where_the_pages_have_no_https() -> None:
    names = [
        name
        for name, _ in headers_of(build(who=identity(base_url="http://127.0.0.1:8000")).content)
    ]
    assert "List-Unsubscribe" in names
    assert "List-Unsubscribe-Post" not in names


def test_a_base_address_with_a_path_keeps_it() -> None:
    message = build(who=identity(base_url="https://example.org/news/"), token="T" * 5)
    assert header(message, "List-Unsubscribe") == "<https://example.org/news/u/TTTTT>"


def test_the_same_delivery_always_has_the_same_message_id_and_others_have_others() -> None:
    one, again = build(recipient=READER), build(recipient=Mailbox("other@example.net"))
    other = build(delivery_id=8)
    assert (
        header(one, "Message-ID") == header(again, "Message-ID") == f"<{one.key}@news.example.org>"
    )
    assert one.key == again.key != other.key
    assert delivery_key("2026-11-24", 7) != delivery_key("2026-11-25", 7)
    assert delivery_key("a", 11) != delivery_key("a1", 1)


def test_nothing_personal_is_in_the_key() -> None:
    message = build(recipient=Mailbox("ann@example.org", "Ann"))
    assert message.key == delivery_key("2026-11-24", 7)
    assert message.key.isalnum()


def test_a_message_names_its_envelope() -> None:
    message = build(
        who=identity(sender=Mailbox("daily@bücher.example", "Bücher")),
        recipient=Mailbox("ann@straße.example"),
    )
    assert message.sender == "daily@xn--bcher-kva.example"
    assert message.recipient == "ann@xn--strae-oqa.example"
    assert header(message, "To") == "ann@xn--strae-oqa.example"


@pytest.mark.parametrize(
    "address", ["müller@example.org", "ann@example.org\r\nBcc: x@y.example", "ann,bob@example.org"]
)
def test_a_copy_for_an_address_that_cannot_be_mailed_is_refused(address: str) -> None:
    with pytest.raises(AddressError):
        build(recipient=Mailbox(address))


@pytest.mark.parametrize(
    "changes",
    [
        {"sender": Mailbox("daily@example.org\r\nBcc: x@y.example")},
        {"reply_to": Mailbox("editor@example.org>, x@y.example")},
        {"list_id": "daily\r\nBcc: x@y.example"},
        {"message_id_domain": "example.org>\r\nBcc: x@y.example"},
        {"base_url": "https://news.example.org/" + "a" * 998},
    ],
)
def test_an_identity_that_would_break_a_header_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"address|domain|line over 998"):
        build(who=identity(**changes))


@pytest.mark.parametrize(
    "value", ["short", "T" * 44, "T" * 42 + "\n", "T" * 42 + "=", "T" * 42 + "é"]
)
def test_a_value_of_another_length_or_with_other_letters_is_refused(value: str) -> None:
    template = message_template(
        "e",
        Letter("s", f'<a href="{PERSONAL_URL}unsubscribe">x</a>', ""),
        identity(),
        date=WHEN,
        tokens={"unsubscribe": 43},
    )
    with pytest.raises(ValueError, match="'unsubscribe' must be 43 letters"):
        personalise(template, delivery_id=1, recipient=READER, values={"unsubscribe": value})
    with pytest.raises(ValueError, match="'unsubscribe' must be 43 letters"):
        personalise(template, delivery_id=1, recipient=READER, values={})


def test_a_personal_link_that_nobody_fills_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(ValueError, match="personal link"):
        message_template(
            "e",
            Letter("s", f'<a href="{PERSONAL_URL}preferences">x</a>', ""),
            identity(),
            date=WHEN,
            tokens={"unsubscribe": 9},
        )


@pytest.mark.parametrize(
    "theirs",
    [
        "https://evil.example/?{}unsubscribe",
        "https://evil.example/?u={}unsubscribe",
        "https://evil.example/#{}preferences",
        "//evil.example/{}unsubscribe",
        "{}unsubscribe/../../x",
        "{}elsewhere",
        "https://evil.example/({}preferences",
        "https://evil.example/?q='{}unsubscribe",
        "https://evil.example/&quot;{}unsubscribe",
        "{}unsubscribe'",
        "{}unsubscribe)",
    ],
)
def test_a_token_never_gets_into_an_address_of_somebody_else(theirs: str) -> None:
    address = theirs.format(PERSONAL_URL)
    wording = letter(html=f'<a href="{address}">x</a>', text=f"See {address} now.")
    html, text = (part.get_content() for part in reversed(list(read(build(wording)).iter_parts())))
    assert f'href="{address}"' in html
    assert f"See {address} now." in text
    assert html.count("T" * 43) == text.count("T" * 43) == 2


@pytest.mark.parametrize(
    "base_url",
    [
        "ftp://example.org",
        "https://",
        "https://a b",
        'https://a"b',
        "https://a\r\nb",
        "https://a?b",
    ],
)
def test_a_base_address_that_could_break_a_header_or_a_page_is_refused(base_url: str) -> None:
    with pytest.raises(ValueError, match="web address"):
        build(who=identity(base_url=base_url))


def test_lone_surrogates_and_nul_do_not_stop_an_edition() -> None:
    message = build(letter("a\ud800b", "<p>\ud800\0</p>", "\ud800\0"))
    assert faults_of(message.content) == []


def plain_only(text: str, token: str = "T" * 24, **changes: object) -> Message:
    template = message_template(
        "e",
        Letter("s", "", f"{text}\n{PERSONAL_URL}unsubscribe\n"),
        identity(**changes),
        date=WHEN,
        tokens={"unsubscribe": len(token)},
    )
    return personalise(template, delivery_id=1, recipient=READER, values={"unsubscribe": token})


@given(text=texts, token=st.text("ABCXYZabcxyz0189_-", min_size=1, max_size=200))
@settings(max_examples=100, deadline=None)
def test_a_letter_without_html_is_one_plain_text_as_the_standard_library_writes_it(
    text: str, token: str
) -> None:
    message = plain_only(text, token)
    said = f"{text}\nhttps://news.example.org/u/{token}\n".replace("\0", "")
    assert read(message).get_content_type() == "text/plain"
    assert message.content.partition(b"\r\n\r\n")[2] == by_the_standard_library(said, "plain")


def test_plain_text_alone_has_the_headers_of_the_list_too() -> None:
    message = plain_only("Hi")
    assert faults_of(message.content) == []
    assert header(message, "List-Unsubscribe") == f"<https://news.example.org/u/{'T' * 24}>"
    assert header(message, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"


def test_a_mail_without_a_list_id_has_no_header_of_a_list_at_all() -> None:
    assert faults_of(plain_only("Hi", list_id="").content, is_of_list=False) == []


def test_only_what_follows_from_an_act_says_that_no_machine_may_answer() -> None:
    def made(*, is_automatic: bool) -> Message:
        template = message_template(
            *("e", Letter("s", "", "t"), identity()),
            date=WHEN,
            tokens={"unsubscribe": 1},
            is_automatic=is_automatic,
        )
        values = {"unsubscribe": "x"}
        return personalise(template, delivery_id=1, recipient=READER, values=values)

    assert header(made(is_automatic=True), "Auto-Submitted") == "auto-generated"
    assert faults_of(made(is_automatic=True).content) == []
    assert "Auto-Submitted" not in dict(headers_of(made(is_automatic=False).content))


def test_each_personal_link_has_its_own_token_at_its_own_place() -> None:
    links = [PERSONAL_URL + name for name in PERSONAL_PATHS]
    html = "\n".join(f'<a class="tap" href="{link}">{link}</a>' for link in links)
    template = message_template(
        "e",
        Letter("s", html, "\n".join(links)),
        identity(),
        date=WHEN,
        tokens=dict.fromkeys(PERSONAL_PATHS, 24),
    )
    values = {name: str(number) * 24 for number, name in enumerate(PERSONAL_PATHS)}
    mail = read(personalise(template, delivery_id=1, recipient=READER, values=values))
    text, html = (part.get_content() for part in mail.iter_parts())
    filled = [f"https://news.example.org{path}{values[n]}" for n, path in PERSONAL_PATHS.items()]
    assert text.split() == filled
    assert html.splitlines() == [f'<a class="tap" href="{link}">{link}</a>' for link in filled]


def test_an_unsubscribe_address_has_at_most_60_letters() -> None:
    link = header(build(token="T" * TOKEN_LENGTH), "List-Unsubscribe").strip("<>")
    assert len(link) <= 60
