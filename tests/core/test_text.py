"""Text repaired, plain, clean, and free of a site's furniture."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.core.markup import MAX_MARKUP
from newsletter.core.text import (
    clean,
    clean_line,
    cut,
    highlights_in,
    plain,
    repair,
    split_highlights,
    without_furniture,
    without_outlet_suffix,
)

TITLES = [
    "China’s export curbs — and what “licences” mean",
    "Neodymium at €95/kg – up 5%…",
    "La Chine restreint l’exportation de terres rares, à l’été",
    "Größter Hersteller: „Wir liefern weiter“",
    "España y Perú firman un acuerdo: ¿qué sigue?",
    "Café “Zoë” – naïve ‘ok’",
    "Łódź: złoża metali ziem rzadkich",
    "稀土价格上涨:中国稀土集团“整合”加速——分析",
    "レアアース、輸出規制で価格上昇「供給不安」",
    "희토류 수출 통제… 가격 급등",
    "Цены на редкоземельные металлы выросли – «Коммерсантъ»",
    "ارتفاع أسعار المعادن النادرة",
    "Σπάνιες γαίες: νέα ορυχεία",
    "Đất hiếm Việt Nam: giá tăng",
    "ราคาแร่หายากพุ่ง “ไทย” เตรียมรับมือ",
    "ไทย\xa0และจีน – ความร่วมมือ",
    "เม.ย. 2568: ไทย’ส่งออก’",
    "เขาบอกว่า “ใช่” … ต่างๆ ”",
    "ดร” และ ร– กับ ย”",
    "Baht ฿35 ต่อ kg",
    "😀 Magnet 👩‍🔬 news ½ × 2 µm © ® ™ ° § ¶",
    "Nd₂Fe₁₄B, Dy₂O₃ ≥ 99.5% ± 0.1",
]
thai = st.text(
    st.characters(min_codepoint=0x0E01, max_codepoint=0x0E4E), min_size=1, max_size=12
).filter(lambda word: word[-1] not in "เแโใไ")  # these vowels stand before their consonant


def as_874(text: str) -> str:
    """What UTF-8 looks like when it is read as windows-874, as browsers do."""
    return "".join(
        bytes((byte,)).decode("cp874", "ignore") or bytes((byte,)).decode("latin-1")
        for byte in text.encode()
    )


def as_874_then_1252(text: str) -> str:
    """The same, where bytes that windows-874 lacks went through windows-1252; some get lost."""
    return "".join(
        bytes((byte,)).decode("cp874", "ignore") or bytes((byte,)).decode("cp1252", "ignore")
        for byte in text.encode()
    )


class TestRepair:
    @pytest.mark.parametrize("title", TITLES)
    def test_clean_titles_stay(self, title: str) -> None:
        assert repair(title) == title

    @pytest.mark.parametrize(
        ("damaged", "whole"),
        [
            ("Chinaโ€™s curbs โ€” up", "China’s curbs — up"),
            ("โ€œnew forcesโ€\x9d", "“new forces”"),
            ("โ€œnew forcesโ€โ€”a term", "“new forces”—a term"),
            ("the โ€œplan,โ€ he said", "the “plan,” he said"),
            ("so-called โ€\ufffd", "so-called ”"),
            ("chains.ย\xa0 As before", "chains.\xa0 As before"),
            ("chains.ย As before", "chains.\xa0As before"),
            ("monopoly.ย", "monopoly.\xa0"),
            ("โ‚ฌ95 per kg", "€95 per kg"),
            ("cafรฉ in Mรผnchen", "café in München"),
            ("ร–sterreich", "Österreich"),
            ("Chinaâ€™s curbs â€” up", "China’s curbs — up"),
            ("rÃ©sumÃ©", "résumé"),
            ("Ñ€ÐµÐ´ÐºÐ¸Ðµ Ð·ÐµÐ¼Ð»Ð¸", "редкие земли"),
        ],
    )
    def test_damage_is_undone(self, damaged: str, whole: str) -> None:
        assert repair(damaged) == whole

    @pytest.mark.parametrize("title", TITLES)
    def test_every_title_survives_windows_874(self, title: str) -> None:
        assert repair(as_874(title)) == title

    @pytest.mark.parametrize("quote", ["’", "‘", "“", "”", "–", "—", "…", "•", "€", "™"])
    def test_signs_survive_windows_874_with_lost_bytes(self, quote: str) -> None:
        text = f"a word {quote}and another{quote} word"
        assert repair(as_874_then_1252(text)) == text

    @given(thai, st.sampled_from(["", " ", "\xa0", "’", "”", "–", "…", ". "]), thai)
    @example("ไทย", "\xa0", "และ")
    def test_thai_stays(self, first: str, between: str, second: str) -> None:
        text = f"ราคา {first}{between}{second} ครับ"
        assert repair(text) == text

    @given(st.text(max_size=60))
    def test_repairing_twice_changes_nothing_more(self, text: str) -> None:
        once = repair(text)
        assert repair(once) == once

    @given(st.text("โ€™ยรฉ—\xa0 aâÃ©เธ�œ\x9d", max_size=30))
    def test_nor_does_it_in_what_is_damaged(self, text: str) -> None:
        once = repair(text)
        assert repair(once) == once


class TestPlain:
    @pytest.mark.parametrize(
        ("fragment", "text"),
        [
            ("", ""),
            ("plain", "plain"),
            ("AT&amp;T &amp;amp; Sons", "AT&T &amp; Sons"),
            ("<p>One.</p><p>Two<br>lines.</p>", "One.\n\nTwo\nlines."),
            ("a <b>bold</b>, <i>it</i>alic", "a bold, italic"),
            ("<script>alert(1)</script>x<style>y</style>", "x"),
            ("<svg><text>no</text></svg><iframe src=x>y</iframe>z", "z"),
            ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
            ("x <y and z", "x <y and z"),
            ("Dy <0.5% Nd", "Dy <0.5% Nd"),
            ("<o:p>Word</o:p>", "Word"),
            ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
            ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
            ("one\ntwo   three", "one two three"),
            ("<p>x<!-- hidden --></p>", "x"),
            ("<html><head><title>t</title></head><body>b</body></html>", "b"),
            ("&lt;script&gt;x&lt;/script&gt;", "<script>x</script>"),
            ("<img src=x onerror=alert(1)>after", "after"),
            ("unclosed <a href='x", "unclosed"),
            ("<", "<"),
            ("a\x00<b>c</b>", "ac"),
        ],
    )
    def test_markup_becomes_text(self, fragment: str, text: str) -> None:
        assert clean(plain(fragment)) == text

    @given(st.text(max_size=80))
    def test_any_text_can_be_read(self, text: str) -> None:
        plain(f"<p>{text}")

    def test_depth_does_no_harm(self) -> None:
        assert plain("<div>" * 1000 + "deep") == "deep"
        plain("<div>" * 50_000 + "too deep")


class TestHighlights:
    @pytest.mark.parametrize(
        "heading",
        [
            "<h3>Highlights</h3>",
            "<p><strong>Key points:</strong></p>",
            "<b>Key Takeaways</b>",
            "<h2><span>At a glance</span></h2>\n",
        ],
    )
    def test_the_list_after_the_heading(self, heading: str) -> None:
        points = "<ul><li>One &amp; <i>a half</i></li><li> Two </li></ul>"
        html = f"<p>Lead.</p>{heading}{points}<p>Body.</p>"
        found, text = split_highlights(html)
        assert found == highlights_in(html) == ("One & a half", "Two")
        assert clean(text) == "Lead.\n\nBody."

    def test_inside_of_a_box(self) -> None:
        html = "<div><h4>Highlights</h4><div><ul><li>One</li></ul></div></div><p>Body.</p>"
        assert split_highlights(html) == (("One",), "Body.")

    @pytest.mark.parametrize(
        "html",
        [
            "<h3>Prices</h3><ul><li>One</li></ul>",
            "<p>The highlights of the day.</p><ul><li>One</li></ul>",
            "<h3>Highlights</h3><p>No list.</p>",
            "<h3>Highlights</h3>text<ul><li>One</li></ul>",
            "Highlights",
        ],
    )
    def test_other_lists_are_body(self, html: str) -> None:
        assert highlights_in(html) == ()
        assert split_highlights(html)[1] == plain(html)


class TestClean:
    @pytest.mark.parametrize(
        ("text", "result"),
        [
            ("a\u200bb\ufeffc\xadd", "abcd"),
            ("\u202egnp.exe\u202c", "gnp.exe"),
            ("a\x00\x07\x1bb", "ab"),
            (" a \t b\xa0c ", "a b c"),
            ("a\r\nb\u2028c", "a\nb\nc"),
            ("a\n\n \n\nb", "a\n\nb"),
            ("a\u2029b", "a\n\nb"),
            ("e\u0301", "é"),
            ("Z" + "\u0335" * 50, "Z\u0335\u0335\u0335"),
            ("👩\u200d🔬 می\u200cخواهم a\u200db", "👩\u200d🔬 می\u200cخواهم ab"),
            ("\ud800x", "x"),
        ],
    )
    def test_characters(self, text: str, result: str) -> None:
        assert clean(text) == result

    def test_a_line_is_one_line(self) -> None:
        assert clean_line(" a\r\nBcc: x\n\nb ") == "a Bcc: x b"

    @given(st.text(max_size=60))
    def test_cleaning_twice_changes_nothing_more(self, text: str) -> None:
        assert clean(clean(text)) == clean(text)


class TestCut:
    @pytest.mark.parametrize(
        ("text", "result"),
        [
            ("short", "short"),
            ("One sentence here. Another one", "One sentence here."),
            ("several words without any end at all", "several words without…"),
            ("x" * 40, "x" * 23 + "…"),
        ],
    )
    def test_ends_well(self, text: str, result: str) -> None:
        assert cut(text, 24) == result

    @given(st.text(max_size=100), st.integers(1, 50))
    def test_keeps_its_bound(self, text: str, limit: int) -> None:
        assert len(cut(text, limit)) <= limit


class TestFurniture:
    @pytest.mark.parametrize(
        ("text", "result"),
        [
            ("News. The post A deal appeared first on Site.", "News."),
            ("News.\n\nThe post A deal first appeared on Site", "News."),
            ("Nachricht. Der Beitrag X erschien zuerst auf Y.", "Nachricht."),
            ("a Section 232 (opens in a new tab) act", "a Section 232 act"),
            ("News […]", "News"),
            ("News [...] The post A appeared first on B.", "News"),
            ("News [+1234 chars]", "News"),
            ("News... Read more", "News..."),
            ("News. Continue reading »", "News."),
            ("新闻。阅读全文", "新闻。"),
            ("News.\n\nShare this: Facebook Twitter LinkedIn", "News."),
            ("News.\n\nFacebook | Twitter | LinkedIn | Email", "News."),
            ("News.\n\nClick to share on X (Opens in new window)", "News."),
            ("News.\n\n0 Comments\n\nSubmit a Comment\n\nYour email address …", "News."),
            ("News.\n\nRead more | Share this", "News."),
            ("News.\n\nRead more · 0 Comments · Share this", "News."),
            ("News. 0 Comments", "News."),
            ("News.\n\nAdvertisement\n\nMore.", "News.\n\nMore."),
            ("News.\n\nSubscribe to our newsletter!", "News."),
            ("News.\n\nGet it straight into your inbox.", "News."),
            ("News.\n\nThe Site is a daily newsletter on metals.", "News."),
            ("News.\n\nBox\n\nBox\n\nBox", "News.\n\nBox"),
        ],
    )
    def test_goes(self, text: str, result: str) -> None:
        assert without_furniture(text, "The Site") == result

    @pytest.mark.parametrize(
        "text",
        [
            "He said […] that it was over.",
            "Officials want everyone to read more carefully than before.",
            "The post in Beijing is vacant.",
            "The minister posted it on X.",
            "Shares rose 4%.",
            "Mines | Magnets",
            "The ministry received 14 comments",
            "The company said it would subscribe to new shares.",
            "A comment was not available.",
            "The plan was published on Tuesday.",
            "More than 60 comments were filed; 12 were published.",
        ],
    )
    def test_stays(self, text: str) -> None:
        assert without_furniture(text, "The Site") == text

    def test_an_article_below_a_comment_count_stays(self) -> None:
        text = "Title\n\n0 Comments\n\n" + "A long paragraph. " * 30
        assert "A long paragraph." in without_furniture(text, "")

    @given(st.text(max_size=80))
    def test_any_text_can_be_read(self, text: str) -> None:
        without_furniture(text, "x")


class TestOutletSuffix:
    @pytest.mark.parametrize(
        ("title", "outlet", "result"),
        [
            ("A deal - Reuters", "Reuters", "A deal"),
            ("A deal | MINING.COM", "Mining.com", "A deal"),
            ("A deal – The Guardian", "Guardian", "A deal"),
            ("A deal - bloomberg.com", "Bloomberg", "A deal"),
            ("A deal | News | Site", "Site", "A deal | News"),
            ("희토류 구축 속도 - 마켓인", "마켓인", "희토류 구축 속도"),
            ("稀土价格上涨_新华网", "新华网", "稀土价格上涨"),
            ("A well-being", "being", "A well-being"),
            ("A deal - Reuters", "Other", "A deal - Reuters"),
            ("Reuters - Reuters", "Reuters", "Reuters"),
            ("- Reuters", "Reuters", "- Reuters"),
            ("A deal - Reuters", "", "A deal - Reuters"),
        ],
    )
    def test_goes_where_it_is_the_outlets(self, title: str, outlet: str, result: str) -> None:
        assert without_outlet_suffix(title, outlet) == result

    def test_however_often_it_stands_there(self) -> None:
        assert without_outlet_suffix("A deal" + " - A" * 2_000, "A") == "A deal"


HOSTILE = [
    *(
        " ",
        "\n",
        ".",
        "<",
        "&",
        "<a ",
        "<a '",
        "<div>",
        "<p>x",
        "the post ",
        "The post ",
        "read more ",
    ),
    *(
        "facebook ",
        "subscribe to x\n",
        "โ€",
        "เธ",
        "ยก",
        "â€",
        "a\u0300",
        "a - ",
        "x\n\n",
        "ย ",
        "(opens ",
    ),
    *(
        "<h3>Highlights</h3><ul><li>",
        "<li>",
        "<p>x<li>",
        "&lt;",
        "\u202e",
        "\u0300",
        "\u200d",
        "📰",
    ),
    *("first appeared on ", "we use cookies ", "related: ", "| ", "Ã", "â€â€œ", "\ufffd", "<!--"),
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_no_text_takes_long(unit: str) -> None:
    """What a hostile feed may send for one item, through every step. Some took minutes once."""
    text = unit * (1_000_000 // len(unit))
    begun = time.process_time()
    points, body = split_highlights(text)
    without_furniture(clean(repair(body)), "x")
    without_outlet_suffix(cut(repair(text[:4_000]), 2_000), "x")
    assert len(points) < 20
    assert time.process_time() - begun < 10  # seconds; it is well below one


@pytest.mark.parametrize(
    "unit", ["a", "é", "\u0300", "\u202e", "\n", "稀", "ไ", "\u200d", "Z\u0335"]
)
def test_no_title_of_a_million_characters_takes_long(unit: str) -> None:
    begun = time.process_time()
    clean_line(repair(unit * (1_000_000 // len(unit))))
    assert time.process_time() - begun < 10  # seconds; it is well below one


@pytest.mark.parametrize("unit", ["<", "&", "<p>"])
def test_only_the_beginning_of_ten_megabytes_is_read(unit: str) -> None:
    begun = time.process_time()
    assert len(plain(unit * (10_000_000 // len(unit)))) <= MAX_MARKUP
    assert time.process_time() - begun < 10  # seconds; it is well below one


def test_a_storm_of_marks_of_any_script_is_cut_before_it_is_sorted() -> None:
    for marks in ("\u0301\u0316", "\u05b0\u0591", "\u1ab0\u1ab5", "\u064b\u0650"):
        assert len(clean("a" + marks * 100_000)) < 40


def test_highlights_are_looked_for_in_linear_time() -> None:
    """Not for every element through all that lies in it."""
    deep = "<!-- a parser is needed -->" + "<div>" * 250 + "<p>x" * 45_000
    begun = time.process_time()
    plain(deep)
    plainly = time.process_time() - begun
    assert split_highlights(f"key point<li>{deep}")[0] == ()
    assert time.process_time() - begun - plainly < 6 * plainly  # it is once; it was twenty times
