"""The language of headlines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("China tightens its grip on rare earth exports", "en"),
        ("Lynas Q3 output", "en"),
        ("Rare Earth Magnet Price Per Kg", "en"),
        ("Chinas Exportkontrollen treffen die deutsche Autoindustrie", "de"),
        ("Warum seltene Erden für die Energiewende wichtig sind", "de"),
        ("La Chine restreint les exportations de terres rares", "fr"),
        ("China limita la exportación de tierras raras y el precio sube", "es"),
        ("China limita a exportação de terras raras e o preço sobe", "pt"),
        ("La Cina limita le esportazioni delle terre rare", "it"),
        ("China beperkt de uitvoer van zeldzame aardmetalen", "nl"),
        ("Kina begränsar exporten av sällsynta jordartsmetaller och det oroar", "sv"),
        ("Đất hiếm Việt Nam và những cơ hội mới", "vi"),
        ("中国对稀土实施出口管制", "zh"),
        ("中國稀土出口管制", "zh"),
        ("中国、レアアースの輸出を規制", "ja"),
        ("중국, 희토류 수출 통제", "ko"),
        ("LS, 희토류 밸류체인 구축 속도", "ko"),
        ("Китай ограничил экспорт редкоземельных металлов", "ru"),
        ("Китай обмежив експорт рідкісноземельних металів і їхню обробку", "uk"),
        ("الصين تقيد صادرات المعادن النادرة", "ar"),
        ("چین صادرات عناصر کمیاب را محدود کرد", "fa"),
        ("ราคาแร่หายากพุ่ง", "th"),
        ("Σπάνιες γαίες", "el"),
        ("NdPr 2026 稀土价格", "zh"),
        ("MP Materials与苹果签约", "zh"),
        ("信越化学、磁石工場を増設", "ja"),
        ("TDK、磁石事業を強化", "ja"),
        ("LS전선 美 희토류 공장", "ko"),
        ("Seltene Erden: Preise steigen", "de"),
        ("Rohstoffe: Lynas meldet Rekord", "de"),
        ("Preis für Dysprosium steigt", "de"),
        ("Terres rares : la Chine serre la vis", "fr"),
        ("Hausse des prix du néodyme", "fr"),
        ("Tierras raras: China limita exportaciones", "es"),
        ("Terras raras: China limita exportações", "pt"),
        ("Serra Verde amplia produção", "pt"),
        ("Росатом и редкоземельные металлы", "ru"),
        ("Giá đất hiếm tăng mạnh", "vi"),
        ("Indonesia larang ekspor tanah jarang", "id"),
        ("Malaysia larang eksport nadir bumi", "id"),
        ("MP Materials Q1 results", "en"),
        ("Arafura signs Hyundai deal", "en"),
        ("2026: 45%", "und"),
        ("", "und"),
    ],
)
def test_is_seen_without_a_declaration(text: str, language: str) -> None:
    assert language_of(text, None) == language


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("Neodymium Magnet", "de-AT", "de"),
        ("China tightens its grip on the export of rare earths", "zh-CN", "en"),
        ("中国稀土", "en-us", "zh"),
        ("Deal", "", "en"),
        ("45%", "fr", "fr"),
        ("Китай", "bg", "bg"),
        ("Китай", "en", "ru"),
        ("Deal", "Deutsch, glaube ich", "en"),
        ("Magnethersteller in Not", "de", "de"),
        ("As Temps Rise, So Do Gas Prices", "en", "en"),
        ("Mineração Taboca sells stake", "en", "en"),
        ("Seltene Erden: Preise steigen", "en", "de"),
        ("希土類輸出規制強化", "ja", "ja"),
        ("稀土价格上涨", "ja", "zh"),
    ],
)
def test_a_declaration_counts_where_the_text_is_silent(
    text: str, declared: str, language: str
) -> None:
    assert language_of(text, declared) == language


@given(st.text(max_size=80), st.one_of(st.none(), st.text(max_size=8)))
def test_any_text_has_one(text: str, declared: str | None) -> None:
    assert language_of(text, declared).isalpha()
