"""One line of a file: who it is, where they stand, and what proves that they agreed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING, Any

from subscribers.address import NAME_LENGTH, normal_address, plain_name
from subscribers.errors import AddressError
from subscribers.imports.cells import attributes_of, document_of, written_texts
from subscribers.imports.moments import moment_of, why_no_moment
from subscribers.imports.ours import LineError, restored
from subscribers.imports.platforms import OUR_PLATFORM, WORDS, plain_column
from subscribers.imports.values import Staged, Standing, Verdict, WithoutProof

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from subscribers.imports.layout import Layout
    from subscribers.imports.values import ImportOptions

_LONGEST_REASON = 200
_LONGEST_NETWORK = 45


@dataclass(frozen=True)
class LineReader:
    """Reads the lines of one table. `file_hash` is a SHA-256, `hashed` hashes addresses."""

    layout: Layout
    options: ImportOptions
    part: int
    file_hash: str
    hashed: Callable[[str], str]
    table: str = ""

    def staged(self, line: int, row: Sequence[str]) -> Staged:
        """The line as it is staged; one that cannot be taken says why, without the address."""
        try:
            if self.layout.platform is OUR_PLATFORM:
                return self._ours(line, row)
            return self._theirs(line, [cell.strip() for cell in row])
        except (AddressError, LineError) as error:
            reason = str(error)[:_LONGEST_REASON]
            return Staged(self.part, line, Verdict.INVALID.value, reason)

    def _theirs(self, line: int, row: Sequence[str]) -> Staged:
        layout, now = self.layout, self.options.now
        standing = standing_of(layout, row)
        address = normal_address(row[layout.address])
        agreed = self._agreed(row)
        joined = min(agreed, now) if agreed else now
        is_unproven = standing is Standing.ACTIVE and agreed is None
        status = "" if standing.is_suppression else self._status(standing, is_unproven)
        return Staged(
            part=self.part,
            line=line,
            address=address,
            address_hash=self.hashed(address),
            name=_name(" ".join([row[place] for place in layout.names])),
            status=status,
            suppression=standing.value if standing.is_suppression else "",
            strictness=standing.strictness,
            is_unproven=is_unproven,
            reason=self._why_unproven(row) if is_unproven else "",
            created_at=joined,
            changed_at=now,
            activated_at=joined if status == "active" else None,
            source=f"import:{layout.platform.name}",
            attributes=self._attributes(row),
            proof=self._proof(line, agreed, self._network(row)),
        )

    def _ours(self, line: int, row: Sequence[str]) -> Staged:
        found, agreed = restored(self.layout.places, row, self.options.now)
        is_unproven = found.status in ("active", "paused") and agreed is None
        status = self._status(Standing(found.status), is_unproven)
        return found._replace(
            part=self.part,
            line=line,
            address_hash=self.hashed(found.address),
            status=status,
            activated_at=found.activated_at if status == found.status else None,
            paused_until=found.paused_until if status == "paused" else None,
            is_unproven=is_unproven,
            reason=why_no_moment("", self.options.now) if is_unproven else "",
            proof=self._proof(line, agreed, ""),
        )

    def _status(self, standing: Standing, is_unproven: bool) -> str:
        must_confirm = is_unproven and self.options.without_proof is WithoutProof.CONFIRM
        return Standing.PENDING.value if must_confirm else standing.value

    def _agreed(self, row: Sequence[str]) -> datetime | None:
        text = self._date(row)
        return moment_of(text, self.options.now, self.options.dates) if text else None

    def _why_unproven(self, row: Sequence[str]) -> str:
        if not self.layout.agreed:
            return "no column holds a date of consent: map it with consented_at=COLUMN"
        found = why_no_moment(self._date(row), self.options.now, self.options.dates)
        return found[:_LONGEST_REASON]

    def _date(self, row: Sequence[str]) -> str:
        return next((row[place] for place in self.layout.agreed if row[place]), "")

    def _network(self, row: Sequence[str]) -> str:
        if not self.options.keeps_networks:
            return ""
        filled = (row[place] for place in self.layout.networks if row[place])
        return next(filled, "")[:_LONGEST_NETWORK]

    def _attributes(self, row: Sequence[str]) -> str:
        texts = [(name, row[place]) for name, place in self.layout.others]
        if not self.layout.documents:
            return written_texts(texts)
        pairs: list[tuple[str, Any]] = list(texts)
        for name, place in zip(self.layout.platform.documents, self.layout.documents, strict=True):
            pairs += document_of(row[place], name) if row[place] else []
        filled = ((name, value) for name, value in pairs if value not in ("", None))
        return json.dumps(attributes_of(filled), ensure_ascii=False)

    def _proof(self, line: int, agreed: datetime | None, network: str) -> str:
        """The JSON of it, written by hand: it is the same for all lines but for three values."""
        when = f', "agreed_at": "{agreed.isoformat()}"' if agreed else ""
        where = f', "network": {encode_basestring_ascii(network)}' if network else ""
        return f'{{{self._origin}, "line": {line}{when}{where}}}'

    @cached_property
    def _origin(self) -> str:
        origin = {"platform": self.layout.platform.name, "file": self.file_hash}
        return json.dumps(origin | ({"table": self.table} if self.table else {}))[1:-1]


def _name(text: str) -> str:
    """`plain_name`, at once for a name without any character that it would take out."""
    if text.isprintable():
        return " ".join(text.split())[:NAME_LENGTH].strip()
    return plain_name(text)


def standing_of(layout: Layout, row: Sequence[str]) -> Standing:
    """Where the other platform says that this person stands.

    Raises:
        LineError: it says so in a word that we do not know, or says that they never signed up.
    """
    if layout.never_agreed:
        raise LineError("the other platform says that this person never signed up")
    standing: Standing | None = layout.platform.standing
    if layout.status >= 0:
        word = plain_column(row[layout.status])
        standing = layout.platform.words.get(word) or WORDS.get(word)
    if standing is None:
        raise LineError("its status is no word that we know (subscribed, unsubscribed, cleaned, …)")
    has_left = any(row[place] for place in layout.left)
    return Standing.LEFT if has_left and not standing.is_suppression else standing
