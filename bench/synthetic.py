"""Made-up headlines, the same at every run: words as often as in a language, some told again."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_WORDS = 20_000
_FIELD = (
    "rare earth magnets neodymium oxide dysprosium prices export licence quota Lynas Baotou"
    " refinery separation plant mine drilling offtake agreement tariff stockpile recycling"
)
_OUTLETS = 200
_DAYS = 28
_LATER_WORDS = 200


def titles_of(count: int, seed: int = 5) -> list[str]:
    """Headlines of about nine words; most events have one, few have dozens."""
    made = random.Random(seed)
    words = [_syllables(made) for _ in range(_WORDS)]
    often = list(accumulate(1 / (place + 5) for place in range(_WORDS)))
    found: list[str] = []
    while len(found) < count:
        core = made.sample(_FIELD.split(), 2) + made.choices(words, cum_weights=often, k=5)
        for _ in range(min(40, int(made.paretovariate(1.2)))):
            said = core + made.choices(words, cum_weights=often, k=2)
            made.shuffle(said)
            found.append(" ".join(said).capitalize())
    return found[:count]


def _syllables(made: random.Random) -> str:
    return "".join(made.choice("bdfgklmnprstvz") + made.choice("aeiou") for _ in range(4))


def feed_of(titles: Sequence[str], now: datetime, seed: int = 6) -> dict[str, Any]:
    """A JSON Feed of the titles, each with 2 kB of text, over four weeks before `now`."""
    made = random.Random(seed)
    words = " ".join(titles[:_LATER_WORDS]).split()
    items = [
        {
            "id": f"e{place}",
            "url": f"https://h{place % _OUTLETS}.example/{place}",
            "title": title,
            "content_text": f"{title}. {_text(made, words)}",
            "date_published": (now - timedelta(hours=made.randrange(_DAYS * 24))).isoformat(),
            "_source": {"title": f"Outlet {place % _OUTLETS}"},
        }
        for place, title in enumerate(titles)
    ]
    return {"version": "https://jsonfeed.org/version/1.1", "title": "bench", "items": items}


def _text(made: random.Random, words: Sequence[str]) -> str:
    """About 2,000 characters in sentences of fifteen words."""
    sentences = (" ".join(made.choices(words, k=15)).capitalize() for _ in range(16))
    return ". ".join(sentences) + "."
