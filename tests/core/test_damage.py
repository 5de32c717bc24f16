"""Text that was read in the wrong charset, made whole; and text that only looks like it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.text import clean, repair

ARTICLE = Path(__file__).parents[3] / "shared" / "seed" / "article.txt"
THAI = re.compile("[\u0e00-\u0e7f]")

SENTENCES = [
    "The refinery’s owner — a “strategic” firm — said so…",
    "Prices rose 5% – to €95/kg, it said.\xa0 ‘No comment’ from the ministry.",
    "La raffinerie, à l’été, n’a pas répondu : « rien à déclarer ».",
    "Größte Anlage Europas: „Wir liefern weiter“, heißt es.",
    "¿Qué sigue? El año próximo, según el señor Núñez.",
    "Złoża metali ziem rzadkich koło Łodzi",
    "Цены на неодим выросли – сообщает «Биржа»",
    "稀土价格上涨,分析师称“供应紧张”",
]


def read_as(text: str, charset: str) -> str:
    """The text's UTF-8 read in another charset; bytes that it lacks become control characters."""
    return "".join(bytes((byte,)).decode(charset, "ignore") or chr(byte) for byte in text.encode())


class TestDamage:
    @pytest.mark.parametrize("charset", ["cp874", "cp1252", "latin-1"])
    @pytest.mark.parametrize("sentence", SENTENCES)
    def test_goes(self, sentence: str, charset: str) -> None:
        assert repair(read_as(sentence, charset)) == sentence

    @pytest.mark.parametrize("charset", ["cp874", "latin-1"])
    @pytest.mark.parametrize("sentence", SENTENCES)
    def test_done_twice_goes(self, sentence: str, charset: str) -> None:
        assert repair(read_as(read_as(sentence, charset), charset)) == sentence

    @pytest.mark.parametrize("sentence", SENTENCES)
    def test_of_two_kinds_goes(self, sentence: str) -> None:
        assert repair(read_as(read_as(sentence, "cp874"), "latin-1")) == sentence

    @pytest.mark.parametrize("sentence", [SENTENCES[2], SENTENCES[6]])
    def test_by_windows_1251_goes(self, sentence: str) -> None:
        assert repair(read_as(sentence, "cp1251")) == sentence

    @pytest.mark.parametrize(
        ("damaged", "whole"),
        [
            ("a โ€œtwo words\u200bโ€\ufffd and on", "a “two words\u200b” and on"),
            ("โ€œThe planโ€, he said", "“The plan”, he said"),
            ("he said โ€œyes.โ€\nNext", "he said “yes.”\nNext"),
            ("up 5%โ€”the most", "up 5%—the most"),
            ("chains.ย\xa0Next", "chains.\xa0Next"),
            ("the end.ย \nNext", "the end.\xa0\nNext"),
            ("it is done.ย", "it is done.\xa0"),
            ("don\x92t", "don’t"),
        ],
    )
    def test_with_lost_bytes_goes(self, damaged: str, whole: str) -> None:
        assert repair(damaged) == whole

    def test_leaves_no_trace_in_an_article(self) -> None:
        if not ARTICLE.exists():
            pytest.skip(f"no damaged article at {ARTICLE}")
        damaged = ARTICLE.read_text(encoding="utf-8")
        whole = clean(repair(damaged))
        assert THAI.search(damaged)
        assert not THAI.search(whole)
        assert "\ufffd" not in whole
        assert len(whole) < len(damaged)


class TestThai:
    @pytest.mark.parametrize(
        "text",
        [
            "ราคา “แร่หายาก” เพิ่มขึ้น",
            "๑๒๓ – ๔๕๖ บาท",
            "ฯลฯ และอื่นๆ",
            "บริษัท ABC จำกัด (มหาชน)",
            "ไทย\xa0จีน\xa0ญี่ปุ่น",
            "ย่อย ย ยักษ์",
            "The Thai word for metal is โลหะ.",
            "แร่…โลหะ’",
        ],
    )
    def test_stays(self, text: str) -> None:
        assert repair(text) == text

    @pytest.mark.parametrize(
        ("damaged", "whole"),
        [
            ("ไทย โ€” จีน", "ไทย — จีน"),
            ("เขาว่า โ€˜ดีโ€™ แล้ว", "เขาว่า ‘ดี’ แล้ว"),
            ("๑๒๓ โ€“ ๔๕๖", "๑๒๓ – ๔๕๖"),
            ("โ€œไทยโ€\x9d และ โ€œจีนโ€", "“ไทย” และ “จีน”"),
            ("โ€œThe word is ไทยโ€", "“The word is ไทย”"),
        ],
    )
    def test_stays_beside_damage_that_goes(self, damaged: str, whole: str) -> None:
        assert repair(damaged) == whole


class TestOtherScripts:
    @pytest.mark.parametrize(
        "text",
        [
            *SENTENCES,
            "SÃO PAULO: NÃO É “JÁ”",
            "« à l’été », dit-il",
            "Моё мнение: её «ёлка» – В «Ведомостях»",
            "Січень – ціни зросли",
            "Ĺubomír, Ăn, Ćwikła, rāda”",
            "Ελλάδα: «Β» και “Γ”",
            "½ × 2 µm ¬ ÷ √2",
        ],
    )
    def test_stay(self, text: str) -> None:
        assert repair(text) == text

    @given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x24F), max_size=60))
    def test_no_text_fails(self, text: str) -> None:
        once = repair(text)
        assert repair(once) == once
