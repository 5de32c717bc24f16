"""Edits `sources:` in newsletter.yaml; every other byte stays as it is.

An edit is tried on the text (`config_lines`), read back as a whole, and only written when nothing
else has changed by it. What cannot be edited like this is refused with what to write by hand.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml
from pydantic import ValidationError

from newsletter.config import Config, load_config
from newsletter.config_faults import fault_lines
from newsletter.config_lines import (
    UneditableError,
    block,
    scalar,
    with_key,
    with_sources,
    without_source,
)
from newsletter.config_sources import SourceSettings
from newsletter.errors import ConfigError, NewsletterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from newsletter.config_lines import Record, Value

    Sources = tuple[SourceSettings, ...]


@dataclass(frozen=True)
class Change:
    """One edit of the file: of its text, what it is to mean, and what a person would have to do.

    Both functions get the settings before it. `by_hand` says what to write; `not_alone` why an
    edit that came out otherwise than meant was not kept.
    """

    on_text: Callable[[str, Config], str]
    on_settings: Callable[[Config], Config]
    by_hand: str
    not_alone: str


_MOST_BY_HAND = 3
_NOT_ALONE = "the edit would not take effect, or not alone (does the environment set `sources`?)"


def add_sources(file: Path, records: Sequence[Record]) -> None:
    """Append sources to the file, in one write.

    A record is what the file is to say: `name`, `url` and any other key of `SourceSettings`, as
    text, numbers, truth values, a list of texts, or a group of texts (`selectors`).

    Raises:
        ConfigError: a record is not as it should be, or the file cannot be edited by a program.
        NewsletterError: the file cannot be written, or was changed by somebody else meanwhile.
    """
    wanted = tuple(check_record(record, file) for record in records)
    lines = [line for record in records[:_MOST_BY_HAND] for line in block(record, 2)]
    rest = len(records) - _MOST_BY_HAND
    lines += [f"  … and {rest} more of the kind"] if rest > 0 else []
    by_hand = "write under `sources:`\n" + "\n".join(lines)
    carry_out(
        Change(
            lambda text, _: with_sources(text, records),
            lambda before: _with_list(before, (*before.sources, *wanted)),
            by_hand,
            _NOT_ALONE,
        ),
        file,
    )


def remove_source(file: Path, name: str) -> None:
    """Cut a source out of the file.

    Raises:
        ConfigError: it cannot be cut out by a program.
        NewsletterError: as for `add_sources`.
    """
    by_hand = f"delete the lines of the source {name!r}"
    _edit_source(file, name, without_source, lambda _: (), by_hand)


def set_key(file: Path, name: str, key: str, value: Value) -> None:
    """Change one key of a source, or add it.

    Raises:
        ConfigError: the value is not as it should be, or cannot be written by a program.
        NewsletterError: as for `add_sources`.
    """
    _edit_source(
        file,
        name,
        lambda text, index: with_key(text, index, key, value),
        lambda one: (one.model_copy(update={key: value}),),
        f"write `{key}: {scalar(value)}` among the lines of the source {name!r}",
    )


def _edit_source(
    file: Path,
    name: str,
    on_text: Callable[[str, int], str],
    on_source: Callable[[SourceSettings], Sources],
    by_hand: str,
) -> None:
    """Edit one source by its name; `on_source` gives what is to stand in its place."""

    def index(before: Config) -> int:
        names = [source.name for source in before.sources]
        if name not in names:
            raise ConfigError([f"{file.resolve()}: there is no source called {name!r}"])
        return names.index(name)

    def changed(before: Config) -> Config:
        at = index(before)
        known = before.sources
        return _with_list(before, (*known[:at], *on_source(known[at]), *known[at + 1 :]))

    def edited(text: str, before: Config) -> str:
        return on_text(text, index(before))

    carry_out(Change(edited, changed, by_hand, _NOT_ALONE), file)


def _with_list(before: Config, sources: Sources) -> Config:
    return before.model_copy(update={"sources": sources})


def check_record(record: Record, file: Path) -> SourceSettings:
    """The settings that a record means in this file.

    Raises:
        ConfigError: with all that is wrong in it.
    """
    try:
        return SourceSettings.model_validate(record, context={"folder": file.resolve().parent})
    except ValidationError as error:
        faults = fault_lines(error, SourceSettings, {})
        raise ConfigError([one.split(": ", 1)[1].removeprefix("``: ") for one in faults]) from None


def carry_out(change: Change, file: Path) -> None:
    """Edit, read back, compare, replace. Whatever the text's form, nothing else changes.

    Raises:
        ConfigError: the change cannot be made by a program, or not alone.
        NewsletterError: the file cannot be written, or was changed by somebody else meanwhile.
    """
    real = file.resolve()
    with _edited_alone(real):
        before = _file_bytes(real)
        settings = _loaded(real, real)
        after = _edited(change, before, settings, file)
        beside = real.with_name(f".{real.name}.{os.getpid()}")
        try:
            _write_beside(beside, after, real)
            if _loaded(beside, real) != change.on_settings(settings):
                raise _refusal(file, change.not_alone, change)
            if _file_bytes(real) != before:
                raise NewsletterError(f"{file}: was changed meanwhile; try again")
            beside.replace(real)
        except OSError as error:
            raise NewsletterError(f"{file}: cannot be written: {error.strerror}") from error
        finally:
            beside.unlink(missing_ok=True)


def _edited(change: Change, before: bytes, settings: Config, file: Path) -> bytes:
    try:
        return change.on_text(before.decode(), settings).encode()
    except UneditableError as error:
        raise _refusal(file, str(error), change) from error
    except IndexError as error:  # the list in force is not the one in the file
        raise _refusal(file, change.not_alone, change) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise _refusal(file, "it is no YAML that can be read", change) from error


def _refusal(file: Path, why: str, change: Change) -> ConfigError:
    return ConfigError(
        [f"{file}: {why}, so it was left as it is; edit it by hand: {change.by_hand}"]
    )


def _loaded(file: Path, real: Path) -> Config:
    """The settings of a file that stands for `real`, whose faults name `real`."""
    try:
        return load_config(file, folder=real.parent)
    except ConfigError as error:
        raise ConfigError([one.replace(str(file), str(real)) for one in error.faults]) from None


def _file_bytes(file: Path) -> bytes:
    """What stands in the file; NewsletterError where it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise NewsletterError(f"{file}: cannot be read: {error.strerror}") from error


def _write_beside(beside: Path, content: bytes, like: Path) -> None:
    """A new file, safely on the disk, with the mode and the owner of the old one."""
    known = like.stat()
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        with suppress(OSError):  # only root may give a file away
            os.fchown(descriptor, known.st_uid, known.st_gid)
        os.fchmod(descriptor, known.st_mode & 0o7777)
        file.flush()
        os.fsync(descriptor)


@contextmanager
def _edited_alone(file: Path) -> Iterator[None]:
    """One of our own processes at a time; the folder is the lock, as the file is replaced."""
    try:
        folder = os.open(file.parent, os.O_RDONLY)
    except OSError as error:
        raise NewsletterError(f"{file}: cannot be read: {error.strerror}") from error
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
