"""A message's body: its parts, each in letters that any relay carries, and the rules between them.

The bytes are those that Python's own e-mail package would write for the same parts.
"""

from __future__ import annotations

from base64 import b64encode
from email.quoprimime import body_encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from newsletter.core.pictures import Picture

_LINE = 76  # RFC 2045, 6.7 (5) and 6.8: a line of an encoded body
_BYTES = _LINE // 4 * 3  # that a line of base64 holds
# "=_" cannot occur in quoted-printable (RFC 2045, 6.7) nor in base64, so no part can hold a
# boundary; and none starts with the other (RFC 2046, 5.1.2: the beginning of a line decides).
_ALTERNATIVES = "=_straight-into-your-inbox"
_PICTURES = "=_pictures"


def body_of(html: str, text: str, pictures: Sequence[Picture]) -> bytes:
    """A body below the headers that say what it is; plain text alone where there is no `html`.

    Both wordings are alternatives, the better one last (RFC 2046, 5.1.4). Pictures are related to
    the HTML that shows them (RFC 2387), so that a reader of the text gets none.
    """
    if not html:
        return _text_part("plain", text)
    shown = _with_pictures(_text_part("html", html), pictures)
    kind = f'multipart/alternative; boundary="{_ALTERNATIVES}"'
    return _multipart(kind, _ALTERNATIVES, (_text_part("plain", text), shown))


def quoted_printable(text: str) -> bytes:
    """Text in UTF-8 and quoted-printable (RFC 2045, 6.7), lines ended by CRLF, the last one too."""
    lines = text.replace("\0", "").encode("utf-8", "replace").splitlines()
    # body_encode takes bytes in the shape of Latin-1 text
    return body_encode((b"\n".join(lines) + b"\n").decode("latin-1"), _LINE, "\r\n").encode("ascii")


def _with_pictures(html: bytes, pictures: Sequence[Picture]) -> bytes:
    if not pictures:
        return html
    kind = f'multipart/related; type="text/html"; boundary="{_PICTURES}"'
    return _multipart(kind, _PICTURES, (html, *map(_picture_part, pictures)))


def _multipart(kind: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    """RFC 2046, 5.1.1; the line end before a boundary belongs to the boundary."""
    rule = f"--{boundary}\r\n".encode("ascii")
    inside = b"".join(rule + part + b"\r\n" for part in parts)
    end = f"--{boundary}--\r\n".encode("ascii")
    return f"Content-Type: {kind}\r\n\r\n".encode("ascii") + inside + end


def _text_part(subtype: str, text: str) -> bytes:
    head = (
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode("ascii") + quoted_printable(text)


def _picture_part(picture: Picture) -> bytes:
    """A picture under the Content-ID (RFC 2392) that the HTML knows it by."""
    head = (
        f"Content-Type: {picture.media_type}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: inline; filename="{picture.file_name}"\r\n'
        f"Content-ID: <{picture.content_id}>\r\n\r\n"
    )
    return head.encode("ascii") + b"".join(_base64_lines(picture.content))


def _base64_lines(content: bytes) -> Iterator[bytes]:
    """RFC 2045, 6.8."""
    for start in range(0, len(content), _BYTES):
        yield b64encode(content[start : start + _BYTES]) + b"\r\n"
