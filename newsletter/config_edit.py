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
class _Edit:
    """One edit: of the text, what it is to mean, and what a person would have to do.

    `name` is the source that it is about; its index is handed to the two functions, -1 without.
    """

    on_text: Callable[[str, int], str]
    on_sources: Callable[[Sources, int], Sources]
    by_hand: str
    name: str = ""


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
    edit = _Edit(
        lambda text, _: with_sources(text, records),
        lambda before, _: (*before, *wanted),
        "write under `sources:`\n" + "\n".join(lines),
    )
    _carry_out(edit, file)


def remove_source(file: Path, name: str) -> None:
    """Cut a source out of the file.

    Raises:
        ConfigError: it cannot be cut out by a program.
        NewsletterError: as for `add_sources`.
    """
    edit = _Edit(
        without_source,
        lambda before, index: before[:index] + before[index + 1 :],
        f"delete the lines of the source {name!r}",
        name,
    )
    _carry_out(edit, file)


def set_key(file: Path, name: str, key: str, value: Value) -> None:
    """Change one key of a source, or add it.

    Raises:
        ConfigError: the value is not as it should be, or cannot be written by a program.
        NewsletterError: as for `add_sources`.
    """

    def changed(before: Sources, index: int) -> Sources:
        one = before[index].model_copy(update={key: value})
        return (*before[:index], one, *before[index + 1 :])

    edit = _Edit(
        lambda text, index: with_key(text, index, key, value),
        changed,
        f"write `{key}: {scalar(value)}` among the lines of the source {name!r}",
        name,
    )
    _carry_out(edit, file)


def _index(file: Path, name: str) -> int:
    """Which item of the list has that name, counted from 0."""
    names = [source.name for source in load_config(file).sources]
    if name not in names:
        raise ConfigError([f"{file}: there is no source called {name!r}"])
    return names.index(name)


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


def _carry_out(edit: _Edit, file: Path) -> None:
    """Edit, read back, compare, replace. Whatever the text's form, nothing else changes."""
    real = file.resolve()
    with edited_alone(real):
        before = file_bytes(real)
        index = _index(real, edit.name) if edit.name else -1
        after = _edited(edit, before, index, file)
        beside = real.with_name(f".{real.name}.{os.getpid()}")
        try:
            write_beside(beside, after, real)
            if not _is_as_expected(edit, index, beside, real):
                raise _refusal(file, _NOT_ALONE, edit)
            if file_bytes(real) != before:
                raise NewsletterError(f"{file}: was changed meanwhile; try again")
            beside.replace(real)
        except OSError as error:
            raise NewsletterError(f"{file}: cannot be written: {error.strerror}") from error
        finally:
            beside.unlink(missing_ok=True)


def _edited(edit: _Edit, before: bytes, index: int, file: Path) -> bytes:
    try:
        return edit.on_text(before.decode(), index).encode()
    except UneditableError as error:
        raise _refusal(file, str(error), edit) from error
    except IndexError as error:  # the list in force is not the one in the file
        raise _refusal(file, _NOT_ALONE, edit) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise _refusal(file, "it is no YAML that can be read", edit) from error


def _refusal(file: Path, why: str, edit: _Edit) -> ConfigError:
    return ConfigError([f"{file}: {why}, so it was left as it is; edit it by hand: {edit.by_hand}"])


def _is_as_expected(edit: _Edit, index: int, beside: Path, real: Path) -> bool:
    """Whether the new text means what the old one meant, but for the change that is wanted."""
    after, before = loaded(beside, real), loaded(real, real)
    expected = edit.on_sources(before.sources, index)
    return after == before.model_copy(update={"sources": expected})


def loaded(file: Path, real: Path) -> Config:
    """The settings of a file that stands for `real`, whose faults name `real`."""
    try:
        return load_config(file, folder=real.parent)
    except ConfigError as error:
        raise ConfigError([one.replace(str(file), str(real)) for one in error.faults]) from None


def file_bytes(file: Path) -> bytes:
    """What stands in the file; NewsletterError where it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise NewsletterError(f"{file}: cannot be read: {error.strerror}") from error


def write_beside(beside: Path, content: bytes, like: Path) -> None:
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
def edited_alone(file: Path) -> Iterator[None]:
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
