"""Every error of the subscribers, as one small tree.

::

    SubscriberError             the message is one line for a person; it never holds an address
    |-- AddressError            this text is not an address we can mail
    |-- TokenError              a link is forged, damaged, or for another purpose
    |-- NoSubscriberError       nobody has this number (any more)
    |-- SuppressedError         the address is on the list of those we never mail
    |-- LeftError               the person left, and nobody said that they come back
    |-- StatusError             the act does not fit where the subscriber stands
    |-- PauseError              the date of a pause is not one we can keep
    |-- PreferencesError        a choice is none that we offer
    |-- ImportFileError         a file of subscribers cannot be read as a whole
    `-- HashKeyError            the key of the suppression list is lost
"""

from __future__ import annotations


class SubscriberError(Exception):
    """Something about a subscriber cannot be done. The message says what and what to do."""

    exit_code = 1


class AddressError(SubscriberError):
    """This text is not an address we can mail."""

    exit_code = 2


class TokenError(SubscriberError):
    """A link is forged, damaged, or for another purpose."""


class NoSubscriberError(SubscriberError):
    """Nobody has this number, or nobody has it any more."""


class SuppressedError(SubscriberError):
    """The address is on the list of those we never mail."""


class LeftError(SubscriberError):
    """The person left, and nobody said that they come back."""


class StatusError(SubscriberError):
    """The act does not fit where the subscriber stands."""


class PauseError(SubscriberError):
    """The date of a pause is not one we can keep."""


class PreferencesError(SubscriberError):
    """A choice is none that we offer."""


class ImportFileError(SubscriberError):
    """A file of subscribers cannot be read as a whole; nothing of it was taken."""

    exit_code = 2


class HashKeyError(SubscriberError):
    """The key of the suppression list is lost while the list is not empty."""
