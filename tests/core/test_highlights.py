"""Sentences that tell a story, word for word."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.core.highlights import LONGEST, MOST, choose, repeated_lines
from newsletter.core.source import Publisher
from newsletter.core.tokens import printed
from tests.core.entries import entry

TEXT = (
    "Lynas will double its output of terbium in Malaysia by 2028. "
    "Subscribe to our newsletter for more stories like this one. "
    "The company, led by Ms. A. Lacaze, said the U.S. Army is a customer of the plant. "
    "The plant will employ 140 people and run on natural gas from the coast. "
    "Analysts had expected the work to begin two years later than this. "
    "This sentence was cut by the feed before it could come to its"
)


def told(*sentences: str, title: str = "Lynas to grow", language: str = "en") -> list[str]:
    found = choose([entry(title, text=" ".join(sentences), language=language)])
    return [highlight.text for highlight in found]


def test_nothing_beyond_the_headline_gives_no_highlights() -> None:
    assert choose([]) == ()
    assert choose([entry("Lynas doubles terbium")]) == ()
    assert choose([entry("Lynas doubles terbium", text="Lynas doubles terbium")]) == ()


def test_sentences_are_whole_and_stand_in_the_source() -> None:
    found = choose([entry("Lynas to grow", text=TEXT)])
    assert len(found) == 3
    assert all(highlight.text in TEXT for highlight in found)
    assert all(highlight.text.endswith(".") for highlight in found)
    assert all(len(highlight.text) <= LONGEST for highlight in found)


def test_a_text_that_may_not_be_quoted_gives_none() -> None:
    closed = replace(entry("Lynas to grow", text=TEXT, highlights=("A licence came",)))
    assert choose([replace(closed, is_quotable=False)]) == ()


def test_cut_sentences_stay_out() -> None:
    assert "cut by the feed" not in " ".join(told(TEXT))
    assert told("The ministry will publish the list of its customers in May [\u2026]") == []
    assert told("The ministry will publish the list of its customers in May ...") == []


@pytest.mark.parametrize(
    "furniture",
    [
        "Subscribe to our newsletter for more stories like this one.",
        "The post Lynas doubles its output of terbium appeared first on Ore Daily.",
        "This press release contains forward-looking statements about the plant.",
        "Actual results may differ materially from those that were expected here.",
        "Workers load ore at the Mount Weld mine. REUTERS/A. Person, in this file photo.",
        "Reporting by Ann Person in Sydney and Bo Person in Perth for this desk.",
        "We are pleased to announce that our plant has opened its gates to everybody.",
        "Contact: Ann Person, Head of Communications, ann.person@ore.example.",
        "Ann Person is a senior reporter in Perth who covers mining and metals.",
        "Ore Corp. (\u201cOre\u201d) today announced its financial results for the third quarter.",
        "The views expressed here are those of the author and of nobody else at all.",
        "Ore Corp is headquartered in Perth and its shares are listed on the exchange.",
        "ORE 1.20 +0.4% MTL 3.40 -1.2% GLD 8.10 +0.2% SLV 2.30 -0.1% CPR 4.40.",
        "For more information on the company and its plants, see the web site.",
        "\u00a9 2026 Ore Daily and its partners, who keep every right of this text.",
        "Mehr zum Thema lesen Sie in der Ausgabe vom Freitag dieser Woche hier.",
        "Lire aussi : notre dossier complet sur les terres rares et leurs usages.",
    ],
)
def test_furniture_is_no_highlight(furniture: str) -> None:
    news = "The plant will employ 140 people and run on natural gas from the coast."
    assert told(furniture, news) == [news]


@pytest.mark.parametrize(
    ("language", "furniture", "news"),
    [
        (
            "zh",
            "责任编辑：张三，未经授权不得转载本网站任何内容。",
            "工厂明年产能将达到五千吨磁体。",
        ),
        ("zh", "投资者据此操作，风险自担，本文仅供参考之用。", "工厂明年产能将达到五千吨磁体。"),
        (
            "ko",
            "저작권자 ⓒ 광물신문, 무단 전재 및 재배포 금지입니다.",
            "공장은 내년에 자석 오천 톤을 만든다.",
        ),
        (
            "ja",
            "この続きを読むには会員登録が必要ですのでご注意ください。",
            "工場は来年五千トンの磁石を生産する。",
        ),
    ],
)
def test_furniture_in_the_fields_other_languages_is_no_highlight(
    language: str, furniture: str, news: str
) -> None:
    assert told(furniture, news, title="新規 출口", language=language) == [news]


@pytest.mark.parametrize(
    "news",
    [
        "For more than a decade the country has bought its magnets from one seller.",
        "About US mines the minister said that none of them would be sold abroad.",
        "Published on Monday, the rules name five elements and their compounds.",
        "The maker will register its plant with the ministry before the end of May.",
        "Motors powered by such magnets need a kilogram of neodymium for each car.",
        "The company said in a press release that four applications were refused.",
    ],
)
def test_news_that_sounds_like_furniture_is_told(news: str) -> None:
    assert told(news) == [news]


def test_an_outlet_that_speaks_of_itself_tells_no_news() -> None:
    praise = "Daily Ore is the best known paper of the trade in Perth and beyond."
    said = "As Daily Ore has reported, the miner had asked for the loan in spring."
    assert told(praise, said) == []
    maker = replace(entry("Loan", text=praise), publisher=Publisher.COMPANY)
    assert [highlight.text for highlight in choose([maker])] == [praise]


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        ("BEIJING, Oct 9 (Reuters) - ", "China will license five more elements from December."),
        (
            "PERTH, Australia, Nov. 24, 2026 /PRNewswire/ -- ",
            "The miner has sold its first oxide to a buyer in Tokyo.",
        ),
        ("Baotou, China \u2014 ", "The steelmaker sold more ore than in any quarter before."),
        ("(AP) \u2014 ", "The president said that the duties could begin in November."),
    ],
)
def test_place_and_agency_before_the_first_sentence_are_cut(before: str, sentence: str) -> None:
    assert told(before + sentence) == [sentence]


def test_place_and_agency_are_cut_in_chinese_and_korean() -> None:
    chinese = "新华社北京10月9日电（记者张三）商务部周四公布五种元素的出口许可办法。"
    assert told(chinese, title="新规", language="zh") == ["商务部周四公布五种元素的出口许可办法。"]
    korean = "[서울=광물통신] 홍길동 기자 = 정부는 희토류 비축을 두 배로 늘리기로 했다."
    assert told(korean, title="비축", language="ko") == [
        "정부는 희토류 비축을 두 배로 늘리기로 했다."
    ]


def test_the_publishers_own_highlights_come_first() -> None:
    own = "A licence was granted on Monday"
    found = choose([entry("Lynas to grow", text=TEXT, highlights=(own, "Read more \u2026"))])
    assert found[0].text == own
    assert found[0].outlet == "Daily Ore"
    assert len(found) == MOST


def test_no_highlight_repeats_the_headline_or_another() -> None:
    title = "Lynas will double its output of terbium in Malaysia by 2028"
    found = choose([entry(title, text=TEXT), entry("Other words", text=TEXT, outlet="B")])
    texts = [highlight.text for highlight in found]
    assert len(set(texts)) == len(texts)
    assert not any(text.startswith("Lynas will double") for text in texts)


def test_a_copy_that_differs_by_a_word_is_a_repetition() -> None:
    one = "The ministry granted a licence for 500 tonnes of terbium oxide on Monday."
    copies = (one, one.replace("granted", "issued"), one.replace("Monday", "Tuesday"))
    assert len(told(*copies)) == 1


def test_a_sentence_that_tells_much_more_than_the_headline_is_told() -> None:
    more = (
        "Lynas will grow, the miner said on Tuesday, with a loan of $90 million from Tokyo and a "
        "second kiln at its plant near Kalgoorlie."
    )
    assert told(more) == [more]


def test_what_several_outlets_say_goes_before_what_one_says() -> None:
    weak = "The minister spoke for an hour and shook many hands in the hall of the town."
    shared = "A second kiln at Kalgoorlie is to be lit in spring under the new licence."
    other = "Kalgoorlie will light a second kiln in spring under its new licence."
    filler = ("The town has a theatre and a railway.", "Its mayor was born in another state.")
    entries = [
        entry("Lynas to grow", text=" ".join((weak, *filler, shared)), outlet="A"),
        entry("Kiln", text=other, outlet="B"),
    ]
    assert shared in [highlight.text for highlight in choose(entries)]


def test_only_the_shown_entrys_language_is_quoted() -> None:
    foreign = entry(
        "릴리스", text="공장은 내년에 자석 오천 톤을 만든다.", language="ko", outlet="B"
    )
    assert choose([entry("Lynas to grow"), foreign]) == ()


def test_a_quotation_without_its_speaker_is_left_out() -> None:
    bare = "\u201cThe plant will make 500 tonnes of terbium in its first full year.\u201d"
    spoken = "\u201cThe kiln is lit. It stays lit,\u201d the minister told the town on Monday."
    assert told(bare, spoken) == [spoken]


def test_lines_that_articles_of_one_outlet_share_are_left_out() -> None:
    shared = "Ore is weighed at the gate before a lorry may leave the yard of the works."
    entries = [
        entry(f"News {n}", text=f"Mine {n} sold {n}50 tonnes of its ore to a smelter.\n{shared}")
        for n in range(1, 4)
    ]
    repeated = repeated_lines(entries)
    assert repeated == {shared}
    assert shared in [highlight.text for highlight in choose(entries[:1])]
    assert shared not in [highlight.text for highlight in choose(entries[:1], repeated)]


def test_chinese_sentences_are_told_apart_and_kept_as_they_are() -> None:
    text = "商务部周三公布了新的稀土出口许可办法，自下月起施行。企业须逐批申请并说明最终用户。"
    found = choose([entry("出口新规", text=text, language="zh")])
    assert [highlight.text in text for highlight in found] == [True, True]


PIECES = st.sampled_from(
    (
        *(
            "The mine sold 5,000 tonnes of ore on Monday.",
            "\u201cWe go on,\u201d he said.",
            "(Reuters) - ",
        ),
        *(
            "Exports rose 3.5% in the U.S. to $1.2 billion.",
            "商务部公布新规，自下月起施行。",
            "\n",
            " ",
            "\u2022 ",
        ),
        *(
            "수출이 늘었다고 정부가 밝혔다.",
            "BEIJING, Oct 9 ",
            '"',
            "\u201c",
            "[\u2026]",
            "A. B. C.",
            "\u0000\u202e",
            "&amp;",
        ),
    )
)
TEXTS = st.lists(PIECES | st.text(max_size=30), max_size=12).map(" ".join)


@settings(deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS, st.sampled_from(("en", "zh", ""))), max_size=4))
def test_every_highlight_stands_in_its_entry_once_and_is_short(
    texts: list[tuple[str, str, str, str]],
) -> None:
    entries = [
        replace(
            entry(title, text=text, language=language, highlights=(own,), outlet=f"O{n}"),
            summary=own,
        )
        for n, (title, text, own, language) in enumerate(texts)
    ]
    found = choose(entries)
    assert len(found) <= MOST
    assert len({highlight.text for highlight in found}) == len(found)
    sources = {one.outlet: printed(f"{one.summary}\n{one.text}") for one in entries}
    assert all(highlight.text in sources[highlight.outlet] for highlight in found)
    assert all(0 < len(highlight.text) <= LONGEST for highlight in found)
