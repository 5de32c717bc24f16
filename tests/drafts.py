"""Drafts as a composer would make them: a normal day, a quiet one, and the difficult ones.

Outlets and hosts are invented and end in `.example`; subjects are the trade's real ones.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from newsletter.core.beside import Beside, Correction, Occasion, Point, Series, Sponsor
from newsletter.core.edition import Draft, DraftFigures, Section
from newsletter.core.entry import Entry
from newsletter.core.page import Brand
from newsletter.core.source import Publisher
from newsletter.core.story import Highlight, Story

DAY = date(2026, 4, 7)
MADE_AT = datetime(2026, 4, 7, 5, 40, tzinfo=UTC)

POLICY, MINING, PRICES, MAGNETS, COMPANIES = (
    *("Policy & trade", "Mining & projects", "Prices & markets"),
    *("Magnets & processing", "Companies & finance"),
)


def brand(**changes: Any) -> Brand:
    """The brand of the sample newsletter."""
    return replace(
        Brand(
            name="Straight Into Your Inbox",
            tagline="Rare earths, every morning: what happened, who says so, and why it matters",
            sender_name="Straight Into Your Inbox",
            postal_address="Rare Earth Readers Ltd, 12 Quay Street, Bristol BS1 4DJ, UK",
            why="You get this because you signed up for the daily edition at readers.example.",
            home_url="https://readers.example/",
            time_zone="Europe/London",
            privacy_url="https://readers.example/privacy",
        ),
        **changes,
    )


def entry(
    title: str,
    outlet: str,
    *,
    hours: float = 3,
    url: str | None = None,
    language: str = "en",
    publisher: Publisher = Publisher.TRADE_PRESS,
    words: int = 0,
) -> Entry:
    """An entry published `hours` before the draft was made, with a text of that many words."""
    slug = "".join(c if c.isascii() and c.isalnum() else "-" for c in title.lower())[:60].strip("-")
    host = "".join(c for c in outlet.lower() if c.isascii() and c.isalnum()) or "outlet"
    moment = MADE_AT - timedelta(hours=hours)
    return Entry(
        id=f"{host}-{slug}",
        declared_id="",
        url=f"https://www.{host}.example/2026/04/{slug or 'news'}" if url is None else url,
        title=title,
        summary="",
        text="word " * words,
        highlights=(),
        published_at=moment,
        date_is_known=True,
        first_seen_at=moment,
        language=language,
        outlet=outlet,
        publisher=publisher,
        weight=1.0,
        sources=(outlet,),
    )


def story(
    best: Entry,
    section: str = POLICY,
    *,
    others: tuple[str, ...] = (),
    highlights: tuple[tuple[str, str], ...] = (),
    reasons: tuple[str, ...] = (),
    marks: tuple[str, ...] = (),
    primary: Entry | None = None,
) -> Story:
    """A story told by `best` and by the outlets named in `others`."""
    return Story(
        id=f"story-{best.id}",
        entries=(best, *([primary] if primary and primary is not best else [])),
        best=best,
        primary=primary,
        headline=best.title,
        section=section,
        event="export control",
        outlets=len(others) + 1,
        outlet_names=(best.outlet, *others),
        score=0.71,
        parts={"relevance": 0.9, "outlets": 0.6},
        reasons=reasons,
        highlights=tuple(Highlight(text, outlet) for text, outlet in highlights),
        marks=marks,
        elements=("dysprosium", "terbium"),
        companies=(),
        countries=("China",),
        published_at=best.published_at,
    )


def draft(
    lead: Story | None, sections: tuple[Section, ...] = (), also: tuple[Story, ...] = ()
) -> Draft:
    """A draft of these stories, with the words and figures of an ordinary day."""
    return Draft(
        date=DAY,
        made_at=MADE_AT,
        subject=lead.headline[:70] if lead else "Rare earths: nothing new today",
        preheader="Beijing names seven more products, Seoul builds its first magnet plant, and "
        "25 firms come to Delhi's pre-bid meeting.",
        summary="China widens its licence list to seven magnet products; Korea and India answer "
        "with plants of their own.",
        lead=lead,
        sections=sections,
        also=also,
        near_misses=(),
        figures=DraftFigures(142, 58, 31, 15, 1),
    )


def lead_story() -> Story:
    """A lead as a good day has it: seven outlets, a primary document, three highlights."""
    best = entry(
        "China adds seven magnet products to its export licence list, effective 1 May",
        "Pacific Metals Review",
        hours=3.2,
        words=980,
    )
    notice = entry(
        "Announcement No. 21 of 2026: export control of certain rare-earth permanent magnet items",
        "Ministry of Commerce",
        hours=8,
        url="https://www.commerce-ministry.example/announcements/2026/21.html",
        publisher=Publisher.GOVERNMENT,
    )
    return story(
        best,
        others=(
            *("The Separation Post", "Tokyo Industry Daily", "Magnet Wire", "Bourse Ticker"),
            *("Perth Mining Journal", "Fachblatt Metalle"),
        ),
        highlights=(
            _said(
                "Pacific Metals Review",
                "Sintered NdFeB magnets that hold more than 0.5 per cent dysprosium or",
                "terbium by weight will need a licence from 1 May, whatever their end",
                "use.",
            ),
            _said(
                "Tokyo Industry Daily",
                "Two magnet makers in Baotou told customers on Monday that orders",
                "without a filed end-user statement would not be loaded after 24 April.",
            ),
            _said(
                "The Separation Post",
                "Dysprosium oxide was offered 6 per cent higher in Rotterdam within two",
                "hours of the notice.",
            ),
        ),
        reasons=(
            "7 independent outlets within 9 hours",
            "A government acts on exports",
            "Names dysprosium and terbium",
        ),
        marks=("paywall",),
        primary=notice,
    )


def further_sections() -> tuple[Section, ...]:
    """Seven further stories under four headings."""
    return (
        Section(POLICY, (_india_scheme(), _quota())),
        Section(MAGNETS, (_korean_plant(), _recycler())),
        Section(MINING, (_mine_restart(), _chinese_report())),
        Section(PRICES, (_prices(),)),
    )


def also_today() -> tuple[Story, ...]:
    """Eight headlines of an ordinary day."""
    rows = (
        ("Norway opens consultation on the Fensfeltet deposit", "Nordic Mineral News", 9),
        ("Samarium-cobalt makers warn of a thin spring", "Magnet Wire", 7),
        ("Brazilian ionic clay pilot ships its first carbonate", "Andean Resource Letter", 20),
        ("Heavy rare-earth separation line starts trials in Estonia", "Baltic Industry", 14),
        ("Canada lists gallium and scandium for offtake guarantees", "Ottawa Resource Note", 22),
        ("Cerium surplus deepens as glass makers cut orders", "The Separation Post", 5),
        ("Vietnam names bidders for the Dong Pao mine", "Mekong Business", 31),
        ("Lab reports 99.9 per cent Nd recovery from swarf", "Journal of Separation", 40),
    )
    stories = [story(entry(title, outlet, hours=hours), MINING) for title, outlet, hours in rows]
    stories[0] = replace(stories[0], outlets=3)
    stories[3] = replace(stories[3], marks=("press release",))
    return tuple(stories)


def beside() -> Beside:
    """Prices (one of them stale), the week ahead, a sponsor, a correction."""
    return Beside(
        market=(
            _series("NdPr oxide", "USD/kg", (74.1, 74.9, 75.2, 76.8, 77.5, 78.0, 78.4)),
            _series("Dysprosium oxide", "USD/kg", (271, 268, 268, 270, 274, 281, 298), decimals=0),
            _series("Terbium oxide", "USD/kg", (1040, 1035, 1012, 1004, 998, 990, 987), decimals=0),
            _series("Cerium oxide", "USD/kg", (1.42, 1.42, 1.42), decimals=2, ended=6),
            _series("USD/CNY", "yuan", (7.2211, 7.2198, 7.2204, 7.2204, 7.2204), decimals=4),
        ),
        ahead=(
            Occasion(
                *(DAY + timedelta(days=1), "Hearing on the critical minerals stockpile", "hearing"),
                at="14:30",
                place="Washington",
                url="https://www.hearings.example/2026/minerals",
            ),
            Occasion(
                *(DAY + timedelta(days=3), "Rare Earths Europe", "conference"),
                until=DAY + timedelta(days=5),
                place="Rotterdam",
            ),
            Occasion(DAY + timedelta(days=7), "First-quarter export figures", "report"),
        ),
        corrections=(
            Correction(
                *(1, DAY - timedelta(days=1), "Estonian separation line starts trials"),
                "The line makes 3,000 tonnes a year.",
                "It makes 2,000 tonnes a year.",
                MADE_AT - timedelta(hours=12),
            ),
        ),
        sponsor=Sponsor(
            "Quay Assay", "Independent assays of oxides, in four days.", "https://quay.example/"
        ),
    )


def normal() -> Draft:
    """An ordinary day: a lead, seven stories, eight headlines, and all that stands beside them."""
    return replace(no_images(), beside=beside())


def no_images() -> Draft:
    """An ordinary day without prices, hence without a picture."""
    return draft(lead_story(), further_sections(), also_today())


def one_outlet() -> Draft:
    """A day on which a single outlet tells everything."""
    stories = [story for section in further_sections() for story in section.stories]
    lead, *others = (_only(one, "Pacific Metals Review") for one in (lead_story(), *stories[:4]))
    return draft(
        lead, (Section(POLICY, tuple(others)),), (_only(also_today()[0], "Pacific Metals Review"),)
    )


def quiet() -> Draft:
    """A quiet day: a lead and one more story, and a notice that says so."""
    lead = replace(_korean_plant(), marks=())
    return replace(
        draft(lead, (Section(PRICES, (_prices(),)),)),
        subject="Korea's first rare-earth magnet plant takes shape",
        preheader="A quiet day, and a short edition: two stories.",
        quiet="A quiet day: two stories met the bar.",
        summary="Seoul builds its first magnet plant, and dysprosium is dearer in Rotterdam.",
        notice="This is a short edition. We would rather send two good stories than ten thin ones.",
        figures=DraftFigures(61, 9, 5, 15, 0),
    )


def empty() -> Draft:
    """A day without a story; it is held, but must still be shown."""
    return replace(
        draft(None),
        summary="",
        preheader="",
        quiet="No story met the bar today.",
        figures=DraftFigures(0, 0, 0, 15, 15),
    )


def forty_stories() -> Draft:
    """A day of forty stories: a lead, 31 more in four sections, eight headlines."""
    templates = [each for section in further_sections() for each in section.stories]
    stories = [_numbered(templates[i % len(templates)], i) for i in range(31)]
    parts = ((POLICY, 0, 8), (MAGNETS, 8, 16), (MINING, 16, 24), (COMPANIES, 24, 31))
    sections = tuple(Section(name, tuple(stories[a:b])) for name, a, b in parts)
    return draft(lead_story(), sections, also_today())


def foreign_names() -> Draft:
    """Chinese, Arabic, Hebrew and Persian headlines and outlets, beside English ones."""
    chinese = entry(
        "商务部公告2026年第21号：对部分稀土永磁物项实施出口管制", "稀土产业观察", language="zh"
    )
    arabic = entry(
        "معادن السعودية توقع اتفاقا لفصل العناصر الأرضية النادرة بطاقة 3000 طن",
        "صحيفة المعادن",
        hours=6,
        language="ar",
    )
    hebrew = entry("מפעל מגנטים חדש ייפתח בדימונה ב-2027", "יומן התעשייה", hours=30, language="he")
    persian = entry("ذخایر تازهٔ عناصر نادر خاکی در یزد", "روزنامهٔ معدن", hours=11, language="fa")
    english = entry("Ma'aden (معادن) names partner for 3,000 t separation plant", "Gulf Wire")
    return draft(
        story(
            chinese,
            others=("صحيفة المعادن", "Pacific Metals Review"),
            highlights=(
                (
                    "本公告自2026年5月1日起正式实施，出口经营者应当依法办理出口许可手续。",
                    "稀土产业观察",
                ),
            ),
            reasons=("3 independent outlets within 4 hours",),
            marks=("state media",),
        ),
        (
            Section(
                MINING,
                (
                    story(
                        arabic,
                        MINING,
                        highlights=(
                            ("قالت الشركة إن المصنع سيبدأ الإنتاج في عام 2028.", "صحيفة المعادن"),
                        ),
                    ),
                    story(english, MINING, others=("روزنامهٔ معدن",)),
                ),
            ),
        ),
        (story(hebrew, MAGNETS), story(persian, MINING), story(chinese, POLICY)),
    )


def long_titles() -> Draft:
    """Very long titles, one without a single space, and a very long address."""
    long = (
        "Ministry of Commerce, General Administration of Customs and the Ministry of Industry and "
        "Information Technology jointly publish interim measures for the total amount control of "
        "rare-earth mining and rare-earth smelting and separation, and answer reporters' questions"
    )
    unbroken = "Seltenerdpermanentmagnetwerkstoffausfuhrgenehmigungsverfahrensbeschleunigungsgesetz"
    far = "https://www.longaddress.example/" + "a-very-long-path-segment/" * 8 + "?id=1&lang=en"
    return draft(
        story(
            entry(long, "The Observatory of Strategic and Critical Raw Materials, Second Series")
        ),
        (
            Section(
                POLICY,
                (
                    story(
                        entry(unbroken, "Fachblatt Metalle", language="de"),
                        highlights=((unbroken * 2, "Fachblatt Metalle"),),
                    ),
                    story(entry("A short title with a far address", "Far Wire", url=far)),
                ),
            ),
        ),
        (story(entry(long, "Far Wire")), story(entry(unbroken, "Fachblatt Metalle"))),
    )


def hostile() -> Draft:
    """Markup, scripts and other schemes where a feed could put them."""
    markup = entry(
        '<script>alert(1)</script> & "quotes" {{ 7*7 }} <b>bold</b>',
        "<img src=x onerror=alert(2)>",
        url="javascript:alert(3)",
    )
    data = entry("A data address\r\nBcc: x@y.example", "Data Wire", url="data:text/html,<b>x</b>")
    urn = entry("No address at all", "Print Daily", url="urn:none:n20")
    quote = entry("Breaks out of an attribute", "Wire", url='https://a.example/"onclick="alert(4)')
    return draft(
        story(markup, highlights=(("</td></table><script>alert(5)</script>", "Wire\u202e"),)),
        (Section("<i>Policy</i>", (story(data), story(urn))),),
        (story(quote), story(replace(data, outlet="\x00\x08Wire"))),
    )


def _india_scheme() -> Story:
    return story(
        entry(
            "Twenty-five companies attend pre-bid meeting for India's ₹7,280 crore magnet scheme",
            "Delhi Business Line",
            hours=11,
        ),
        others=("Magnet Wire", "Mumbai Markets", "Pacific Metals Review"),
        highlights=(
            _said(
                "Delhi Business Line",
                "The scheme will support five plants with a total of 6,000 tonnes of",
                "sintered magnets a year; bids close on 28 May.",
            ),
            (
                "Officials declined to say whether imported alloy would count as local content.",
                "Mumbai Markets",
            ),
        ),
        reasons=(
            "4 independent outlets within 6 hours",
            "A government spends on the industry: ₹7,280 crore",
        ),
    )


def _quota() -> Story:
    told_before = story(
        entry(
            "Ministry says first mining quota of the year went out without a public notice",
            "Baotou Evening Report",
            hours=26,
            publisher=Publisher.STATE_MEDIA,
        ),
        highlights=(
            _said(
                "Baotou Evening Report",
                "Producers have received their shares for the first half and will not",
                "publish them, two people at the groups said.",
            ),
        ),
        reasons=("Only Baotou Evening Report has it so far", "A government sets production quotas"),
        marks=("state media",),
    )
    return replace(told_before, told_on=date(2026, 4, 2), news="a quota of 135,000 tonnes")


def _korean_plant() -> Story:
    return story(
        entry("Cable maker to build Korea's first rare-earth magnet plant", "Seoul Industry Post"),
        MAGNETS,
        others=("Tokyo Industry Daily", "Magnet Wire"),
        highlights=(
            _said(
                "Seoul Industry Post",
                "The company is weighing two sites on the south coast and wants to make",
                "2,000 tonnes a year from 2029.",
            ),
        ),
        reasons=("3 independent outlets on the same day", "A plant opens or is planned"),
        marks=("paywall",),
    )


def _recycler() -> Story:
    release = entry(
        "Recycler plans two United States sites with new separation technology",
        "Loop Magnetics",
        hours=16,
        publisher=Publisher.COMPANY,
    )
    return story(
        release,
        MAGNETS,
        others=("Waste Trade Weekly",),
        highlights=(
            _said(
                "Loop Magnetics",
                "Each site will take 500 tonnes of end-of-life magnets a year and",
                "return didymium oxide at 99.5 per cent.",
            ),
        ),
        reasons=("2 independent outlets within 3 hours", "New technology"),
        marks=("press release",),
        primary=release,
    )


def _mine_restart() -> Story:
    return story(
        entry("Perth developer restarts monazite line after eleven months", "Perth Mining Journal"),
        MINING,
        others=("Bourse Ticker",),
        highlights=(
            (
                "First mixed carbonate is due in June; the sale of the first 400 tonnes is agreed.",
                "Perth Mining Journal",
            ),
        ),
        reasons=("2 independent outlets within 5 hours", "A mine project moves on"),
        primary=entry(
            "Quarterly activities report and restart of processing",
            "Exchange filings",
            url="https://filings.exchange.example/announcements/20260406/restart.pdf",
            publisher=Publisher.EXCHANGE,
        ),
    )


def _chinese_report() -> Story:
    return story(
        entry("包头稀土产品交易所：一季度成交额同比增长", "稀土产业观察", hours=10, language="zh"),
        MINING,
        highlights=(("一季度成交额达到41.3亿元，同比增长18%。", "稀土产业观察"),),
        reasons=("Only 稀土产业观察 has it so far", "New trade figures"),
        marks=("state media",),
    )


def _prices() -> Story:
    return story(
        entry("NdPr oxide holds above 78 dollars as buyers wait", "Oxide Desk", hours=2, words=430),
        PRICES,
        others=("The Separation Post",),
        highlights=(
            (
                "Spot NdPr oxide in China was unchanged at 641,000 yuan a tonne, tax included.",
                "Oxide Desk",
            ),
        ),
        reasons=("2 independent outlets on the same day", "Prices move"),
        marks=("paywall",),
    )


def _said(outlet: str, *words: str) -> tuple[str, str]:
    return " ".join(words), outlet


def _only(model: Story, outlet: str) -> Story:
    host = "".join(c for c in outlet.lower() if c.isalnum())
    best = replace(model.best, outlet=outlet, url=f"https://www.{host}.example/{model.best.id}")
    return replace(
        model,
        best=best,
        entries=(best,),
        primary=None,
        outlets=1,
        outlet_names=(outlet,),
        highlights=tuple(replace(one, outlet=outlet) for one in model.highlights),
        reasons=(f"Only {outlet} has it so far",),
    )


def _series(
    name: str, unit: str, values: tuple[float, ...], *, decimals: int = 2, ended: int = 0
) -> Series:
    """A value a day, the last of them `ended` days before the edition's."""
    first = DAY - timedelta(days=len(values) - 1 + ended)
    points = [Point(first + timedelta(days=i), value) for i, value in enumerate(values)]
    source = "Oxide Desk" if unit == "USD/kg" else "A central bank"
    url = "https://www.oxidedesk.example/prices" if unit == "USD/kg" else ""
    return Series(name, unit, source, tuple(points), MADE_AT, url=url, decimals=decimals)


def _numbered(model: Story, number: int) -> Story:
    best = replace(model.best, url=f"{model.best.url}/{number}", id=f"{model.best.id}-{number}")
    return replace(model, id=f"{model.id}-{number}", best=best, entries=(best,))
