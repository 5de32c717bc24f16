"""What goes wrong in real feeds, as named changes to the finished text of a document."""

from collections.abc import Callable, Iterable

# The apostrophe, the opening quotation mark and the en dash.
TYPOGRAPHIC = "\N{RIGHT SINGLE QUOTATION MARK}\N{LEFT SINGLE QUOTATION MARK}\N{EN DASH}"


def cut_short(text: str) -> str:
    """End the document inside its last entry, as a broken upload does."""
    return text[: text.rindex("</title>") + 40]


def leave_ampersands_bare(text: str) -> str:
    """Write `&` where XML wants `&amp;`."""
    return text.replace("&amp;", "&")


def leave_tags_open(text: str) -> str:
    """Forget the end tag of every category."""
    return text.replace("</category>", "")


def read_as_windows_874(text: str) -> str:
    """Read the UTF-8 bytes as windows-874 (Thai), so an em dash becomes `โ€”`.

    Bytes that windows-874 leaves undefined become the code point of the same number, as the
    WHATWG Encoding Standard has it for the C1 range.
    """
    return "".join(_thai_character(byte) for byte in text.encode("utf-8"))


def escape_twice(text: str) -> str:
    """Escape what was escaped already, typographic characters included."""
    for character in TYPOGRAPHIC:
        text = text.replace(character, f"&amp;#{ord(character)};")
    return text.replace("&amp;", "&amp;amp;")


def _thai_character(byte: int) -> str:
    return bytes([byte]).decode("cp874", errors="ignore") or chr(byte)


DAMAGES: dict[str, Callable[[str], str]] = {
    "truncated": cut_short,
    "unescaped": leave_ampersands_bare,
    "unclosed": leave_tags_open,
    "thai-charset": read_as_windows_874,
    "double-escaped": escape_twice,
}


def damaged(text: str, names: Iterable[str]) -> str:
    """Apply the named damages in order. An unknown name is a KeyError."""
    for name in names:
        text = DAMAGES[name](text)
    return text
