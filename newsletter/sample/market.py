"""Prices for the demonstration: made up, plausible, the same for the same day. Pure."""

from datetime import date, timedelta
from math import cos, sin

SOURCE = "Sample price desk"
SHARES = "Sample exchange"
COLUMNS = {
    "NdPr oxide": (78.4, 0.011),
    "Dysprosium oxide": (262.0, 0.014),
    "Terbium oxide": (1015.0, 0.012),
    "Sample Magnetics Ltd": (3.42, 0.03),
    "USD/CNY": (7.08, 0.0009),
}
"""Each series with what it stands about at, and the share of it that a day's step takes at most."""
PRICES = "/market/prices.csv"
STALE_FILE = "data/terbium.csv"
DAYS = 60
ENDED = timedelta(days=17)
"""How long ago the series that is stale on purpose told its last price."""


def price_table(today: date) -> bytes:
    """A CSV of the working days before `today`, a column for each series but the stale one."""
    names = [name for name in COLUMNS if name != "Terbium oxide"]
    rows = [
        (day.isoformat(), *(_price(name, day) for name in names)) for day in _working_days(today)
    ]
    lines = [",".join(cells) for cells in (("date", *names), *rows)]
    return "\n".join([*lines, ""]).encode()


def stale_table(today: date) -> str:
    """A CSV of terbium oxide that ended a while ago, as a file that nobody keeps up."""
    days = _working_days(today - ENDED)
    rows = [f"{day:%d.%m.%Y};{_price('Terbium oxide', day).replace('.', ',')}" for day in days]
    return "\n".join(["date;price", *rows, ""])


def series_records(base_url: str) -> list[dict[str, object]]:
    """The series as the configuration's `market.series` wants them."""
    told = {"source": SOURCE, "unit": "USD/kg"}
    return [
        {"name": name, "read": f"{base_url}{PRICES}", "value": name, **told, **more}
        for name, more in (
            ("NdPr oxide", {}),
            ("Dysprosium oxide", {"decimals": 1}),
            ("Terbium oxide", {"read": STALE_FILE, "value": "price", "decimals": 0}),
            ("Sample Magnetics Ltd", {"unit": "AUD", "source": SHARES}),
            ("USD/CNY", {"unit": "yuan", "decimals": 4}),
        )
    ]


def _working_days(before: date) -> list[date]:
    days = [before - timedelta(days=back) for back in range(DAYS, 0, -1)]
    return [day for day in days if day.weekday() < 5]  # noqa: PLR2004 - Saturday


def _price(name: str, day: date) -> str:
    """A slow wave and two quick ones: a day's step stays below the share that is given."""
    level, step = COLUMNS[name]
    turn = len(name) + day.toordinal()
    wave = 3 * sin(turn / 11) + 0.9 * sin(turn * 1.9) + 0.6 * cos(turn * 0.7)
    return f"{level * (1 + step * wave):.4f}"
