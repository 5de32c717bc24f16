"""Documents that are gzip files in themselves, and charsets under their older names."""

from __future__ import annotations

import gzip

from newsletter.kinds.table import parse
from tests.collecting import item, rss


def test_a_gzip_file_of_several_members_is_read_whole() -> None:
    body = rss(item(1), item(2))
    packed = gzip.compress(body[:120]) + gzip.compress(body[120:])
    found = parse(packed, content_type="", url="", kind="auto")
    assert [entry.title for entry in found.entries] == ["Rare earth story 1", "Rare earth story 2"]


def test_an_apple_charset_is_known_by_its_label() -> None:
    body = rss(item(1, title="Россия")).decode().replace("utf-8", "x-mac-cyrillic")
    (entry,) = parse(body.encode("mac_cyrillic"), content_type="", url="", kind="auto").entries
    assert entry.title == "Россия"
