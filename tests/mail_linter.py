"""What a strict receiver finds wrong with a message's bytes: one function a rule, with its source.

It reads the bytes by itself: what Python's e-mail package forgives is a fault here.
"""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from quopri import decodestring
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OF_LISTS = ("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post")
REQUIRED = ("Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type")
OPTIONAL = (
    *("Reply-To", "Auto-Submitted", "Feedback-ID", "Content-Language"),
    *("Content-Transfer-Encoding", "DKIM-Signature"),
)
LONGEST_LINE, LONGEST_HEADER, LONGEST_ENCODED = 998, 78, 76

_WORD = r"=\?utf-8\?[qb]\?[!->@-~]+\?="
_PHRASE = rf'(?:"(?:[^"\\]|\\.)*"|{_WORD}(?: {_WORD})*|[A-Za-z0-9!#$%&\'*+/=?^_`{{|}}~ -]+)'
_ADDRESS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+"
_MAILBOX = rf"(?:(?:{_PHRASE} )?<{_ADDRESS}>|{_ADDRESS})"
_ZONE = r"(?:[+-](?:0\d|1[0-4])[0-5]\d)"
_DATE = r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d " + _ZONE
_LANGUAGE = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"
_MAGIC = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
}


class Field(NamedTuple):
    """A header: its name, its text unfolded (RFC 5322, 2.2.3), and its lines as they stand."""

    name: str
    value: str
    lines: list[str]


@dataclass(frozen=True)
class Part:
    """A message or a part of one. A multipart's `inside` is what stands before, in and after it."""

    fields: list[Field]
    body: bytes

    def header(self, name: str) -> str:
        return next((field.value for field in self.fields if field.name == name), "")

    @property
    def kind(self) -> str:
        return self.header("Content-Type").partition(";")[0]

    @property
    def boundary(self) -> str:
        found = re.search(r'boundary="([^"]*)"', self.header("Content-Type"))
        return found[1] if found else ""

    @property
    def pieces(self) -> list[bytes]:
        """The body cut at its boundary lines, the closing one among them (RFC 2046, 5.1.1)."""
        rule = re.escape(self.boundary.encode())
        return re.split(rb"(?:^|\r\n)--%s(?:--)?\r\n" % rule, self.body)

    @property
    def parts(self) -> list[Part]:
        return [part_of(piece) for piece in self.pieces[1:-1]] if self.boundary else []

    def walk(self) -> Iterator[Part]:
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass(frozen=True)
class Mail:
    """A message as it arrived, of a list or to one person alone."""

    content: bytes
    top: Part
    is_of_list: bool

    def values(self, *names: str) -> Iterator[tuple[str, str]]:
        return ((one.name, one.value) for one in self.top.fields if one.name in names)

    def leaves(self, start: str) -> list[Part]:
        return [part for part in self.top.walk() if part.kind.startswith(start)]


def faults_of(content: bytes, *, is_of_list: bool = True) -> list[str]:
    """What a strict receiver finds wrong: for each fault the rule's name and what breaks it."""
    mail = Mail(content, part_of(content), is_of_list)
    return [f"{rule.__name__}: {fault}" for rule in RULES for fault in rule(mail)]


def headers_of(content: bytes) -> list[tuple[str, str]]:
    """The headers as they stand, unfolded and not decoded."""
    return [(field.name, field.value) for field in part_of(content).fields]


def part_of(content: bytes) -> Part:
    """The headers of a message or a part, and what is below them."""
    head, _, body = content.partition(b"\r\n\r\n")
    fields = []
    for text in re.split(r"\r\n(?![ \t])", head.decode("ascii", "replace")):
        name, _, value = text.partition(":")
        value = value.replace("\r\n", "")
        fields.append(Field(name, value.removeprefix(" "), text.split("\r\n")))
    return Part(fields, body)


def line_ends_are_crlf(mail: Mail) -> Iterator[str]:
    """RFC 5321, 2.3.8; a bare one smuggles commands past some servers."""
    if re.search(rb"(?<!\r)\n|\r(?!\n)", mail.content):
        yield "a line end that is not CRLF"


def bytes_are_printable_ascii(mail: Mail) -> Iterator[str]:
    """RFC 5322, 2.2; nothing here needs 8BITMIME."""
    if re.search(rb"[^\r\n -~]", mail.content):
        yield "a byte that is not printable ASCII"


def lines_fit_smtp(mail: Mail) -> Iterator[str]:
    """RFC 5322, 2.1.1."""
    for line in mail.content.split(b"\r\n"):
        if len(line) > LONGEST_LINE:
            yield f"a line of {len(line)} letters"


def last_line_is_ended(mail: Mail) -> Iterator[str]:
    """RFC 5321, 4.1.1.4: the final dot stands on a line of its own."""
    if not mail.content.endswith(b"\r\n"):
        yield "the last line has no end"


def header_lines_are_short(mail: Mail) -> Iterator[str]:
    """RFC 5322, 2.1.1; an address in List-Unsubscribe cannot be folded."""
    for part in mail.top.walk():
        for field in part.fields:
            for line in field.lines:
                if len(line) > LONGEST_HEADER and field.name != "List-Unsubscribe":
                    yield line


def header_lines_say_something(mail: Mail) -> Iterator[str]:
    """RFC 5322, 3.2.2: no folded line of nothing but space."""
    for part in mail.top.walk():
        for field in part.fields:
            if not all(line.strip() for line in field.lines):
                yield f"{field.name} has a line of nothing but space"


def headers_have_a_name_and_a_value(mail: Mail) -> Iterator[str]:
    """RFC 5322, 2.2: a name of printable letters, a colon, a value; a subject may be empty."""
    for part in mail.top.walk():
        for field in part.fields:
            has_value = field.value.strip() or field.name == "Subject"
            if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", field.name) or not has_value:
                yield field.lines[0]


def required_headers_stand_once(mail: Mail) -> Iterator[str]:
    """RFC 5322, 3.6; RFC 2045, 4; RFC 2919, 3; RFC 8058, 3.1."""
    names = [field.name for field in mail.top.fields]
    for name in (*REQUIRED, *OF_LISTS) if mail.is_of_list else REQUIRED:
        if names.count(name) != 1:
            yield f"{names.count(name)} times {name}"


def no_other_header_stands(mail: Mail) -> Iterator[str]:
    """No Bcc, no second Reply-To, nothing that a text smuggled in."""
    names = [field.name for field in mail.top.fields]
    expected = {*REQUIRED, *OPTIONAL, *(OF_LISTS if mail.is_of_list else ())}
    for name in sorted(set(names)):
        if name not in expected or (name in OPTIONAL and names.count(name) > 1):
            yield f"{names.count(name)} times {name}"


def date_is_a_date(mail: Mail) -> Iterator[str]:
    """RFC 5322, 3.3."""
    for _, value in mail.values("Date"):
        try:
            day = f"{parsedate_to_datetime(value):%a, %d %b}"
        except ValueError:
            day = "none"
        if not re.fullmatch(_DATE, value) or not value.startswith(day):
            yield value


def people_are_one_mailbox(mail: Mail) -> Iterator[str]:
    """RFC 5322, 3.6.2 and 3.6.3; one of each."""
    for name, value in mail.values("From", "To", "Reply-To"):
        if not re.fullmatch(_MAILBOX, value):
            yield f"{name}: {value}"


def message_id_is_one(mail: Mail) -> Iterator[str]:
    """RFC 5322, 3.6.4."""
    for _, value in mail.values("Message-ID"):
        if not re.fullmatch(r"<[A-Za-z0-9.-]+@[A-Za-z0-9.-]+>", value):
            yield value


def list_id_is_one(mail: Mail) -> Iterator[str]:
    """RFC 2919, 3: a phrase, and letters without space between the brackets."""
    for _, value in mail.values("List-Id"):
        shape = rf"(?:{_PHRASE} )?<[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+>"
        if not re.fullmatch(shape, value) or len(value.rpartition("<")[2]) > 256:
            yield value


def way_out_is_one_https_address(mail: Mail) -> Iterator[str]:
    """RFC 8058, 3.1; RFC 2369, 2."""
    for _, value in mail.values("List-Unsubscribe"):
        if not re.fullmatch(r"<https://[A-Za-z0-9.-]+(:\d+)?/[!-;=?-~]*>", value):
            yield value


def one_click_is_said_exactly(mail: Mail) -> Iterator[str]:
    """RFC 8058, 5."""
    for _, value in mail.values("List-Unsubscribe-Post"):
        if value != "List-Unsubscribe=One-Click":
            yield value


def list_headers_are_not_folded_away(mail: Mail) -> Iterator[str]:
    """An address folded in two is none for many receivers; a tab is none of our folds."""
    for field in mail.top.fields:
        if field.name.startswith("List-Unsubscribe") and len(field.lines) > 1:
            yield f"{field.name} is folded"
        if any(line.startswith("\t") for line in field.lines[1:]):
            yield f"{field.name} is folded by a tab"


def automatic_mail_says_so_rightly(mail: Mail) -> Iterator[str]:
    """RFC 3834, 5."""
    for _, value in mail.values("Auto-Submitted"):
        if value != "auto-generated":
            yield value


def feedback_has_up_to_four_fields(mail: Mail) -> Iterator[str]:
    """Gmail's rule: the last one is the sender's, of 5 to 15 letters."""
    for _, value in mail.values("Feedback-ID"):
        *others, last = value.split(":")
        if len(others) > 3 or not all(re.fullmatch("[A-Za-z0-9-]+", one) for one in others):
            yield value
        if not re.fullmatch("[A-Za-z0-9-]{5,15}", last):
            yield f"the sender is {last}"


def language_is_a_tag(mail: Mail) -> Iterator[str]:
    """RFC 3282, 2; RFC 5646."""
    for _, value in mail.values("Content-Language"):
        if not re.fullmatch(_LANGUAGE, value):
            yield value


def encoded_words_are_whole(mail: Mail) -> Iterator[str]:
    """RFC 2047, 2 and 5: on their own, and of at most 75 letters."""
    for field in mail.top.fields:
        if "=?" in re.sub(rf"(?:(?<= )|^){_WORD}(?= |$)", "", field.value):
            yield f"{field.name}: {field.value}"
        for word in re.findall(_WORD, field.value):
            if len(word) > 75:
                yield f"{field.name} has one of {len(word)} letters"


def encoded_words_hold_plain_text(mail: Mail) -> Iterator[str]:
    """RFC 2047, 5: whole characters; and nothing that ends a line where it is decoded."""
    for field in mail.top.fields:
        for word in re.findall(_WORD, field.value):
            _, _, form, text, _ = word.split("?")
            try:
                raw = b64decode(text) if form == "b" else decodestring(text, header=True)
                if re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029]", raw.decode("utf-8")):
                    yield f"{field.name} holds a control character: {word}"
            except ValueError:
                yield f"{field.name} holds half a character: {word}"


def encoded_words_stand_where_they_may(mail: Mail) -> Iterator[str]:
    """RFC 2047, 5 (3): not in an address, not in quotation marks, not where no phrase stands."""
    for field in mail.top.fields:
        if field.name == "Subject":
            continue
        quoted = re.findall(r'"(?:[^"\\]|\\.)*"', field.value)
        bracketed = re.findall(r"<[^>]*>", field.value)
        is_bare = field.name not in {"From", "To", "Reply-To", "List-Id"}
        if any("=?" in text for text in (*quoted, *bracketed, field.value if is_bare else "")):
            yield f"{field.name}: {field.value}"


def lines_with_encoded_words_are_short(mail: Mail) -> Iterator[str]:
    """RFC 2047, 2."""
    for field in mail.top.fields:
        for line in field.lines:
            if "=?" in line and len(line) > LONGEST_ENCODED:
                yield line


def mime_is_of_version_one(mail: Mail) -> Iterator[str]:
    """RFC 2045, 4."""
    for _, value in mail.values("MIME-Version"):
        if value != "1.0":
            yield value


def parts_are_what_we_make(mail: Mail) -> Iterator[str]:
    """Plain text alone; or plain text and HTML, and pictures related to that (RFC 2387)."""
    shape = _shape(mail.top)
    picture = r"image/(?:png|jpeg|gif)"
    html = rf"(?:text/html|multipart/related\[text/html(?: {picture})+\])"
    if not re.fullmatch(rf"text/plain|multipart/alternative\[text/plain {html}\]", shape):
        yield shape


def _shape(part: Part) -> str:
    inside = " ".join(map(_shape, part.parts))
    return f"{part.kind}[{inside}]" if inside else part.kind


def boundaries_open_and_close(mail: Mail) -> Iterator[str]:
    """RFC 2046, 5.1.1: at most 70 letters, nothing before the first and after the last one."""
    for part in mail.leaves("multipart/"):
        end = f"--{part.boundary}--\r\n".encode()
        if not 1 <= len(part.boundary) <= 70:
            yield f"{part.kind} has no boundary, or a long one"
        if part.pieces[0] or part.pieces[-1] or part.body.count(end) != 1:
            yield f"{part.kind} is not closed, or has something around it"


def boundaries_differ_at_their_beginning(mail: Mail) -> Iterator[str]:
    """RFC 2046, 5.1.2: a reader need only compare the beginning of a line."""
    boundaries = [part.boundary for part in mail.leaves("multipart/")]
    for number, one in enumerate(boundaries):
        others = boundaries[:number] + boundaries[number + 1 :]
        if any(other.startswith(one) for other in others):
            yield f"{one} begins another one"


def related_names_its_root(mail: Mail) -> Iterator[str]:
    """RFC 2387, 3.1."""
    for part in mail.leaves("multipart/related"):
        if 'type="text/html"' not in part.header("Content-Type"):
            yield part.header("Content-Type")


def texts_say_how_they_are_written(mail: Mail) -> Iterator[str]:
    """RFC 2045, 5 and 6."""
    for part in mail.leaves("text/"):
        if part.header("Content-Type") != f'{part.kind}; charset="utf-8"':
            yield part.header("Content-Type")
        if part.header("Content-Transfer-Encoding") != "quoted-printable":
            yield f"{part.kind} is {part.header('Content-Transfer-Encoding')}"


def quoted_printable_is_right(mail: Mail) -> Iterator[str]:
    """RFC 2045, 6.7: short lines, none that ends in a space, no odd escape."""
    for part in mail.leaves("text/"):
        for line in part.body.split(b"\r\n"):
            if len(line) > 76 or line.endswith((b" ", b"\t")):
                yield f"{line!r}"
            if re.search(rb"=(?![0-9A-F]{2}|$)", line):
                yield f"not quoted-printable: {line!r}"


def texts_are_utf_8(mail: Mail) -> Iterator[str]:
    """RFC 3629."""
    for part in mail.leaves("text/"):
        try:
            decodestring(part.body).decode("utf-8")
        except UnicodeDecodeError:
            yield f"{part.kind} is not"


def pictures_are_what_they_say(mail: Mail) -> Iterator[str]:
    """RFC 2045, 6.8: base64 in lines of at most 76 letters; and the type's own first bytes."""
    for part in mail.leaves("image/"):
        if part.header("Content-Transfer-Encoding") != "base64":
            yield f"{part.kind} is {part.header('Content-Transfer-Encoding')}"
        if not re.fullmatch(rb"(?:[A-Za-z0-9+/]{1,76}\r\n)*[A-Za-z0-9+/=]{4,76}\r\n", part.body):
            yield f"{part.kind} is not in short lines of base64"
        elif not b64decode(part.body).startswith(_MAGIC.get(part.kind, b"?")):
            yield f"{part.kind} holds something else"


def pictures_stand_in_the_text(mail: Mail) -> Iterator[str]:
    """RFC 2183, 2.1: shown where the HTML has them, and none as an attachment."""
    for part in mail.leaves("image/"):
        if not re.fullmatch(r'inline; filename="[\w.-]+"', part.header("Content-Disposition")):
            yield part.header("Content-Disposition")


def pictures_are_those_the_html_shows(mail: Mail) -> Iterator[str]:
    """RFC 2392: for each `cid:` a part, for each part a `cid:`, each name once."""
    named = [part.header("Content-ID") for part in mail.leaves("image/")]
    for name in named:
        if not re.fullmatch(r"<[A-Za-z0-9.-]+@[A-Za-z0-9.-]+>", name) or named.count(name) > 1:
            yield f"Content-ID: {name}"
    html = b"".join(decodestring(part.body) for part in mail.leaves("text/html")).decode()
    shown = {f"<{name}>" for name in re.findall(r'src="cid:([^"]+)"', html)}
    for name in sorted(shown.symmetric_difference(named)):
        yield f"{name} is only shown, or only sent"


def nothing_is_left_to_fill_in(mail: Mail) -> Iterator[str]:
    """No placeholder of a personal link, no picture that most readers would not show."""
    for part in mail.leaves("text/"):
        text = decodestring(part.body)
        for left in (b'"https://personal.invalid/', b'src="data:'):
            if left in text:
                yield f"{left!r} in {part.kind}"


def signature_covers_what_it_must(mail: Mail) -> Iterator[str]:
    """RFC 8058, 4; RFC 6376, 8.15: From twice, so that nobody can add one."""
    for _, value in mail.values("DKIM-Signature"):
        found = re.search(r"\bh=([^;]*);", value)
        names = re.sub(r"\s", "", found[1] if found else "").lower().split(":")
        missing = {"from", "to", "subject", "date", "message-id"} - set(names)
        if mail.is_of_list:
            missing |= {"list-unsubscribe", "list-unsubscribe-post"} - set(names)
        if missing or names.count("from") < 2:
            yield f"h= lacks {', '.join(sorted(missing)) or 'the second From'}"


RULES: tuple[Callable[[Mail], Iterator[str]], ...] = (
    *(line_ends_are_crlf, bytes_are_printable_ascii, lines_fit_smtp, last_line_is_ended),
    *(header_lines_are_short, header_lines_say_something, headers_have_a_name_and_a_value),
    *(required_headers_stand_once, no_other_header_stands, date_is_a_date),
    *(people_are_one_mailbox, message_id_is_one, list_id_is_one, way_out_is_one_https_address),
    *(one_click_is_said_exactly, list_headers_are_not_folded_away, automatic_mail_says_so_rightly),
    *(feedback_has_up_to_four_fields, language_is_a_tag, encoded_words_are_whole),
    *(encoded_words_hold_plain_text, encoded_words_stand_where_they_may),
    *(lines_with_encoded_words_are_short, mime_is_of_version_one, parts_are_what_we_make),
    *(boundaries_open_and_close, boundaries_differ_at_their_beginning, related_names_its_root),
    *(texts_say_how_they_are_written, quoted_printable_is_right, texts_are_utf_8),
    *(pictures_are_what_they_say, pictures_stand_in_the_text, pictures_are_those_the_html_shows),
    *(nothing_is_left_to_fill_in, signature_covers_what_it_must),
)
