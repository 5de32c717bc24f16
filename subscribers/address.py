"""The strict grammar of addresses and names. Pure, apart from importing email-validator late."""

from __future__ import annotations

import re
import unicodedata

from subscribers.errors import AddressError

# Mail servers read these as routing ("percent hack", bang paths) or as a program to run: one text,
# two mailboxes.
_ROUTING = frozenset("%!|`")
# What needs no library to be read: letters, digits and single marks before the @; after it names
# without two hyphens in a row (punycode has them) that end in letters.
_PLAIN = re.compile(
    r"(?P<local>[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*)"
    r"@(?P<domain>(?:[A-Za-z0-9]{1,30}(?:-[A-Za-z0-9]{1,30})?\.){1,4}(?P<top>[A-Za-z]{2,24}))",
    re.ASCII,
)
_LONGEST, _LONGEST_LOCAL = 254, 64  # RFC 5321, section 4.5.3.1
# Names that lead to no mailbox of the public Internet (RFC 6761, RFC 7686); the library knows them.
_SPECIAL = frozenset({"arpa", "invalid", "local", "localhost", "onion", "test"})
_JOINERS = frozenset("\u200c\u200d")  # they change letters in Persian and Indian scripts
NAME_LENGTH = 100


def normal_address(text: str) -> str:
    """An address in the one form we keep: domain in lower case and punycode, the rest as written.

    Two addresses that differ in case alone are one subscriber (see suppression.address_hash).
    Nothing is looked up in DNS. Messages never repeat the address, so that no log can.

    Raises:
        AddressError: comments, quotes, a second @, control characters, routing marks, a name
            around the address, letters outside ASCII before the @, no public domain.
    """
    plain = text.strip(" ")
    return _read_at_a_glance(plain) or _read_by_grammar(plain)


def plain_name(text: str) -> str:
    """A name on one line: no control or direction characters, single spaces, at most 100 long."""
    return plain_line(text, NAME_LENGTH)


def plain_line(text: str, most: int) -> str:
    """One line of at most `most` characters: none that control or turn the text, single spaces."""
    kept = "".join(filter(_is_printed, " ".join(text.split())))
    return " ".join(kept.split())[:most].strip()


def _read_at_a_glance(plain: str) -> str:
    """The normal form of a plain address, or "" where the grammar must be asked.

    A file of a million addresses is nearly all of such, and this is some 40 times faster.
    """
    found = _PLAIN.fullmatch(plain)
    if not found or len(plain) > _LONGEST or len(found["local"]) > _LONGEST_LOCAL:
        return ""
    if found["top"].lower() in _SPECIAL:
        return ""
    return f"{found['local']}@{found['domain'].lower()}"


def _read_by_grammar(plain: str) -> str:
    _refuse_foreign_marks(plain.rpartition("@")[0])
    return _validated(plain)


def _refuse_foreign_marks(local: str) -> None:
    if not local.isascii():
        raise AddressError(
            "this address has letters outside ASCII before the @, which our mail cannot carry;"
            " ask for another address of the same person"
        )
    if _ROUTING & set(local):
        raise AddressError(
            "an address with %, !, | or ` before the @ is read differently by servers"
        )


def _validated(plain: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(plain, check_deliverability=False, allow_smtputf8=False, strict=True)
    except (EmailNotValidError, ValueError) as error:
        raise AddressError(f"not an e-mail address: {_general(error)}") from None
    return f"{found.ascii_local_part}@{found.ascii_domain}".removesuffix(".")


def _general(error: Exception) -> str:
    """The complaint without the characters complained about."""
    return str(error).partition(": ")[0].rstrip(".")


def _is_printed(character: str) -> bool:
    return character in _JOINERS or not unicodedata.category(character).startswith("C")
