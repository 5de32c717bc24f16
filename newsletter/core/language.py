"""The language of a short text, by script and by its small words."""

from __future__ import annotations

import re

_SCRIPTS = (
    ("ja", re.compile(r"[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9d]")),
    ("ko", re.compile(r"[\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e]")),
    ("zh", re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")),
    ("th", re.compile(r"[\u0e01-\u0e4e]")),
    ("el", re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")),
    ("he", re.compile(r"[\u05d0-\u05ea]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("my", re.compile(r"[\u1000-\u109f]")),
    ("ka", re.compile(r"[\u10a0-\u10ff]")),
    ("hy", re.compile(r"[\u0531-\u058a]")),
    ("ar", re.compile(r"[\u0620-\u06ff]")),
    ("ru", re.compile(r"[\u0400-\u052f]")),
    ("", re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")),
)
"""Language that a script stands for -> its letters; the Latin script stands for none."""

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
        "der die das und ist im den dem von mit für auf nicht ein eine zu des sich auch bei nach "
        "aus wird werden als über vor wie sind zum zur gegen noch kann"
    ),
    "fr": (
        "le la les des et est une un du dans pour sur au aux avec par que qui en ne pas plus ce "
        "cette son ses entre après sont ont être contre comme"
    ),
    "es": (
        "el la los las de del y en que un una por con para su al es se no más como entre sobre "
        "desde ha han sus este esta tras ante"
    ),
    "pt": (
        "de os as do da dos das em que um uma no na nos nas por com para ao aos é se não mais como "
        "entre sobre sua seu são após foi"
    ),
    "it": (
        "il lo la gli le di del della dei delle in un una che per con su al alla da dal è non più "
        "come tra sono nel nella si"
    ),
    "nl": (
        "de het een en van in is op te dat die voor met zijn aan niet door naar bij uit om ook "
        "over er maar wordt tegen"
    ),
    "sv": "och att det som en på är av för med till den har inte om ett från vid kan efter",
    "da": "og at det er en af på til den med for de som har ikke et fra ved kan efter",
    "no": "og at det er en av på til den med for de som har ikke et fra ved kan etter",
    "fi": "ja on ei se että oli ovat mutta kun myös kuin tai sekä mukaan vuonna joka",
    "pl": "na do nie się że jest to dla przez po od jak za ma są oraz",
    "cs": "na je se že do pro za by jako ale po od který jsou",
    "tr": "ve bir bu için ile de da olarak olan en daha çok gibi kadar sonra ise",
    "id": "yang dan di untuk dengan dari ini itu pada tidak akan ke oleh dalam adalah juga",
    "vi": "và của là các cho trong có được với không những một đã này khi từ về",
    "et": "ja on ei et oli kui ka mis aga või ning",
}
_LANGUAGES_OF: dict[str, list[str]] = {}
for _language, _words in _WORDS.items():
    for _word in _words.split():
        _LANGUAGES_OF.setdefault(_word, []).append(_language)
_LETTERS = {
    "de": "ßäöü", "fr": "çêèàùâîôœ", "es": "ñ¿¡áíóú", "pt": "ãõçáâê", "it": "àèìòù", "sv": "åäö",
    "da": "æøå", "no": "æøå", "pl": "łąęśżźćń", "cs": "ěščřžůý", "tr": "ğışçö", "fi": "äö",
    "vi": "ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ", "et": "õäöü",
}  # fmt: skip
_WORD_PATTERN = re.compile(r"(?<![\w.@/])[^\W\d_]+(?![\w@/]|\.\w)")
_MOST = 600
_CODE = re.compile(r"[a-z]{2,3}(?![a-z])")
_MIN_HITS = 2
_MIN_SHARE = 0.15


def language_of(text: str, declared: str | None) -> str:
    """The language of `text` as a two-letter code (ISO 639-1), "und" for a text without letters.

    A script that one language owns decides by itself. In Latin script small words and letters
    decide where they speak clearly; else what the feed declared, which is often a platform's
    default; else English, whose headlines do without small words.
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
    """The language that the text's main script stands for, "" for Latin, None without letters.

    One Chinese, Japanese or Korean character says as much as two or three letters.
    """
    counts = {name: len(letters.findall(text)) for name, letters in _SCRIPTS}
    for name in ("ja", "ko", "zh"):
        counts[name] *= 3
    if counts["ja"] and counts["ja"] * 8 >= counts["zh"]:
        counts["ja"] += counts.pop("zh")
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else None


def _of_script(script: str, text: str, declared: str) -> str:
    others = _SPECIAL.get(script, ())
    lower = text.lower()
    found = next((name for name, letters in others if sum(map(lower.count, letters)) > 1), script)
    is_other = declared in {name for name, _ in others} | {"bg", "mk"} and script in _SPECIAL
    return declared if is_other and found == script else found


def _of_words(text: str, declared: str) -> str:
    words = _WORD_PATTERN.findall(text.lower())
    scores = _scores(words)
    best = max(scores, key=lambda language: scores[language])
    is_clear = scores[best] >= max(_MIN_HITS, _MIN_SHARE * len(words))
    if not is_clear or scores[best] == scores.get(declared, 0):
        return declared or (best if scores[best] > scores["en"] else "en")
    return best


def _scores(words: list[str]) -> dict[str, int]:
    """How many words speak for a language: its small words, and words with letters of its own."""
    scores = dict.fromkeys(_WORDS, 0)
    for word in words:
        for language in _LANGUAGES_OF.get(word, ()):
            scores[language] += 1
        if not word.isascii():
            for language, letters in _LETTERS.items():
                scores[language] += any(letter in word for letter in letters)
    return scores
