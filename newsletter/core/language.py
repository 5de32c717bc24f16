"""The language of a short text, by script and by its small words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter

_SCRIPTS = {
    "": "A-Z a-z \u00c0-\u024f \u1e00-\u1eff",
    "el": "\u0370-\u03ff \u1f00-\u1fff",
    "ru": "\u0400-\u052f",
    "hy": "\u0531-\u058a",
    "he": "\u05d0-\u05ea",
    "ar": "\u0620-\u06ff",
    "hi": "\u0900-\u097f",
    "th": "\u0e01-\u0e4e",
    "my": "\u1000-\u109f",
    "ka": "\u10a0-\u10ff",
    "ko": "\u1100-\u11ff \u3131-\u318e \uac00-\ud7a3",
    "ja": "\u3041-\u30ff \u31f0-\u31ff \uff66-\uff9d",
    "zh": "\u3400-\u9fff \uf900-\ufaff \U00020000-\U0003ffff",
}
"""Language that a script stands for -> its letters; the Latin script stands for none."""

_RANGES = sorted(
    (letters[0], letters[-1], language)
    for language, ranges in _SCRIPTS.items()
    for letters in ranges.split()
)
_STARTS = [first for first, _, _ in _RANGES]
_WIDE = {"ja": 3, "ko": 3, "zh": 3}
"""How many letters one Chinese, Japanese or Korean character says as much as."""
_KANA_SHARE = 16
"""Of so many Chinese characters and more, at least one is kana where the text is Japanese."""
_SIMPLIFIED = re.compile(
    "[这们对产业东车贸华经济发现说时问题进还选让书长门关电价涨银铝钢铁铜锂钕镝铽矿军导]"
)
"""Frequent characters that China alone writes so."""

_SPECIAL = {
    "ar": (("fa", "پچژگیک"), ("ur", "ٹڈڑےں")),
    "ru": (("uk", "іїєґ"), ("kk", "әғқңөұүһ"), ("be", "ў"), ("sr", "ђћџљњј"), ("mn", "өү")),
}
"""Letters that tell a script's other languages from the one it stands for."""

_WORDS = {
    "en": (
        "the of and to in for is on with as at by from its it that are be will has have after "
        "over says said new could may not an this was up us how why what more than into amid "
        "against about per top via or if no all out off back"
    ),
    "de": (
        "der die das und ist in im den dem von mit für auf nicht ein eine zu des sich auch bei "
        "nach aus wird werden als über vor wie sind zum zur gegen noch kann erden seltene seltenen "
        "preis preise steigt steigen neue meldet rohstoffe werk baut magnete"
    ),
    "fr": (
        "le la les des et est une un du dans pour sur au aux avec par que qui en ne pas plus ce "
        "cette son ses entre après sont ont être contre comme terres rares aimants prix hausse"
    ),
    "es": (
        "el la los las de del y en que un una por con para su al es se no más como entre sobre "
        "desde ha han sus este esta tras ante tierras raras precio precios exportaciones"
    ),
    "pt": (
        "de os as do da dos das em que um uma no na nos nas por com para ao aos é se não mais como "
        "entre sobre sua seu são após foi terras raras preço preços"
    ),
    "it": (
        "il lo la gli le di del della dei delle in un una che per con su al alla da dal è non più "
        "come tra sono nel nella si terre prezzi"
    ),
    "nl": (
        "de het een en van in is op te dat die voor met zijn aan niet door naar bij uit om ook "
        "over er maar wordt tegen zeldzame aardmetalen"
    ),
    "sv": "och att det som en på är av för med till den har inte om ett från vid kan efter",
    "da": "og at det er en af på til den med for de som har ikke et fra ved kan efter",
    "no": "og at det er en av på til den med for de som har ikke et fra ved kan etter",
    "fi": "ja on ei se että oli ovat mutta kun myös kuin tai sekä mukaan vuonna joka",
    "pl": "na do nie się że jest to dla przez po od jak za ma są oraz",
    "cs": "na je se že do pro za by jako ale po od který jsou",
    "tr": "ve bir bu için ile de da olarak olan en daha çok gibi kadar sonra ise",
    "id": (
        "yang dan di untuk dengan dari ini itu pada tidak akan ke oleh dalam adalah juga tanah "
        "jarang logam harga naik turun ekspor eksport larang bumi nadir bina kilang batasi baharu"
    ),
    "vi": "và của là các cho trong có được với không những một đã này khi từ về",
    "et": "ja on ei et oli kui ka mis aga või ning",
}
_LANGUAGES_OF: dict[str, list[str]] = {}
for _language, _words in _WORDS.items():
    for _word in _words.split():
        _LANGUAGES_OF.setdefault(_word, []).append(_language)
_ALPHABETS = {
    "de": "ßäöü", "fr": "çêèàùâîôœ", "es": "ñ¿¡áíóú", "pt": "ãõçáâê", "it": "àèìòù", "sv": "åäö",
    "da": "æøå", "no": "æøå", "pl": "łąęśżźćń", "cs": "ěščřžůý", "tr": "ğışçö", "fi": "äö",
    "vi": "ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ", "et": "õäöü",
}  # fmt: skip
_LETTERS = {language: frozenset(letters) for language, letters in _ALPHABETS.items()}
_ANOTHER_LETTER = 0.1
"""What a second such letter in a word adds: `ção` is Portuguese, though `ç` is French too."""
_WORD_PATTERN = re.compile(r"(?<![\w.@/])[^\W\d_]+(?![\w@/]|\.\w)")
_ANY_LETTER = re.compile("[A-Za-z]")
_MOST = 600
_CODE = re.compile(r"[a-z]{2,3}(?![a-z])")
_MIN_HITS = 2
_MIN_SHARE = 0.15


def language_of(text: str, declared: str | None) -> str:
    """The language of `text` as a two-letter code (ISO 639-1), "und" for a text without letters.

    A script that one language owns decides by itself; Chinese characters with some kana among them
    are Japanese. In Latin script small words, words of the field and letters decide where they
    speak clearly, and more so than for what the feed declared; else the declaration counts, which
    is often a platform's default; else English, whose headlines do without small words.
    """
    script = _script(text[:_MOST])
    if script is None:
        return _code(declared) or "und"
    if script:
        return _of_script(script, text[:_MOST], _code(declared))
    return _of_words(text[:_MOST], _code(declared))


def _code(declared: str | None) -> str:
    match = _CODE.match((declared or "").strip().lower())
    return match[0] if match else ""


def _script(text: str) -> str | None:
    """The language that the text's main script stands for, "" for Latin, None without letters."""
    if text.isascii():
        return "" if _ANY_LETTER.search(text) else None
    counts: Counter[str] = Counter()
    for letter, count in Counter(text).items():
        first, last, language = _RANGES[bisect_right(_STARTS, letter) - 1]
        if first <= letter <= last:
            counts[language] += count * _WIDE.get(language, 1)
    if counts["ja"] and counts["ja"] * _KANA_SHARE >= counts["zh"]:
        counts["ja"] += counts.pop("zh", 0)
    best = max(_SCRIPTS, key=lambda language: counts[language])
    return best if counts[best] else None


def _of_script(script: str, text: str, declared: str) -> str:
    if script == "zh" and declared == "ja":
        return "zh" if _SIMPLIFIED.search(text) else "ja"
    others = _SPECIAL.get(script, ())
    lower = text.lower()
    found = next((name for name, letters in others if sum(map(lower.count, letters)) > 1), script)
    is_other = declared in {name for name, _ in others} | {"bg", "mk"} and script in _SPECIAL
    return declared if is_other and found == script else found


def _of_words(text: str, declared: str) -> str:
    words = _WORD_PATTERN.findall(text.lower())
    scores = _scores(words)
    best = max(scores, key=lambda language: scores[language])
    lead = scores[best] - scores.get(declared, 0)
    is_clear = lead >= _MIN_HITS and scores[best] >= _MIN_SHARE * len(words)
    if not is_clear:
        return declared or (best if scores[best] > scores["en"] else "en")
    return best


def _scores(words: list[str]) -> dict[str, float]:
    """How many words speak for a language: its small words, and words with letters of its own."""
    scores: dict[str, float] = dict.fromkeys(_WORDS, 0)
    for word in words:
        for language in _LANGUAGES_OF.get(word, ()):
            scores[language] += 1
        if not word.isascii():
            for language, letters in _LETTERS.items():
                if found := letters.intersection(word):
                    scores[language] += 1 + _ANOTHER_LETTER * (len(found) - 1)
    return scores
