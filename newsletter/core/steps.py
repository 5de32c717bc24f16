"""The steps by which a matter goes on, as headlines tell them: asked, agreed, refused, halted."""

from __future__ import annotations

import re

from newsletter.core.tokens import flat, stem, stems

FIRST_STEP = "a proposal"
DEATHS = "deaths"
_STEPS = {
    FIRST_STEP: "talk talks consider weigh mull eye seek propose plan offer bid",
    "an inquiry": "probe investigate investigation inquiry review",
    "an agreement": "agree sign ink",
    "an approval": "approve clear vote grant ratify",
    "a refusal": "reject block veto refuse",
    "a denial": "deny dismiss refute",
    "a delay": "delay postpone defer",
    "a start": "open launch start begin commission",
    "a completion": "complete finish conclude",
    "an end": "scrap cancel withdraw terminate abandon collapse shelve revoke",
    "a halt": "halt stop suspend pause idle shut shutdown",
    "a measure": "impose levy slap penalise penalize sanction ban restrict curb control",
    "a win or a loss": "win lose outbid",
    "an arrest or a sentence": "arrest jail sentence convict",
    DEATHS: "die dead kill death fatal",
    "injuries": "injure injury hurt wound",
}
"""The steps, and the verbs of headlines that tell them."""

FIRM = frozenset(
    {
        *("a refusal", "a denial", "a delay", "an end", "a halt", "a measure"),
        *("an arrest or a sentence", "an order", "a raised bid", DEATHS),
        *("an easing", "an appointment"),
    }
)
"""Steps that are news after anything told; others only after a step that was told."""

_STEP_OF = {stem(verb): step for step, verbs in _STEPS.items() for verb in verbs.split()}
_NEAR = r"(?=[^,;:]{0,40}\b(?:"
_CURBS = "bans?|curbs?|controls?|restrictions?|limits?|embargo|tariffs?|dut(?:y|ies)|sanctions?"
_PHRASES = (
    (r"vot(?:e|es|ed|ing)\s+(?:down|against)", "a refusal"),
    (r"(?:turn|knock|vote)(?:s|ed|d)?\s+(?:\S+\s+){0,4}(?:down|back)", "a refusal"),
    (r"(?:walk|pull|back)(?:s|ed)?\s+(?:away|out)|call(?:s|ed)?\s+off", "an end"),
    (rf"sets?\b{_NEAR}{_CURBS}|quotas?)\b)|fine[sd]", "a measure"),
    (r"authori[sz]e[sd]?", "an approval"),
    (rf"extend(?:s|ed)?\b{_NEAR}deadline)\b)", "a delay"),
    (rf"(?:lift|eas|relax|remov|drop)(?:e|es|s|ed)?\b{_NEAR}{_CURBS})\b)", "an easing"),
    (
        rf"(?:names?|named|appoint(?:s|ed)?|picks?|hires?)\b{_NEAR}ceo|cfo|chief|head|director)\b)",
        "an appointment",
    ),
    (
        rf"(?:rais|lift|sweeten|improv|hik|increas)(?:e|es|s|ed|en|ens)?\b{_NEAR}offer|bid)\b)",
        "a raised bid",
    ),
    (rf"orders?(?:ed)?\b{_NEAR}to|inspections?|checks|review|recall|halt)\b)", "an order"),
    (r"(?:inspections?|checks|review|halt)\s+ordered", "an order"),
)
"""Phrases of a step, and words whose stem is another's."""

_WAYS = tuple((re.compile(rf"\b(?:{way})\b", re.IGNORECASE), step) for way, step in _PHRASES)
_ANOTHER = re.compile(
    r"\b(?:another|again|further(?!\s+(?:step|away|than|up|down)))\b|\bmore\b(?!\s+(?:than|on|about|to)\b)"
    r"|\b(?:second|third|fourth)\b(?![\s-](?:quarter|half|part|hand|largest|biggest))",
    re.IGNORECASE,
)
_UP_TO_TEN = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {
    **{word: str(number) for number, word in enumerate(_UP_TO_TEN, 1)},
    "eleven": "11",
    "twelve": "12",
    "dozen": "12",
}
_NUMBER_WORD = re.compile(rf"\b(?:a\s+)?({'|'.join(_NUMBERS)})\b", re.IGNORECASE)
_SMALL = re.compile(r"(?<![\w.,$€£¥₹])\d{1,4}(?![\d%]|[.,]\d|\s?(?:%|percent|million|billion))")
_CLAUSES = re.compile(r"[,;:]\s+")


def steps_in(text: str) -> set[str]:
    """The steps that a headline or another text tells."""
    steps, plain = set[str](), text
    for way, step in _WAYS:
        plain, times = way.subn(" ", plain)
        steps |= {step} if times else set()
    return steps | {_STEP_OF[item] for item in stems(flat(plain)) if item in _STEP_OF}


def in_digits(text: str) -> str:
    """The text with its numbers up to twelve in digits."""
    return _NUMBER_WORD.sub(lambda found: _NUMBERS[found[1].casefold()], text)


def small_numbers(text: str) -> frozenset[str]:
    """The plain numbers of a text, of up to four digits."""
    return frozenset(_SMALL.findall(in_digits(text)))


def tells_another(title: str) -> bool:
    """Whether the headline says of itself that it tells a further one: more, again, a second."""
    return bool(_ANOTHER.search(title))


def clauses_of(title: str) -> list[str]:
    """The parts of a headline between commas, semicolons and colons."""
    return _CLAUSES.split(title)
