"""Words on a page in their language, and a sentence with whose it is."""

from __future__ import annotations

from dataclasses import dataclass

_QUOTATION_MARKS = '"\u201c\u201d\u201e\u00ab\u00bb'


@dataclass(frozen=True)
class Phrase:
    """Words in a language. `lang` is empty where it is the edition's own; `dir` ltr or rtl."""

    text: str
    lang: str = ""
    dir: str = "ltr"


@dataclass(frozen=True)
class Quote:
    """One sentence, word for word, translated or written by a model, and the outlet it stands in.

    `outlet` says so where it is not word for word (`is_written`: by a model), and is empty where
    it is the story's own and a later quotation names it. HTML sets quotations apart by a rule
    beside them; plain text needs `marked`.
    """

    words: Phrase
    outlet: str
    is_written: bool = False

    @property
    def marked(self) -> str:
        """The words in quotation marks, unless they have some of their own or quote nobody."""
        text = self.words.text
        is_bare = self.is_written or any(mark in text for mark in _QUOTATION_MARKS)
        return text if is_bare else f"\u201c{text}\u201d"
