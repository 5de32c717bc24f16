"""The check of mail clients: what fails somewhere is declared, or the edition does not leave."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from newsletter.client_support import support_for
from newsletter.config import load_config
from newsletter.core.check import Finding, Level
from newsletter.core.check_clients import NOT_TESTED, client_findings
from newsletter.core.client_features import features_of
from newsletter.core.client_support import DEFAULT_CLIENTS, FAMILIES
from newsletter.core.css import Declaration, Rule, declarations, rules
from newsletter.errors import ConfigError
from newsletter.notices_mail import Shape, letter_for
from subscribers.values import NoticeKind
from tests import caniemail
from tests.goldens import MAKERS, golden

if TYPE_CHECKING:
    from pathlib import Path

    from newsletter.config import Config

SUPPORT = support_for()
BODY = {"html-body": "Every document has one."}


def found(
    html: str,
    families: tuple[str, ...] = DEFAULT_CLIENTS,
    declared: dict[str, str] | None = None,
) -> list[Finding]:
    support = replace(SUPPORT, fallbacks={**BODY, **(declared or {})})
    return list(client_findings(html, support, families))


def our_mails(folder: Path) -> list[str]:
    config = load_config(None, environ={}, folder=folder)
    small = [letter_for(Shape(kind, "en"), config).html for kind in NoticeKind]
    return [*(golden(make).html for make in MAKERS), *small]


@pytest.mark.parametrize("families", [DEFAULT_CLIENTS, sorted(SUPPORT.families)], ids=len)
def test_our_mails_use_nothing_that_fails_without_saying_what_happens_then(
    tmp_path: Path, families: tuple[str, ...]
) -> None:
    for html in our_mails(tmp_path):
        assert list(client_findings(html, SUPPORT, families)) == []


def test_a_declared_fallback_is_of_something_that_we_use_and_that_fails(tmp_path: Path) -> None:
    used = frozenset[str]().union(*map(features_of, our_mails(tmp_path)))
    assert SUPPORT.fallbacks.keys() - used == set()
    assert [slug for slug in SUPPORT.fallbacks if not SUPPORT.weaknesses[slug]] == []


def test_a_feature_that_fails_without_a_fallback_blocks_and_names_the_client() -> None:
    (finding,) = found('<p style="border-radius: 3px">x</p>')
    assert finding.level is Level.BLOCK
    assert "`border-radius` does not work in Outlook on Windows (2019)" in finding.message
    assert "declare `css-border-radius` in email/fallbacks.yaml" in finding.message


def test_a_declared_fallback_is_enough() -> None:
    declared = {"css-border-radius": "Corners are square."}
    assert found('<p style="border-radius: 3px">x</p>', declared=declared) == []


def test_a_feature_that_works_in_part_is_told_with_what_was_noted() -> None:
    (finding,) = found('<p style="padding: 3px">x</p>')
    assert finding.level is Level.WARN
    assert "works only in part in Outlook on Windows (2019)" in finding.message
    assert "Only supported on table cells" in finding.message


def test_many_clients_are_counted_and_the_first_named() -> None:
    (finding,) = found('<p style="overflow-wrap: anywhere">x</p>')
    named = re.search(r"does not work in (.+?);", finding.message)
    assert named
    assert re.fullmatch(r".+\(.+\), .+\(.+\), .+\(.+\) and \d+ more", named[1])


def test_a_property_that_nobody_knows_is_told() -> None:
    (finding,) = found('<p style="colour: red">x</p>')
    assert finding.level is Level.WARN
    assert "nothing is known of `colour` in mail clients" in finding.message


def test_only_the_chosen_families_are_asked() -> None:
    html = '<p style="border-radius: 3px">x</p>'
    assert found(html, ("apple-mail", "gmail")) == []
    assert found(html, ("outlook",)) != []


def test_what_is_called_untested_is_not_in_the_data() -> None:
    assert NOT_TESTED & SUPPORT.weaknesses.keys() == set()


def styled(css: str) -> str:
    return f"<html><head><style>{css}</style></head><body><p>x</p></body></html>"


@pytest.mark.parametrize(
    ("html", "features"),
    [
        ('<h2 align="left" lang="de">x</h2>', {"html-h1-h6", "html-align", "html-lang"}),
        ("<ul><li>x</li></ul>", {"html-lists"}),
        ('<a href="mailto:a@b.example">x</a>', {"html-mailto-links"}),
        ('<a href="#x">x</a>', {"html-anchor-links"}),
        ('<img src="data:image/jpeg;base64,AA==">', {"html-img", "image-jpg"}),
        ('<img src="https://a.example/x.webp?v=1">', {"html-img", "image-webp"}),
        ("<input type=checkbox><button>x</button>", {"html-input-checkbox", "html-button-submit"}),
        ('<p style="margin-left: 2em">x</p>', {"css-margin", "css-unit-em"}),
        ('<p style="margin: 1.5rem 10%">x</p>', {"css-unit-rem", "css-unit-percent"}),
        ('<p style="width: calc(100% - 3px)">x</p>', {"css-width", "css-unit-calc"}),
        ('<p style="border-left-color: rgba(0,0,0,.5)">x</p>', {"css-border", "css-rgba"}),
        ('<p style="display: none">x</p>', {"css-display-none"}),
        ('<p style="display: inline-block">x</p>', {"css-display"}),
        ('<p style="font-family: system-ui">x</p>', {"css-font-family", "css-sytem-ui"}),
        ('<p style="color: var(--ink)">x</p>', {"css-variables"}),
        (styled("p { color: red !important }"), {"css-important", "css-selector-type"}),
        (styled(".a.b { color: red }"), {"css-selector-chaining", "css-selector-class"}),
        (styled(".a p { color: red }"), {"css-selector-descendant"}),
        (
            styled("div>p, [lang=de] { color: red }"),
            {"css-selector-child", "css-selector-grouping"},
        ),
        (styled("a[href] { color: red }"), {"css-selector-attribute"}),
        (styled("a:hover { color: red }"), {"css-pseudo-class-hover"}),
        (styled("p:before { color: red }"), {"css-pseudo-element-before"}),
        (
            styled("@media (prefers-color-scheme: dark) { p { color: red } }"),
            {"css-at-media", "css-at-media-prefers-color-scheme"},
        ),
        (styled("@import url(x.css); p { color: red }"), {"css-at-import", "css-selector-type"}),
        (styled("@font-face { font-family: X; src: url(x) }"), {"css-at-font-face"}),
        (styled("@keyframes x { from { opacity: 0 } }"), {"css-at-keyframes", "css-opacity"}),
        (styled("/* why */ p { color: red }"), {"css-comments"}),
        ("<!DOCTYPE html><p>x</p><!-- why -->", {"html-doctype", "html-comments"}),
    ],
)
def test_what_a_mail_uses_is_found(html: str, features: set[str]) -> None:
    assert features <= features_of(html)


@pytest.mark.parametrize(
    ("html", "features"),
    [
        (styled("@font-face { src: url(x) }"), {"css-src"}),
        (styled("@keyframes x { from { opacity: 0 } }"), {"css-selector-type"}),
        ("<p style=\"font-family: '3px calc('\">x</p>", {"css-unit-px", "css-unit-calc"}),
        ('<p style="color: #12345e">x</p>', {"css-unit-em", "css-unit-ex"}),
        ('<p style="margin: 0">x</p>', {"css-unit-px"}),
    ],
)
def test_what_only_looks_like_a_feature_is_none(html: str, features: set[str]) -> None:
    assert not features & features_of(html)


def test_what_is_for_one_makers_clients_alone_is_no_feature() -> None:
    word = "<!--[if mso]><style>p { float: left }</style><![endif]-->"
    html = f'{word}<p style="mso-hide: all; -webkit-text-size-adjust: 100%">x</p>'
    assert features_of(html) == features_of("<p>x</p>")


def test_a_style_sheet_is_read_rule_by_rule() -> None:
    sheet = "/* {} */ @media (a) { .x, .y { color: red ; Margin:0 !IMPORTANT } } p{content:';}'}"
    assert list(rules(sheet)) == [
        Rule(
            ".x, .y",
            (Declaration("color", "red"), Declaration("margin", "0", is_important=True)),
            ("@media (a)",),
        ),
        Rule("p", (Declaration("content", "';}'"),)),
    ]


def test_what_is_no_declaration_is_left_out() -> None:
    said = declarations("color; : red; width:; background: url(a;b) ; ")
    assert said == (Declaration("background", "url(a;b)"),)


def with_fallbacks(folder: Path, text: str) -> Config:
    own = folder / "own"
    (own / "email").mkdir(parents=True)
    (own / "email" / "fallbacks.yaml").write_text(text, encoding="utf-8")
    return load_config(None, environ={}, folder=folder).model_copy(update={"templates": own})


def test_an_operators_fallbacks_are_added_to_ours(tmp_path: Path) -> None:
    config = with_fallbacks(tmp_path, "css-float: It stands below.\ncss-width: As it comes.\n")
    fallbacks = support_for(config).fallbacks
    assert fallbacks["css-float"] == "It stands below."
    assert fallbacks["css-width"] == "As it comes."
    assert fallbacks["css-border-radius"] == SUPPORT.fallbacks["css-border-radius"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("css-float: [", "cannot be read as YAML"),
        ("- css-float", "write a line for each feature"),
        ("css-float:", "css-float needs a sentence"),
        ("float: below", "'float' is no feature"),
    ],
)
def test_broken_fallbacks_are_a_fault_of_the_configuration(
    tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(ConfigError, match=re.escape(says)):
        support_for(with_fallbacks(tmp_path, text))


def test_a_family_that_nobody_tested_is_a_fault_of_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "newsletter.yaml"
    file.write_text("checks:\n  clients: [gmail, pine]\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="nobody tested 'pine'"):
        load_config(file, environ={})


def test_the_data_travels_with_its_licence_and_is_small() -> None:
    assert "Rémi Parmentier" in (caniemail.FOLDER / "LICENSE").read_text(encoding="utf-8")
    data = caniemail.DATA.read_text(encoding="utf-8")
    assert f'"commit": "{caniemail.COMMIT}"' in data
    assert len(data.encode()) < 250_000
    assert set(DEFAULT_CLIENTS) <= set(FAMILIES) == SUPPORT.families


def test_of_each_client_the_newest_tested_version_is_kept() -> None:
    matter = caniemail.front_matter(
        '---\ntitle: "x"\nstats: {\n\toutlook: { windows: { "2016": "n #1", "2019": "a #2 #3" },\n'
        '\tios: { "4": "n", "5": "y" }, android: { "5": "u" } },\n}\n'
        'notes_by_num: { "1": "Old.", "2": "New." }\n---\nbody --- text\n'
    )
    clients = ["gmail.ios", "outlook.android", "outlook.ios", "outlook.windows"]
    assert caniemail.feature_of(matter, clients) == {
        "title": "x",
        "marks": "-uya",
        "weak": {"outlook.windows": "2019 #2 #3"},
        "notes": {"2": "New."},
    }
