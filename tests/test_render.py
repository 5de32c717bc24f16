"""Rendering: from a page to the HTML, the text and the subject that leave."""

from __future__ import annotations

import itertools
import re
import socket
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from lxml import html as markup

from newsletter.core.colour import contrast
from newsletter.core.edition import DraftFigures
from newsletter.core.page import linkable, page_for
from newsletter.core.pictures import mailed_size
from newsletter.core.theme import BLOCKS, Theme
from newsletter.errors import ConfigError, TemplateError
from newsletter.render import (
    PREFERENCES_URL,
    UNSUBSCRIBE_URL,
    RenderedEdition,
    Renderer,
    columns,
    inline_styles,
    template_folder,
    wrap_text,
)
from tests import drafts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from newsletter.core.edition import Draft

VIEW = "https://readers.example/archive/2026-04-07"
STOCK = Renderer()
EVERY_DRAFT = [
    drafts.normal,
    drafts.no_images,
    drafts.one_outlet,
    drafts.quiet,
    drafts.empty,
    drafts.forty_stories,
    drafts.foreign_names,
    drafts.long_titles,
    drafts.hostile,
]
every_draft = pytest.mark.parametrize("make", EVERY_DRAFT, ids=lambda make: make.__name__)


def rendered(
    draft: Draft | None = None, *folders: Path, view: str | None = VIEW, theme: Theme | None = None
) -> RenderedEdition:
    brand = drafts.brand(**({"theme": theme} if theme else {}))
    page = page_for(draft or drafts.normal(), brand)
    renderer = Renderer(*folders) if folders else STOCK
    return renderer.edition(page, view_url=view)


def tree_of(edition: RenderedEdition) -> markup.HtmlElement:
    return markup.document_fromstring(edition.html)


def operator(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


@every_draft
def test_the_document_type_survives_inlining(make: Callable[[], Draft]) -> None:
    assert rendered(make()).html.startswith("<!DOCTYPE html>\n<html")


@pytest.mark.parametrize("start", ["", "<!doctype html>\n", "<!DOCTYPE html>"])
def test_inlining_leaves_one_document_type(start: str) -> None:
    inlined = inline_styles(f"{start}<html><head></head><body><p>x</p></body></html>")
    assert inlined.lower().count("<!doctype html>") == 1
    assert inlined.lower().startswith("<!doctype html>")


def test_a_linked_style_sheet_causes_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **_: tried.append(args))
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: tried.append(address))
    link = '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">'
    inline_styles(f"<html><head>{link}</head><body><p>x</p></body></html>")
    assert tried == []


def test_important_survives_inlining() -> None:
    html = rendered().html
    assert "@media (prefers-color-scheme: dark)" in html
    assert ".card { background-color: #1c2225 !important; }" in html
    assert inline_styles("<style>p{color:red !important}</style><p>x</p>").count("!important") == 1


def test_rules_are_written_into_the_elements() -> None:
    (headline,) = tree_of(rendered()).xpath("//h2[contains(@class, 'lead')]")
    assert "font-size:30px" in headline.get("style")


def test_an_undefined_variable_names_the_template_and_the_line(tmp_path: Path) -> None:
    folder = operator(tmp_path, "email/blocks/notice.html", "\n\n{{ page.notize }}\n")
    with pytest.raises(TemplateError, match=r"blocks/notice\.html, line 3: .*notize"):
        rendered(None, folder)


def test_a_syntax_error_names_the_template_and_the_line(tmp_path: Path) -> None:
    folder = operator(tmp_path, "email/edition/body.txt", "fine\n{% if %}\n")
    with pytest.raises(TemplateError, match=r"edition/body\.txt, line 2: "):
        rendered(None, folder)


def test_a_missing_template_names_itself() -> None:
    with pytest.raises(TemplateError, match=r"email/no/such\.html"):
        Renderer().render("email/no/such.html", {})


def test_a_missing_include_names_the_line_that_asks_for_it(tmp_path: Path) -> None:
    folder = operator(tmp_path, "email/edition/body.txt", "\n{% include 'email/gone.txt' %}")
    with pytest.raises(TemplateError, match=r"edition/body\.txt, line 2: .*email/gone\.txt"):
        rendered(None, folder)


@pytest.mark.parametrize(
    "expression",
    [
        "''.__class__.__mro__",
        "page.__class__.__init__.__globals__",
        "''['__class__']['__mro__']",
        "(''|attr('__class__')).__mro__",
        "'{0.__class__.__mro__}'.format('')",
        "links.__init__.__globals__['re']",
    ],
)
def test_the_sandbox_stops_attribute_tricks(tmp_path: Path, expression: str) -> None:
    folder = operator(tmp_path, "email/edition/subject.txt", "{{ " + expression + " }}")
    with pytest.raises(TemplateError, match=r"edition/subject\.txt, line 1: "):
        rendered(None, folder)


@pytest.mark.parametrize("expression", ["1 + 'a'", "1 / 0", "page.also[0]()", "range(10 ** 9)"])
def test_a_template_that_fails_at_run_time_is_one_line(tmp_path: Path, expression: str) -> None:
    folder = operator(tmp_path, "email/edition/body.html", "\n{{ " + expression + " }}")
    with pytest.raises(TemplateError, match=r"edition/body\.html, line 2: ") as caught:
        rendered(None, folder)
    assert "\n" not in str(caught.value)


def test_an_empty_body_is_a_template_error(tmp_path: Path) -> None:
    folder = operator(tmp_path, "email/edition/body.html", "")
    with pytest.raises(TemplateError, match="styles cannot be inlined"):
        rendered(None, folder)


def test_a_template_that_is_no_text_is_a_template_error(tmp_path: Path) -> None:
    operator(tmp_path, "email/edition/subject.txt", "")
    (tmp_path / "email/edition/subject.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TemplateError, match=r"edition/subject\.txt"):
        rendered(None, tmp_path)


@pytest.mark.parametrize("kind", ["html", "txt"])
def test_a_block_that_is_not_utf_8_is_named_and_not_who_includes_it(
    tmp_path: Path, kind: str
) -> None:
    for name in ("html", "txt"):
        operator(tmp_path, f"email/blocks/mine.{name}", "Mine")
    (tmp_path / f"email/blocks/mine.{kind}").write_bytes(b"caf\xe9 \xff\xfe")
    with pytest.raises(TemplateError) as caught:
        rendered(None, tmp_path, theme=Theme(blocks=("lead", "mine")))
    file = tmp_path / f"email/blocks/mine.{kind}"
    assert str(caught.value) == f"template {file} is not UTF-8 text (byte 4); save it as UTF-8"


def test_the_operators_template_wins(tmp_path: Path) -> None:
    folder = operator(tmp_path, "email/blocks/summary.html", "<tr><td>Our own words</td></tr>")
    assert "Our own words" in rendered(None, folder).html
    assert "Our own words" not in rendered().html


def test_an_override_can_extend_what_it_replaces(tmp_path: Path) -> None:
    own = (
        '{% extends "stock/email/edition/body.html" %}'
        "{% block footer %}<tr><td>Ours</td></tr>{% endblock %}"
    )
    html = rendered(None, operator(tmp_path, "email/edition/body.html", own)).html
    assert "Ours" in html
    assert "China adds seven magnet products" in html


def test_no_template_outside_the_folders_can_be_read(tmp_path: Path) -> None:
    operator(tmp_path, "secret.txt", "secret")
    with pytest.raises(TemplateError):
        Renderer(tmp_path / "templates").render("../secret.txt", {})


def test_the_templates_are_found_beside_the_package() -> None:
    assert (template_folder() / "email/edition/body.html").is_file()


def test_markup_from_a_feed_is_shown_and_not_obeyed() -> None:
    edition = rendered(drafts.hostile())
    tree = tree_of(edition)
    assert (
        tree.xpath("//script | //img | //@onclick | //@onerror | //body//b/text()[.='bold']") == []
    )
    assert (
        tree.xpath("string(//h2)") == '<script>alert(1)</script> & "quotes" {{ 7*7 }} <b>bold</b>'
    )


def test_only_web_addresses_are_linked() -> None:
    addresses = tree_of(rendered(drafts.hostile())).xpath("//body//@href")
    (forward,) = (one for one in addresses if one.startswith("mailto:"))
    assert forward.startswith("mailto:?subject=")
    assert {urlsplit(one).scheme for one in addresses if one != forward} == {"https"}
    assert "javascript:" not in rendered(drafts.hostile()).html


@every_draft
def test_the_personal_links_stand_literally_in_both_parts(make: Callable[[], Draft]) -> None:
    edition = rendered(make())
    assert f'href="{UNSUBSCRIBE_URL}"' in edition.html
    assert f'href="{PREFERENCES_URL}"' in edition.html
    lines = edition.text.splitlines()
    assert UNSUBSCRIBE_URL in lines
    assert PREFERENCES_URL in lines


def test_without_a_public_page_there_is_no_line_about_one() -> None:
    assert VIEW in rendered().html
    assert VIEW in rendered().text
    plain = rendered(view=None)
    assert "Read in your browser" not in plain.html + plain.text


def test_a_normal_edition_is_small() -> None:
    assert mailed_size(rendered().html) < 60_000


def test_forty_stories_stay_under_what_gmail_clips() -> None:
    crowded = replace(drafts.forty_stories(), beside=drafts.beside())
    assert mailed_size(rendered(crowded).html) < 95_000


def test_the_style_blocks_are_small() -> None:
    blocks = re.findall(r"<style[^>]*>(.*?)</style>", rendered().html, re.DOTALL)
    assert sum(len(block.encode()) for block in blocks) < 12_000


@every_draft
def test_an_opened_mail_asks_no_host_for_anything(make: Callable[[], Draft]) -> None:
    html = rendered(make()).html
    tree = markup.document_fromstring(html)
    assert tree.xpath("//link | //script | //iframe | //@background | //@srcset") == []
    assert [one for one in tree.xpath("//@src") if not one.startswith("data:image/")] == []
    assert "url(" not in html
    assert "@import" not in html


@every_draft
def test_headings_come_in_order(make: Callable[[], Draft]) -> None:
    tree = tree_of(rendered(make()))
    levels = [int(heading.tag[1]) for heading in tree.xpath("//h1 | //h2 | //h3 | //h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_language_and_direction_stand_on_the_root_and_on_the_wrapper() -> None:
    tree = tree_of(rendered())
    (wrapper,) = tree.xpath("//div[@role='article']")
    for element in (tree, wrapper):
        assert (element.get("lang"), element.get("dir")) == ("en", "ltr")


def test_foreign_words_carry_their_language() -> None:
    tree = tree_of(rendered(drafts.foreign_names()))
    assert set(tree.xpath("//body//h2/@lang | //body//h3/@lang | //body//span/@lang")) == {
        *("zh", "ar", "he", "fa")
    }
    assert tree.xpath("//h3[@lang='ar']/@dir") == ["rtl"]


def test_an_edition_in_arabic_runs_from_right_to_left() -> None:
    page = page_for(drafts.foreign_names(), drafts.brand(language="ar"))
    html = Renderer().edition(page).html
    assert '<html lang="ar" dir="rtl">' in html
    assert "text-align:right" in html


@every_draft
def test_layout_tables_are_marked_as_such(make: Callable[[], Draft]) -> None:
    tables = tree_of(rendered(make())).xpath("//table")
    assert tables
    assert all(table.get("role") == "presentation" for table in tables)


def test_the_preheader_comes_first_and_is_padded() -> None:
    first, second = tree_of(rendered()).xpath("//body/div")[:2]
    assert first.text.startswith("Beijing names seven more products")
    assert len(second.text) > 150
    assert second.get("aria-hidden") == "true"


@every_draft
def test_every_storys_address_stands_in_both_parts(make: Callable[[], Draft]) -> None:
    draft = make()
    edition = rendered(draft)
    stories = draft.stories
    wanted = {story.url for story in stories if linkable(story.url)}
    wanted |= {story.primary.url for story in draft.picks if story.primary}
    assert wanted <= {line.strip() for line in edition.text.splitlines()}
    assert wanted <= set(tree_of(edition).xpath("//a/@href"))


@every_draft
def test_lines_of_text_are_at_most_72_columns(make: Callable[[], Draft]) -> None:
    long = [line for line in rendered(make()).text.splitlines() if columns(line) > 72]
    assert all(line.strip().startswith("https://") for line in long)


@every_draft
def test_the_text_part_is_tidy(make: Callable[[], Draft]) -> None:
    text = rendered(make()).text
    assert "\n\n\n" not in text
    assert not re.search(r"[ \t]+$", text, re.MULTILINE)
    assert not re.search(r"&(#\d+|[a-z]+);", text)
    assert text.endswith("\n")
    assert text[0] != "\n"


def test_the_text_part_has_what_the_html_has() -> None:
    edition = rendered()
    words = " ".join(edition.text.split())
    for passage in (
        "THE LEAD: POLICY & TRADE",
        "142 entries from 15 sources, 31 stories",
        "will need a licence from 1 May, whatever their end use.” — Pacific Metals Review",
        "Primary document (Ministry of Commerce): Announcement No. 21 of 2026",
        "Why it is here: told by 7 independent outlets within 9 hours; a government acts",
        "Update: told on Thursday 2 April; new: a quota of 135,000 tonnes",
        "https://readers.example/archive/2026-04-02",
        "state media",
        "12 Quay Street",
        "You get this because you signed up",
    ):
        assert passage in words


@pytest.mark.parametrize(
    "subject", ["Two\r\nBcc: x@y.example", "a\u2028b", "a\x0bb", "a\x85b", "tab\tbed \n"]
)
def test_a_subject_never_breaks_its_line(subject: str) -> None:
    shown = rendered(replace(drafts.normal(), subject=subject)).subject
    assert len(shown.splitlines()) == 1
    assert shown == shown.strip()


def style_sheet(name: str, theme: Theme | None = None) -> str:
    brand = drafts.brand(theme=theme or Theme())
    values = {"brand": brand, "palette": brand.palette, "direction": "ltr"}
    return STOCK.render(f"email/_base/{name}.css", values)


def test_colours_are_readable_on_light_and_dark() -> None:
    light, dark = style_sheet("inlined"), style_sheet("dark")
    grounds = {"#ffffff", "#f3f1ec"}
    texts = set(re.findall(r"(?<!-)color: (#\w{6})", light)) - grounds
    assert all(contrast(text, ground) >= 4.5 for text in texts - {"#4a3a12"} for ground in grounds)
    assert contrast("#4a3a12", "#fbf4e2") >= 4.5
    on_dark = set(re.findall(r"(?<!-)color: (#\w{6})", dark)) - {"#13171a", Theme().ink}
    grounds_dark = {"#13171a", "#1c2225"}
    assert all(contrast(text, ground) >= 4.5 for text in on_dark for ground in grounds_dark)
    assert contrast("#f3e3b8", "#342d1c") >= 4.5
    assert contrast("#d3d9dd", "#343d42") >= 4.5


NIGHT = Theme(ground="#101418", card="#1a2026", ink="#f0ede8", muted="#b0b8bf")


def test_the_accent_and_what_is_new_can_be_read_on_any_grounds() -> None:
    palette = drafts.brand(accent="#8a2b12", theme=NIGHT).palette
    for colour in (palette.accent, palette.update):
        assert all(contrast(colour, ground) >= 4.5 for ground in (NIGHT.ground, NIGHT.card))


def test_the_themes_colours_stand_in_styles_and_in_attributes() -> None:
    tree = tree_of(rendered(theme=NIGHT))
    assert set(tree.xpath("//table/@bgcolor")) == {NIGHT.ground, NIGHT.card}
    (headline,) = tree.xpath("//h2[contains(@class, 'lead')]")
    assert f"color:{NIGHT.ink}" in headline.get("style")
    assert "#f3f1ec" not in " ".join(tree.xpath("//@style"))


def test_the_themes_fonts_reach_words_and_headings_and_word_gets_one_it_knows() -> None:
    html = rendered(theme=Theme(heading_font="Cambria, serif", text_font="system-ui, Arial")).html
    assert "font-family:Cambria, serif" in html
    assert "font-family:system-ui, Arial" in html
    assert "font-family: Arial !important" in html
    assert "font-family: Cambria, serif !important" in html


def places(edition: RenderedEdition, *passages: str) -> tuple[list[int], list[int]]:
    """Where passages stand in the HTML, and in the text."""
    return [edition.html.index(one) for one in passages], [
        edition.text.lower().index(one.lower()) for one in passages
    ]


def test_the_blocks_stand_in_the_order_of_the_theme_in_both_parts() -> None:
    theme = Theme(blocks=("also", "lead", "summary"))
    edition = rendered(theme=theme)
    for found in places(edition, "Also today", "The lead", "China widens its licence list"):
        assert found == sorted(found)
    assert "Magnets" not in tree_of(edition).xpath("string(//h2[contains(@class, 'section')])")


def test_a_block_of_the_operators_own_stands_where_the_theme_says(tmp_path: Path) -> None:
    operator(tmp_path, "email/blocks/quote.html", "<tr><td>Word of the day</td></tr>")
    operator(tmp_path, "email/blocks/quote.txt", "Word of the day\n")
    edition = rendered(None, tmp_path, theme=Theme(blocks=("lead", "quote", "also")))
    for found in places(edition, "The lead", "Word of the day", "Also today"):
        assert found == sorted(found)


def test_a_block_without_a_template_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"block 'ad' needs email/blocks/ad\.html .*sections"):
        rendered(theme=Theme(blocks=(*BLOCKS, "ad")))
    operator(tmp_path, "email/blocks/ad.html", "<tr><td>x</td></tr>")
    with pytest.raises(ConfigError) as caught:
        rendered(None, tmp_path, theme=Theme(blocks=("ad",)))
    assert [line.split(" needs ")[1].split(" in ")[0] for line in caught.value.faults] == [
        "email/blocks/ad.txt"
    ]


def test_every_block_says_first_what_it_needs() -> None:
    for block in sorted((template_folder() / "email/blocks").iterdir()):
        text = block.read_text(encoding="utf-8")
        assert re.match(r"\{#.*?(Needs|Given):\s.*?#\}", text, re.DOTALL), block.name


def test_every_block_is_documented() -> None:
    page = (template_folder().parent / "docs/templates.md").read_text(encoding="utf-8")
    names = {block.stem for block in (template_folder() / "email/blocks").iterdir()}
    assert {name for name in names if f"`{name}`" not in page} == set()


def test_the_operators_footer_replaces_ours(tmp_path: Path) -> None:
    own = '<tr><td><a href="{{ links.unsubscribe }}">No more</a></td></tr>'
    html = rendered(None, operator(tmp_path, "email/blocks/footer.html", own)).html
    assert f'href="{UNSUBSCRIBE_URL}"' in html
    assert "12 Quay Street" not in html


def test_the_operators_footer_can_hold_ours(tmp_path: Path) -> None:
    own = '<tr><td>Before</td></tr>{% include "stock/email/blocks/footer.html" %}'
    html = rendered(None, operator(tmp_path, "email/blocks/footer.html", own)).html
    assert html.index("Before") < html.index("12 Quay Street")


LOGO = "data:image/png;base64,iVBORw0KGgo="


def test_a_logo_stands_in_the_heading_with_the_name_as_its_words() -> None:
    logo = Theme(logo=LOGO, logo_alt="The Inbox", logo_width=220, logo_height=48)
    (image,) = tree_of(rendered(drafts.no_images(), theme=logo)).xpath("//h1/a/img")
    assert image.getparent().get("href") == "https://readers.example/"
    assert (image.get("src"), image.get("alt")) == (LOGO, "The Inbox")
    assert (image.get("width"), image.get("height")) == ("220", "48")
    assert "font-size:30px" in image.get("style")


def test_pausing_is_one_press_away_in_both_parts() -> None:
    edition = rendered()
    assert f'href="{PREFERENCES_URL}#pause"' in edition.html
    assert f"{PREFERENCES_URL}#pause" in edition.text.splitlines()
    page = (template_folder() / "web/preferences.html").read_text(encoding="utf-8")
    assert 'id="pause"' in page


def test_forwarding_passes_on_the_public_page_and_nothing_personal() -> None:
    (link,) = tree_of(rendered()).xpath("//a[.='Forward']/@href")
    assert not re.search(r"[^A-Za-z0-9%:?=&._~-]", link)
    said = parse_qs(link.removeprefix("mailto:?"))
    assert said["subject"] == [drafts.normal().subject]
    assert said["body"][0].splitlines()[2:] == [VIEW, "", "Get your own: https://readers.example/"]
    assert "personal.invalid" not in unquote(link)


def test_an_edition_without_a_public_page_cannot_be_passed_on() -> None:
    edition = rendered(view=None)
    assert "mailto:" not in edition.html
    assert "share this edition" not in (edition.html + edition.text).lower()


def test_the_address_to_share_can_be_read_and_copied() -> None:
    assert tree_of(rendered()).xpath(f"//p[contains(., 'Share')]/a[@href='{VIEW}']/text()") == [
        VIEW
    ]


def test_the_footer_says_what_is_kept_and_how_to_sign_up() -> None:
    edition = rendered()
    for address in ("https://readers.example/privacy", "https://readers.example/"):
        assert f'href="{address}"' in edition.html
        assert address in edition.text.splitlines()


def test_an_edition_made_of_nothing_has_no_figures_in_its_masthead() -> None:
    nothing = replace(drafts.empty(), figures=DraftFigures(0, 0, 0, 0, 0))
    edition = rendered(nothing)
    (line,) = tree_of(edition).find_class("dateline")
    assert " ".join(line.text_content().split()) == "Tuesday 7 April 2026 \u00b7 1 min read"
    masthead = edition.text.split("====")[0]
    assert "entries" not in masthead
    assert "0 stories" not in masthead


@pytest.mark.parametrize(
    ("address", "times"),
    [
        ("Straight Into Your Inbox, 1 Example Street", 1),
        ("straight into your inbox", 1),
        ("12 Quay Street, Bristol", 1),
        ("Straight Into Your Inboxes Ltd, 1 Example Street", 2),
    ],
)
def test_the_footer_names_the_sender_once(address: str, times: int) -> None:
    page = page_for(drafts.normal(), drafts.brand(postal_address=address))
    edition = STOCK.edition(page)
    foot = tree_of(edition).find_class("foot")[0].text_content()
    for part in (foot, edition.text.split("=====")[-1]):
        assert address in part
        assert part.lower().count("straight into your inbox") == times


def test_a_host_stays_whole_on_a_phone_unless_it_is_too_long_for_one() -> None:
    long = "https://a-very-long-name-of-an-outlet.newspapers.example/x"
    lead, below = drafts.lead_story(), drafts.normal().also[0]
    for url, is_whole in (("https://oxide-ledger.example/x", True), (long, False)):
        told = replace(lead, best=replace(lead.best, url=url))
        listed = replace(below, best=replace(below.best, url=url))
        tree = tree_of(rendered(replace(drafts.normal(), lead=told, also=(listed,))))
        whole = [one.text_content() for one in tree.find_class("whole")]
        assert whole.count(urlsplit(url).hostname) == (2 if is_whole else 0)
        assert tree.text_content().count(urlsplit(url).hostname or "") >= 2
    assert all("nowrap" in one.get("style") for one in tree.find_class("whole"))


@every_draft
def test_the_host_of_every_storys_link_can_be_seen(make: Callable[[], Draft]) -> None:
    page = page_for(make(), drafts.brand())
    told = [*page.also, *(story for section in page.sections for story in section.stories)]
    told += [page.lead] if page.lead else []
    words = "".join(tree_of(rendered(make())).itertext())
    assert [story.host for story in told if story.host not in words] == []


def test_any_template_can_be_rendered_by_name(tmp_path: Path) -> None:
    folder = operator(tmp_path, "web/hello.html", "<p>{{ name }}</p>")
    assert Renderer(folder).render("web/hello.html", {"name": "<b>"}) == "<p>&lt;b&gt;</p>"


def test_text_is_not_escaped(tmp_path: Path) -> None:
    folder = operator(tmp_path, "email/hello.txt", "{{ name }}")
    assert Renderer(folder).render("email/hello.txt", {"name": "A & B"}) == "A & B"


def test_wrapping_counts_wide_characters_twice() -> None:
    assert wrap_text("稀土" * 30, width=20).splitlines()[0] == "稀土" * 5


def test_chinese_and_japanese_break_after_a_sign_and_nowhere_else() -> None:
    clauses = ["十二个汉字十二个汉字十二，", "再来十二个汉字再来十二。", "终。"]
    assert wrap_text("".join(clauses), width=26).splitlines() == clauses
    assert wrap_text("".join(clauses), width=30).splitlines() == [clauses[0], "".join(clauses[1:])]


def test_a_clause_without_a_sign_stays_whole_up_to_twice_the_width() -> None:
    assert wrap_text("稀土" * 10, width=20) == "稀土" * 10
    assert wrap_text("稀" * 21, width=20).splitlines() == ["稀" * 10, "稀" * 10, "稀"]


@pytest.mark.parametrize("sign", "。、，；：！？）」』")
def test_no_line_begins_with_a_sign_that_ends_something(sign: str) -> None:
    for length in range(8, 50):
        lines = wrap_text(f"{'土' * length}{sign}{sign}后面", width=20).splitlines()
        assert not any(line.startswith(sign) for line in lines)


def test_wrapping_hangs_the_lines_that_follow() -> None:
    assert wrap_text("one two three", "* ", "  ", width=9) == "* one two\n  three"


def test_wrapping_keeps_addresses_whole() -> None:
    address = "https://a.example/" + "x" * 90
    assert address in wrap_text(f"See {address} there").splitlines()


def test_rendering_twice_gives_the_same_bytes() -> None:
    assert rendered() == rendered()
