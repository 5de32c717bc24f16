"""Every error this program raises on purpose, as one small tree.

::

    NewsletterError            exit 1   something failed; it says what, where and what to do
    |-- UsageError             exit 2   the command's words do not fit together
    |   `-- ConfigError        exit 2   newsletter.yaml or the environment is wrong; has all faults
    |-- HeldError              exit 3   a check blocks the edition; a person must look
    |-- TemporaryError         exit 75  try again later and it may work
    |   |-- FetchError                  a source did not answer as it should; exit 1 where that
    |   |                               will not go away by itself (not found, no web address)
    |   `-- BusyError                   another run of this newsletter is at work
    |-- SourceError            exit 1   a source answered, but with nothing we can read
    |-- TemplateError          exit 1   a template is missing, broken or lacks a value
    |-- StoreError             exit 1   the database refuses: too new, damaged, full, read-only
    `-- TransportError         exit 1   a way out refuses for good (credentials, unwritable outbox)

`exit_code` is what the command line answers with; 75 is sysexits' EX_TEMPFAIL.
`is_permanent` tells a step whether trying the same thing again can help.
"""

from __future__ import annotations

_REFUSALS = frozenset(range(400, 500)) - {408, 425, 429}
"""A time-out, "too early" and "too many" ask for another try (RFC 9110, 8470 and 6585)."""


class NewsletterError(Exception):
    """Something failed. The message is one line for a person: what happened, where, what to do."""

    exit_code = 1
    is_permanent = True


class UsageError(NewsletterError):
    """The words of a command do not fit together."""

    exit_code = 2


class ConfigError(UsageError):
    """The configuration is wrong. `faults` holds one line for each fault found."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


class HeldError(NewsletterError):
    """A check blocks the edition; nothing leaves until a person has looked."""

    exit_code = 3


class TemporaryError(NewsletterError):
    """It did not work now and may work later."""

    exit_code = 75
    is_permanent = False


class FetchError(TemporaryError):
    """A source did not answer as it should: refused, too slow, too large, an error status.

    `status` is the HTTP status, 0 where there was no answer; `retry_after` the seconds that the
    server asks us to wait, 0 where it does not say. `host` is who said so or could not be reached
    (`hosts.host_of` of the last address that was asked, after redirects), empty where nobody was
    asked. `is_unreachable` is True where not even a connection came about, so that nothing else on
    `host` will answer. `is_detour` is True where a redirect that was not permanent led there.

    `is_permanent` is True where the same request will fail again until a person has acted: the
    server's refusals (RFC 9110, section 15.5) and what the fetcher says so of. `is_private` is True
    where it would have led into a private network.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        retry_after: float = 0.0,
        host: str = "",
        is_unreachable: bool = False,
        is_detour: bool = False,
        is_permanent: bool = False,
        is_private: bool = False,
    ) -> None:
        self.status = status
        self.retry_after = retry_after
        self.host = host
        self.is_unreachable = is_unreachable
        self.is_detour = is_detour
        self.is_private = is_private
        self.is_permanent = is_permanent or status in _REFUSALS
        if self.is_permanent:
            self.exit_code = NewsletterError.exit_code
        super().__init__(message)

    @property
    def is_gone(self) -> bool:
        """True when the server says that the address asked for has ended for good (410)."""
        return self.status == 410 and not self.is_detour  # noqa: PLR2004 - the status code itself


class BusyError(TemporaryError):
    """Another run of the same newsletter is at work."""


class SourceError(NewsletterError):
    """A source answered with something that is not a feed we can read."""


class TemplateError(NewsletterError):
    """A template is missing, broken, or uses a value that nobody gave."""


class StoreError(NewsletterError):
    """The database refuses: too new, damaged, full or not writable."""


class TransportError(NewsletterError):
    """A way out refuses for good: bad credentials, an outbox that cannot be written."""
