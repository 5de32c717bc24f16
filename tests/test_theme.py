"""The theme as an operator configures it: what is refused, the logo, the way into a message."""

from __future__ import annotations

import struct
from email import message_from_bytes, policy
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
import yaml
from PIL import Image

from newsletter.config import Config, load_config
from newsletter.core.colour import contrast
from newsletter.core.headers import Mailbox
from newsletter.core.mail import Letter, message_template, personalise
from newsletter.core.theme import BLOCKS
from newsletter.errors import ConfigError
from newsletter.logo import LARGEST, read_logo
from newsletter.messages import brand_of, edition_brand, identity_of, render_edition
from newsletter.sample.edition import sample_draft
from tests import drafts

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path


def configured(folder: Path, **theme: object) -> Config:
    file = folder / "newsletter.yaml"
    file.write_text(yaml.safe_dump({"theme": theme}), encoding="utf-8")
    return load_config(file, environ={})


def refused(folder: Path, **theme: object) -> str:
    with pytest.raises(ConfigError) as caught:
        configured(folder, **theme)
    return str(caught.value)


def picture(kind: str = "PNG", size: tuple[int, int] = (220, 48)) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", size, "#0b5563").save(buffer, kind)
    return buffer.getvalue()


def logo(folder: Path, content: bytes) -> Path:
    file = folder / "logo.png"
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("name", ["ink", "muted"])
@pytest.mark.parametrize("ground", ["card", "ground"])
def test_a_text_colour_that_cannot_be_read_is_refused_with_its_ratio(
    tmp_path: Path, name: str, ground: str
) -> None:
    said = refused(tmp_path, **{ground: "#ffffff", name: "#8a8f94"})
    ratio = contrast("#8a8f94", "#ffffff")
    assert f"`{name}` (#8a8f94) on `{ground}` (#ffffff) has a contrast of {ratio:.1f} to 1" in said


def test_a_dark_theme_is_taken_where_its_text_is_light(tmp_path: Path) -> None:
    night = {"ground": "#101418", "card": "#1a2026", "ink": "#f0ede8", "muted": "#b0b8bf"}
    assert brand_of(configured(tmp_path, **night)).theme.card == "#1a2026"


@pytest.mark.parametrize(
    "fonts", ["x; } body { display: none", "</style>", 'Georgia, "Times"', "url(x)", "a\nb", ""]
)
def test_fonts_that_could_break_a_style_sheet_are_refused(tmp_path: Path, fonts: str) -> None:
    assert "theme.text_font" in refused(tmp_path, text_font=fonts)


def test_an_open_quotation_mark_in_fonts_is_refused(tmp_path: Path) -> None:
    assert "in pairs" in refused(tmp_path, heading_font="'Times New Roman, serif")


@pytest.mark.parametrize("block", ["../footer", "a/b", "Lead", "", "lead.html"])
def test_a_block_has_a_plain_name(tmp_path: Path, block: str) -> None:
    assert "theme.blocks" in refused(tmp_path, blocks=[block])


def test_a_block_stands_once(tmp_path: Path) -> None:
    assert "lead stands there again" in refused(tmp_path, blocks=["lead", "also", "lead"])


@pytest.mark.parametrize("blocks", [[], ["summary", "market"], ["ahead", "sponsor", "notice"]])
def test_a_mail_without_a_block_that_tells_stories_is_refused(
    tmp_path: Path, blocks: list[str]
) -> None:
    assert "at least one block that tells stories" in refused(tmp_path, blocks=blocks)


@pytest.mark.parametrize("block", ["lead", "sections", "also", "mine"])
def test_one_block_that_tells_stories_is_enough(tmp_path: Path, block: str) -> None:
    assert configured(tmp_path, blocks=["summary", block]).theme.blocks == ("summary", block)


def test_a_block_that_nobody_wrote_is_refused_before_anything_leaves(tmp_path: Path) -> None:
    config = configured(tmp_path, blocks=[*BLOCKS, "horoscope"])
    with pytest.raises(ConfigError, match=r"'horoscope' needs email/blocks/horoscope\.html"):
        render_edition(drafts.normal(), config)


def test_the_theme_of_the_settings_reaches_the_mail(tmp_path: Path) -> None:
    config = configured(tmp_path, card="#fffdf5", heading_font="Cambria, serif", blocks=["lead"])
    html = render_edition(drafts.normal(), config).html
    assert 'bgcolor="#fffdf5"' in html
    assert "font-family:Cambria, serif" in html
    assert "Also today" not in html


@pytest.mark.parametrize(("kind", "media"), [("PNG", "png"), ("JPEG", "jpeg"), ("GIF", "gif")])
def test_a_logo_travels_as_it_is(tmp_path: Path, kind: str, media: str) -> None:
    read = read_logo(logo(tmp_path, picture(kind)))
    assert read.address.startswith(f"data:image/{media};base64,")
    assert (read.width, read.height) == (220, 48)


@pytest.mark.parametrize(
    ("size", "asked", "shown"),
    [
        *(((300, 60), 0, (300, 60)), ((302, 60), 0, (151, 30)), ((600, 100), 120, (120, 20))),
        *(((2400, 100), 0, (528, 22)), ((400, 1), 0, (200, 1))),
        *(((3000, 2000), 0, (180, 120)), ((40, 400), 0, (12, 120)), ((1, 4000), 0, (1, 120))),
        *(((400, 300), 400, (160, 120)), ((120, 120), 0, (120, 120))),
    ],
)
def test_a_logo_is_shown_at_a_width_and_a_height_that_fit(
    tmp_path: Path, size: tuple[int, int], asked: int, shown: tuple[int, int]
) -> None:
    read = read_logo(logo(tmp_path, picture(size=size)), asked)
    assert (read.width, read.height) == shown


HUGE = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 60000, 60000, 8, 2, 0, 0, 0)


@pytest.mark.parametrize(
    "content", [b"", b"<svg/>", b"GIF89a", picture()[:-30], HUGE + b"\0" * 4, picture("BMP")]
)
def test_what_is_no_whole_picture_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ConfigError, match=r"`theme.logo`: .*logo\.png: it is no whole PNG"):
        read_logo(logo(tmp_path, content))


def test_a_logo_too_heavy_for_every_mail_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="100 kB at most"):
        read_logo(logo(tmp_path, b"x" * (LARGEST + 1)))


def test_a_missing_logo_stops_the_edition_and_no_other_mail(tmp_path: Path) -> None:
    config = configured(tmp_path, logo="gone.png")
    assert brand_of(config).theme.logo == ""
    with pytest.raises(ConfigError, match=r"gone\.png: it cannot be read"):
        edition_brand(config)


def test_the_name_is_the_logos_words_where_nothing_else_is_said(tmp_path: Path) -> None:
    logo(tmp_path, picture())
    assert edition_brand(configured(tmp_path, logo="logo.png")).theme.logo_alt == (
        "Straight Into Your Inbox"
    )
    told = configured(tmp_path, logo="logo.png", logo_alt="Inbox")
    assert edition_brand(told).theme.logo_alt == "Inbox"


def message_of(config: Config) -> EmailMessage:
    """One reader's copy of an edition, read back from its bytes."""
    rendered = render_edition(drafts.normal(), config)
    template = message_template(
        "2026-04-07",
        Letter(rendered.subject, rendered.html, rendered.text),
        identity_of(config),
        date=drafts.MADE_AT,
        tokens={"unsubscribe": 6, "preferences": 6},
    )
    copy = personalise(
        template,
        delivery_id=1,
        recipient=Mailbox("ann@example.org"),
        values={"unsubscribe": "LEAVE1", "preferences": "PREFS1"},
    )
    return message_from_bytes(copy.content, policy=policy.default)


@pytest.mark.parametrize("kind", ["html", "plain"])
def test_a_readers_copy_leads_to_their_own_pause(tmp_path: Path, kind: str) -> None:
    part = message_of(configured(tmp_path)).get_body((kind,))
    assert part is not None
    words = part.get_content()
    assert "http://127.0.0.1:8000/p/PREFS1#pause" in words
    assert "personal.invalid" not in words


def test_a_logo_stands_in_an_edition_once_read(tmp_path: Path) -> None:
    logo(tmp_path, picture())
    config = configured(tmp_path, logo="logo.png")
    html = render_edition(sample_draft(drafts.MADE_AT, config.zone), config).html
    assert html.count("data:image/png;base64,") >= 1
