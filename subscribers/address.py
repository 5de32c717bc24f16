"""The strict grammar of addresses and names. Pure, apart from importing email-validator late."""

from __future__ import annotations

import unicodedata

from subscribers.errors import AddressError

# Mail servers read these as routing ("percent hack", bang paths): one text, two mailboxes.
_ROUTING = frozenset("%!")
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
    _refuse_foreign_marks(plain.rpartition("@")[0])
    return _validated(plain)


def plain_name(text: str) -> str:
    """A name on one line: no control or direction characters, single spaces, at most 100 long."""
    spaced = " ".join(text.split())
    kept = "".join(character for character in spaced if _is_printed(character))
    return kept[:NAME_LENGTH].strip()


def _refuse_foreign_marks(local: str) -> None:
    if not local.isascii():
        raise AddressError(
            "this address has letters outside ASCII before the @, which our mail cannot carry;"
            " ask for another address of the same person"
        )
    if _ROUTING & set(local):
        raise AddressError("an address with % or ! before the @ is read differently by servers")


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
