"""The linter sees: for each of its rules there is a message that breaks it, and it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core.test_dkim import signer
from tests.core.test_whole_message import READER, letter_with_pictures, ours
from tests.mail_linter import RULES, faults_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Damage = Callable[[bytes], bytes]


def swapped(said: bytes, instead: bytes) -> Damage:
    def damage(content: bytes) -> bytes:
        assert said in content
        return content.replace(said, instead)

    return damage


def headed(line: bytes) -> Damage:
    return lambda content: line + b"\r\n" + content


TO, SUBJECT = b"To: Ann", b"Subject: Pictures"
DAMAGES: dict[str, list[Damage]] = {
    "line_ends_are_crlf": [swapped(b"In words\r\n", b"In words\n"), swapped(TO, b"To: A\rnn")],
    "bytes_are_printable_ascii": [swapped(TO, "To: Ännchen".encode()), swapped(TO, b"To: A\0n")],
    "lines_fit_smtp": [swapped(b"In words", b"w" * 999)],
    "last_line_is_ended": [lambda content: content.removesuffix(b"\r\n")],
    "header_lines_are_short": [swapped(SUBJECT, b"Subject: " + b"p" * 70)],
    "header_lines_say_something": [swapped(SUBJECT, SUBJECT + b"\r\n \r\n more")],
    "headers_have_a_name_and_a_value": [
        headed(b"no header at all"),
        swapped(b"Content-Language: en", b"Content-Language: "),
    ],
    "required_headers_stand_once": [
        headed(SUBJECT),
        headed(b"From: x@y.example"),
        swapped(b"List-Unsubscribe-Post: ", b"X-Post: "),
        swapped(b"MIME-Version: 1.0\r\n", b""),
        headed(b"List-Unsubscribe: <https://x.example/>"),
    ],
    "no_other_header_stands": [headed(b"Bcc: x@y.example"), headed(b"Reply-To: x@y.example")],
    "date_is_a_date": [swapped(b"Tue, 24", b"Wed, 24"), swapped(b"+0000", b"GMT")],
    "people_are_one_mailbox": [swapped(b"<ann@", b"<bob@y.example>, <ann@"), swapped(b"@", b"")],
    "message_id_is_one": [swapped(b"Message-ID: <", b"Message-ID: <a b")],
    "list_id_is_one": [swapped(b"<daily.news", b"<daily. news"), swapped(b"<daily.", b"<" * 2)],
    "way_out_is_one_https_address": [
        swapped(b"<https:", b"<http:"),
        swapped(b"<https:", b"<mailto:x@y.example>, <https:"),
    ],
    "one_click_is_said_exactly": [swapped(b"=One-Click", b"=one-click")],
    "list_headers_are_not_folded_away": [
        swapped(b"List-Unsubscribe: <", b"List-Unsubscribe:\r\n <"),
        swapped(b" <daily.news", b"\r\n\t<daily.news"),
    ],
    "automatic_mail_says_so_rightly": [headed(b"Auto-Submitted: yes")],
    "feedback_has_up_to_four_fields": [
        swapped(b":news-example-or", b":x:news-example-or"),
        swapped(b":news-example-or", b":no"),
        swapped(b"Feedback-ID: ", b"Feedback-ID: ann@example.org:"),
    ],
    "language_is_a_tag": [swapped(b"Language: en", b"Language: English, probably")],
    "encoded_words_are_whole": [
        swapped(SUBJECT, b"Subject: a=?utf-8?q?b?="),
        swapped(SUBJECT, b"Subject: =?utf-8?q?" + b"b" * 70 + b"?="),
        swapped(SUBJECT, b"Subject: =?utf-8?q?b"),
    ],
    "encoded_words_hold_plain_text": [
        swapped(SUBJECT, b"Subject: =?utf-8?q?a=0D=0ABcc:?="),
        swapped(SUBJECT, b"Subject: =?utf-8?b?w6k=?= =?utf-8?q?=C3?="),
    ],
    "encoded_words_stand_where_they_may": [
        swapped(TO, b'To: "=?utf-8?q?Ann?="'),
        swapped(b"<ann@", b"<=?utf-8?q?ann?=@"),
        swapped(b"<https://news", b"=?utf-8?q?news?="),
    ],
    "lines_with_encoded_words_are_short": [
        swapped(SUBJECT, b"Subject: =?utf-8?q?" + b"b" * 56 + b"?="),
    ],
    "mime_is_of_version_one": [swapped(b"MIME-Version: 1.0", b"MIME-Version: 1.1")],
    "parts_are_what_we_make": [
        swapped(b"text/plain", b"text/calendar"),
        swapped(b"multipart/alternative", b"multipart/mixed"),
        swapped(b"image/gif", b"image/svg+xml"),
    ],
    "boundaries_open_and_close": [
        swapped(b"--=_straight-into-your-inbox--\r\n", b""),
        swapped(b"--=_pictures--\r\n", b""),
        swapped(b'inbox"\r\n\r\n', b'inbox"\r\n\r\nfor old readers\r\n'),
        swapped(b"=_pictures", b"=_" + b"p" * 80),
    ],
    "boundaries_differ_at_their_beginning": [
        swapped(b"=_pictures", b"=_straight-into-your-inbox2"),
    ],
    "related_names_its_root": [swapped(b'type="text/html"; ', b"")],
    "texts_say_how_they_are_written": [
        swapped(b'plain; charset="utf-8"', b'plain; charset="us-ascii"'),
        swapped(b"Encoding: quoted-printable", b"Encoding: 8bit"),
    ],
    "quoted_printable_is_right": [
        swapped(b"In words", b"w" * 77),
        swapped(b"In words", b"In words "),
        swapped(b"In words", b"In=words"),
    ],
    "texts_are_utf_8": [swapped(b"In words", b"In =FF words")],
    "pictures_are_what_they_say": [
        swapped(b"iVBOR", b"jVBOR"),
        swapped(b"Encoding: base64", b"Encoding: 7bit"),
        swapped(b"iVBOR", b"iVBOR" * 20),
    ],
    "pictures_stand_in_the_text": [swapped(b"inline;", b"attachment;")],
    "pictures_are_those_the_html_shows": [
        swapped(b"cid:", b"c=69d-:"),
        swapped(b"Content-ID: <", b"Content-ID: <other"),
        swapped(b"Content-ID: <", b"Content-ID: <a b"),
    ],
    "nothing_is_left_to_fill_in": [
        swapped(b"In words", b'"https://personal.invalid/unsubscribe"'),
        swapped(b"<p>", b'<p><img src=3D"data:image/png;base64,AA">'),
    ],
    "signature_covers_what_it_must": [
        headed(b"DKIM-Signature: v=1; h=from:to:subject:date:message-id; b=x"),
        headed(b"DKIM-Signature: v=1; h=from:from:to:subject:date:message-id; b=x"),
    ],
}  # fmt: skip


def test_there_is_a_damage_for_each_rule() -> None:
    assert [rule.__name__ for rule in RULES] == list(DAMAGES)
    assert len(RULES) >= 25


@pytest.mark.parametrize("rule", DAMAGES)
def test_a_message_that_breaks_a_rule_is_found(rule: str) -> None:
    whole = ours(letter_with_pictures(), READER)
    assert faults_of(whole) == faults_of(signer().signed(whole)) == []
    for number, damage in enumerate(DAMAGES[rule]):
        found = {fault.partition(":")[0] for fault in faults_of(damage(whole))}
        assert rule in found, number
