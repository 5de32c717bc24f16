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
    "UBS forecasts a tight rare earth market until 2029",
    "Rare earth market: manufacturers scramble for oxides",
    "Lynas defends its strategic position in heavy rare earths",
    "Pentagon loads up on rare earth magnets",
    "Rare earth junior drills near Kiruna",
    "氧化铽领涨 镨钕跟进",
    "氧化镨钕现货供应紧张",
    "有研新材布局稀土回收",
    "全球稀土竞争格局生变",
    "稀土市场预计2029年供应偏紧",
    "稀土行业格局重塑",
    "盛和资源取得Peak董事会席位",
    "희토류 시황: 산화네오디뮴 반등",
]

NAMED_PLAINLY = [
    # the field's name with nothing else of the industry around it
    "Ranked: who holds the biggest rare earth reserves",
    "A Utah lab teases rare earths out of ash",
    "Rare earth giant's chairman walks out",
    "Six metres at 2.9% TREO under the old pit",
    # near a word of the stock market, of toys, of medicine, of figures of speech
    "Lynas shares slip as quarterly revenue misses forecasts",
    "MP Materials prices an offering of common stock",
    "Rare earths a magnet for sovereign funds",
    "Clinic scanners to give back their rare earth magnets for recycling",
    "Plant will double rare earth output by 2031",
    "Beijing may call rare earths a bargaining chip",
    "厦门钨业稀土业务板块利润增长",
    "出口管制升级 稀土概念股集体高开",
    # without the name
    "Europe's magnet addiction has no quick cure",
    "Renault has magnets until Friday",
    "Army of the UWSA opens new pits for mines in eastern Shan",
    "Beijing shelves its October curbs for a year",
    "ReElement borrows from the Pentagon",
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
    "Cerium Market Key Players, Opportunities and Competitive Scenario",
    "Scandium Market Outlook: 7% Growth Ahead",
    "2027-2033年全球钐钴磁体市场现状",
    "稀土行业发展现状分析",
    "글로벌 희토류 시장 2033년 전망",
    # a stock tip
    "Down a fifth, is Lynas a bargain?",
    "MP Materials: the climb has gone on too long (NYSE: MP)",
    "This rare earth stock is up 90%",
    "Brokers say buy these rare earth shares",
    "Director of MP Materials sells $3 million of stock",
    "Bank lifts USA Rare Earth target to $40",
    "Why I would avoid this rare earth darling",
    "How to position a portfolio for rare earths",
    "희토류 테마 급등",
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
    "Wall Street slips, rare earth names among the losers",
    "午评:稀土走强",
    "金力永磁涨超8%",
    # a comparison, a book, a gadget
    "Is helium the next rare earth?",
    "Silver curbs follow the rare earth playbook",
    "희토류 같은 신인 투수",
    "Rare Earth: the novel everyone reads",
    "Redmi hinge made with rare earth steel",
    # everyday life
    "Dublin becomes a magnet for tech talent",
    "包头稀土女足主场取胜",
]


@pytest.mark.parametrize("title", [*NEWS, *WITHOUT_THE_WORDS, *NAMED_PLAINLY])
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


EVERYDAY_NAMES = [
    "Tory MP narrows the gap in a county poll",
    "MP opens a plant nursery in Kent",
    "NTU students build a walking robot",
    "ASM wins an order from a Korean chip maker",
    "E-vac pump recalled over a faulty valve",
    "Appia Road reopens after repairs",
    "Aclara smart meters recalled",
    "San Huan temple fair draws thousands",
    "Ionic Technologies launches a hair dryer",
    "Peak resources strain as hospitals fill",
    "Doug Ford promises Ontario a new highway",
    "USAR teams pull survivors from the rubble",
    "The Nolans reunite for a charity night",
    "Ashram in Kerala turns 100",
    "WA state government buys a mine",
    "Meteoric rise of Brazil's sprinter",
    "Snow shuts Mountain Pass road in Colorado",
    "Great Fen project restores a wetland in England",
    "Sierra Blanca ski area opens",
    "Supply chain firm opens a depot in Kiruna, Sweden",
]


@pytest.mark.parametrize("title", EVERYDAY_NAMES)
def test_a_name_that_a_general_newspaper_uses_otherwise_says_nothing_alone(title: str) -> None:
    assert not judge(entry(title), field()).is_relevant


SHORT_NAMES = [
    "Meteoric has its preliminary licence for Caldeira",
    "MP to supply magnets to a carmaker",
    "ASM shareholders approve Energy Fuels scheme",
    "NTU drills deeper at Browns Range",
    "LCM casts a first alloy at Lacq",
    "Aclara picks a site for its Carina module",
    "Nolans decision nears as Arafura counts its cash",
    "Fen: Norwegian county backs the carbonatite mine",
    "Songwe gets a feasibility nod for Mkango",
    "Bokan drilling resumes as Ucore returns to Alaska",
    "VHM wins its mining licence for Goschen",
    "Torngat closes a loan for Strange Lake",
    "Viridis clears Colossus with its preliminary licence",
    "Dubbo zirconia project finds a lender",
    "Kiln stands still at Baotou separation plant",
    "Yangibana owners seek funds",
    "Longonjo construction on schedule",
]


@pytest.mark.parametrize("title", SHORT_NAMES)
def test_a_short_name_counts_where_a_word_of_its_trade_stands_by_it(title: str) -> None:
    assert judge(entry(title), field()).is_relevant


NO_NEWS_OF_ITS_KIND = [
    "Magnetic therapy bracelets: do they help?",
    "诚聘：磁材外贸销售",
    "희토류 기업 채용 공고",
    "Permag hires a quality manager",
    "Job: process engineer, rare earth refinery",
    "We're hiring: geologist for a rare earth project",
    "Erratum to: Neodymium magnets at low temperature",
    "Errata to our letter on rare-earth garnets",
    "Quiz: how many rare earths can you name?",
    "희토류 퀴즈 다섯 문제",
    "Which rare earth miner offers more value?",
    "MP Materials is well positioned: can it deliver?",
    "Tomography of a NdFeB magnet under a pulsed magnetic field",
]


@pytest.mark.parametrize("title", NO_NEWS_OF_ITS_KIND)
def test_jobs_quizzes_corrections_and_cures_are_no_news(title: str) -> None:
    assert not judge(entry(title), field()).is_relevant


@pytest.mark.parametrize(
    "title",
    [
        "Lynas to hire 200 workers for its heavy rare earth line",
        "Wanted: makers of rare earth magnets, says Delhi",
        "Chart of the day: magnet exports to Germany double",
        "Solvay turns its La Rochelle phosphor works to rare earth magnets",
        "Mountain Pass mine works through the snow",
        "Ministry corrects its rare earth export figures",
    ],
)
def test_news_near_jobs_charts_and_physics_stays_in(title: str) -> None:
    assert judge(entry(title), field()).is_relevant


def test_a_look_alike_can_be_overruled_by_the_event_it_is_told_of() -> None:
    wrap = "稀土永磁板块涨停"
    assert not judge(entry(wrap), field()).is_relevant
    assert judge(entry(f"出口管制升级 {wrap}"), field()).is_relevant


PAID = [
    "The author is paid by the company. This is a paid advertisement.",
    "Disseminated on behalf of Lantern Hill Metals, which is a client of the publisher.",
    "This post is sponsored by Lantern Hill Metals.",
    "본 기사는 협찬으로 제작",
]


@pytest.mark.parametrize("lead", PAID)
def test_paid_promotion_is_no_news_even_where_only_the_first_lines_say_so(lead: str) -> None:
    title = "Explorer drills for heavy rare earths in Nevada"
    assert judge(entry(title), field()).is_relevant
    assert not judge(entry(title, text=lead), field()).is_relevant


@pytest.mark.parametrize(
    "heap",
    [
        "rare earths neodymium dysprosium magnets export controls quota price",
        "Lynas Arafura Iluka Ucore rare earth magnet refinery export quota tariff",
        "rare earth, terbium, dysprosium, magnet, price, export, mine, quota",
        "稀土 镨钕 镝 铽 永磁 出口管制 价格 配额",
        "희토류 네오디뮴 디스프로슘 영구자석 수출 공급망 가격 광산",
    ],
)
def test_a_heap_of_keywords_is_no_headline_in_any_language(heap: str) -> None:
    assert "tuffed with keywords" in judge(entry(heap), field()).reason


@pytest.mark.parametrize(
    "title",
    [
        "India rare earth magnet industry: domestic production plan",
        "US backs rare earth mine, strengthens domestic supply chain",
        "China rare earth magnet exports to Germany fall",
    ],
)
def test_a_terse_headline_is_no_heap_of_keywords(title: str) -> None:
    assert judge(entry(title), field()).is_relevant


def test_a_core_company_is_not_lost_to_another_material_in_its_headline() -> None:
    assert judge(entry("Lithium veteran joins the board of Arafura"), field()).is_relevant
    assert not judge(entry("Lithium veteran joins the board of Vale"), field()).is_relevant


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
