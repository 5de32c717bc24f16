"""Which entries are news of the rare-earth industry."""

from __future__ import annotations

import pytest

from newsletter.core.gazetteer import Gazetteer, gazetteer_from
from newsletter.core.relevance import THRESHOLD, judge
from tests.core.entries import entry, field

NEWS = [
    "Dysprosium oxide trebles in Rotterdam as licences dry up",
    "Lynas raises A$400 million for its Kalgoorlie refinery",
    "Beijing tells exporters to name the end user of every magnet",
    "Critical minerals pact between Washington and Canberra names six projects",
    "Magnet maker halts output for want of terbium",
    "Neodymium recovered from old wind turbines at pilot plant",
    "稀土出口许可办法今日公布",
    "영구자석 공장 착공…희토류 공급망 확보",
    "レアアース輸出規制、自動車に影響",
    "Seltene Erden: EU sucht neue Lieferanten",
]

WITHOUT_THE_WORDS = [
    "Slide at a Pangwa pit buries workers",
    "MP and Maaden sign for a refinery in Saudi Arabia",
    "Caremag lines up the last of its loans for Lacq",
    "Magnet cargoes from China to Germany doubled in May",
    "NdPr holds above 600 yuan on thin trade",
    "German parts maker wins Chinese export licences",
    "Mines in Myanmar foul the river, Thai farmers say",
    "金力永磁上半年净利翻番",
    "氧化镨钕报价创年内新高",
    "包头磁材企业获通用许可证",
    "성림첨단산업, 대구에 둘째 공장 착공",
    "南鳥島沖で泥の試掘始まる",
]

NEAR_LOOK_ALIKES = [
    "Rare earth stocks jump after Beijing widens export controls",
    "MP Materials shares soar as the Pentagon takes a stake",
    "Analysts see NdPr supply short of demand until 2035",
    "USA Rare Earth to buy a metal maker for $100 million plus shares",
    "China bars exports of gallium, antimony and rare earths to American arms makers",
    "Carmaker drops rare earths from its new electric motor",
    "Nanoparticles pull rare earths out of mine waste at pilot plant",
]

LOOK_ALIKES = [
    "Rare Earth reunite for one night of Motown in Detroit",
    "Astronomers find rare Earth-sized exoplanet in a habitable zone",
    "Toddler has surgery after swallowing 14 toy magnets",
    "Best fridge magnets to bring home from Lisbon",
    "Rare Pokémon card fetches a record sum",
    "Chevy Cobalt owners gather for a last rally",
    "Workers stage rare protest outside parliament",
    "Lithium prices slide as Chilean brine expands",
    "Copper mine in Peru reopens after a strike",
    "5 rare earth stocks to buy before spring",
    "Rare Earth Magnet Market Size to Reach USD 40 Billion by 2034, CAGR of 8%",
    "Spin waves in a topological antiferromagnet at low temperature",
    "Neodymium disc magnets, pack of 50, nickel coated",
    "A magnet school opens its robotics wing",
]

GRAMMARS = [
    # a market report for sale
    "Samarium Cobalt Magnet Market Expected to Reach $1.4 Billion by 2032",
    "Cerium oxide market to register steady growth, says new report",
    "稀土永磁行业市场规模及投资前景报告",
    "희토류 자석 시장 규모, 2033년까지 연평균 7% 성장",
    "希土類磁石の市場規模と成長率予測 2026-2033",
    "Seltene Erden: Marktgröße und Prognose bis 2033",
    # a stock tip
    "Could this rare earth stock make you a millionaire?",
    "Why Lynas stock jumped today",
    "Broker lifts MP Materials to Buy, sees 40% upside",
    "If you had invested $1,000 in MP Materials stock",
    "北方稀土获买入评级 目标价上调",
    "희토류 관련주 다섯 종목 총정리",
    "レアアース関連銘柄を読む",
    # goods for sale, hobbies, toys
    "N42 neodymium block magnets 20x10x5 mm, 20 pcs",
    "Neodymium hooks 40% off this weekend",
    "I built a speaker from hard drive magnets",
    "네오디뮴 자석 20개입 특가",
    "ネオジム磁石フック 10個セット",
    "磁力珠误吞 两岁幼童手术取出",
    # science without production, medicine, gadgets
    "Ytterbium optical clock keeps time to a new record",
    "Patients scanned with a lower dose of gadolinium",
    "新款折叠屏手机用上稀土镁合金",
    # the stock market, other materials, sanctions
    "稀土永磁板块午后涨停潮",
    "코스피 4000 돌파 마감…희토류株 강세",
    "China tightens export licences for graphite",
    "Beijing adds 12 arms makers to its unreliable entity list",
    # everyday life
    "Dublin becomes a magnet for tech talent",
    "包头稀土女足主场取胜",
]


@pytest.mark.parametrize("title", [*NEWS, *WITHOUT_THE_WORDS])
def test_news_of_the_field_is_relevant_in_every_language(title: str) -> None:
    assert judge(entry(title), field()).is_relevant


@pytest.mark.parametrize("title", NEAR_LOOK_ALIKES)
def test_news_that_stands_near_a_look_alike_stays_in(title: str) -> None:
    assert judge(entry(title), field()).is_relevant


@pytest.mark.parametrize("title", [*LOOK_ALIKES, *GRAMMARS])
def test_what_only_looks_like_the_field_is_not(title: str) -> None:
    found = judge(entry(title), field())
    assert not found.is_relevant
    assert found.reason


def test_a_rejected_entry_says_what_it_reads_like_and_what_spoke_for_it() -> None:
    found = judge(entry("Why Lynas stock jumped today"), field())
    assert found.reason == "Reads like a stock tip, though Lynas Rare Earths in the headline"


def test_a_passing_word_far_down_does_not_make_an_entry_relevant() -> None:
    text = "Sales of cars rose in May. " * 40 + "Some motors hold rare earths."
    assert not judge(entry("Carmaker's sales rise in May", text=text), field()).is_relevant


def test_the_first_lines_count_for_less_than_the_headline() -> None:
    named = judge(entry("A shipment of terbium"), field())
    below = judge(entry("A shipment", text="It was terbium."), field())
    assert 0 < below.score < named.score


def test_a_company_of_many_trades_does_not_carry_an_entry_by_itself() -> None:
    assert not judge(entry("Global miner BHP names a new chief executive"), field()).is_relevant


def test_a_magnet_maker_in_its_own_newsroom_needs_fewer_words() -> None:
    title = "Site chosen for a new campus"
    assert judge(entry(title, outlet="MP Materials"), field()).score > 0.0
    assert judge(entry(title), field()).score == 0.0


@pytest.mark.parametrize(
    "title", ["MP Materials' loss narrows", "Northern Minerals' board quits", "Lynas' licence"]
)
def test_a_name_is_found_where_only_an_apostrophe_follows_its_s(title: str) -> None:
    assert judge(entry(title), field()).companies


@pytest.mark.parametrize(
    "title",
    [
        "Labour MP calls for a vote on trade",
        "A mountain pass in Colorado is closed by snow",
        "The Vulcan bomber flies again over North Yorkshire",
        "Benson wins the county title",
    ],
)
def test_everyday_words_that_are_also_names_of_the_field_say_nothing_alone(title: str) -> None:
    assert not judge(entry(title), field()).is_relevant


def test_a_look_alike_can_be_overruled_by_the_event_it_is_told_of() -> None:
    wrap = "稀土永磁板块涨停"
    assert not judge(entry(wrap), field()).is_relevant
    assert judge(entry(f"出口管制升级 {wrap}"), field()).is_relevant


def test_keyword_stuffing_does_not_beat_an_honest_headline() -> None:
    honest = judge(entry("China tightens export controls on dysprosium"), field())
    stuffed = judge(
        entry("rare earth rare earth rare earth rare earth rare earth export ban price"), field()
    )
    listed = judge(
        entry("neodymium praseodymium dysprosium terbium samarium yttrium scandium lanthanum"),
        field(),
    )
    assert stuffed.score < honest.score
    assert listed.score < honest.score


def test_invisible_characters_change_no_score() -> None:
    title = "Why Lynas stock jumped today"
    assert (
        judge(entry(title.replace("n", "n\u200b")), field()).score
        == judge(entry(title), field()).score
    )


def test_it_says_what_it_found() -> None:
    found = judge(entry("Lynas ships terbium oxide from Malaysia to Japan"), field())
    assert found.companies == ("Lynas Rare Earths",)
    assert found.elements == ("Terbium",)
    assert set(found.countries) == {"Malaysia", "Japan"}
    assert "Terbium" in found.reason


def short(**negative: object) -> Gazetteer:
    """A gazetteer of one element, one kind of event and one look-alike."""
    return gazetteer_from(
        {
            "elements": {"Cerium": "cerium"},
            "context": "price, plant",
            "events": {"tariff": {"importance": 0.5, "section": "Trade", "any": "tariff"}},
            "negatives": {"polish": {"weight": 0.9, "reason": "polish", **negative}},
        }
    )


@pytest.mark.parametrize(
    ("negative", "is_relevant"),
    [
        ({"any": "glass"}, False),
        ({"both": ["glass", "shine, gleam"]}, False),
        ({"both": ["glass", "metal"]}, True),
        ({"patterns": [r"\bglass\b.*\d+ ml"]}, False),
        ({"patterns": [r"^glass"]}, True),
        ({"any": "glass", "with": ["company"]}, True),
        ({"any": "glass", "with": ["element"]}, False),
        ({"any": "glass", "unless_named": True}, True),
        ({"any": "glass", "unless": ["tariff"]}, False),
        ({"any": "glass", "unless": ["element:Cerium"]}, True),
    ],
)
def test_a_look_alike_is_found_by_the_signs_it_states(
    negative: dict[str, object], is_relevant: bool
) -> None:
    title = "Cerium price for a glass shine plant, 50 ml"
    assert judge(entry(title), short(**negative)).is_relevant == is_relevant


@pytest.mark.parametrize(
    "text", ["", "word", "\x00\x1b\u202e", "稀", "🧲" * 500, "a" * 1_000_000, "rare " * 200_000]
)
def test_odd_text_is_judged_and_never_raises(text: str) -> None:
    for odd in (entry(text, id="odd"), entry("Title", text=text)):
        assert 0.0 <= judge(odd, field()).score <= 1.0


def test_the_threshold_is_what_decides() -> None:
    found = judge(entry("Rare earth price index rises in China"), field())
    assert found.is_relevant == (found.score >= THRESHOLD)
