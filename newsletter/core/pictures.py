"""Pictures of a mail: in a page they stand as `data:` addresses, in a message as parts beside it.

A page is then whole by itself (frozen, previewed, archived), and a mail asks no host for anything.
"""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass
from hashlib import blake2b

from newsletter.core.personal import ATTRIBUTES

_PICTURE = re.compile(
    rf'(?P<before><img\b{ATTRIBUTES}\s+src=")'
    r'data:(?P<type>image/(?:png|jpeg|gif));base64,(?P<content>[A-Za-z0-9+/]+={0,2})"'
)
_BEGINNINGS = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
}
"""What the bytes of each kind begin with."""


@dataclass(frozen=True)
class Picture:
    """A picture of a mail. Its Content-ID is made of its content: the same picture is sent once."""

    content_id: str
    media_type: str
    content: bytes

    @property
    def file_name(self) -> str:
        """What a reader who saves the picture finds it as."""
        return f"{self.content_id.partition('@')[0]}.{self.media_type.partition('/')[2]}"


def split_pictures(html: str, domain: str) -> tuple[str, tuple[Picture, ...]]:
    """The HTML with `cid:` addresses (RFC 2392) in place of pictures, and the pictures.

    Each picture's Content-ID is a name made of its content, an @ and `domain`. What does not
    stand in an `<img>` or is not of the kind it says stays where it is.
    """
    found: dict[str, Picture] = {}

    def named(match: re.Match[str]) -> str:
        content = _content(match)
        if not content:
            return match[0]
        content_id = f"{blake2b(content, digest_size=8).hexdigest()}@{domain}"
        found[content_id] = Picture(content_id, match["type"], content)
        return f'{match["before"]}cid:{content_id}"'

    return _PICTURE.sub(named, html), tuple(found.values())


def mailed_size(html: str) -> int:
    """How many bytes of HTML a mailbox gets: the pictures travel beside it."""
    return len(split_pictures(html, "pictures.invalid")[0].encode())


def _content(match: re.Match[str]) -> bytes:
    """A picture's bytes; none where they are no base64 (RFC 4648, 4) or another kind's."""
    try:
        content = b64decode(match["content"], validate=True)
    except ValueError:
        return b""
    return content if content.startswith(_BEGINNINGS[match["type"]]) else b""
