"""What the field's words find, in which scripts, and what they leave alone."""

from __future__ import annotations

import re
from importlib import resources

import pytest
import yaml

from newsletter.core.amounts import acts_in, figures_in, is_unusual, money_in
from newsletter.core.events import event_of
from newsletter.core.gazetteer import gazetteer_from, names
from newsletter.core.gazetteer_data import WORD_MAPS, checked
from newsletter.core.headline import headline
from newsletter.core.reading import read
from newsletter.core.tokens import visible
from tests.core.entries import entry, field


@pytest.mark.parametrize(
    "text",
    [
        "Northern Rare Earth lifts its price",
        "Baogang and its sister company",
        "包钢上调价格",
        "北方稀土上调价格",
    ],
)
def test_one_house_is_found_under_all_its_names(text: str) -> None:
    companies = names(field().find(text), "company")
    assert {field().companies[name].group for name in companies} == {"Baogang"}


def test_a_word_in_any_form_is_found() -> None:
    assert "event:export control" in field().find("Export-controls on magnets")
    assert "context:tariff" in field().find("Tariffs may follow")


def test_a_ticker_is_found_only_in_capitals() -> None:
    assert "company:USA Rare Earth" in field().find("USAR closes higher")
    assert "company:USA Rare Earth" not in field().find("usar is a Spanish verb")


def test_a_form_is_found_as_such_whatever_its_capitals() -> None:
    assert "event:financing" in field().find("Secures $5 million for its magnets")
    assert "event:financing" not in field().find("Security of supply")
    assert "event:state stake" not in field().find("A national plan for magnets")
    assert "event:plant" not in field().find("The European Commission meets")


def test_a_name_of_everyday_words_needs_its_capitals() -> None:
    assert "company:American Rare Earths" in field().find("American Rare Earths drills")
    assert "company:American Rare Earths" not in field().find("an American rare earth chain")


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Terbium in Rotterdam climbs above $3,900 a kilogram", "price move"),
        ("Index of rare earth customs codes", "reference"),
        ("Laos: mining act amended to bar exports of rare earth ore", "export control"),
        ("A molecule that tells lanthanides apart", "technology"),
        ("Tender law: limits on foreign magnets widen", "law"),
        ("Iluka bids A$90 million for Northern Minerals", "merger"),
        ("India invites bids for its magnet scheme", "state programme"),
        ("Ucore profit doubles", "results"),
    ],
)
def test_a_headline_tells_its_kind_of_event(title: str, kind: str) -> None:
    assert event_of(read(entry(title), field()), field()).kind.name == kind


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Announcements 57, 61 and 62 of 2025", {"57", "61", "62"}),
        ("Under Notice No. 18, and no. 23", {"18", "23"}),
        ("商务部公告第61号", {"61"}),
        ("the No. 1 producer orders 14.5 tonnes", set()),
    ],
)
def test_the_numbers_of_acts_are_read(text: str, numbers: set[str]) -> None:
    assert acts_in(text) == numbers


def test_a_figure_that_two_texts_hardly_share_is_unusual() -> None:
    assert all(is_unusual(figure) for figure in ("3188", "157.5%", "26205"))
    assert not any(is_unusual(figure) for figure in ("1200", "0.1%", "99.9%", "40%"))


def test_a_sum_between_two_roundings_is_neither() -> None:
    labels = {money_in(f"A${value} billion")[0].label for value in ("1.2", "1.25", "1.3")}
    assert len(labels) == 3


def test_the_united_states_are_no_pronoun_and_no_company() -> None:
    found = field().find("U.S. rare earth output grows, and US mines grow")
    assert "country:United States" in found
    assert not names(found, "company")
    assert "country:United States" not in field().find("it concerns all of us")


def test_invisible_characters_do_not_hide_a_word() -> None:
    assert field().find("dys\u200bpro\u2060sium") == field().find("dysprosium")
    assert visible("a\u200bb\u0000c\nd") == "abc d"


def test_a_short_gazetteer_finds_what_it_names_and_nothing_else() -> None:
    short = gazetteer_from({"elements": {"Cerium": ["cerium"]}, "countries": None})
    assert short.find("cerium and rare earths") == {"element:Cerium"}


def test_words_may_stand_in_one_text_and_an_entry_in_one_line() -> None:
    short = gazetteer_from(
        {
            "field": "rare earth, 稀土",
            "elements": {"Cerium": "cerium, =Ce"},
            "companies": {"Lynas": "Australia, core | lynas, =LYC"},
            "places": {"Mount Weld": "Australia, sure | mount weld"},
        }
    )
    assert short.find("LYC ships Ce from Mount Weld") == {
        "company:Lynas",
        "element:Cerium",
        "place:Mount Weld",
    }
    assert short.companies["Lynas"].is_core
    assert short.companies["Lynas"].country == "Australia"
    assert {"field:", "place:Mount Weld"} <= short.sure


def test_a_name_is_matched_as_it_is_written_and_a_word_by_its_stem() -> None:
    small = gazetteer_from({"companies": {"Rising Metals": "China | rising"}, "context": "rising"})
    assert small.find("prices rise") == {"context:rising"}
    assert small.find("Rising opens") == {"company:Rising Metals", "context:rising"}


def test_a_name_that_ends_in_s_is_found_before_a_bare_apostrophe() -> None:
    assert "company:MP Materials" in field().find("MP Materials' first magnets")


WORDS_WITHOUT_LETTERS = re.compile(r"=?[^\w]+")


def test_every_word_of_the_shipped_data_finds_its_own_entry() -> None:
    with resources.as_file(resources.files("newsletter.data").joinpath("gazetteer")) as folder:
        files = [yaml.safe_load(file.read_text("utf-8")) for file in sorted(folder.glob("*.yaml"))]
    parts = checked({key: part for file in files for key, part in file.items()})
    lost = [
        f"{kind}:{name}: {word}"
        for key, kind in WORD_MAPS.items()
        for name, facts in parts[key].items()
        for word in facts["words"]
        if f"{kind}:{name}" not in field().find(word.lstrip("="))
        and not WORDS_WITHOUT_LETTERS.fullmatch(word)
    ]
    assert not lost


def test_what_overrules_a_look_alike_exists() -> None:
    known = {f"event:{name}" for name in field().events}
    named = {label for one in field().negatives.values() for label in one.unless}
    assert {label for label in named if label.startswith("event:")} <= known


def test_every_company_and_place_stands_in_a_country_that_is_known() -> None:
    homes = {company.country for company in field().companies.values()}
    homes.update(field().places.values())
    assert not [home for home in homes if f"country:{home}" not in field().find(home)]


@pytest.mark.parametrize(
    ("texts", "label"),
    [
        (["Lynas", "莱纳斯", "라이너스", "ライナス"], "company:Lynas Rare Earths"),
        (["JL Mag", "金力永磁", "300748"], "company:JL Mag"),
        (["Baogang", "包钢股份", "包鋼"], "company:Baogang Group"),
        (["Shin-Etsu", "信越化学", "신에쓰"], "company:Shin-Etsu Chemical"),
        (["dysprosium", "氧化镝", "디스프로슘", "ジスプロシウム"], "element:Dysprosium"),
        (["NdPr oxide", "氧化镨钕", "PrNd"], "element:Praseodymium"),
        (["Mountain Pass", "芒廷帕斯", "마운틴패스"], "place:Mountain Pass"),
        (
            ["China's Ministry of Commerce", "商务部", "中 상무부", "中国商務省"],
            "agency:MOFCOM",
        ),
        (["Section 232", "232条款", "232조"], "law:Section 232"),
        (["Greenland", "格陵兰", "그린란드", "グリーンランド"], "country:Greenland"),
    ],
)
def test_one_thing_is_found_under_its_native_names(texts: list[str], label: str) -> None:
    assert all(label in field().find(text) for text in texts)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("中国进出口银行发放贷款", "agency:EXIM"),
        ("한국수출입은행, 공장에 대출", "agency:EXIM"),
        ("Export-Import Bank of Korea lends", "agency:EXIM"),
        ("Geological Survey of India maps a valley", "agency:US Interior Department"),
        ("中国地质调查局发布地图", "agency:US Interior Department"),
        ("China's trade representative Li Chenggang flies home", "agency:USTR"),
        ("Vietnam's ministry of natural resources reopens a pit", "agency:MNR"),
        ("India's commerce ministry counts its exports", "agency:MOFCOM"),
        ("한국 국방부 장관 방문", "agency:Pentagon"),
        ("The club's treasurer resigns", "agency:FIRB"),
        ("Cerium oxide polish for lenses", "country:Poland"),
        ("Baogang of Inner Mongolia", "country:Mongolia"),
        ("内モンゴルの鉱山", "country:Mongolia"),
        ("A mine in British Columbia", "country:United Kingdom"),
        ("A magnet plant in New Mexico", "country:Mexico"),
        ("Nexperia moves house", "country:Netherlands"),
        ("Fish of Lake Victoria", "region:Victoria"),
    ],
)
def test_an_office_or_a_country_is_not_found_in_the_name_of_another(text: str, label: str) -> None:
    assert label not in field().find(text)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("US Exim's bank: EXIM lends to a refinery", "agency:EXIM"),
        ("US Geological Survey lists cerium", "agency:US Interior Department"),
        ("Beijing: commerce ministry answers", "agency:MOFCOM"),
        ("美 국방부, 자석 구매", "agency:Pentagon"),
        ("Polish magnets reach Warsaw", "country:Poland"),
        ("Mongolia and Inner Mongolia share a border", "country:Mongolia"),
        ("Ulaanbaatar looks to Inner Mongolia", "country:Mongolia"),
    ],
)
def test_an_office_or_a_country_is_found_where_it_is_meant(text: str, label: str) -> None:
    assert label in field().find(text)


def test_two_words_together_name_a_thing_that_neither_names_alone() -> None:
    found = field().find("Neo ships magnets")
    assert "company:Neo Performance Materials" in found
    assert not names(field().find("Neo ships its shoes"), "company")
    assert not [label for label in found if label.startswith("hint:Neo by its short name")]


@pytest.mark.parametrize(
    "names_of_one",
    [
        ("Antai Technology", "Advanced Technology & Materials Co"),
        ("Greenland Minerals Ltd", "ETM and its Kvanefjeld claim"),
        ("五矿稀土", "China Rare Earth Resources", "000831"),
        ("Northern Minerals Ltd", "NTU at Browns Range"),
    ],
)
def test_one_firm_is_one_company_under_its_old_and_new_names(names_of_one: tuple[str, ...]) -> None:
    assert len({names(field().find(text), "company") for text in names_of_one}) == 1


@pytest.mark.parametrize(
    "house",
    [
        ("Leshan Shenghe", "Shenghe Resources"),
        ("Golden Dragon Rare-Earth", "Xiamen Tungsten"),
        ("Jiangxi Wanhong", "Huahong Technology"),
        ("eVAC Magnetics", "Vacuumschmelze"),
        ("Magnequench", "Neo Performance Materials"),
        ("Permag", "Dexter Magnetic"),
        ("China Rare Earth Resources", "Southern Rare Earth", "Ganzhou Rare Earth"),
        ("China Rare Earth Group", "Chinalco Rare Earth"),
    ],
)
def test_a_house_and_its_daughters_count_as_one(house: tuple[str, ...]) -> None:
    assert len(field().houses(house)) == 1


def test_ireland_and_luxembourg_are_of_the_union_and_ningbo_is_of_zhejiang() -> None:
    assert {"Ireland", "Luxembourg"} <= set(field().unions["European Union"])
    assert "region:Zhejiang" in field().find("A magnet maker in Ningbo")


CERIUM = {"Cerium": {"words": ["cerium"]}}
AUSTRALIA = {"Australia": "australia"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "it holds nothing"),
        ("rare earths", "'rare earths' is no mapping"),
        (["cerium"], "is no mapping"),
        ({"elemnts": CERIUM}, "unknown part 'elemnts'; did you mean 'elements'?"),
        ({3: CERIUM}, "unknown part 3"),
        ({"elements": 3}, "elements: must be a mapping, not 3"),
        ({"elements": {"Cerium": 3}}, "elements: Cerium: must be a list of words, not 3"),
        ({"elements": {"Cerium": {"words": 5}}}, "Cerium: words: must be a list of words, not 5"),
        ({"elements": {"Cerium": {"symbol": "Ce"}}}, "elements: Cerium: 'words' is missing"),
        ({"elements": {"Cerium": [True]}}, "Cerium: True is no word; put it in quotes"),
        ({"elements": {False: ["cerium"]}}, "elements: False: must be text, in quotes"),
        ({"companies": {"Lynas": ["lynas"]}}, "companies: Lynas: must be a mapping"),
        ({"field": 5}, "field: must be a list of words, not 5"),
        ({"companies": {"Lynas": "lynas"}}, "a text like 'Australia | lynas, =LYC'"),
        ({"negatives": {"toys": {"weight": 1, "patterns": ["("]}}}, "no regular expression"),
        ({"negatives": {"toys": {"weight": 1, "both": "toy"}}}, "must be a list of two lists"),
        ({"negatives": {"toys": {"any": ["toy"]}}}, "negatives: toys: 'weight' is missing"),
        ({"hints": {"MP": {"any": ["mp"]}}}, "hints: MP: 'both' is missing"),
        ({"events": {"plant": {"section": "stage"}}}, "events: plant: 'importance' is missing"),
        (
            {"events": {"plant": {"section": "stage", "importance": "high"}}},
            "events: plant: 'importance' cannot be 'high'",
        ),
        (
            {"companies": {"Lynas": "Australia, coree | lynas"}},
            "companies: Lynas: unknown flag 'coree'; did you mean 'core'?",
        ),
        ({"places": {"Weld": "Australia, core | weld"}}, "places: Weld: unknown flag 'core'"),
        (
            {"countries": AUSTRALIA, "companies": {"Lynas": "Austalia, core | lynas"}},
            "companies: Lynas: unknown country 'Austalia'; did you mean 'Australia'?",
        ),
        (
            {"countries": AUSTRALIA, "elements": CERIUM, "unions": {"Union": ["Autsralia"]}},
            "unions: Union: unknown country 'Autsralia'; did you mean 'Australia'?",
        ),
        (
            {"negatives": {"toys": {"weight": 1, "unles": ["plant"]}}},
            "negatives: toys: unknown key 'unles'; did you mean 'unless'?",
        ),
        (
            {"elements": {"Cerium": {"words": ["cerium"], "simbol": "Ce"}}},
            "elements: Cerium: unknown key 'simbol'; did you mean 'symbol'?",
        ),
        (
            {
                "companies": {"Neo": "Canada | neo materials"},
                "hints": {"Neo": {"means": "company:Ne", "both": ["=Neo", "magnet"]}},
            },
            "hints: Neo: means: unknown company 'Ne'; did you mean 'Neo'?",
        ),
        ({}, "it names no words for any element or company"),
        ({"field": ["rare earth"]}, "it names no words for any element or company"),
        ({"elements": {"Cerium": {"words": []}}}, "it names no words for any element or company"),
    ],
)
def test_what_is_no_gazetteer_is_refused_in_one_line(data: object, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)) as refused:
        gazetteer_from(data)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "currency", "value"),
    [
        ("a $215 million round", "usd", 215e6),
        ("2억1500만달러 투자", "usd", 215e6),
        ("投资5000亿美元", "usd", 500e9),
        ("₹7,280 crore scheme", "inr", 72.8e9),
        ("Rs 700-crore unit", "inr", 7e9),
        ("A$1.65 billion loan", "aud", 1.65e9),
        ("£10m raise", "gbp", 10e6),
    ],
)
def test_sums_are_read_in_the_ways_languages_write_them(
    text: str, currency: str, value: float
) -> None:
    found = money_in(text)[0]
    assert found.currency == currency
    assert found.value == pytest.approx(value)


def test_years_and_single_digits_are_no_figures() -> None:
    assert figures_in("In 2026, 3 plants and 25 firms grew 8%") == {"25", "8%"}


@pytest.mark.parametrize(
    ("title", "outlet", "printed"),
    [
        ("Lynas opens a plant - Daily Ore", "Daily Ore", "Lynas opens a plant"),
        ("Lynas opens a plant | dailyore.example", "Daily Ore", "Lynas opens a plant"),
        ("Rare earths - a long story", "Daily Ore", "Rare earths - a long story"),
        ("EXCLUSIVE: Lynas opens a plant", "Daily Ore", "Lynas opens a plant"),
        (
            "NOVEON OPENS PLANT IN THE US",
            "Daily Ore",
            "Noveon Opens Plant in the US",
        ),
        ("Lynas &#8211; &amp; its plant", "Daily Ore", "Lynas – & its plant"),
        ("LS전선, 공장 짓는다… 검토", "Daily Ore", "LS전선, 공장 짓는다… 검토"),
    ],
)
def test_a_headline_loses_its_outlet_and_its_shouting(
    title: str, outlet: str, printed: str
) -> None:
    assert headline(title, outlet, "dailyore.example") == printed
