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
)
_WIDE = (
    (re.compile(rb"(?:[\x01-\x7f]\x00\x00\x00){2}"), "utf-32-le"),
    (re.compile(rb"(?:\x00\x00\x00[\x01-\x7f]){2}"), "utf-32-be"),
    (re.compile(rb"(?:[\x01-\x7f]\x00){4}"), "utf-16-le"),
    (re.compile(rb"(?:\x00[\x01-\x7f]){4}"), "utf-16-be"),
)
"""How a document of ASCII's markup begins in wide characters without a byte order mark."""
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_META = re.compile(rb"<meta\s[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_HEAD = 4_096
"""Bytes in which a page names its charset; browsers look at the first 1,024."""
_SERVERS_DEFAULT = "cp1252"
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
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-roman": "mac_roman",
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
    "hz",
    "johab",
    "kz",
)
"""How the charsets begin that a document may ask for: Python has codecs that are no charsets."""
_LONE_BYTES = {
    0xDC00 + byte: bytes((byte,)).decode("cp1252", "ignore") or chr(byte)
    for byte in range(0x80, 0x100)
}
"""How Python writes a byte that is no UTF-8 -> the character of windows-1252."""


def decoded(body: bytes, content_type: str) -> str:
    """The document as text; never fails.

    A byte order mark decides, or the zeros of wide characters; then whatever is valid UTF-8 is
    UTF-8, because nothing else looks like it; then the charset of the header, of the XML
    declaration, of the page's `meta` (labels as in the WHATWG Encoding Standard). A header that
    says ISO-8859-1 speaks for the server's set-up, so it yields to what the document says. In a
    document that is UTF-8 but for a few bytes, these are windows-1252.
    """
    if wide := _wide_charset(body):
        return body.decode(wide, "replace").removeprefix("\ufeff")
    labels = _labels(body, content_type)
    if not (b"\x1b" in body and any(label.startswith("iso2022") for label in labels)):
        try:
            return body.decode()
        except UnicodeDecodeError:
            if _is_mostly(body, lone_for_each_other=1 / 4):
                return _mixed(body)
    return _by_label(body, labels) or _unlabelled(body)


def _wide_charset(body: bytes) -> str:
    marked = (charset for mark, charset in _BOMS if body.startswith(mark))
    shaped = (charset for pattern, charset in _WIDE if pattern.match(body))
    return next(marked, "") or next(shaped, "")


def _is_mostly(body: bytes, *, lone_for_each_other: float) -> bool:
    """Whether, beside ASCII, few enough bytes are no UTF-8 for each character that is."""
    text = body.decode("utf-8", "ignore")
    others = len(text) - len(text.encode("ascii", "ignore"))
    lone = len(body) - len(text.encode())
    return lone < others * lone_for_each_other


def _mixed(body: bytes) -> str:
    return body.decode("utf-8", "surrogateescape").translate(_LONE_BYTES)


def _unlabelled(body: bytes) -> str:
    """Some UTF-8 among windows-1252 is read as such; where there is hardly any, it is chance."""
    if _is_mostly(body, lone_for_each_other=4):
        return _mixed(body)
    return body.decode("cp1252", "replace")


def _labels(body: bytes, content_type: str) -> list[str]:
    """Python's names of the charsets that the header and the document declare, the best first."""
    header = _CHARSET.search(content_type)
    found = [header[1]] if header else []
    for declared in (_XML_ENCODING.match(body[:300]), _META.search(body[:_HEAD])):
        found += [declared[1].decode("ascii", "replace")] if declared else []
    names = [name for name in map(_python_name, found) if name.startswith(_FAMILIES)]
    return sorted(names, key=_SERVERS_DEFAULT.__eq__)


def _python_name(label: str) -> str:
    from w3lib.encoding import resolve_encoding

    return _ALIASES.get(label.lower()) or resolve_encoding(label) or ""


def _by_label(body: bytes, labels: list[str]) -> str:
    for errors in ("strict", "replace"):
        for label in labels:
            try:
                return body.decode(label, errors)
            except (UnicodeDecodeError, LookupError):
                continue
    return ""
