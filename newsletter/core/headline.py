"""A headline as its reader should see it: without the outlet's tail, without shouting."""

from __future__ import annotations

import re

from newsletter.core.tokens import flat, has_cjk, printed, stems

_TAIL = re.compile(r"\s+[-\u2013\u2014|]\s+([^|]{2,60})$")
_LABEL = re.compile(
    r"^(?:\[[^\]]{1,20}\]|(?:exclusive|breaking|update \d|live|watch|video)\s*[|:\u2013-])\s*",
    re.IGNORECASE,
)
_SMALL = frozenset(
    ("a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with")
)
_CAPITALS = "US USA UK EU UN UAE REE REO CEO LOI MOU JV EV EVS AI IPO DOE DOD G7 NDAA"
_KEPT = frozenset(_CAPITALS.split())
_CLAUSES = re.compile(r"\s*[:;?]\s+|\s+[\u2013\u2014-]\s+|\u2014")
_ASKS = re.compile(
    r"(?:and |so )?(?:what|how|why|who|when|which|whether|where|explainer|opinion|analysis)\b",
    re.IGNORECASE,
)
_LEAST_HOST_TAIL = 4
_LEAST_SHOUTED = 12
_SHOUTING_SHARE = 0.8
_LONGEST_TITLE = 400


def cut_tail(title: str, outlet: str, host: str = "") -> str:
    """The title without the " - Outlet" at its end, where the tail names the outlet or its host."""
    plain = printed(title[: _LONGEST_TITLE * 2])
    while match := _TAIL.search(plain):
        head, tail = plain[: match.start()].strip(), match.group(1).strip()
        if not head or not _names_outlet(tail, outlet, host):
            break
        plain = head
    return plain


def _names_outlet(tail: str, outlet: str, host: str) -> bool:
    ours, theirs = _key(tail), _key(outlet)
    mine, others = set(ours.split()), set(theirs.split())
    if mine and others and (mine <= others or others <= mine):
        return True
    name = _letters(tail)
    return len(name) >= _LEAST_HOST_TAIL and name in _letters(host)


def _letters(name: str) -> str:
    return "".join(character for character in flat(name) if character.isalnum())


def _key(name: str) -> str:
    return " ".join(stems(flat(name)))


def headline(title: str, outlet: str = "", host: str = "") -> str:
    """The headline to print: tail and label cut, capitals calmed, at most 400 characters."""
    plain = cut_tail(title, outlet, host)
    unlabelled = _LABEL.sub("", plain).strip() or plain
    calm = _calmed(unlabelled) if _is_shouted(unlabelled) else unlabelled
    return calm[:_LONGEST_TITLE].strip()


def clauses(title: str) -> tuple[str, ...]:
    """The parts of a headline between its colons, semicolons, question marks and dashes."""
    return tuple(part for part in _CLAUSES.split(title) if part)


def explains(title: str) -> bool:
    """Whether a headline asks or explains, in one of its clauses, instead of telling."""
    return "?" in title or any(_ASKS.match(clause) for clause in clauses(title))


def _is_shouted(text: str) -> bool:
    letters = [c for c in text if c.isalpha() and c.isascii()]
    return (
        len(letters) >= _LEAST_SHOUTED
        and not has_cjk(text)
        and sum(c.isupper() for c in letters) / len(letters) >= _SHOUTING_SHARE
    )


def _calmed(text: str) -> str:
    words = text.split(" ")
    return " ".join(_calm(word, place == 0) for place, word in enumerate(words))


def _calm(word: str, is_first: bool) -> str:
    bare = word.strip(".,:;!?()'\"")
    if bare in _KEPT or "." in bare or any(c.isdigit() for c in bare):
        return word
    if bare.lower() in _SMALL and not is_first:
        return word.lower()
    return "-".join(part[:1].upper() + part[1:].lower() for part in word.split("-"))
