"""Any text in a header is read back as that text, and becomes nothing else."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email import policy
from email.parser import BytesParser
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core.headers import (
    AddressError,
    Mailbox,
    ascii_address,
    ascii_domain,
    date_line,
    header_line,
    list_id_line,
    mailbox,
    mailbox_line,
    refuse_long_lines,
)

if TYPE_CHECKING:
    from email.message import EmailMessage

WHEN = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
ANN = ascii_address("ann@example.org")
HOSTILE = "=?utf-8?q?a=0D=0ABcc:_x@y.example?="

texts = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=300),
    st.sampled_from([HOSTILE, "a\r\nBcc: x@y.example", "王小明", "a" * 300, "é" * 90, " ", ""]),
)


def read(line: str) -> EmailMessage:
    """The message that has this header and no other."""
    return BytesParser(policy=policy.default).parsebytes(f"{line}\r\n\r\n".encode("ascii"))


def visible(text: str) -> list[str]:
    return [letter for letter in text if letter.isprintable() and not letter.isspace()]


@given(text=texts)
@settings(max_examples=200, deadline=None)
def test_a_subject_is_read_as_it_was_written(text: str) -> None:
    mail = read(header_line("Subject", text))
    assert mail.keys() == ["Subject"]
    assert visible(str(mail["Subject"])) == visible(text)


@given(text=texts)
@settings(max_examples=200, deadline=None)
def test_any_text_makes_folded_lines_of_printable_ascii(text: str) -> None:
    for written in (
        header_line("Subject", text),
        mailbox_line("Reply-To", text, ANN),
        list_id_line(text, "daily.news.example.org"),
    ):
        for line in written.split("\r\n"):
            assert re.fullmatch(r"[ -~]*[!-~][ -~]*", line)
            assert len(line) <= 76


def test_text_that_looks_like_an_encoded_word_is_shown_as_that_text() -> None:
    assert str(read(header_line("Subject", HOSTILE))["Subject"]) == HOSTILE


@pytest.mark.parametrize(
    "name",
    [
        "Ann Reader",
        "O'Hara",
        'Pat "P" O\\Hara',
        "Reader, Ann",
        "Dr. Ann",
        "a@b.example",
        "王小明",
        "José",
    ],
)
def test_a_name_is_read_as_it_was_written(name: str) -> None:
    [address] = read(mailbox_line("To", name, ANN))["To"].addresses
    assert (address.display_name, address.addr_spec) == (name, "ann@example.org")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Ann Reader", "To: Ann Reader <ann@example.org>"),
        ("Reader, Ann", 'To: "Reader, Ann" <ann@example.org>'),
        ("", "To: ann@example.org"),
    ],
)
def test_a_plain_name_stands_plainly_and_a_special_one_in_quotes(name: str, line: str) -> None:
    assert mailbox_line("To", name, ANN) == line


def test_a_list_is_named_for_people_and_by_its_domain() -> None:
    assert list_id_line("Daily", "daily.bücher.example") == (
        "List-Id: Daily <daily.xn--bcher-kva.example>"
    )
    with pytest.raises(ValueError, match="not a domain name"):
        list_id_line("Daily", "daily>\r\nBcc: x@y.example")


@pytest.mark.parametrize(
    "address",
    [
        "müller@example.org",
        "ann@",
        "@example.org",
        "ann",
        "ann@@example.org",
        "ann@example.org\r\nBcc: x@y.example",
        "ann@example.org\n",
        "ann smith@example.org",
        '"ann smith"@example.org',
        ".ann@example.org",
        "ann..b@example.org",
        "ann@exa mple.org",
        "ann@-example.org",
        "ann@example..org",
        "ann@[127.0.0.1]",
        "=?utf-8?q?a=40b?=@example.org",
        "ann@=?utf-8?q?example?=.org",
        "ann,bob@example.org",
        "<ann@example.org>",
        "a" * 65 + "@example.org",
        "ann@" + "a" * 64 + ".org",
        "ann@" + "a.ex" * 70 + ".org",
        "ann@\u202eexample.org",
    ],
)
def test_an_address_that_cannot_be_mailed_is_refused(address: str) -> None:
    with pytest.raises(AddressError, match=r"address|letters"):
        ascii_address(address)


@pytest.mark.parametrize(
    "address", ["ann@example.org", "a.b+c_d'e=f@sub.example.co", "root@localhost"]
)
def test_a_plain_address_stays_as_it_is(address: str) -> None:
    assert ascii_address(address) == address


def test_a_mailbox_is_read_as_people_write_it() -> None:
    assert mailbox("Daily, The <daily@example.org>") == Mailbox("daily@example.org", "Daily, The")
    assert mailbox('"The \\"D\\"" <daily@example.org>') == Mailbox("daily@example.org", 'The "D"')
    assert mailbox("daily@example.org") == Mailbox("daily@example.org")


@pytest.mark.parametrize("domain", ["", "a b", "a..b", "-a.example", "a\r\nb", "a" * 64, "\u202e"])
def test_what_is_no_domain_is_refused(domain: str) -> None:
    with pytest.raises(ValueError, match="not a domain name"):
        ascii_domain(domain)


def test_long_headers_are_folded_at_words_and_read_back_whole() -> None:
    subject = " ".join(["processing"] * 30)
    line = header_line("Subject", subject)
    assert max(map(len, line.split("\r\n"))) <= 76
    assert line.replace("\r\n", "") == f"Subject: {subject}"


def test_a_line_that_smtp_would_not_carry_is_refused() -> None:
    refuse_long_lines([f"X: {'a' * 995}", f"X: {'a' * 995}\r\n {'a' * 997}"])
    with pytest.raises(ValueError, match="the header X has a line over 998"):
        refuse_long_lines(["Y: a", f"X: {'a' * 996}"])


def test_the_date_is_written_with_its_offset_whatever_the_locale() -> None:
    there = timezone(timedelta(hours=-3, minutes=-30))
    assert date_line(WHEN.astimezone(there)) == "Date: Tue, 24 Nov 2026 04:00:00 -0330"
    with pytest.raises(ValueError, match="time zone"):
        date_line(WHEN.replace(tzinfo=None))
