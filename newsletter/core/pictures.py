"""Pictures of a mail: in a page they stand as `data:` addresses, in a message as parts beside it.

A page is then whole by itself (frozen, previewed, archived), and a mail asks no host for anything.
"""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass
from hashlib import blake2b

_PICTURE = re.compile(r'src="data:(image/(?:png|jpeg|gif));base64,([A-Za-z0-9+/]+=*)"')


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

    Each picture's Content-ID is a name made of its content, an @ and `domain`.
    """
    found: dict[str, Picture] = {}

    def named(match: re.Match[str]) -> str:
        content = b64decode(match[2])
        content_id = f"{blake2b(content, digest_size=8).hexdigest()}@{domain}"
        found[content_id] = Picture(content_id, match[1], content)
        return f'src="cid:{content_id}"'

    return _PICTURE.sub(named, html), tuple(found.values())


def mailed_size(html: str) -> int:
    """How many bytes of HTML a mailbox gets: the pictures travel beside it."""
    return len(split_pictures(html, "pictures.invalid")[0].encode())
