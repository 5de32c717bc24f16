"""The transport `files`: a Maildir on this machine, which any mail client opens.

The rules are Maildir's own (https://cr.yp.to/proto/maildir.html): a message is written in `tmp`,
brought to disk, and renamed into `new`, so that a reader never sees half of one. Readers move it
to `cur` and put flags behind a colon.
"""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from newsletter.core.delivery import DeliveryState, Outcome
from newsletter.errors import NewsletterError, TemporaryError, TransportError
from newsletter.transports.outcomes import one_by_one

if TYPE_CHECKING:
    from collections.abc import Sequence

    from newsletter.core.delivery import Message

_FULL = {errno.ENOSPC, errno.EDQUOT}


class FilesTransport:
    """Writes each message once into the Maildir `directory`, named by its key alone.

    An accepted message is on the disk: its file and then its folder are synchronised before the
    outcome is given. A key that is in the Maildir already, read or unread, is left as it is. A
    message that a person has deleted is forgotten, as in any mailbox.

    Lines end with LF alone, as in the files that Postfix and Dovecot write: CRLF belongs to the
    wire, and some readers show its CR as `^M`.
    """

    name = "files"
    is_idempotent = True
    largest_batch = 1000

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._kept: set[str] | None = None  # looked up once for all batches of a send

    def send(self, messages: Sequence[Message]) -> list[Outcome]:
        """Write the messages; one outcome for each, in order.

        When the disk refuses in the middle, those written before are accepted and the others stay
        planned. Whatever was written and not told of is found again by its key the next time.

        Raises:
            TransportError: the folder cannot be written; nothing was.
            TemporaryError: the disk is full; nothing was written.
        """
        kept = self._kept = self._names() if self._kept is None else self._kept
        outcomes = one_by_one(messages, lambda message: self._write_once(message, kept))
        self._settle()
        return outcomes

    def diagnose(self) -> str:
        """A line that says the Maildir can be written, tried by writing."""
        try:
            kept = self._names()
            self._try_out()
        except TemporaryError as error:
            raise TransportError(str(error)) from error
        return f"files: {self._directory} can be written and holds {len(kept)} messages"

    def close(self) -> None:
        """Forget what the Maildir held: by the next send it may be another."""
        self._kept = None

    def _try_out(self) -> None:
        """Bring a few bytes to disk: a full one still takes an empty file."""
        try:
            with tempfile.TemporaryFile(dir=self._directory / "tmp", buffering=0) as file:
                file.write(b"a diagnosis\n")
                os.fsync(file.fileno())
        except OSError as error:
            raise self._failure(error) from error

    def _names(self) -> set[str]:
        """The names in the Maildir without their flags; makes the Maildir where needed."""
        try:
            for folder in ("tmp", "new", "cur"):
                (self._directory / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
            # `new` before `cur`: what a reader moves meanwhile is then seen at least once
            files = [name for folder in ("new", "cur") for name in self._list(folder)]
        except OSError as error:
            raise self._failure(error) from error
        return {name.partition(":")[0] for name in files}

    def _list(self, folder: str) -> list[str]:
        return os.listdir(self._directory / folder)  # noqa: PTH208 - names are all that is wanted

    def _write_once(self, message: Message, kept: set[str]) -> Outcome:
        name = _file_name(message.key)
        if name not in kept:
            try:
                self._write(name, message.content)
            except OSError as error:
                raise self._failure(error) from error
            kept.add(name)
        return Outcome(message.delivery_id, DeliveryState.ACCEPTED)

    def _write(self, name: str, content: bytes) -> None:
        descriptor, temporary = tempfile.mkstemp(dir=self._directory / "tmp", prefix=f"{name}.")
        try:
            with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
                file.write(content.replace(b"\r\n", b"\n"))
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(self._directory / "new" / name)
        except BaseException:
            with suppress(OSError):
                Path(temporary).unlink()
            raise

    def _settle(self) -> None:
        """Bring the new names themselves to disk: without it a power cut may forget a rename."""
        try:
            folder = os.open(self._directory / "new", os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise self._failure(error) from error

    def _failure(self, error: OSError) -> NewsletterError:
        if error.errno in _FULL:
            return TemporaryError(
                f"the disk is full: {self._directory}; free some space and run again"
            )
        reason = error.strerror or str(error)
        return TransportError(
            f"the outbox {self._directory} cannot be written ({reason});"
            " see delivery.files.directory"
        )


def _file_name(key: str) -> str:
    """A key as a file name: no slash, no colon, no dot in front; different for different keys."""
    return quote(key, safe="").replace(".", "%2E")
