"""Bytes to text, as browsers decide it, with more patience."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
    (b"<\x00r\x00", "utf-16-le"),
    (b"{\x00", "utf-16-le"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_ALIASES = {
    "windows-874": "cp874",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-949": "cp949",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "windows-31j": "cp932",
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
}
"""Labels of the Encoding Standard for which Python and w3lib have another name or a smaller set."""
_FAMILIES = (
    "cp",
    "iso",
    "koi8",
    "gb",
    "big5",
    "euc",
    "shift",
    "mac",
    "utf-16",
    "hz",
    "johab",
    "kz",
)
"""How the charsets begin that a document may ask for: Python has codecs that are no charsets."""
_LONE_BYTE = re.compile("[\udc80-\udcff]")
_MOSTLY = 4


def decoded(body: bytes, content_type: str) -> str:
    """The document as text; never fails.

    A byte order mark decides; then whatever is valid UTF-8 is UTF-8, because nothing else looks
    like it; then the charset of the header, then of the XML declaration (labels as in the WHATWG
    Encoding Standard). In a document that is UTF-8 but for a few bytes, these are windows-1252.
    """
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return body.decode(charset, "replace").removeprefix("\ufeff")
    labels = _labels(body, content_type)
    is_escaped = b"\x1b" in body and any(label.startswith("iso2022") for label in labels)
    text = body.decode("utf-8", "surrogateescape")
    lone = len(_LONE_BYTE.findall(text))
    if not is_escaped and (not lone or _is_mostly_utf8(text, lone)):
        return _LONE_BYTE.sub(_as_windows_1252, text)
    return _by_label(body, labels) or _LONE_BYTE.sub(_as_windows_1252, text)


def _is_mostly_utf8(text: str, lone: int) -> bool:
    return sum(not char.isascii() for char in text) - lone > _MOSTLY * lone


def _labels(body: bytes, content_type: str) -> list[str]:
    """Python's names of the charsets that the header and the document declare."""
    from w3lib.encoding import resolve_encoding

    header = _CHARSET.search(content_type)
    declaration = _XML_ENCODING.match(body[:300])
    labels = [header[1]] if header else []
    labels += [declaration[1].decode("ascii", "replace")] if declaration else []
    names = (_ALIASES.get(label.lower()) or resolve_encoding(label) for label in labels)
    return [name for name in names if name and name.startswith(_FAMILIES)]


def _by_label(body: bytes, labels: list[str]) -> str:
    for errors in ("strict", "replace"):
        for label in labels:
            try:
                return body.decode(label, errors)
            except (UnicodeDecodeError, LookupError):
                continue
    return ""


def _as_windows_1252(match: re.Match[str]) -> str:
    byte = bytes((ord(match[0]) - 0xDC00,))
    return byte.decode("cp1252", "ignore") or byte.decode("latin-1")
